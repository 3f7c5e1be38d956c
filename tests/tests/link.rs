//! Applets that try to reach the second stage past the first one, or in its place. jCardSim has no firewall, so this shows only to whom the second
//! stage gives its interface object (JCRE §6.2.4); docs/conformance.md says what stays untested.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;

use card_proto::{aid::Aid, transport::CardTransport};
use conformance::{
    forge::{Fields, Lies, forge},
    packet::select,
};
use host_harness::{
    jcardsim::{InstallSpec, JcardsimCard, JcardsimOptions, Via, install_specs},
    profile::CardProfile,
    project::Project,
};
use secure_channel::scp80::Counter;

/// A card with the second stage, and an intruder under `aid`, which is selected.
fn card_with_intruder(profile: &CardProfile, aid: Aid) -> JcardsimCard {
    let mut options = JcardsimOptions::default();
    options
        .applet_sources
        .push(Path::new(env!("CARGO_MANIFEST_DIR")).join("java"));
    let mut card = JcardsimCard::start_with(&Via::Direct, &options).unwrap();
    let [second, _] = install_specs(profile, [Counter::default(); 2]);
    card.install(&second).unwrap();
    card.install(&InstallSpec {
        applet_class: "intruder.Intruder".to_owned(),
        instance_aid: aid,
        application_data: Vec::new().into(),
    })
    .unwrap();
    assert_eq!(card.transmit(&select(&aid)).unwrap(), [0x90, 0x00]);
    card
}

/// What the intruder got from the second stage when it asked with `parameter`.
fn ask(card: &mut JcardsimCard, profile: &CardProfile, parameter: u8) -> Vec<u8> {
    let aid = profile.second_stage.aid;
    let length = u8::try_from(aid.as_bytes().len()).unwrap();
    let command = [&[0x80, 0x01, parameter, 0x00, length], aid.as_bytes()].concat();
    card.transmit(&command).unwrap()
}

fn profile() -> CardProfile {
    CardProfile::read(&Project::of_this_build().keys().join("test-card.toml")).unwrap()
}

#[test]
fn only_the_first_stage_gets_the_link() {
    let profile = profile();
    // Another applet, and ones whose AIDs are nearly the first stage's: an octet more, one less, the last one another.
    let first = profile.first_stage.aid.as_bytes();
    let [shorter, other] = [&first[..15], &[&first[..15], &[0x01]].concat()];
    for aid in [&[0xF0, 0x49, 0x4E, 0x54, 0x52], shorter, other] {
        let mut card = card_with_intruder(&profile, Aid::new(aid).unwrap());
        for parameter in [0, 1, 0xFF] {
            assert_eq!(ask(&mut card, &profile, parameter), [0x6A, 0x88], "{aid:02X?}");
        }
    }
}

/// That the test above can fail: under the first stage's own AID the same applet gets the object, and it works.
#[test]
fn the_first_stage_gets_the_link() {
    let profile = profile();
    let mut card = card_with_intruder(&profile, profile.first_stage.aid);
    assert_eq!(ask(&mut card, &profile, 1), [0x6A, 0x88]);
    assert_eq!(ask(&mut card, &profile, 0), [0x90, 0x00]);

    let packet = packet(&profile);
    begin(&mut card, packet.len());
    append(&mut card, &packet);
    let answer = execute(&mut card);
    assert_eq!(answer[..3], [0x02, 0x71, 0x00]);
    assert_eq!(answer[answer.len() - 2..], [0x90, 0x00]);
}

/// A client that may call, and calls in the wrong order or with wrong lengths: it is told no, and the packet is forgotten.
#[test]
fn a_client_without_manners_is_refused() {
    let profile = profile();
    let mut card = card_with_intruder(&profile, profile.first_stage.aid);
    assert_eq!(ask(&mut card, &profile, 0), [0x90, 0x00]);
    let packet = packet(&profile);
    let longest = profile.second_stage_sizes.max_packet_length;
    let no = [0x69, 0x85];
    // Nothing begun, nothing there.
    assert_eq!(call(&mut card, 0x03, 0, &[0; 4]), no);
    assert_eq!(execute(&mut card), [0x62, 0x00]);
    for length in [0, longest + 1, 0x7FFF, 0x8000, 0xFFFF] {
        assert_eq!(call(&mut card, 0x02, length, &[]), no, "{length} octets");
    }
    begin(&mut card, longest.into());
    assert_eq!(execute(&mut card), [0x62, 0x00], "a packet that is not whole");
    // One octet more than announced, at once and at the end; more in a call than the link carries; none.
    begin(&mut card, packet.len());
    assert_eq!(call(&mut card, 0x03, 0, &[packet.as_slice(), &[0]].concat()), no);
    assert_eq!(
        call(&mut card, 0x03, 0, &packet),
        no,
        "the packet was not forgotten"
    );
    begin(&mut card, packet.len());
    append(&mut card, &packet[..20]);
    assert_eq!(call(&mut card, 0x03, 0, &[&packet[20..], &[0]].concat()), no);
    begin(&mut card, 256);
    assert_eq!(call(&mut card, 0x03, 0, &[0; 129]), no);
    begin(&mut card, 256);
    append(&mut card, &[0; 128]);
    append(&mut card, &[0; 128]);
    assert_eq!(call(&mut card, 0x03, 0, &[0; 1]), no);
    begin(&mut card, 16);
    assert_eq!(call(&mut card, 0x03, 0, &[]), no);
    // A packet that is begun again is another one, and one that was executed is gone.
    begin(&mut card, 16);
    append(&mut card, &[0; 16]);
    begin(&mut card, packet.len());
    append(&mut card, &packet[..30]);
    append(&mut card, &packet[30..]);
    assert_eq!(execute(&mut card)[..3], [0x02, 0x71, 0x00]);
    assert_eq!(execute(&mut card), [0x62, 0x00]);
}

/// A packet for the second stage: a script of one GET DATA.
fn packet(profile: &CardProfile) -> Vec<u8> {
    let stage = &profile.second_stage;
    let fields = Fields {
        spi: [0x16, 0x19],
        kic: 0x22,
        kid: 0x22,
        tar: stage.tar.0,
        counter: [0, 0, 0, 0, 1],
        cc_length: 8,
        lies: Lies::default(),
    };
    let script = [0xAA, 0x07, 0x22, 0x05, 0x80, 0xCA, 0xDF, 0x01, 0x00];
    forge(&fields, &stage.keys.kic, &stage.keys.kid, &script).unwrap()
}

/// A call of the link; the status word.
fn call(card: &mut JcardsimCard, instruction: u8, p1p2: u16, data: &[u8]) -> Vec<u8> {
    let [p1, p2] = p1p2.to_be_bytes();
    let mut command = vec![0x80, instruction, p1, p2];
    if !data.is_empty() {
        command.push(u8::try_from(data.len()).unwrap());
        command.extend(data);
    }
    card.transmit(&command).unwrap()
}

fn begin(card: &mut JcardsimCard, length: usize) {
    assert_eq!(
        call(card, 0x02, u16::try_from(length).unwrap(), &[]),
        [0x90, 0x00]
    );
}

fn append(card: &mut JcardsimCard, part: &[u8]) {
    assert_eq!(call(card, 0x03, 0, part), [0x90, 0x00]);
}

fn execute(card: &mut JcardsimCard) -> Vec<u8> {
    call(card, 0x04, 128, &[])
}
