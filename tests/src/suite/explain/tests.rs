#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use std::path::Path;

use proptest::prelude::*;

use super::*;

const PUBLISHED: &str = include_str!("../../../../keys/test-card.toml");

/// A type-2 packet in a type-1 packet with the published test keys, first counters: GET DATA DF03 and a LOAD without a load
/// under way; and the answer to it. From a run with jCardSim.
const COMMAND: &str = "80C2000068D166820283818B60440C914477000910327FF6621010000000004D02700000481516191212BFFF10\
    5AB5D1AC356455876E0A00A1EED1F2C98BE6128123DF0A607BEA161B8912927181519DAE91CCF47E84451844C65CE26A4EF4F844316C288C\
    99407003F7EAE30200";
const RESPONSE: &str = "027100005412BFFF10DD942EE79A8F7C8BD69971AA7B79B9B560D3BF8DD104F13C5708B423026D01DB2064C947\
    7BCDE874E3B847BE916DF94A9809916F18565C585F43F4A88B7693246526287469A064BAEDF0E12D9A3E55CD9000";

fn profile(text: &str) -> CardProfile {
    CardProfile::parse(text, Path::new("test")).expect("a right profile")
}

fn known_exchange() -> Event {
    Event::Exchange {
        command: hex::decode(COMMAND).expect("hex"),
        response: hex::decode(RESPONSE).expect("hex"),
    }
}

/// Depth, name, the first octets and the meaning of each field, a line each.
fn lines(fields: &[Field]) -> Vec<String> {
    let line = |field: &Field| {
        let octets = field.octets.get(..12).unwrap_or(&field.octets);
        let parts = [field.name.as_str(), octets, &field.meaning];
        let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        format!("{}{}", "  ".repeat(field.depth), parts.join(" | "))
    };
    fields.iter().map(line).collect()
}

#[test]
fn a_known_packet_is_taken_apart_down_to_its_commands() {
    let profile = profile(PUBLISHED);
    let traced = Explainer::new(&profile).explain(&known_exchange());
    assert_eq!(traced.name, "ENVELOPE");
    assert_eq!(
        lines(&traced.command_fields),
        [
            "CLA INS P1 P2 | 80C20000 | ENVELOPE",
            "data | 104 octets",
            "Le | up to 256 octets are asked for",
            "  SMS TPDU | 96 octets",
            "    TP-OA | 447700900123",
            "    TP-PID TP-DCS | 7FF6 | data download: the terminal hands it to the card",
            "    IEI 70 | a command packet follows (TS 31.115 §4)",
            "    command packet | 004815161912 | 74 octets",
            "      CPL | 0048 | 72 octets follow; there are 72",
            "      CHL | 15 | a check of 8 octets",
            "      SPI | 1619 | counter higher, ciphered, CC; proof of receipt, ciphered, CC",
            "      KIc | 12 | key version 1, AES",
            "      KID | 12 | key version 1, AES",
            "      TAR | BFFF10 | first stage",
            "      CNTR | 0000000001 | 1",
            "      secured data | 012A00281516 | 44 octets, deciphered",
            "        command packet | 002815161922 | 42 octets",
            "          CPL | 0028 | 40 octets follow; there are 40",
            "          CHL | 15 | a check of 8 octets",
            "          SPI | 1619 | counter higher, ciphered, CC; proof of receipt, ciphered, CC",
            "          KIc | 22 | key version 2, AES",
            "          KID | 22 | key version 2, AES",
            "          TAR | BFFF20 | second stage",
            "          CNTR | 0000000001 | 1",
            "          secured data | AA10220580CA | 18 octets, deciphered",
            "            C-APDU 1 | 80CADF0300 | GET DATA",
            "            C-APDU 2 | 80E800010241 | LOAD",
        ]
    );
    assert_eq!(traced.status, "9000 (normal ending of the command)");
    let response = lines(&traced.response_fields);
    let (last, above) = response.split_last().expect("an answer");
    assert!(
        last.starts_with("          R-APDU 2 | 6985 | LOAD: 6985 (conditions of use"),
        "{last}"
    );
    assert_eq!(
        above,
        [
            "data | 89 octets",
            "  response packet | its CC is right",
            "  TAR | BFFF10 | that of the command",
            "  CNTR | 0000000001 | 1",
            "  status | 00 | PoR OK: the packet was accepted; the additional data says what the commands in it did",
            "    inner response packet | 003412BFFF20 | 54 octets",
            "      response packet | its CC is right",
            "      TAR | BFFF20 | that of the command",
            "      CNTR | 0000000001 | 1",
            "      status | 00 | PoR OK: the packet was accepted; the additional data says what the commands in it did",
            "        response data | AB1180010223 | 19 octets, deciphered",
            "          executed | 2 commands",
            "          R-APDU 1 | 400040000000 | GET DATA: 9000 (normal ending of the command)",
        ]
    );
}

#[test]
fn a_packet_of_another_card_is_not_shown() {
    let mut text = PUBLISHED.to_owned();
    for digit in 1..=6 {
        let (known, other) = (format!("{digit}0{digit}1"), format!("{digit}A{digit}B"));
        text = text.replace(&known, &other);
    }
    let profile = profile(&text);
    let traced = Explainer::new(&profile).explain(&known_exchange());
    assert_eq!(traced.command, "(110 octets, not shown)");
    assert_eq!(traced.response, "(91 octets, not shown)");
    assert_eq!(traced.status, "9000 (normal ending of the command)");
    assert_eq!(lines(&traced.command_fields).len(), 3);
    assert_eq!(lines(&traced.response_fields).len(), 0);
}

#[test]
fn what_cannot_be_opened_says_why() {
    let profile = profile(PUBLISHED);
    let explained = |command: String| {
        let command = hex::decode(command).expect("hex");
        let event = Event::NoAnswer {
            command,
            error: "gone".into(),
        };
        lines(&Explainer::new(&profile).explain(&event).command_fields)
            .pop()
            .unwrap_or_default()
    };
    for (from, to, expected) in [
        (
            "BFFF105A",
            "BFFF115A",
            "not opened | no stage of the profile has this TAR",
        ),
        (
            "BFFF105A",
            "BFFF105B",
            "not opened | with the keys of the profile: MAC mismatch",
        ),
        (
            "16191212",
            "16193212",
            "not opened | with the keys of the profile: KIc 32 names key version 3, the key set has 1",
        ),
        ("00481516", "00491516", "not a packet | "),
        ("0270000048", "0271000048", "response packet | "),
        ("82028381", "82028183", "no SMS-PP download | "),
        ("80C2000068", "80C2000067", "malformed | "),
        ("440C91", "450C91", "no SMS-DELIVER | "),
    ] {
        let explained = explained(COMMAND.replace(from, to));
        assert!(explained.trim_start().starts_with(expected), "{to}: {explained}");
    }
}

proptest! {
    #[test]
    fn no_octets_panic(command in proptest::collection::vec(any::<u8>(), 0..40), response in proptest::collection::vec(any::<u8>(), 0..8),
        at in 0_usize..110, octet: u8) {
        let profile = profile(PUBLISHED);
        let mut explainer = Explainer::new(&profile);
        explainer.explain(&Event::Exchange { command, response });
        let (mut command, mut response) = (hex::decode(COMMAND).expect("hex"), hex::decode(RESPONSE).expect("hex"));
        command[at] = octet;
        explainer.explain(&Event::Exchange { command: command.clone(), response: response.clone() });
        let at = at % response.len();
        response[at] = octet;
        explainer.explain(&Event::Exchange { command: hex::decode(COMMAND).expect("hex"), response });
    }
}
