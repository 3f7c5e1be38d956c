//! Command packets of any form, good or hostile, straight from the cipher crates: what the project's own encoder refuses to
//! build (a wrong algorithm, mixed key indices, a level that is too low) has to be refused by the card, not by the sender.
//! It is also a second encoder beside `secure-channel`, written from TS 102 225 §5.1 apart from it.

use aes::{
    Aes128, Aes192, Aes256, Block,
    cipher::{BlockCipherDecrypt, BlockCipherEncrypt, KeyInit},
};
use anyhow::{Result, anyhow, ensure};
use secure_channel::key::Key;

const BLOCK: usize = 16;
const KEY_TYPE_AES: u8 = 0x88;
const CHECK_VALUE_LENGTH: u8 = 3;

/// The fields of a command packet as they will stand in it.
#[derive(Debug, Clone)]
pub struct Fields {
    /// SPI, two octets.
    pub spi: [u8; 2],
    /// KIc octet.
    pub kic: u8,
    /// KID octet.
    pub kid: u8,
    /// TAR.
    pub tar: [u8; 3],
    /// CNTR.
    pub counter: [u8; 5],
    /// Octets of checksum that are really there: 0 to 16.
    pub cc_length: usize,
    /// What is wrong in it; the checksum covers wrong lengths.
    pub lies: Lies,
}

/// What stands in a packet instead of the truth.
#[derive(Debug, Clone, Copy, Default)]
pub struct Lies {
    /// CPL.
    pub cpl: Option<u16>,
    /// CHL.
    pub chl: Option<u8>,
    /// PCNTR.
    pub pcntr: Option<u8>,
    /// The octet of the checksum, from 0, that is wrong in one bit before it is ciphered.
    pub cc_octet: Option<usize>,
}

/// Builds a packet, from CPL on; it is ciphered if bit 3 of SPI1 says so, whatever KIc says.
///
/// # Errors
/// The keys are not AES keys, or the data is too long for CPL.
pub fn forge(fields: &Fields, kic: &Key, kid: &Key, data: &[u8]) -> Result<Vec<u8>> {
    let ciphered = fields.spi[0] & 0x04 != 0;
    let counted = 6 + fields.cc_length + data.len();
    let padding = if ciphered {
        counted.wrapping_neg() % BLOCK
    } else {
        0
    };
    let secured = [data, &vec![0; padding]].concat();

    let chl = u8::try_from(13 + fields.cc_length)?;
    let cpl = u16::try_from(1 + usize::from(chl) + secured.len())?;
    let mut clear = fields.lies.cpl.unwrap_or(cpl).to_be_bytes().to_vec();
    clear.extend([
        fields.lies.chl.unwrap_or(chl),
        fields.spi[0],
        fields.spi[1],
        fields.kic,
        fields.kid,
    ]);
    clear.extend(fields.tar);
    let mut body = fields.counter.to_vec();
    body.push(fields.lies.pcntr.unwrap_or(u8::try_from(padding)?));

    let mut checksum = cmac(kid, &[clear.as_slice(), &body, &secured].concat())?;
    if let Some(octet) = fields.lies.cc_octet.and_then(|index| checksum.get_mut(index)) {
        *octet ^= 0x01;
    }
    body.extend(
        checksum
            .get(..fields.cc_length)
            .ok_or(anyhow!("a checksum has at most 16 octets"))?,
    );
    body.extend(&secured);
    if ciphered {
        encrypt_cbc(kic, &mut body)?;
    }
    Ok([clear, body].concat())
}

/// The key field of PUT KEY (GPCS Amendment D §7.2): key type AES, length, key length, the key under `dek`, check value.
///
/// # Errors
/// The keys are not AES keys.
pub fn key_field(dek: &Key, key: &Key) -> Result<Vec<u8>> {
    let length = u8::try_from(key.expose_secret().len())?;
    field([&[length], enciphered(dek, key)?.as_slice()].concat(), key)
}

/// The same without the key length, for keys of whole blocks (GPCS §11.8.2.3.2).
///
/// # Errors
/// The keys are not AES keys.
pub fn bare_key_field(dek: &Key, key: &Key) -> Result<Vec<u8>> {
    field(enciphered(dek, key)?, key)
}

/// The key, filled up to whole blocks, under `dek`.
fn enciphered(dek: &Key, key: &Key) -> Result<Vec<u8>> {
    let mut octets = key.expose_secret().to_vec();
    octets.resize(octets.len().next_multiple_of(BLOCK), 0);
    encrypt_cbc(dek, &mut octets)?;
    Ok(octets)
}

fn field(block: Vec<u8>, key: &Key) -> Result<Vec<u8>> {
    Ok([
        [KEY_TYPE_AES, u8::try_from(block.len())?].as_slice(),
        &block,
        &[CHECK_VALUE_LENGTH],
        &key_check_value(key)?,
    ]
    .concat())
}

/// The check value of a key (GPCS Amendment D §7.2): the first three octets of AES over sixteen octets 01.
///
/// # Errors
/// The key is not an AES key.
pub fn key_check_value(key: &Key) -> Result<[u8; 3]> {
    let [a, b, c, ..] = Cipher::new(key)?.encrypt([0x01; BLOCK]);
    Ok([a, b, c])
}

/// AES-CBC with an all-zero IV, in place; whole blocks.
pub(crate) fn encrypt_cbc(key: &Key, octets: &mut [u8]) -> Result<()> {
    ensure!(
        octets.len().is_multiple_of(BLOCK),
        "{} octets are not whole blocks",
        octets.len()
    );
    let cipher = Cipher::new(key)?;
    let mut chaining = [0; BLOCK];
    for block in octets.chunks_mut(BLOCK) {
        for (octet, chained) in block.iter_mut().zip(chaining) {
            *octet ^= chained;
        }
        chaining.copy_from_slice(block);
        chaining = cipher.encrypt(chaining);
        block.copy_from_slice(&chaining);
    }
    Ok(())
}

/// The way back from [`encrypt_cbc`].
pub(crate) fn decrypt_cbc(key: &Key, octets: &mut [u8]) -> Result<()> {
    ensure!(
        octets.len().is_multiple_of(BLOCK),
        "{} octets are not whole blocks",
        octets.len()
    );
    let cipher = Cipher::new(key)?;
    let mut chaining = [0; BLOCK];
    for block in octets.chunks_mut(BLOCK) {
        let mut ciphered = [0; BLOCK];
        ciphered.copy_from_slice(block);
        let clear = cipher.decrypt(ciphered);
        for ((octet, clear), chained) in block.iter_mut().zip(clear).zip(chaining) {
            *octet = clear ^ chained;
        }
        chaining = ciphered;
    }
    Ok(())
}

/// AES-CMAC (NIST SP 800-38B §6.2).
///
/// # Errors
/// The key is not an AES key.
pub fn cmac(key: &Key, message: &[u8]) -> Result<[u8; 16]> {
    let cipher = Cipher::new(key)?;
    let subkey = double(cipher.encrypt([0; BLOCK]));
    let blocks = message.len().div_ceil(BLOCK).max(1);
    let mut chaining = [0; BLOCK];
    for index in 0..blocks {
        let part = message.get(index * BLOCK..).unwrap_or_default();
        let part = part.get(..BLOCK).unwrap_or(part);
        let mut block = [0; BLOCK];
        block[..part.len()].copy_from_slice(part);
        if index + 1 == blocks {
            let mask = if part.len() == BLOCK {
                subkey
            } else {
                double(subkey)
            };
            if let Some(octet) = block.get_mut(part.len()) {
                *octet = 0x80;
            }
            block
                .iter_mut()
                .zip(mask)
                .for_each(|(octet, mask)| *octet ^= mask);
        }
        chaining
            .iter_mut()
            .zip(block)
            .for_each(|(octet, block)| *octet ^= block);
        chaining = cipher.encrypt(chaining);
    }
    Ok(chaining)
}

fn double(block: [u8; BLOCK]) -> [u8; BLOCK] {
    let number = u128::from_be_bytes(block);
    let carry = if number >> 127 == 1 { 0x87 } else { 0 };
    ((number << 1) ^ carry).to_be_bytes()
}

/// A key made ready.
enum Cipher {
    Aes128(Aes128),
    Aes192(Aes192),
    Aes256(Aes256),
}

impl Cipher {
    fn new(key: &Key) -> Result<Self> {
        let octets = key.expose_secret();
        Ok(match octets.len() {
            16 => Self::Aes128(Aes128::new_from_slice(octets)?),
            24 => Self::Aes192(Aes192::new_from_slice(octets)?),
            _ => Self::Aes256(Aes256::new_from_slice(octets)?),
        })
    }

    fn encrypt(&self, block: [u8; BLOCK]) -> [u8; BLOCK] {
        let mut block = Block::from(block);
        match self {
            Self::Aes128(cipher) => cipher.encrypt_block(&mut block),
            Self::Aes192(cipher) => cipher.encrypt_block(&mut block),
            Self::Aes256(cipher) => cipher.encrypt_block(&mut block),
        }
        block.into()
    }

    fn decrypt(&self, block: [u8; BLOCK]) -> [u8; BLOCK] {
        let mut block = Block::from(block);
        match self {
            Self::Aes128(cipher) => cipher.decrypt_block(&mut block),
            Self::Aes192(cipher) => cipher.decrypt_block(&mut block),
            Self::Aes256(cipher) => cipher.decrypt_block(&mut block),
        }
        block.into()
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    /// The packet of tests/vectors/scp80/packets.json with SPI 1639 and AES-128, from an independent codec.
    #[test]
    fn builds_the_packet_of_an_independent_codec() {
        let vectors: serde_json::Value =
            serde_json::from_str(include_str!("../vectors/scp80/packets.json")).unwrap();
        let octets = |value: &serde_json::Value| hex::decode(value.as_str().unwrap()).unwrap();
        let mut checked = 0;
        for packet in vectors["packets"].as_array().unwrap() {
            let spi = octets(&packet["spi"]);
            if !packet["alg"].as_str().unwrap().starts_with("aes") || spi[0] & 0x03 == 0x01 {
                continue;
            }
            let fields = Fields {
                spi: spi.try_into().unwrap(),
                kic: octets(&packet["kic"])[0],
                kid: octets(&packet["kid"])[0],
                tar: octets(&packet["tar"]).try_into().unwrap(),
                counter: octets(&packet["cntr"]).try_into().unwrap(),
                cc_length: usize::try_from(packet["cc_len"].as_u64().unwrap()).unwrap(),
                lies: Lies::default(),
            };
            let key = |name: &str| Key::aes(&octets(&packet[name])).unwrap();
            let built = forge(
                &fields,
                &key("kic_key"),
                &key("kid_key"),
                &octets(&packet["data"]),
            )
            .unwrap();
            assert_eq!(hex::encode(built), packet["command_packet"].as_str().unwrap());
            checked += 1;
        }
        assert!(checked >= 100, "only {checked} packets were compared");
    }
}
