//! Lost, forged and repeated answers; stops of the server at bad moments.

use std::time::{Duration, Instant};

use crate::world::{ICCID, World};

/// The message that is offered again once the server has noticed the timeout.
fn offered_again(world: &World) -> ota_server::terminal_client::Message {
    world.let_time_out();
    world
        .terminal
        .poll(Duration::from_secs(10))
        .unwrap()
        .expect("a message")
}

#[test]
fn a_message_without_a_report_is_offered_again_with_the_same_bytes() {
    let mut world = World::new();
    let id = world.request("one-entry");
    let first = world.poll().unwrap();
    assert!(world.poll().is_none(), "the terminal has it");
    let again = offered_again(&world);
    assert_eq!(again, first);
    let answer = world.card.envelope(&again.tpdu);
    world.report(&again, answer);
    assert_eq!(world.state(id).state, "done");
}

#[test]
fn a_lost_report_leads_to_the_cards_record_and_no_second_execution() {
    let mut world = World::new();
    let id = world.request("ten-entries");
    let mut lost = None;
    world.work(|number, answer| {
        // The proof of receipt is lost on the air.
        if lost.is_none() && answer.is_some() {
            lost = Some(number);
            return None;
        }
        answer
    });
    assert!(lost.is_some());
    assert_eq!(world.state(id).state, "done", "{}", world.state(id).outcome);
    assert_eq!(world.card.first.commands.len(), 10);
    assert_eq!(
        world.card.packets[0], world.card.packets[1],
        "the same packet bytes"
    );
}

#[test]
fn a_lost_report_of_a_nested_packet_wraps_the_same_inner_bytes_again() {
    let mut world = World::new();
    let id = world.request("pass");
    let mut lost = false;
    world.work(|_, answer| {
        let lose = !lost && answer.is_some();
        lost |= lose;
        if lose { None } else { answer }
    });
    let state = world.state(id);
    assert_eq!(state.state, "done", "{}", state.outcome);
    // Sent, repeated (outer 02), wrapped again: one more outer counter than inner ones.
    assert_eq!(world.card.first.counter, world.card.second.counter + 1);
}

#[test]
fn power_that_fails_inside_a_script_costs_no_command_and_repeats_none() {
    for item in ["ten-entries", "pass"] {
        let mut world = World::new();
        world.card.first.power_fails_after = Some(4);
        world.card.second.power_fails_after = Some(2);
        let state = world.deliver(item);
        assert_eq!(state.state, "done", "{}", state.outcome);
        let commands = if item == "pass" {
            &world.card.second.commands
        } else {
            &world.card.first.commands
        };
        let mut bytes: Vec<_> = commands.iter().map(|command| command.to_bytes()).collect();
        let all = bytes.len();
        bytes.dedup();
        assert_eq!(bytes.len(), all, "no command twice");
    }
}

#[test]
fn a_card_that_forgot_its_place_gets_the_chain_again() {
    let mut world = World::new();
    // The 6th command is a LOAD of the second packet.
    world.card.second.failures.insert(5, 0x6985);
    let state = world.deliver("pass");
    assert_eq!(state.state, "done", "{}", state.outcome);
    let starts = world
        .card
        .second
        .commands
        .iter()
        .filter(|command| (command.ins(), command.p1()) == (0xE6, 0x02));
    assert_eq!(starts.count(), 2);
}

#[test]
fn a_card_that_says_nothing_is_asked_a_bounded_number_of_times() {
    let mut world = World::new();
    let id = world.request("one-entry");
    world.work(|_, _| None);
    let state = world.state(id);
    assert_eq!(state.state, "failed");
    assert!(state.outcome.contains("says not why"), "{}", state.outcome);
    assert_eq!(world.card.envelopes, 5);
}

#[test]
fn a_terminal_that_never_reports_is_given_up() {
    let world = World::new();
    let id = world.request("one-entry");
    let end = Instant::now() + Duration::from_secs(30);
    while !world.state(id).is_over() {
        assert!(Instant::now() < end);
        if world.poll().is_some() {
            world.let_time_out();
        }
    }
    assert_eq!(world.state(id).state, "failed");
}

#[test]
fn forged_answers_are_hints_and_prove_nothing() {
    let mut world = World::new();
    let id = world.request("one-entry");
    world.work(|number, answer| match number {
        // A wrong checksum, an unprotected "all well", garbage; then the true answer to the repeat.
        0 => answer.map(|mut answer| {
            *answer.last_mut().unwrap() ^= 1;
            answer
        }),
        1 => Some(hex::decode("027100000e0abfff10000000000100 00ab03800101".replace(' ', "")).unwrap()),
        2 => Some(vec![0xFF; 159]),
        _ => answer,
    });
    let state = world.state(id);
    assert_eq!(state.state, "done", "{}", state.outcome);
    let page = world.text(&format!("/requests/{id}"), "application/json");
    let json: serde_json::Value = serde_json::from_str(&page).unwrap();
    let verified: Vec<_> = json["proofs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|proof| proof["verified"] == true)
        .collect();
    assert_eq!(verified, [false, false, false, true]);
}

#[test]
fn a_packet_in_flight_survives_a_restart_with_the_same_bytes() {
    let mut world = World::new();
    let id = world.request("ten-entries");
    let queued = world.request("login");
    let before = world.poll().unwrap();
    let counter = world.server.as_ref().unwrap().initial_counter(ICCID, 1).unwrap();
    world.restart();
    assert_eq!(
        world.server.as_ref().unwrap().initial_counter(ICCID, 1).unwrap(),
        counter
    );
    let after = world.poll().unwrap();
    assert_eq!(after, before);
    let answer = world.card.envelope(&after.tpdu);
    world.report(&after, answer);
    world.work(|_, answer| answer);
    assert_eq!(
        (world.state(id).state, world.state(queued).state),
        ("done".to_owned(), "done".to_owned())
    );
}

#[test]
fn a_restart_after_every_message_loses_nothing() {
    let mut world = World::new();
    let id = world.request("pass");
    for _ in 0..100 {
        let Some(message) = world.poll() else { break };
        let answer = world.card.envelope(&message.tpdu);
        world.report(&message, answer);
        world.restart();
    }
    assert_eq!(world.state(id).state, "done", "{}", world.state(id).outcome);
}

#[test]
fn counters_survive_the_card_and_never_fall() {
    let mut world = World::new();
    world.deliver("one-entry");
    let server = world.server.as_ref().unwrap();
    assert_eq!(server.initial_counter(ICCID, 1).unwrap(), 1);
    server.raise_counters(ICCID, 70, 5).unwrap();
    server.raise_counters(ICCID, 7, 0).unwrap();
    server.add_card(&crate::world::new_card()).unwrap();
    assert_eq!(
        [1, 2].map(|kvn| server.initial_counter(ICCID, kvn).unwrap()),
        [70, 5]
    );
    world.deliver("one-entry");
    assert_eq!(world.card.first.counter, 71);
}

#[test]
fn a_card_ahead_of_the_server_raises_the_counter() {
    for item in ["one-entry", "pass"] {
        let mut world = World::new();
        world.card.first.counter = 1000;
        world.card.second.counter = 500;
        let state = world.deliver(item);
        assert_eq!(state.state, "done", "{item}: {}", state.outcome);
        let server = world.server.as_ref().unwrap();
        assert!(server.initial_counter(ICCID, 1).unwrap() > 1000);
    }
}
