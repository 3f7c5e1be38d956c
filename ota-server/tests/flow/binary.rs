//! The command `ota-server`, killed and started again.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use ota_server::terminal_client::{CardAnswer, TerminalClient};

use crate::software_card::SoftwareCard;
use crate::world::{MSISDN, new_card};

const CARD: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../keys/test-card.toml");
const ITEMS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/flow/items.toml");

/// A server process that does not outlive its test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(directory: &Path) -> (Running, TerminalClient) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_ota-server"))
        .args(["--json", "--cards", CARD, "--items", ITEMS, "--database"])
        .arg(directory.join("ota.sqlite"))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let running = Running(child);
    let ready: serde_json::Value = serde_json::from_str(&line).unwrap();
    (
        running,
        TerminalClient::new(ready["url"].as_str().unwrap(), MSISDN),
    )
}

#[test]
fn a_killed_server_offers_the_same_bytes_again() {
    let directory = tempfile::tempdir().unwrap();
    let mut card = SoftwareCard::new(&new_card());
    let (running, terminal) = start(directory.path());
    let id = terminal.request("login").unwrap().id;
    let before = terminal.poll(Duration::ZERO).unwrap().unwrap();
    // The card executes it; then the server dies without having heard.
    card.envelope(&before.tpdu).unwrap();
    drop(running);

    let (_running, terminal) = start(directory.path());
    let after = terminal.poll(Duration::ZERO).unwrap().unwrap();
    assert_eq!(after, before);
    let user_data = card.envelope(&after.tpdu);
    terminal.report(after.id, &CardAnswer::Ack { user_data }).unwrap();
    assert_eq!(terminal.state(id).unwrap().state, "done");
    assert_eq!(card.first.commands.len(), 1, "executed once");
}

#[test]
fn it_does_not_listen_beyond_this_machine_unasked() {
    let directory = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_ota-server"))
        .args(["--listen", "0.0.0.0:0", "--database"])
        .arg(directory.path().join("ota.sqlite"))
        .output()
        .unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("--allow-remote"));
}
