//! The simulated card over the direct connection.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

#[path = "card/checks.rs"]
mod checks;
#[path = "card/commands.rs"]
mod commands;
#[path = "card/power.rs"]
mod power;
#[path = "card/stages.rs"]
mod stages;

use host_harness::jcardsim::Via;

#[test]
fn a_direct_card_does_what_a_card_must() {
    let mut card = checks::card(&Via::Direct);
    checks::exchanges(&mut card);
    checks::resets(&mut card);
    checks::refuses_installs(&mut card);
    let processes = checks::group_of(card.process_id());
    card.stop();
    checks::assert_all_gone(&processes);
}

#[test]
fn a_hung_card_is_noticed() {
    checks::survives_a_hung_card(&Via::Direct);
}

#[test]
fn a_secured_message_arrives() {
    stages::a_secured_message(&Via::Direct);
}

#[test]
fn transactions_are_undone() {
    power::transactions(&Via::Direct);
}

#[test]
fn the_power_is_cut_before_each_write() {
    power::cuts(&Via::Direct);
}

#[test]
fn an_applet_that_is_not_atomic_is_caught() {
    power::a_torn_transfer_is_seen(&Via::Direct);
}

#[test]
fn memory_is_accounted_for() {
    power::memory_is_accounted(&Via::Direct);
}

#[test]
fn only_a_watched_memory_can_be_cut() {
    power::a_plain_card_refuses(&Via::Direct);
}

#[test]
fn key_versions_change_over() {
    commands::key_versions_change_over(&Via::Direct);
}

#[test]
fn pins_open_storage_1() {
    commands::pins_open_storage_1(&Via::Direct);
}

#[test]
fn stages_tell_of_themselves() {
    commands::stages_tell_of_themselves(&Via::Direct);
}
