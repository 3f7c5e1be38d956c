//! The simulated card behind a private pcscd. One process sees one pcscd at a time and is started again with its
//! socket in the environment, so this is one test, without the test harness.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

#[path = "card/checks.rs"]
mod checks;
#[path = "card/power.rs"]
#[expect(dead_code, reason = "the direct connection checks the rest")]
mod power;
#[path = "card/stages.rs"]
mod stages;

use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use host_harness::jcardsim::Via;
use host_harness::pcscd::reexec_with_private_socket;
use host_harness::transport::pcsc::list_readers;

const CYCLES: u32 = 5;
/// With this argument the program starts a card, says so, and waits to be killed.
const VICTIM: &str = "start-a-card-and-wait";

fn main() {
    let socket = reexec_with_private_socket().unwrap();
    let mode = std::fs::metadata(socket.folder()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    let via = Via::Pcscd(socket.clone());
    if std::env::args().any(|argument| argument == VICTIM) {
        let card = checks::card(&via);
        println!("{} {}", card.process_id(), socket.folder().display());
        loop {
            std::thread::park();
        }
    }
    run("a card behind pcscd does what a card must", || {
        a_card_behind_pcscd(&via)
    });
    run("a secured message arrives", || stages::a_secured_message(&via));
    run("an applet that is not atomic is caught", || {
        power::a_torn_transfer_is_seen(&via)
    });
    run("it starts and stops again and again", || cycles(&via));
    run("a hung card is noticed", || checks::survives_a_hung_card(&via));
    run("a killed program leaves no process", a_killed_program);
    run("APDUs in a second", || speed(&via));
}

fn run(name: &str, check: impl FnOnce()) {
    let start = Instant::now();
    check();
    println!("ok: {name} ({} ms)", start.elapsed().as_millis());
}

fn a_card_behind_pcscd(via: &Via) {
    let mut card = checks::card(via);
    checks::exchanges(&mut card);
    checks::resets(&mut card);
    checks::refuses_installs(&mut card);
    let readers = list_readers().unwrap();
    assert_eq!(
        readers[0].atr.as_deref(),
        Some([0x3B, 0x80, 0x80, 0x01, 0x01].as_slice())
    );
    let processes = checks::group_of(card.process_id());
    assert!(processes.len() >= 3, "shell, pcscd and Java, not {processes:?}");
    card.stop();
    checks::assert_all_gone(&processes);
}

fn cycles(via: &Via) {
    for _ in 0..CYCLES {
        let mut card = checks::card(via);
        checks::select(&mut card);
    }
}

/// Its processes end by themselves; its folder is removed by the next program of the kind.
fn a_killed_program() {
    let first = kill_a_program();
    assert!(first.exists());
    let second = kill_a_program();
    assert!(!first.exists() && second.exists());
    std::fs::remove_dir_all(second).unwrap();
}

/// Starts this program with a card of its own, kills it, and returns its private folder.
fn kill_a_program() -> PathBuf {
    let program = std::env::current_exe().unwrap();
    let mut victim = Command::new(program)
        .arg(VICTIM)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(victim.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let (supervisor, folder) = line.trim().split_once(' ').unwrap();
    let processes = checks::group_of(supervisor.parse().unwrap());
    assert!(processes.len() >= 3, "{processes:?}");
    victim.kill().unwrap();
    victim.wait().unwrap();
    checks::assert_all_gone(&processes);
    PathBuf::from(folder)
}

/// Through pcscd, vpcd and Java; without the immediate acknowledgement it would be 20.
fn speed(via: &Via) {
    use card_proto::transport::CardTransport;
    let mut card = checks::card(via);
    checks::select(&mut card);
    let start = Instant::now();
    let mut count = 0;
    while start.elapsed() < Duration::from_secs(2) {
        assert_eq!(card.transmit(&[0, 0x14, 0, 0, 0]).unwrap(), [0, 0x90, 0]);
        count += 1;
    }
    println!("{} APDUs in a second", count / 2);
    assert!(count > 1000);
}
