//! Deliveries that go well, and what they leave on the card.

use card_proto::gp::load::data_block;

use crate::world::World;

const CARGO_TOML: &[u8] = include_bytes!("../../Cargo.toml");

#[test]
fn type_1_in_one_short_message() {
    let mut world = World::new();
    let state = world.deliver("one-entry");
    assert_eq!(state.state, "done", "{}", state.outcome);
    assert_eq!((world.card.envelopes, world.card.first.commands.len()), (1, 1));
    assert_eq!(world.card.first.commands[0].ins(), 0xE2);
}

#[test]
fn type_1_in_a_concatenated_short_message() {
    let mut world = World::new();
    let state = world.deliver("ten-entries");
    assert_eq!(state.state, "done", "{}", state.outcome);
    assert!(world.card.envelopes > 1);
    assert_eq!(
        (world.card.packets.len(), world.card.first.commands.len()),
        (1, 10)
    );
}

#[test]
fn languages_go_to_the_first_storage() {
    let mut world = World::new();
    let state = world.deliver("languages");
    assert_eq!(state.state, "done", "{}", state.outcome);
    assert_eq!(world.card.first.commands[0].data(), b"\x5F\x2D\x06plenfr");
    assert!(world.card.second.commands.is_empty());
}

#[test]
fn type_2_double_wrapped_in_a_chain_of_packets() {
    let mut world = World::new();
    let state = world.deliver("pass");
    assert_eq!(state.state, "done", "{}", state.outcome);
    assert!(
        world.card.packets.len() > 2,
        "{} packets",
        world.card.packets.len()
    );
    let sent = |ins| -> Vec<u8> {
        let commands = world
            .card
            .second
            .commands
            .iter()
            .filter(|command| command.ins() == ins);
        commands.flat_map(|command| command.data().to_vec()).collect()
    };
    assert_eq!(sent(0xE8), data_block(CARGO_TOML));
    assert!(sent(0xE2).starts_with(b"\xDF\x10\x0B\x02\x03\x032468\xFF\xFF\xFF\xFF"));
    assert!(sent(0xE2).ends_with(CARGO_TOML));
    assert!(
        world.card.first.commands.is_empty(),
        "nothing of a service goes to the first storage"
    );
}

#[test]
fn type_2_alone_is_addressed_to_the_second_stage() {
    let mut world = World::new();
    let state = world.deliver("pass-single");
    assert_eq!(state.state, "done", "{}", state.outcome);
    assert_eq!((world.card.first.counter, world.card.second.counter), (0, 1));
}

#[test]
fn deliveries_to_one_card_wait_for_each_other() {
    let mut world = World::new();
    let ids = [
        world.request("ten-entries"),
        world.request("pass"),
        world.request("login"),
    ];
    assert_eq!(
        ids.map(|id| world.state(id).state),
        ["running", "queued", "queued"]
    );
    world.work(|_, answer| answer);
    assert_eq!(ids.map(|id| world.state(id).state), ["done", "done", "done"]);
}

#[test]
fn a_failing_command_ends_the_delivery_with_its_name_and_the_next_one_starts() {
    let mut world = World::new();
    world.card.first.failures.insert(3, 0x6A84);
    let state = world.deliver("ten-entries");
    assert_eq!(state.state, "failed");
    for word in ["command 4 of 10", "APPEND RECORD of entry 4", "6A84"] {
        assert!(state.outcome.contains(word), "{}", state.outcome);
    }
    assert_eq!(world.deliver("login").state, "done");
}

#[test]
fn the_page_tells_the_story_without_keys() {
    let mut world = World::new();
    let id = world.request("pass");
    world.work(|_, answer| answer);
    for path in [format!("/requests/{id}"), format!("/requests/{id}/page")] {
        let page = world.text(&path, "text/html");
        for word in [
            "S210", "S220", "S250", "S260", "S410", "S420", "S430", "S440", "S450", "S460", "TAR", "bfff10",
        ] {
            assert!(page.contains(word), "{word}");
        }
        assert!(!page.contains("1011121314151617"), "a key");
    }
    let json = world.text(&format!("/requests/{id}"), "application/json");
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        (json["state"].as_str(), json["type"].as_i64()),
        (Some("done"), Some(2))
    );
    assert_eq!(json["steps"][0]["step"], "S210");
    assert!(world.text("/", "text/html").contains("pass"));
}
