//! Command packets encoded and decoded on one core, against the cipher work a packet cannot avoid.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use aes::{
    Aes128, Block,
    cipher::{BlockCipherEncrypt, KeyInit},
};
use anyhow::Result;
use secure_channel::{
    key::{Key, KeySet, KeyVersionNumber},
    scp80::{CcLength, CommandHeader, Counter, Kic, Kid, Spi, Tar, decode_command, encode_command},
};

use crate::Row;

/// Secured data that fills one short message: 98 octets with AES and a CC of 8 octets.
const DATA: [u8; 98] = [0x5A; 98];
const SPAN: Duration = Duration::from_secs(2);

/// Measures packets of one short message, SPI 1619, AES-128.
///
/// # Errors
/// A packet cannot be built or opened.
pub fn measure() -> Result<Vec<Row>> {
    let keys = KeySet {
        kvn: KeyVersionNumber::new(1)?,
        kic: Key::aes(&[0x11; 16])?,
        kid: Key::aes(&[0x22; 16])?,
        dek: Key::aes(&[0x33; 16])?,
    };
    let header = CommandHeader {
        spi: Spi::SECURED,
        kic: Kic::for_key(keys.kvn, &keys.kic),
        kid: Kid::for_key(keys.kvn, &keys.kid),
        tar: Tar([0xBF, 0xFF, 0x10]),
        counter: Counter::new(1)?,
    };
    let packet = encode_command(&header, &keys, CcLength::Eight, &DATA)?;
    // CBC over CNTR to the end; CMAC over everything but the CC.
    let blocks = (packet.len() - 10).div_ceil(16) + (packet.len() - 8).div_ceil(16);
    let cipher = Aes128::new_from_slice(&[0x11; 16])?;

    let reference = rate(|| {
        let mut block = Block::default();
        for _ in 0..blocks {
            cipher.encrypt_block(&mut block);
        }
        black_box(block);
    });
    let encoded = rate(|| drop(black_box(encode_command(&header, &keys, CcLength::Eight, &DATA))));
    let decoded = rate(|| drop(black_box(decode_command(&packet, &keys))));
    let what = format!("{} octets, {blocks} AES blocks", packet.len());
    Ok(vec![
        Row::new("AES blocks of a packet alone (reference)", reference, 1.0, &what),
        Row::new("command packets encoded", encoded, encoded / reference, &what),
        Row::new("command packets decoded", decoded, decoded / reference, &what),
    ])
}

/// Calls `work` for [`SPAN`] and gives calls per second.
fn rate(mut work: impl FnMut()) -> f64 {
    let start = Instant::now();
    let mut calls = 0_u32;
    while start.elapsed() < SPAN {
        for _ in 0..100 {
            work();
        }
        calls += 100;
    }
    f64::from(calls) / start.elapsed().as_secs_f64()
}
