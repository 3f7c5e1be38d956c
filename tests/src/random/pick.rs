//! Values that a sequence is made of, from small pools: so that commands meet each other.

use fastrand::Rng;

use crate::model::{aes::AesKey, keys::KeySet, keys::Record, second::lv};

/// AIDs of load files, services and modules; some begin with another, one is of the shortest and one of the longest kind.
const AIDS: &[&str] = &[
    "F054574101",
    "F05457410101",
    "F0545741AA",
    "F054574202",
    "F05457420202020202020202020202AA",
    "A00000000301",
    "A0000000030102",
    "A00000000303",
    "D276000085010101",
    "D2760000850102",
    "F054574203",
    "F05457420304",
];
/// Tags of objects; DF10 is a service's PIN.
const TAGS: &[[u8; 2]] = &[
    [0x01, 0x01],
    [0x01, 0x02],
    [0x5F, 0x20],
    [0xDF, 0x10],
    [0xDF, 0x11],
];
/// Tags that are the stage's own.
const STAGE_TAGS: &[[u8; 2]] = &[[0xDF, 0x01], [0xDF, 0x07], [0xDF, 0x08], [0xDF, 0x0F]];
/// PINs, and what is none.
const PINS: &[&str] = &[
    "31323334FFFFFFFF",
    "3030303030303030",
    "35363738FFFFFFFF",
    "3132333435FFFFFF",
];
const NO_PINS: &[&str] = &["313233FFFFFFFFFF", "31323334FF35FFFF", "4142434445464748"];

/// One of several things.
pub fn one<'a, T>(rng: &mut Rng, from: &'a [T]) -> Option<&'a T> {
    rng.choice(from)
}

/// True once in `times`.
pub fn seldom(rng: &mut Rng, times: u32) -> bool {
    rng.u32(0..times) == 0
}

/// Octets of any value.
pub fn octets(rng: &mut Rng, count: usize) -> Vec<u8> {
    (0..count).map(|_| rng.u8(..)).collect()
}

fn of_pool(rng: &mut Rng, pool: &[&str]) -> Vec<u8> {
    one(rng, pool)
        .and_then(|text| hex::decode(text).ok())
        .unwrap_or_default()
}

/// An AID; seldom something that is none.
pub fn aid(rng: &mut Rng) -> Vec<u8> {
    match rng.u32(0..100) {
        0 => octets(rng, 4),
        1 => octets(rng, 17),
        2 => Vec::new(),
        _ => of_pool(rng, AIDS),
    }
}

/// One of these AIDs, if there are any, and seldom another.
pub fn aid_of(rng: &mut Rng, known: &[Vec<u8>]) -> Vec<u8> {
    if seldom(rng, 12) {
        return aid(rng);
    }
    one(rng, known).cloned().unwrap_or_else(|| aid(rng))
}

/// A tag.
pub fn tag(rng: &mut Rng) -> [u8; 2] {
    let tags = if seldom(rng, 25) { STAGE_TAGS } else { TAGS };
    one(rng, tags).copied().unwrap_or_default()
}

/// A PIN; seldom something that is none.
pub fn pin(rng: &mut Rng) -> [u8; 8] {
    let pins = if seldom(rng, 10) { NO_PINS } else { PINS };
    of_pool(rng, pins).try_into().unwrap_or_default()
}

/// This PIN, or, so often in a hundred, another.
pub fn pin_or_other(rng: &mut Rng, right: [u8; 8], wrong: u32) -> [u8; 8] {
    if rng.u32(0..100) < wrong { pin(rng) } else { right }
}

/// The content of a record: few letters, so that strings are found in several records; seldom all FF.
pub fn record(rng: &mut Rng, length: usize) -> Vec<u8> {
    if seldom(rng, 12) {
        return vec![0xFF; length];
    }
    (0..length).map(|_| rng.u8(0x41..0x44)).collect()
}

/// A length of an AES key.
pub fn key_length(rng: &mut Rng) -> usize {
    *one(rng, &[16, 24, 32]).unwrap_or(&16)
}

/// A key set that no card has yet.
pub fn key_set(rng: &mut Rng, kvn: u8, length: usize, counter: u64) -> Option<KeySet> {
    let mut key = || AesKey::new(&octets(rng, length));
    Some(KeySet {
        kvn,
        kic: key()?,
        kid: key()?,
        dek: key()?,
        record: Record::new(counter),
    })
}

/// A C-APDU with data, and with Le if `le`.
pub fn command(header: [u8; 4], data: &[u8], le: bool) -> Vec<u8> {
    let mut command = header.to_vec();
    if !data.is_empty() {
        command.extend(lv(data));
    }
    if le {
        command.push(0x00);
    }
    command
}

/// The load file with this AID and size: any octets, but always the same.
pub fn load_file(aid: &[u8], size: usize) -> Vec<u8> {
    let start = aid
        .iter()
        .fold(0u8, |sum, octet| sum.wrapping_mul(31).wrapping_add(*octet));
    let octet = |index: usize| start.wrapping_add(u8::try_from(index % 251).unwrap_or_default());
    (0..size).map(octet).collect()
}
