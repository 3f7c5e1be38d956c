//! What is read behind a PIN, against a card in a few lines that counts how often it was sent one.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

use std::{
    path::Path,
    sync::{Arc, Mutex},
};

use card_proto::{
    apdu::CommandApdu,
    transport::{CardTransport, TransportError},
    uicc::{adn::AdnRecord, pin::encode_pin},
};
use host_harness::{profile::CardProfile, project::Project, terminal::EnvelopeForm};
use ota_server::item::DataItem;
use secure_channel::{key::Key, scp80::cmac};
use twofold::{
    card::Card,
    proof::{read_back, try_pin},
    report::Report,
};

/// Both stages as far as reading sees them; one PIN for both.
struct Stages {
    pin: [u8; 8],
    tries: u8,
    verified: bool,
    /// How often a PIN was sent.
    sent: usize,
    key_information: &'static str,
    languages: &'static str,
}

const SECRET: &[u8] = b"behind the PIN";
const VALUE: [u8; 16] = [7; 16];

impl Stages {
    fn new(pin: &str, tries: u8) -> Self {
        Self {
            pin: encode_pin(pin).unwrap(),
            tries,
            verified: false,
            sent: 0,
            key_information: "0188100000000005",
            languages: "706C656E9000",
        }
    }

    fn answer(&mut self, command: &CommandApdu) -> Vec<u8> {
        match (command.cla(), command.ins(), command.p1(), command.p2()) {
            (_, 0xA4, ..) => {
                self.verified = false;
                octets("9000")
            }
            (0x00, 0x20, 0x00, 0x01 | 0x81) => self.verify(command.data()),
            (0x00, 0xB2, 2.., 0x04) if self.verified => octets("6A83"),
            (0x00, 0xB2, _, 0x04) => self.behind_pin(&anna()),
            (0x00, 0x88, 0x00, _) => {
                let value = Key::aes(&VALUE).unwrap();
                self.behind_pin(&cmac(&value, command.data()).unwrap())
            }
            (0x80, 0xCA, 0xDF, 0x02) => octets(&format!("{}9000", self.key_information)),
            (0x80, 0xCA, 0x5F, 0x2D) => octets(self.languages),
            (0x80, 0xF2, ..) => octets("E30B4F05A0000000029F70010F E30B4F05A0000000039F700101 9000"),
            (0x80, 0xCB, 0x01, 0x01) => [SECRET, &[0x90, 0x00]].concat(),
            (0x80, 0xCB, 0x01, 0x02) => self.behind_pin(SECRET),
            (0x80, 0xCB, 0xDF, 0x10) => octets("6982"),
            other => panic!("unexpected command {other:02X?}"),
        }
    }

    fn behind_pin(&self, content: &[u8]) -> Vec<u8> {
        if self.verified {
            [content, &[0x90, 0x00]].concat()
        } else {
            octets("6982")
        }
    }

    fn verify(&mut self, pin: &[u8]) -> Vec<u8> {
        match (self.tries, pin) {
            (0, _) => return octets("6983"),
            (_, []) if self.verified => return octets("9000"),
            (_, []) => {}
            (_, pin) => {
                self.sent += 1;
                self.verified = pin == self.pin;
                self.tries = if self.verified { 3 } else { self.tries - 1 };
                if self.verified {
                    return octets("9000");
                }
            }
        }
        vec![0x63, 0xC0 | self.tries]
    }
}

struct Wire(Arc<Mutex<Stages>>);

impl CardTransport for Wire {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        let command = CommandApdu::parse(command).expect("a command APDU");
        Ok(self.0.lock().unwrap().answer(&command))
    }

    fn reset(&mut self) -> Result<Vec<u8>, TransportError> {
        Ok(Vec::new())
    }

    fn describe(&self) -> String {
        "a card of this test".into()
    }
}

fn octets(text: &str) -> Vec<u8> {
    hex::decode(text.replace(' ', "")).unwrap()
}

fn anna() -> Vec<u8> {
    let (name, number) = ("Anna".into(), "+1".into());
    AdnRecord { name, number }.encode(46).unwrap()
}

fn items() -> Vec<DataItem> {
    let text = "[[phonebook]]\nname='p'\nentries=[{name='Anna',number='+1'}]\n\
        [[authentication]]\nname='a'\nvalues=[{slot=1,value='07070707070707070707070707070707'}]\n\
        [[languages]]\nname='l'\npreferred=['pl','en']\n\
        [[service]]\nname='s'\nload_file={aid='A000000003',hex='00'}\nmodule_aid='A000000001'\n\
        instance_aid='A000000002'\npin='1234'\n\
        objects=[{tag='0101',access='public',text='behind the PIN'},{tag='0102',access='pin',text='behind the PIN'}]";
    DataItem::parse_toml(text, Path::new("items.toml")).unwrap()
}

fn card(stages: Stages) -> (Card, Arc<Mutex<Stages>>) {
    let profile = CardProfile::read(&Project::of_this_build().keys().join("test-card.toml")).unwrap();
    let stages = Arc::new(Mutex::new(stages));
    let wire = Box::new(Wire(Arc::clone(&stages)));
    (Card::new(wire, profile, EnvelopeForm::Envelope), stages)
}

/// Reads everything back; the report, and how often the card was sent a PIN.
fn read_all(stages: Stages, items: &[DataItem]) -> (Report, usize) {
    let (mut card, stages) = card(stages);
    let mut report = Report::default();
    try_pin(&mut card, &mut report).unwrap();
    for item in items {
        read_back(&mut card, item, &mut report).unwrap();
    }
    let sent = stages.lock().unwrap().sent;
    (report, sent)
}

fn came_back(report: &Report, step: &str) -> (bool, String) {
    let row = report.steps.iter().find(|row| row.step.contains(step)).unwrap();
    (row.ok, row.came_back.clone())
}

#[test]
fn behind_the_right_pin_everything_is_as_sent() {
    let (report, _) = read_all(Stages::new("1234", 3), &items());
    assert!(report.ok(), "{report}");
    for (step, words) in [
        ("PIN of storage 1", "6982; 9000: the PIN is verified; 9000"),
        ("phonebook", "Anna +1"),
        ("authentication values", "the AES-CMAC"),
        ("language preferences", "pl, en: as sent"),
        ("object 0101", "«behind the PIN», as sent"),
        (
            "object 0102",
            "6982 (security status not satisfied): as its access rule says; then «behind the PIN», as sent",
        ),
        ("object DF10", "6982"),
    ] {
        let (ok, text) = came_back(&report, step);
        assert!(ok && text.contains(words), "{step}: {text}");
    }
}

#[test]
fn a_wrong_pin_is_sent_once() {
    let items = items();
    let storage_1 = &items[..3];
    let (report, sent) = read_all(Stages::new("9999", 3), storage_1);
    assert_eq!(sent, 1);
    for step in ["PIN of storage 1", "phonebook", "authentication values"] {
        let (ok, text) = came_back(&report, step);
        assert!(!ok && text.contains("tries left: 2"), "{step}: {text}");
    }
    assert!(came_back(&report, "language preferences").0, "needs no PIN");
}

#[test]
fn a_card_with_fewer_than_two_tries_is_sent_no_pin() {
    for (tries, words) in [(1, "tries left: 1"), (0, "tries left: 0")] {
        let (report, sent) = read_all(Stages::new("1234", tries), &items());
        assert_eq!(sent, 0);
        for step in [
            "PIN of storage 1",
            "phonebook",
            "authentication values",
            "object 0102",
        ] {
            let (ok, text) = came_back(&report, step);
            assert!(
                !ok && text.contains("not sent") && text.contains(words),
                "{step}: {text}"
            );
        }
    }
}

#[test]
fn other_languages_are_noticed() {
    for (languages, words) in [
        ("706C9000", "not what was sent"),
        ("6A88", "6A88"),
        ("FFFF9000", "no language preferences"),
    ] {
        let stages = Stages {
            languages,
            ..Stages::new("1234", 3)
        };
        let (report, _) = read_all(stages, &items());
        let (ok, text) = came_back(&report, "language preferences");
        assert!(!ok && text.contains(words), "{text}");
    }
}

#[test]
fn the_counter_is_that_of_the_profiles_key_version() {
    let with = |key_information| {
        let (mut card, _) = card(Stages {
            key_information,
            ..Stages::new("1234", 3)
        });
        card.counters().map_err(|error| format!("{error:#}"))
    };
    // One answer for both stages: versions 1 and 2 are those of the profile.
    let counters = with("01 88 10 0000000005 02 88 20 0000000006").unwrap();
    assert_eq!(counters.map(|counter| counter.value()), [5, 6]);
    let error = with("03 88 10 0000000005 04 88 10 0000000006").unwrap_err();
    assert!(
        error.contains("no key version 1") && error.contains("but 3 and 4"),
        "{error}"
    );
    assert!(with("01 88 10 00000005").unwrap_err().contains("DF02"));
}
