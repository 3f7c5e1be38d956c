//! Commands of type-1 scripts, and those at the interface of the first stage.

use fastrand::Rng;

use super::pick;
use crate::model::{Card, first::FirstStage, second::lv};

/// A command of a type-1 script; PUT KEY stands in `keys`.
pub fn script_command(rng: &mut Rng, card: &Card) -> Vec<u8> {
    let first = &card.state.first;
    match rng.u32(0..100) {
        0..25 => pick::command([0x00, 0xE2, 0x00, p(rng, 0x00)], &record(rng, first), false),
        25..45 => pick::command(
            [0x00, 0xDC, number(rng, first), p(rng, 0x04)],
            &record(rng, first),
            false,
        ),
        45..60 => {
            let data = if pick::seldom(rng, 15) {
                vec![0x41]
            } else {
                Vec::new()
            };
            pick::command([0x00, 0x0C, number(rng, first), p(rng, 0x04)], &data, false)
        }
        60..85 => pick::command(
            [0x80, 0xE2, p(rng, 0x80), p(rng, 0x00)],
            &groupings(rng, first),
            false,
        ),
        _ => get_data(rng),
    }
}

/// GET DATA of the first stage.
fn get_data(rng: &mut Rng) -> Vec<u8> {
    let tag = match rng.u32(0..10) {
        0 => [0x5F, 0x2D],
        1 => [0x00, 0x66],
        _ => [0xDF, rng.u8(0x00..0x09)],
    };
    pick::command([0x80, 0xCA, tag[0], tag[1]], &[], true)
}

/// A command at the interface of the first stage, with so many wrong PINs in a hundred; ENVELOPE stands elsewhere.
pub fn interface_command(rng: &mut Rng, card: &Card, wrong_pins: u32) -> Vec<u8> {
    let first = &card.state.first;
    match rng.u32(0..100) {
        0..30 => verify(rng, first, wrong_pins),
        30..38 => {
            let (old, new) = (
                pick::pin_or_other(rng, first.pin.value, wrong_pins),
                pick::pin(rng),
            );
            let data = wrong_length(rng, [old, new].concat());
            pick::command([0x00, 0x24, p(rng, 0x00), p(rng, 0x01)], &data, false)
        }
        38..48 => {
            let (puk, new) = (
                pick::pin_or_other(rng, first.puk.value, wrong_pins),
                pick::pin(rng),
            );
            let data = if pick::seldom(rng, 5) {
                Vec::new()
            } else {
                wrong_length(rng, [puk, new].concat())
            };
            pick::command([0x00, 0x2C, p(rng, 0x00), p(rng, 0x01)], &data, false)
        }
        48..60 => pick::command([0x00, 0xB2, number(rng, first), p(rng, 0x04)], &[], true),
        60..75 => search(rng, first),
        75..88 => {
            let filled = |slot: &u8| matches!(first.values.get(usize::from(*slot) - 1), Some(Some(_)));
            let slots: Vec<u8> = (1..=15).filter(filled).collect();
            let slot = match pick::one(rng, &slots) {
                Some(slot) if !pick::seldom(rng, 4) => *slot,
                _ => rng.u8(0..=u8::try_from(first.values.len() + 1).unwrap_or(1)),
            };
            let length = if pick::seldom(rng, 15) { 15 } else { 16 };
            let challenge = pick::octets(rng, length);
            pick::command([0x00, 0x88, p(rng, 0x00), slot], &challenge, true)
        }
        _ => get_data(rng),
    }
}

fn verify(rng: &mut Rng, first: &FirstStage, wrong_pins: u32) -> Vec<u8> {
    let data = match rng.u32(0..6) {
        0 => Vec::new(),
        1 => {
            let pin = pick::pin(rng);
            wrong_length(rng, pin.to_vec())
        }
        _ => pick::pin_or_other(rng, first.pin.value, wrong_pins).to_vec(),
    };
    pick::command([0x00, 0x20, p(rng, 0x00), p(rng, 0x01)], &data, false)
}

fn search(rng: &mut Rng, first: &FirstStage) -> Vec<u8> {
    let length = match rng.u32(0..12) {
        0 => 0,
        1 => first.record_length + 1,
        2..5 => rng.usize(1..=first.record_length),
        _ => rng.usize(1..4.min(first.record_length)),
    };
    let string = match rng.u32(0..4) {
        0 => vec![0xFF; length],
        1 => pick::one(rng, &first.records)
            .cloned()
            .unwrap_or_default()
            .into_iter()
            .take(length)
            .collect(),
        _ => pick::record(rng, length),
    };
    let direction = if rng.bool() { 0x04 } else { 0x05 };
    pick::command([0x00, 0xA2, number(rng, first), p(rng, direction)], &string, true)
}

/// The right octet, seldom another.
fn p(rng: &mut Rng, right: u8) -> u8 {
    if pick::seldom(rng, 40) { rng.u8(..) } else { right }
}

fn number(rng: &mut Rng, first: &FirstStage) -> u8 {
    rng.u8(0..=u8::try_from(first.records.len() + 1).unwrap_or(u8::MAX))
}

fn record(rng: &mut Rng, first: &FirstStage) -> Vec<u8> {
    let length = if pick::seldom(rng, 20) {
        first.record_length - 1
    } else {
        first.record_length
    };
    pick::record(rng, length)
}

fn wrong_length(rng: &mut Rng, mut data: Vec<u8>) -> Vec<u8> {
    if pick::seldom(rng, 15) {
        data.pop();
    }
    data
}

/// Data groupings of STORE DATA, as many as fit a command.
fn groupings(rng: &mut Rng, first: &FirstStage) -> Vec<u8> {
    let mut data = Vec::new();
    let mut slots: Vec<u8> = (1..=u8::try_from(first.values.len()).unwrap_or(1)).collect();
    rng.shuffle(&mut slots);
    for _ in 0..rng.u32(1..9) {
        let grouping = if pick::seldom(rng, 3) {
            languages(rng)
        } else {
            value(rng, slots.pop())
        };
        if data.len() + grouping.len() <= 255 {
            data.extend(grouping);
        }
        if pick::seldom(rng, 4) {
            break;
        }
    }
    if pick::seldom(rng, 30) {
        data.pop();
    }
    data
}

fn languages(rng: &mut Rng) -> Vec<u8> {
    let count = if pick::seldom(rng, 8) {
        rng.usize(0..10)
    } else {
        2 * rng.usize(1..5)
    };
    let mut codes: Vec<u8> = (0..count).map(|_| rng.u8(b'a'..=b'z')).collect();
    if pick::seldom(rng, 12) {
        codes.iter_mut().take(1).for_each(|code| *code = b'A');
    }
    [[0x5F, 0x2D].as_slice(), &lv(&codes)].concat()
}

fn value(rng: &mut Rng, slot: Option<u8>) -> Vec<u8> {
    let slot = if pick::seldom(rng, 20) {
        rng.u8(..)
    } else {
        slot.unwrap_or_else(|| rng.u8(..))
    };
    let length = if pick::seldom(rng, 20) {
        rng.usize(0..40)
    } else {
        pick::key_length(rng)
    };
    let value = [&[slot], pick::octets(rng, length).as_slice()].concat();
    let dgi = if pick::seldom(rng, 30) {
        [0x01, 0x02]
    } else {
        [0x01, 0x01]
    };
    if pick::seldom(rng, 6) {
        let length = u16::try_from(value.len()).unwrap_or_default().to_be_bytes();
        return [dgi.as_slice(), &[0xFF], &length, &value].concat();
    }
    [dgi.as_slice(), &lv(&value)].concat()
}
