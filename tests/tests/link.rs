//! Applets that try to reach the second stage past the first one. jCardSim has no firewall, so this shows only to whom the second
//! stage gives its interface object (JCRE §6.2.4); docs/conformance.md says what stays untested.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;

use card_proto::{aid::Aid, transport::CardTransport};
use conformance::packet::select;
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
    assert_eq!(ask(&mut card, &profile, 0), [0x90, 0x00]);
    assert_eq!(ask(&mut card, &profile, 1), [0x6A, 0x88]);
}
