//! What a message costs the card that nobody with keys has sent: not one persistent write, and the same work whatever is wrong with
//! it, so that neither the answer nor its time tells which check failed.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use card_proto::{
    cat::envelope::SmsPpDownload,
    sms::{
        address::Address,
        concat::segment_command_packet,
        tpdu::{SmsDeliver, TimeStamp},
        user_data::Reference,
    },
    transport::CardTransport,
};
use conformance::{
    forge::{Fields, Lies, forge},
    packet::select,
};
use host_harness::{
    jcardsim::{JcardsimCard, JcardsimOptions, Memory, Power, Via, install_specs},
    profile::{CardProfile, StageProfile},
    project::Project,
};
use secure_channel::{key::Key, scp80::Counter};

/// A script of one GET DATA.
const SCRIPT: [u8; 9] = [0xAA, 0x07, 0x22, 0x05, 0x80, 0xCA, 0xDF, 0x01, 0x00];

/// A card with watched memory and both applets, the first stage selected.
fn card(profile: &CardProfile) -> JcardsimCard {
    let options = JcardsimOptions {
        memory: Memory::Watched,
        ..JcardsimOptions::default()
    };
    let mut card = JcardsimCard::start_with(&Via::Direct, &options).unwrap();
    for spec in install_specs(profile, [Counter::default(); 2]) {
        card.install(&spec).unwrap();
    }
    card.transmit(&select(&profile.first_stage.aid)).unwrap();
    card
}

/// Sends a packet in one short message; gives the answer, and what it took.
fn send(card: &mut JcardsimCard, packet: &[u8]) -> (Vec<u8>, Power) {
    let [user_data] = segment_command_packet(packet, Reference::Ref8(1))
        .unwrap()
        .try_into()
        .unwrap();
    let originator = Address::new("+447700900123").unwrap();
    let time_stamp = TimeStamp::new([26, 1, 1], [0, 0, 0], 0);
    let tpdu = SmsDeliver::data_download(originator, time_stamp, &user_data)
        .to_bytes()
        .unwrap();
    let download = SmsPpDownload {
        sc_address: None,
        tpdu,
    };
    let command = download.to_command().unwrap().to_bytes();
    card.count_writes().unwrap();
    let answer = card.transmit(&command).unwrap();
    (answer, card.power().unwrap())
}

/// An honest packet's fields, and keys that are not the card's.
fn honest(stage: &StageProfile) -> (Fields, Key) {
    let key = stage.keys.kvn.value() << 4 | 0x02;
    let fields = Fields {
        spi: [0x16, 0x19],
        kic: key,
        kid: key,
        tar: stage.tar.0,
        counter: [0, 0, 0, 0, 1],
        cc_length: 8,
        lies: Lies::default(),
    };
    (fields, Key::aes(&[0x77; 16]).unwrap())
}

/// Forgeries of one length: what is wrong, and the packet.
fn forgeries(stage: &StageProfile) -> Vec<(&'static str, Vec<u8>)> {
    let (fields, foreign) = honest(stage);
    let (kic, kid) = (&stage.keys.kic, &stage.keys.kid);
    let with = |change: &dyn Fn(&mut Fields)| {
        let mut fields = fields.clone();
        change(&mut fields);
        forge(&fields, kic, kid, &SCRIPT).unwrap()
    };
    vec![
        ("the checksum's first octet", with(&|f| f.lies.cc_octet = Some(0))),
        ("the checksum's last octet", with(&|f| f.lies.cc_octet = Some(7))),
        ("a foreign KIc", forge(&fields, &foreign, kid, &SCRIPT).unwrap()),
        ("a foreign KID", forge(&fields, kic, &foreign, &SCRIPT).unwrap()),
        ("another key version", with(&|f| (f.kic, f.kid) = (0x52, 0x52))),
        ("two key versions", with(&|f| f.kid = 0x52)),
        ("3DES", with(&|f| (f.kic, f.kid) = (0x15, 0x15))),
        ("no counter check", with(&|f| f.spi = [0x0E, 0x19])),
        ("a digital signature", with(&|f| f.spi = [0x17, 0x19])),
        ("a proof with a redundancy check", with(&|f| f.spi = [0x16, 0x15])),
        ("a reserved proof", with(&|f| f.spi = [0x16, 0x1B])),
        ("nobody's TAR", with(&|f| f.tar = [0xBF, 0xFF, 0x77])),
        ("too much padding", with(&|f| f.lies.pcntr = Some(0x10))),
    ]
}

fn refused(stage: impl Fn(&CardProfile) -> StageProfile) {
    let profile = CardProfile::read(&Project::of_this_build().keys().join("test-card.toml")).unwrap();
    let stage = stage(&profile);
    let mut card = card(&profile);
    let mut all = Vec::new();
    for (what, packet) in forgeries(&stage) {
        // Another TAR than the second stage's goes to the first.
        if what == "nobody's TAR" && stage.tar.0 == profile.second_stage.tar.0 {
            continue;
        }
        let (answer, power) = send(&mut card, &packet);
        assert_eq!(answer, [0x62, 0x00], "{what}");
        assert_eq!(power.writes, 0, "{what}: persistent writes");
        all.push((what, power));
    }
    let (_, first) = all[0];
    for (what, power) in &all {
        println!(
            "{what}: {} octets ciphered, {} jumps",
            power.ciphered, power.steps
        );
        assert_eq!(power.ciphered, first.ciphered, "{what}");
        // A comparison may jump or fall through; no loop may end early.
        assert!(
            power.steps.abs_diff(first.steps) <= 4,
            "{what}: {} jumps, not {}",
            power.steps,
            first.steps
        );
    }
    // That the measures mean something: an honest packet writes and works more.
    let (fields, _) = honest(&stage);
    let packet = forge(&fields, &stage.keys.kic, &stage.keys.kid, &SCRIPT).unwrap();
    let (answer, power) = send(&mut card, &packet);
    assert_eq!(answer[answer.len() - 2..], [0x90, 0x00]);
    assert!(power.writes > 0 && power.ciphered > first.ciphered && power.steps > first.steps);
}

#[test]
fn what_the_first_stage_refuses_costs_the_same() {
    refused(|profile| profile.first_stage.clone());
}

#[test]
fn what_the_second_stage_refuses_costs_the_same() {
    refused(|profile| profile.second_stage.clone());
}
