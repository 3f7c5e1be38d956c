//! What any way to the simulated card must do.

use std::path::Path;
use std::time::{Duration, Instant};

use card_proto::aid::Aid;
use card_proto::transport::{CardTransport, TransportError};
use host_harness::jcardsim::{InstallSpec, JcardsimCard, JcardsimError, JcardsimOptions, Via};
use host_harness::project::Project;
use zeroize::Zeroizing;

const INSTANCE: [u8; 6] = *b"\xF0probe";

fn options() -> JcardsimOptions {
    let project = Project::of_this_build();
    let applet_sources = vec![project.root().join("host-harness/tests/applets")];
    JcardsimOptions {
        project,
        applet_sources,
        ..JcardsimOptions::default()
    }
}

fn spec(class: &str, data: &[u8]) -> InstallSpec {
    InstallSpec {
        applet_class: class.to_owned(),
        instance_aid: Aid::new(&INSTANCE).unwrap(),
        application_data: Zeroizing::new(data.to_vec()),
    }
}

/// A card with the probe applet installed, not selected.
pub(crate) fn card(via: &Via) -> JcardsimCard {
    let mut card = JcardsimCard::start_with(via, &options()).unwrap();
    card.install(&spec("harness.check.Probe", &[0xC9])).unwrap();
    card
}

pub(crate) fn select(card: &mut JcardsimCard) {
    let select = [&[0, 0xA4, 4, 0, 6], INSTANCE.as_slice()].concat();
    assert_eq!(card.transmit(&select).unwrap(), [0x90, 0x00]);
}

fn echo(data: &[u8], le: &[u8]) -> Vec<u8> {
    [&[0, 0x10, 0, 0, u8::try_from(data.len()).unwrap()], data, le].concat()
}

/// Every length, both forms; commands that do not add up; exceptions.
pub(crate) fn exchanges(card: &mut JcardsimCard) {
    select(card);
    for length in [1, 2, 127, 128, 254, 255] {
        let data: Vec<u8> = (0..length).collect();
        for le in [[].as_slice(), &[0]] {
            let expected = [data.as_slice(), &[0x90, 0]].concat();
            assert_eq!(
                card.transmit(&echo(&data, le)).unwrap(),
                expected,
                "Lc {length}, Le {le:?}"
            );
        }
    }
    for malformed in [
        &[0, 0x10, 0, 0, 2, 1][..],
        &[0, 0x10, 0, 0, 0, 0],
        &[0, 0x10, 0, 0, 1, 1, 0, 0],
    ] {
        assert_eq!(card.transmit(malformed).unwrap(), [0x67, 0x00], "{malformed:?}");
    }
    assert!(matches!(
        card.transmit(&[0, 0x10, 0]),
        Err(TransportError::Other(_))
    ));
    assert_eq!(card.transmit(&[0, 0x12, 0, 0]).unwrap(), [0x6F, 0x00]);
    assert_eq!(card.transmit(&[0, 0x99, 0, 0]).unwrap(), [0x6D, 0x00]);
    let instance = [6, 0xF0, b'p', b'r', b'o', b'b', b'e', 1, 0, 1, 0xC9];
    assert_eq!(
        card.transmit(&[0, 0x16, 0, 0, 0]).unwrap(),
        [&instance[..], &[0x90, 0]].concat()
    );
}

/// A reset gives the ATR, deselects, and clears what is CLEAR_ON_RESET.
pub(crate) fn resets(card: &mut JcardsimCard) {
    select(card);
    assert_eq!(card.transmit(&[0, 0x14, 7, 0, 0]).unwrap(), [0, 0x90, 0]);
    assert_eq!(card.transmit(&[0, 0x14, 8, 0, 0]).unwrap(), [7, 0x90, 0]);
    assert_eq!(card.reset().unwrap(), [0x3B, 0x80, 0x80, 0x01, 0x01]);
    assert_eq!(card.transmit(&[0, 0x14, 9, 0, 0]).unwrap(), [0x69, 0x86]);
    select(card);
    assert_eq!(card.transmit(&[0, 0x14, 9, 0, 0]).unwrap(), [0, 0x90, 0]);
}

/// Refusals over the control channel leave the card usable, and no key gets into a message.
pub(crate) fn refuses_installs(card: &mut JcardsimCard) {
    let secret = [0xA5; 40];
    let error = card.install(&spec("harness.check.Nothing", &secret)).unwrap_err();
    assert!(matches!(error, JcardsimError::Refused { .. }), "{error}");
    assert!(error.to_string().contains("ClassNotFoundException"), "{error}");
    assert!(!error.to_string().to_uppercase().contains("A5A5"), "{error}");
    let error = card.install(&spec("harness.check.Probe", &secret)).unwrap_err();
    assert!(!error.to_string().to_uppercase().contains("A5A5"), "{error}");
    select(card);
    card.delete(&Aid::new(&INSTANCE).unwrap()).unwrap();
    card.install(&spec("harness.check.Probe", &[0xC9])).unwrap();
    select(card);
}

/// A simulator that hangs costs one time limit, then an explanation; and it can still be ended.
pub(crate) fn survives_a_hung_card(via: &Via) {
    let options = JcardsimOptions {
        command_limit: Duration::from_millis(300),
        ..options()
    };
    let mut card = JcardsimCard::start_with(via, &options).unwrap();
    assert_eq!(card.transmit(&[0, 0x10, 0, 0]).unwrap(), [0x69, 0x86]);
    let java = java_of(card.process_id());
    signal("STOP", java);
    wait_until("all threads are stopped", || {
        threads_of(java).all(|state| state == 'T')
    });
    assert!(matches!(
        card.transmit(&[0, 0x10, 0, 0]),
        Err(TransportError::Timeout { .. })
    ));
    assert!(matches!(
        card.transmit(&[0, 0x10, 0, 0]),
        Err(TransportError::ReaderGone(_))
    ));
    let processes = group_of(card.process_id());
    assert!(!processes.is_empty());
    card.stop();
    assert_all_gone(&processes);
}

/// Process ids of a process group.
pub(crate) fn group_of(leader: u32) -> Vec<u32> {
    let processes = std::fs::read_dir("/proc").unwrap();
    let ids = processes.filter_map(|entry| entry.unwrap().file_name().to_str()?.parse().ok());
    ids.filter(|id| stat(*id).is_some_and(|stat| stat.group == leader))
        .collect()
}

struct Stat {
    name: String,
    state: char,
    group: u32,
}

/// `/proc/ID/stat`: id, name in parentheses, state, parent, process group.
fn stat(id: u32) -> Option<Stat> {
    stat_file(Path::new(&format!("/proc/{id}/stat")))
}

fn stat_file(path: &Path) -> Option<Stat> {
    let text = std::fs::read_to_string(path).ok()?;
    let (start, rest) = text.rsplit_once(") ")?;
    let mut fields = rest.split(' ');
    let state = fields.next()?.chars().next()?;
    let group = fields.nth(1)?.parse().ok()?;
    Some(Stat {
        name: start.split_once('(')?.1.to_owned(),
        state,
        group,
    })
}

/// The states of the threads of a process.
fn threads_of(id: u32) -> impl Iterator<Item = char> {
    let threads = std::fs::read_dir(format!("/proc/{id}/task")).unwrap();
    threads.filter_map(move |entry| Some(stat_file(&entry.ok()?.path().join("stat"))?.state))
}

fn java_of(leader: u32) -> u32 {
    let is_java = |id: &u32| stat(*id).is_some_and(|stat| stat.name == "java");
    group_of(leader).into_iter().find(is_java).unwrap()
}

fn signal(name: &str, process: u32) {
    let kill = ["-c", "kill -s \"$1\" \"$2\"", "sh", name, &process.to_string()];
    assert!(
        std::process::Command::new("sh")
            .args(kill)
            .status()
            .unwrap()
            .success()
    );
}

/// Waits, not for ever, until the processes have ended; one that nobody has waited for yet has ended too.
pub(crate) fn assert_all_gone(processes: &[u32]) {
    let has_ended = |id: &u32| stat(*id).is_none_or(|stat| stat.state == 'Z');
    wait_until("all processes have ended", || processes.iter().all(has_ended));
}

fn wait_until(what: &str, condition: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(5);
    while !condition() {
        assert!(Instant::now() < deadline, "not within 5 s: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}
