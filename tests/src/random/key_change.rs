//! PUT KEY: rotations, additions, and those with a mistake.

use fastrand::Rng;

use super::pick;
use crate::model::{
    aes::{AesKey, BLOCK},
    keys::{KeySet, VERSIONS, counter_octets},
};

/// DELETE of a key version.
pub fn delete_key(rng: &mut Rng, held: &[KeySet]) -> Vec<u8> {
    let kvn = match pick::one(rng, held) {
        Some(set) if !pick::seldom(rng, 5) => set.kvn,
        _ => rng.u8(0..17),
    };
    let mut data = vec![0xD2, 0x01, kvn];
    if pick::seldom(rng, 15) {
        data.push(0x00);
    }
    let p2 = if pick::seldom(rng, 15) { 0x80 } else { 0x00 };
    pick::command([0x80, 0xE4, 0x00, p2], &data, false)
}

/// PUT KEY in a packet under `signer`, on a stage that holds `held`.
pub fn put_key(rng: &mut Rng, held: &[KeySet], signer: &KeySet) -> Vec<u8> {
    let replaced = pick::one(rng, held).map_or(1, |set| set.kvn);
    let free = held.len() < VERSIONS;
    let (p1, kvn) = match rng.u32(0..12) {
        0 => (rng.u8(..), rng.u8(0..17)),
        1 => (0, rng.u8(1..16)),
        2..5 if free => (0, rng.u8(1..16)),
        2..7 => (replaced, rng.u8(1..16)),
        _ => (replaced, replaced),
    };
    let length = pick::key_length(rng);
    let counter = if pick::seldom(rng, 3) {
        Some(rng.u64(0..5))
    } else {
        None
    };
    let Some(set) = pick::key_set(rng, kvn, length, counter.unwrap_or_default()) else {
        return Vec::new();
    };
    let mut data = vec![kvn];
    for key in [&set.kic, &set.kid, &set.dek] {
        data.extend(key_field(rng, key, &signer.dek));
    }
    if let Some(counter) = counter {
        data.extend([[0x82, 0x05].as_slice(), &counter_octets(counter)].concat());
    }
    if pick::seldom(rng, 10) {
        mistake(rng, &mut data);
    }
    let p2 = if pick::seldom(rng, 30) { rng.u8(..) } else { 0x81 };
    pick::command([0x80, 0xD8, p1, p2], &data, pick::seldom(rng, 2))
}

/// 88, L, key length, key under the DEK, 03, check value; the key length may be left out where the key is whole blocks. The octets that fill a key up are any.
fn key_field(rng: &mut Rng, key: &AesKey, dek: &AesKey) -> Vec<u8> {
    let length = key.octets().len();
    let padding = pick::octets(rng, length.next_multiple_of(BLOCK) - length);
    let ciphered = dek.encrypt_cbc(&[key.octets(), &padding].concat());
    let octet = |number: usize| u8::try_from(number).unwrap_or_default();
    let head = if length == ciphered.len() && pick::seldom(rng, 3) {
        vec![0x88, octet(length)]
    } else {
        vec![0x88, octet(1 + ciphered.len()), octet(length)]
    };
    [head.as_slice(), &ciphered, &[0x03], &key.kcv()].concat()
}

fn mistake(rng: &mut Rng, data: &mut Vec<u8>) {
    match rng.u32(0..4) {
        0 => data.truncate(rng.usize(0..data.len())),
        1 => data.push(rng.u8(..)),
        // The coding of the first key field, more often than what is ciphered in it.
        2 => data[rng.usize(0..4)] = rng.u8(..),
        _ => {
            let at = rng.usize(0..data.len());
            data[at] ^= 1 << rng.u32(0..8);
        }
    }
}
