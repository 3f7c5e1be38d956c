//! SCP80 packets: boundaries, tampering, refusals, and `decode(encode(x)) == x` for every protection.
#![expect(
    clippy::unwrap_used,
    reason = "a value that is not there is a failure of the test"
)]

mod command;
mod counter;
mod keys;
mod nested;
mod pin;
mod put_key;
mod response;
mod spi;

use proptest::collection::SizeRange;
use proptest::prelude::*;
use secure_channel::key::{Key, KeySet, KeyType, KeyVersionNumber};
use secure_channel::scp80::{CcLength, CommandHeader, Counter, Integrity, Kic, Kid, Spi, Tar};

/// Octets of hexadecimal text; blanks are for the eye.
fn octets(text: &str) -> Vec<u8> {
    hex::decode(text.replace(' ', "")).unwrap()
}

const KEY_TYPES: [KeyType; 5] = [
    KeyType::Aes128,
    KeyType::Aes192,
    KeyType::Aes256,
    KeyType::Des3Two,
    KeyType::Des3Three,
];

/// A key set of version 1 whose keys count up from `seed`.
fn keys(key_type: KeyType, seed: u8) -> KeySet {
    let key = |first: u8| {
        let octets: Vec<u8> = (0..32)
            .map(|index| first.wrapping_add(index))
            .take(key_type.length())
            .collect();
        Key::from_bytes(key_type, &octets).unwrap()
    };
    let kvn = KeyVersionNumber::new(1).unwrap();
    KeySet {
        kvn,
        kic: key(seed),
        kid: key(seed.wrapping_add(64)),
        dek: key(seed.wrapping_add(128)),
    }
}

/// The header of a packet under `keys`; KID names CRC-32 when SPI asks for a redundancy check anywhere.
fn header(spi: Spi, keys: &KeySet) -> CommandHeader {
    let checks = [spi.integrity(), spi.por_integrity()];
    let kid = if checks.contains(&Integrity::RedundancyCheck) {
        Kid(0x15)
    } else {
        Kid::for_key(keys.kvn, &keys.kid)
    };
    CommandHeader {
        spi,
        kic: Kic::for_key(keys.kvn, &keys.kic),
        kid,
        tar: Tar([0xBF, 0xFF, 0x10]),
        counter: Counter::new(7).unwrap(),
    }
}

/// SPI with any protection of command and response that KID can name for both: a check with a key and one
/// without do not go together with AES.
fn spi() -> impl Strategy<Value = Spi> {
    any::<[u8; 2]>()
        .prop_map(Spi::from_bytes)
        .prop_filter("one KID, no signature", |spi| {
            let checks = [spi.integrity(), spi.por_integrity()];
            let has = |integrity| checks.contains(&integrity);
            let mixes = has(Integrity::RedundancyCheck) && has(Integrity::CryptographicChecksum);
            !mixes && !has(Integrity::DigitalSignature)
        })
}

fn key_type() -> impl Strategy<Value = KeyType> {
    prop::sample::select(KEY_TYPES.to_vec())
}

fn cc_length(key_type: KeyType) -> impl Strategy<Value = CcLength> {
    let lengths = if key_type.is_aes() {
        vec![CcLength::Four, CcLength::Eight]
    } else {
        vec![CcLength::Eight]
    };
    prop::sample::select(lengths)
}

/// A key set, a header that fits it, and a length of the checksum that fits both.
fn protection() -> impl Strategy<Value = (KeySet, CommandHeader, CcLength)> {
    (key_type(), any::<u8>(), spi(), any::<u64>()).prop_flat_map(|(key_type, seed, spi, counter)| {
        let keys = keys(key_type, seed);
        let mut header = header(spi, &keys);
        header.counter = Counter::new(counter >> 24).unwrap();
        (Just(keys), Just(header), cc_length(key_type))
    })
}

/// Octets of any value, as many as `length` allows.
fn bytes(length: impl Into<SizeRange>) -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), length)
}
