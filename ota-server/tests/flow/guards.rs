//! What the server refuses, and how it says so.

use ota_server::terminal_client::{CardAnswer, ClientError, TerminalClient};

use crate::world::World;

fn refused(result: Result<impl std::fmt::Debug, ClientError>, wanted: u16, word: &str) {
    match result {
        Err(ClientError::Refused { status, words }) => {
            assert_eq!(status, wanted, "{words}");
            assert!(words.contains(word), "\"{words}\" does not say \"{word}\"");
        }
        other => panic!("not refused: {other:?}"),
    }
}

/// HTTP status of a request with these headers and body.
fn status(url: &str, headers: &[(&str, &str)], body: &str) -> u16 {
    let mut request = ureq::post(url).config().http_status_as_error(false).build();
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send(body).unwrap().status().as_u16()
}

const JSON: (&str, &str) = ("Content-Type", "application/json");

#[test]
fn unknown_items_terminals_and_deliveries_are_named() {
    let world = World::new();
    refused(world.terminal.request("nothing"), 404, "nothing");
    let stranger = TerminalClient::new(&world.url(), "+1");
    refused(stranger.request("login"), 404, "+1");
    refused(stranger.poll(std::time::Duration::ZERO), 404, "number");
    refused(world.terminal.state(77), 404, "delivery");
}

#[test]
fn reports_count_only_for_a_message_the_terminal_has() {
    let mut world = World::new();
    let ack = CardAnswer::Ack { user_data: None };
    refused(world.terminal.report(1, &ack), 404, "message");
    let id = world.request("ten-entries");
    let first = world.poll().unwrap();
    // The second segment waits for the report of the first.
    refused(world.terminal.report(first.id + 1, &ack), 409, "handed");
    world.report(&first, None);
    world.report(&first, None);
    refused(
        world.terminal.report(
            first.id,
            &CardAnswer::Ack {
                user_data: Some(vec![0; 160]),
            },
        ),
        400,
        "159",
    );
    world.card.envelope(&first.tpdu);
    world.work(|_, answer| answer);
    assert_eq!(world.state(id).state, "done");
    // A stranger's report of the same message.
    refused(
        TerminalClient::new(&world.url(), "+1").report(first.id, &ack),
        404,
        "message",
    );
}

#[test]
fn a_foreign_page_can_neither_read_nor_send() {
    let world = World::new();
    let url = format!("{}/requests", world.url());
    let body = r#"{"terminal":"+999000000001","item":"login"}"#;
    assert_eq!(status(&url, &[("Content-Type", "text/plain")], body), 415);
    assert_eq!(
        status(
            &url,
            &[("Content-Type", "application/x-www-form-urlencoded")],
            body
        ),
        415
    );
    assert_eq!(status(&url, &[JSON, ("Host", "evil.example")], body), 421);
    assert_eq!(status(&url, &[JSON], body), 202);
}

#[test]
fn hostile_bodies_are_refused_and_the_server_stays() {
    let world = World::new();
    let url = format!("{}/requests", world.url());
    for body in [
        "",
        "{",
        "[]",
        "{\"item\":1}",
        "{\"item\":\"login\"}",
        "{\"item\":\"login\",\"terminal\":\"1\",\"x\":1}",
    ] {
        assert_eq!(status(&url, &[JSON], body), 400, "{body}");
    }
    assert_eq!(status(&url, &[JSON], &"x".repeat(100_000)), 413);
    let deep = "[".repeat(60_000);
    assert_eq!(status(&url, &[JSON], &deep), 400);
    let reports = format!("{}/message-center/%00/reports", world.url());
    assert_eq!(
        status(&reports, &[JSON], r#"{"message_id":-1,"outcome":"ack"}"#),
        404
    );
    assert_eq!(
        status(
            &reports,
            &[JSON],
            r#"{"message_id":1,"outcome":"ack","user_data":"0"}"#
        ),
        400
    );
    assert_eq!(world.terminal.request("login").unwrap().data_type, 1);
}
