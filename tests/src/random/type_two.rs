//! Commands of type-2 scripts, and those at the interface of the second stage.

use card_proto::gp::load::data_block;
use fastrand::Rng;

use super::pick;
use crate::model::{
    Card,
    keys::KeySet,
    second::{Kind, SecondStage, lv},
};

/// What a personalization still has to bring: its data groupings may span commands and packets. It stays when the personalization
/// ends, for a card that goes on all the same.
#[derive(Debug, Default)]
pub struct Pending {
    groupings: Vec<u8>,
    /// The next block number.
    number: u8,
}

/// A command of a type-2 script in a packet under `signer`; PUT KEY stands in `keys`.
pub fn script_command(rng: &mut Rng, card: &Card, signer: &KeySet, pending: &mut Pending) -> Vec<u8> {
    let second = &card.state.second;
    let personalization = second.transient.personalization.is_some();
    let under_way = personalization || second.load.is_some();
    match rng.u32(0..100) {
        94..98 if under_way => delete(rng, second),
        98..100 if under_way => set_status(rng, second),
        80..97 if second.transient.verified => get_object(rng, second),
        0..30 if second.load.is_some() => load_block(rng, second),
        0..65 if personalization => store_data(rng, second, pending),
        0..20 if !pending.groupings.is_empty() => store_data(rng, second, pending),
        0..85 if load_files(second).is_empty() && second.load.is_none() => {
            install_for_load(rng, second, signer)
        }
        0..85 if services(second).is_empty() && !load_files(second).is_empty() => {
            install_for_install(rng, second)
        }
        0..15 if services(second).len() < 2 => install_for_install(rng, second),
        0..25 => personalize(rng, second, pending),
        25..30 => install_for_load(rng, second, signer),
        30..31 => load_block(rng, second),
        31..40 => install_for_install(rng, second),
        40..46 => make_selectable(rng, second),
        46..59 => personalize(rng, second, pending),
        59..60 => store_data(rng, second, pending),
        60..65 => delete(rng, second),
        65..72 => set_status(rng, second),
        72..77 => registry_update(rng, second),
        77..87 => get_status(rng, second, true),
        87..94 => get_object(rng, second),
        _ => pick::command([0x80, 0xCA, 0xDF, rng.u8(0x00..0x09)], &[], true),
    }
}

/// A command at the interface of the second stage, with so many wrong PINs in a hundred.
pub fn interface_command(rng: &mut Rng, card: &Card, wrong_pins: u32) -> Vec<u8> {
    let second = &card.state.second;
    let nothing_selected = second.usable().is_none() && !services(second).is_empty();
    let select = if nothing_selected { 60 } else { 10 };
    let has_pin = second.clone().pin_content().is_ok() && !second.transient.verified;
    match rng.u32(0..100) {
        10..45 if has_pin => verify(rng, second, wrong_pins),
        45..60 if has_pin => change(rng, second, wrong_pins),
        kind if kind < select => {
            let data = pick::aid_of(rng, &usable_services(second));
            pick::command([0x80, 0xA4, p(rng, 0x04), p(rng, 0x00)], &data, false)
        }
        25..45 => get_status(rng, second, false),
        45..65 => get_object(rng, second),
        65..80 => verify(rng, second, wrong_pins),
        80..90 => change(rng, second, wrong_pins),
        _ => pick::command([0x80, 0xCA, 0xDF, rng.u8(0x00..0x09)], &[], true),
    }
}

fn change(rng: &mut Rng, second: &SecondStage, wrong_pins: u32) -> Vec<u8> {
    let (old, new) = (
        pick::pin_or_other(rng, service_pin(second), wrong_pins),
        pick::pin(rng),
    );
    pick::command(
        [0x00, 0x24, p(rng, 0x00), p(rng, 0x81)],
        &[old, new].concat(),
        false,
    )
}

fn verify(rng: &mut Rng, second: &SecondStage, wrong_pins: u32) -> Vec<u8> {
    let data = match rng.u32(0..8) {
        0 => Vec::new(),
        1 => pick::octets(rng, 7),
        _ => pick::pin_or_other(rng, service_pin(second), wrong_pins).to_vec(),
    };
    pick::command([0x00, 0x20, p(rng, 0x00), p(rng, 0x81)], &data, false)
}

/// The right octet, seldom another.
fn p(rng: &mut Rng, right: u8) -> u8 {
    if pick::seldom(rng, 40) { rng.u8(..) } else { right }
}

fn services(second: &SecondStage) -> Vec<Vec<u8>> {
    aids(second, |kind| matches!(kind, Kind::Service(..)))
}

/// Services that can be selected, those with objects first.
fn usable_services(second: &SecondStage) -> Vec<Vec<u8>> {
    let usable = second
        .entries
        .iter()
        .filter(|entry| [0x07, 0x0F].contains(&entry.life));
    let holds = |kind: &Kind| matches!(kind, Kind::Service(_, objects) if !objects.is_empty());
    let (full, empty): (Vec<_>, Vec<_>) = usable.partition(|entry| holds(&entry.kind));
    let best = if full.is_empty() { empty } else { full };
    best.into_iter().map(|entry| entry.aid.clone()).collect()
}

fn load_files(second: &SecondStage) -> Vec<Vec<u8>> {
    aids(second, |kind| matches!(kind, Kind::LoadFile(_)))
}

fn aids(second: &SecondStage, kind: impl Fn(&Kind) -> bool) -> Vec<Vec<u8>> {
    let entries = second.entries.iter().filter(|entry| kind(&entry.kind));
    entries.map(|entry| entry.aid.clone()).collect()
}

/// The PIN of the selected service, or what stands for it.
fn service_pin(second: &SecondStage) -> [u8; 8] {
    let mut second = second.clone();
    let content = second
        .pin_content()
        .map_or_else(|_| Vec::new(), |content| content.clone());
    content
        .get(2..)
        .and_then(|pin| pin.try_into().ok())
        .unwrap_or([0x30; 8])
}

/// Data of a command, seldom with a mistake.
fn spoiled(rng: &mut Rng, mut data: Vec<u8>) -> Vec<u8> {
    match rng.u32(0..120) {
        0 => drop(data.pop()),
        1 => data.push(0x00),
        2 => {
            let at = rng.usize(0..data.len().max(1));
            if let Some(octet) = data.get_mut(at) {
                *octet = rng.u8(..);
            }
        }
        3 => data.clear(),
        _ => {}
    }
    data
}

/// An AID that the registry has not, seldom any.
fn new_aid(rng: &mut Rng, second: &SecondStage) -> Vec<u8> {
    let known = aids(second, |_| true);
    let mut aid = pick::aid(rng);
    for _ in 0..8 {
        if known.contains(&aid) && !pick::seldom(rng, 8) {
            aid = pick::aid(rng);
        }
    }
    aid
}

fn install_for_load(rng: &mut Rng, second: &SecondStage, signer: &KeySet) -> Vec<u8> {
    let aid = new_aid(rng, second);
    let most = second.free().clamp(2, 1500);
    let size = match rng.u32(0..12) {
        0 if rng.bool() => 0,
        1 if rng.bool() => 0x8000,
        2..4 => second.free().saturating_sub(46) + rng.usize(0..2),
        4..10 => rng.usize(1..most.min(130)),
        _ => rng.usize(1..most),
    };
    let mut mac = signer.kid.cmac(&data_block(&pick::load_file(&aid, size)));
    if pick::seldom(rng, 12) {
        mac[0] ^= 0x01;
    }
    let [high, low] = u16::try_from(size).unwrap_or(u16::MAX).to_be_bytes();
    let data = [
        lv(&aid),
        lv(&[]),
        lv(&mac),
        lv(&[0xEF, 0x04, 0xC6, 0x02, high, low]),
        lv(&[]),
    ];
    pick::command(
        [0x80, 0xE6, 0x02, p(rng, 0x00)],
        &spoiled(rng, data.concat()),
        false,
    )
}

/// The next octets of the load under way: up to its end, or not.
fn load_block(rng: &mut Rng, second: &SecondStage) -> Vec<u8> {
    let Some(load) = &second.load else {
        let data = pick::octets(rng, 5);
        return pick::command([0x80, 0xE8, 0x00, rng.u8(0..3)], &data, false);
    };
    let whole = data_block(&pick::load_file(&load.aid, load.declared));
    let rest = whole.get(load.received.len()..).unwrap_or_default();
    let most = if rng.bool() { 230 } else { rng.usize(1..230) };
    let mut block: Vec<u8> = rest.iter().copied().take(most).collect();
    let ends = block.len() == rest.len();
    if pick::seldom(rng, 25) {
        block.push(0x00);
    }
    let [_, number] = load.number.to_be_bytes();
    let number = if pick::seldom(rng, 20) {
        rng.u8(0..4)
    } else {
        number
    };
    let last = ends != pick::seldom(rng, 25);
    pick::command(
        [0x80, 0xE8, if last { 0x80 } else { p(rng, 0x00) }, number],
        &block,
        false,
    )
}

fn tail(rng: &mut Rng) -> Vec<u8> {
    let length = if pick::seldom(rng, 20) {
        33
    } else {
        rng.usize(0..4)
    };
    let parameters = pick::octets(rng, length);
    [lv(&[0x00]), lv(&parameters), lv(&[])].concat()
}

fn install_for_install(rng: &mut Rng, second: &SecondStage) -> Vec<u8> {
    let (file, module, aid) = (
        pick::aid_of(rng, &load_files(second)),
        pick::aid(rng),
        pick::aid(rng),
    );
    let data = [lv(&file), lv(&module), lv(&aid), tail(rng)].concat();
    let p1 = if pick::seldom(rng, 3) { 0x04 } else { 0x0C };
    pick::command([0x80, 0xE6, p(rng, p1), p(rng, 0x00)], &spoiled(rng, data), false)
}

fn make_selectable(rng: &mut Rng, second: &SecondStage) -> Vec<u8> {
    let (file, module) = if rng.bool() {
        (pick::aid(rng), pick::aid(rng))
    } else {
        (Vec::new(), Vec::new())
    };
    let data = [
        lv(&file),
        lv(&module),
        lv(&pick::aid_of(rng, &services(second))),
        tail(rng),
    ]
    .concat();
    pick::command([0x80, 0xE6, 0x08, 0x00], &spoiled(rng, data), false)
}

fn registry_update(rng: &mut Rng, second: &SecondStage) -> Vec<u8> {
    let file = pick::aid_of(rng, &load_files(second));
    let data = [
        lv(&file),
        lv(&pick::aid(rng)),
        lv(&pick::aid_of(rng, &services(second))),
        tail(rng),
    ]
    .concat();
    pick::command([0x80, 0xE6, 0x40, 0x00], &spoiled(rng, data), false)
}

fn personalize(rng: &mut Rng, second: &SecondStage, pending: &mut Pending) -> Vec<u8> {
    *pending = Pending::default();
    if pick::seldom(rng, 3) {
        pending.groupings.extend(pin_grouping(rng));
    }
    for _ in 0..rng.u32(1..6) {
        pending.groupings.extend(grouping(rng));
    }
    let selectable = usable_services(second);
    let target = if selectable.is_empty() {
        services(second)
    } else {
        selectable
    };
    let service = pick::aid_of(rng, &target);
    let data = [lv(&[]), lv(&[]), lv(&service), lv(&[]), lv(&[]), lv(&[])].concat();
    pick::command([0x80, 0xE6, 0x20, 0x00], &spoiled(rng, data), false)
}

/// A data grouping that is the service's PIN.
fn pin_grouping(rng: &mut Rng) -> Vec<u8> {
    let limit = rng.u8(1..4);
    let object = [[0x02, limit, limit].as_slice(), &pick::pin(rng)].concat();
    [[0xDF, 0x10].as_slice(), &lv(&object)].concat()
}

/// A data grouping: tag, length, access rule, content.
fn grouping(rng: &mut Rng) -> Vec<u8> {
    let tag = pick::tag(rng);
    let content = match tag {
        [0xDF, 0x10] if !pick::seldom(rng, 8) => {
            let limit = if pick::seldom(rng, 10) {
                rng.u8(..)
            } else {
                rng.u8(1..4)
            };
            let tries = if pick::seldom(rng, 10) {
                rng.u8(0..5)
            } else {
                limit
            };
            [[tries, limit].as_slice(), &pick::pin(rng)].concat()
        }
        _ => {
            let length = match rng.u32(0..20) {
                0 if rng.bool() => 0,
                1 => rng.usize(200..700),
                2..5 => *pick::one(rng, &[54, 55, 56, 119, 120]).unwrap_or(&55),
                _ => rng.usize(1..70),
            };
            pick::octets(rng, length)
        }
    };
    let rule = match (tag, rng.u32(0..60)) {
        (_, 0) => rng.u8(..),
        ([0xDF, 0x10], 1..57) => 0x02,
        (_, 1..28) => 0x00,
        (_, 28..48) => 0x01,
        _ => 0x02,
    };
    let value = [&[rule], content.as_slice()].concat();
    if value.len() > 254 || pick::seldom(rng, 8) {
        let length = u16::try_from(value.len()).unwrap_or_default().to_be_bytes();
        return [tag.as_slice(), &[0xFF], &length, &value].concat();
    }
    [tag.as_slice(), &lv(&value)].concat()
}

fn store_data(rng: &mut Rng, second: &SecondStage, pending: &mut Pending) -> Vec<u8> {
    let under_way = second.transient.personalization.as_ref();
    let number = under_way.map_or(pending.number, |under_way| under_way.number.to_be_bytes()[1]);
    pending.number = number.wrapping_add(1);
    let number = if pick::seldom(rng, 20) {
        rng.u8(0..4)
    } else {
        number
    };
    let most = if rng.bool() { 230 } else { rng.usize(1..230) };
    let groupings = &mut pending.groupings;
    let block: Vec<u8> = groupings.drain(..groupings.len().min(most)).collect();
    let ends = groupings.is_empty();
    let last = ends != pick::seldom(rng, 12);
    let block = if block.is_empty() {
        grouping(rng).into_iter().take(230).collect()
    } else {
        block
    };
    pick::command(
        [0x80, 0xE2, if last { 0x80 } else { p(rng, 0x00) }, number],
        &block,
        false,
    )
}

fn delete(rng: &mut Rng, second: &SecondStage) -> Vec<u8> {
    let mut known = services(second);
    if pick::seldom(rng, 2) {
        known = load_files(second);
    }
    // What is under way, rather than the rest.
    for _ in 0..2 {
        known.extend(second.load.iter().map(|load| load.aid.clone()));
        let personalization = second.transient.personalization.iter();
        known.extend(personalization.map(|under_way| under_way.target.clone()));
    }
    let aid = pick::aid_of(rng, &known);
    let p2 = if rng.bool() { 0x00 } else { 0x80 };
    let data = [[0x4F].as_slice(), &lv(&aid)].concat();
    pick::command([0x80, 0xE4, p(rng, 0x00), p(rng, p2)], &spoiled(rng, data), false)
}

fn set_status(rng: &mut Rng, second: &SecondStage) -> Vec<u8> {
    let mut known = services(second);
    let personalization = second.transient.personalization.iter();
    known.extend(personalization.map(|under_way| under_way.target.clone()));
    let aid = pick::aid_of(rng, &known);
    let life = second.service(&aid).map_or(0x07, |service| service.life);
    let lock = if pick::seldom(rng, 5) {
        life & 0x80
    } else {
        !life & 0x80
    };
    let low = match rng.u32(0..12) {
        0 => rng.u8(0..0x80),
        1..6 => 0,
        _ => life & 0x7F,
    };
    pick::command([0x80, 0xF0, p(rng, 0x40), lock | low], &spoiled(rng, aid), false)
}

fn get_status(rng: &mut Rng, second: &SecondStage, in_script: bool) -> Vec<u8> {
    let p1 = *pick::one(rng, &[0x20, 0x40, 0x60]).unwrap_or(&0x60);
    let goes_on = second.transient.next.is_some() != pick::seldom(rng, 5);
    let p2 = if goes_on { 0x03 } else { 0x02 };
    let known = aids(second, |_| true);
    let prefix: Vec<u8> = match rng.u32(0..6) {
        0 => pick::aid_of(rng, &known).into_iter().take(16).collect(),
        1 => pick::aid_of(rng, &known).into_iter().take(4).collect(),
        _ => Vec::new(),
    };
    let mut data = [[0x4F].as_slice(), &lv(&prefix)].concat();
    if pick::seldom(rng, 6) {
        data.extend([0x5C, 0x02, 0x4F, 0xC5]);
    }
    let data = spoiled(rng, data);
    pick::command(
        [0x80, 0xF2, p(rng, p1), p(rng, p2)],
        &data,
        !(in_script && rng.bool()),
    )
}

/// GET DATA of an object: whole, or from an offset on; with any Le.
fn get_object(rng: &mut Rng, second: &SecondStage) -> Vec<u8> {
    let tags: Vec<[u8; 2]> = match second.usable().map(|service| &service.kind) {
        Some(Kind::Service(_, objects)) => objects.iter().map(|object| object.tag.to_be_bytes()).collect(),
        _ => Vec::new(),
    };
    let tag = match pick::one(rng, &tags) {
        Some(tag) if !pick::seldom(rng, 4) => *tag,
        _ => pick::tag(rng),
    };
    let offset = match rng.u32(0..4) {
        0 => rng.u16(..),
        _ => rng.u16(0..80),
    };
    let [high, low] = offset.to_be_bytes();
    let mut command = if rng.bool() {
        pick::command([0x80, 0xCA, tag[0], tag[1]], &[], true)
    } else {
        pick::command(
            [0x80, 0xCB, tag[0], tag[1]],
            &spoiled(rng, vec![0x54, 0x02, high, low]),
            true,
        )
    };
    if pick::seldom(rng, 3)
        && let Some(le) = command.last_mut()
    {
        *le = rng.u8(..);
    }
    command
}
