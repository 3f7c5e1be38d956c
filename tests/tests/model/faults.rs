//! Proof that the search finds what is wrong: cards with one fault each.

use conformance::{
    case_file::Stage,
    model::{Card, second::Kind},
    random::{Budget, saved, search},
};

use super::{
    cards::{Fault, ModelCard},
    environment,
};

/// Every fault, and how many steps are enough to show it.
pub(super) const FAULTS: &[(Fault, usize)] = &[
    (a_record_is_read_with_one_bit_wrong, 2),
    (an_erased_record_stays, 5),
    (a_wrong_pin_costs_no_try, 3),
    (a_counter_is_not_stored, 3),
    (an_unlock_is_forgotten, 5),
    (an_old_version_is_kept_beside_the_new_one, 4),
    (a_load_forgets_its_last_block, 3),
    (the_limit_of_objects_is_one_block_off, 6),
    (a_forged_packet_is_noted, 2),
    (a_full_response_is_not_cut, 4),
];

/// Nothing is wrong.
pub(super) fn none(_: &Card, _: &mut Card, _: &[u8], _: &mut [u8]) {}

fn a_record_is_read_with_one_bit_wrong(_: &Card, after: &mut Card, command: &[u8], response: &mut [u8]) {
    if after.state.selected == Some(Stage::First)
        && command.starts_with(&[0x00, 0xB2, 0x03])
        && response.len() > 2
    {
        response[0] ^= 0x01;
    }
}

fn an_erased_record_stays(before: &Card, after: &mut Card, _: &[u8], _: &mut [u8]) {
    let records = after.state.first.records.iter_mut();
    for (record, old) in records.zip(&before.state.first.records) {
        if record.iter().all(|octet| *octet == 0xFF) {
            record.clone_from(old);
        }
    }
}

fn a_wrong_pin_costs_no_try(before: &Card, after: &mut Card, _: &[u8], _: &mut [u8]) {
    after.state.first.pin.tries = after.state.first.pin.tries.max(before.state.first.pin.tries);
}

fn a_counter_is_not_stored(before: &Card, after: &mut Card, _: &[u8], _: &mut [u8]) {
    for (keys, old) in after.state.keys.iter_mut().zip(&before.state.keys) {
        for set in &mut keys.versions {
            let stored = old.version(set.kvn).filter(|old| old.kic == set.kic);
            // A single failing command leaves it as it was.
            if set.record.sw == 0x6A88
                && let Some(stored) = stored
            {
                set.record.counter = stored.record.counter;
            }
        }
    }
}

fn an_unlock_is_forgotten(before: &Card, after: &mut Card, _: &[u8], _: &mut [u8]) {
    for entry in &mut after.state.second.entries {
        if before
            .state
            .second
            .service(&entry.aid)
            .is_some_and(|old| old.life == 0x8F)
        {
            entry.life = 0x8F;
        }
    }
}

fn an_old_version_is_kept_beside_the_new_one(before: &Card, after: &mut Card, _: &[u8], _: &mut [u8]) {
    let (old, keys) = (&before.state.keys[1].versions, &mut after.state.keys[1].versions);
    if let ([old], [new]) = (old.as_slice(), keys.as_slice())
        && old.kvn < new.kvn
    {
        keys.insert(0, old.clone());
    }
}

fn a_load_forgets_its_last_block(before: &Card, after: &mut Card, _: &[u8], _: &mut [u8]) {
    let old = before.state.second.load.as_ref();
    if let (Some(load), Some(old)) = (&mut after.state.second.load, old)
        && load.aid == old.aid
        && load.number > 1
    {
        load.clone_from(old);
    }
}

fn the_limit_of_objects_is_one_block_off(_: &Card, after: &mut Card, command: &[u8], response: &mut [u8]) {
    let is_storage =
        after.state.selected == Some(Stage::Second) && command.starts_with(&[0x80, 0xCA, 0xDF, 0x03]);
    let holds = |kind: &Kind| matches!(kind, Kind::Service(_, objects) if objects.iter().any(|object| object.content.len() == 55));
    if is_storage && after.state.second.entries.iter().any(|entry| holds(&entry.kind)) {
        response[3] = response[3].wrapping_sub(0x40);
    }
}

fn a_forged_packet_is_noted(before: &Card, after: &mut Card, _: &[u8], response: &mut [u8]) {
    let refused =
        after.state.first.transient.messages_refused != before.state.first.transient.messages_refused;
    if refused && *response == [0x62, 0x00] {
        let record = &mut after.state.keys[0].versions[0].record;
        record.executed = record.executed.wrapping_add(1);
    }
}

fn a_full_response_is_not_cut(_: &Card, _: &mut Card, command: &[u8], response: &mut [u8]) {
    if command.starts_with(&[0x80, 0xC2]) && response.len() > 120 {
        response[0] ^= 0x01;
    }
}

#[test]
fn every_fault_is_found_and_shown_in_few_steps() {
    for (index, (fault, most)) in FAULTS.iter().enumerate() {
        let mut card = ModelCard::new("small", *fault);
        let model = card.start().clone();
        let budget = Budget {
            seed: 1,
            sequences: 400,
            steps: 50,
            cuts: false,
        };
        let failure = search(&mut card, &model, budget).unwrap();
        let failure = failure.unwrap_or_else(|| panic!("fault {index} was not found"));
        let text = saved::write(&failure, "small");
        if environment("MODEL_SHOW").is_some() {
            println!(
                "fault {index}: {} of {} steps\n{text}",
                failure.steps.len(),
                failure.steps_at_first
            );
        }
        assert!(
            failure.steps.len() <= *most,
            "fault {index} takes {} steps:\n{text}",
            failure.steps.len()
        );
    }
}
