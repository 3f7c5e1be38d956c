#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::HashSet;

use proptest::prelude::*;

use super::*;

fn parse(text: &str) -> Result<CardProfile, ProfileError> {
    CardProfile::parse(text, Path::new("card.toml"))
}

/// The published profile with one line changed; `reason` must be in the message, which names file and line.
fn check_defect(from: &str, to: &str, reason: &str) {
    let text = PUBLISHED.replacen(from, to, 1);
    assert_ne!(text, PUBLISHED, "{from} is not in the profile");
    let message = parse(&text).unwrap_err().to_string();
    assert!(
        message.starts_with("card.toml:") && message.contains(reason),
        "{message}"
    );
    assert!(!message.contains("1111"), "{message}");
}

fn kic_line() -> &'static str {
    PUBLISHED.lines().find(|line| line.starts_with("kic")).unwrap()
}

#[test]
fn the_published_profile_has_six_different_keys() {
    let profile = parse(PUBLISHED).unwrap();
    assert_eq!(profile.keys().collect::<HashSet<_>>().len(), 6);
    assert_eq!(
        (
            profile.first_stage.keys.kvn.value(),
            profile.second_stage.keys.kvn.value()
        ),
        (1, 2)
    );
    assert_eq!(profile.first_stage.tar.to_string(), "BFFF10");
    assert_eq!(profile.second_stage.tar.to_string(), "BFFF20");
    assert_eq!(profile.spi.to_bytes(), [0x16, 0x19]);
    assert!(profile.is_published_test_set());
}

#[test]
fn the_published_card_number_has_its_check_digit() {
    // ITU-T E.118 §4.1: the Luhn formula of ISO/IEC 7812-1.
    let iccid = parse(PUBLISHED).unwrap().iccid;
    let digits = iccid.bytes().rev().map(|digit| u32::from(digit - b'0'));
    let doubled = digits
        .zip([1, 2].into_iter().cycle())
        .map(|(digit, weight)| digit * weight);
    assert_eq!(doubled.map(|value| value / 10 + value % 10).sum::<u32>() % 10, 0);
}

#[test]
fn one_published_key_makes_a_published_set() {
    let mut other = PUBLISHED.to_owned();
    let lines = PUBLISHED
        .lines()
        .filter(|line| ["kic", "kid", "dek"].iter().any(|name| line.starts_with(name)));
    for (number, line) in lines.enumerate() {
        assert!(parse(&other).unwrap().is_published_test_set());
        let (name, _) = line.split_once(" =").unwrap();
        other = other.replacen(line, &format!("{name} = \"{:032X}\"", 0xABCD + number), 1);
    }
    assert!(!parse(&other).unwrap().is_published_test_set());
}

#[test]
fn a_malformed_key_is_an_error_that_does_not_show_it() {
    check_defect(kic_line(), "kic = \"11111111\"", "first_stage.keys.kic");
    check_defect(
        kic_line(),
        "kic = \"1111111111111111111111111111111X\"",
        "first_stage.keys.kic",
    );
    check_defect(kic_line(), "kic = 11111111", "hexadecimal text in quotes");
    check_defect(
        kic_line(),
        "kic = 11111111111111111111111111111111",
        "hexadecimal text in quotes",
    );
    check_defect(kic_line(), "kic = 1111111111111111111111111111111111111111", "");
    check_defect(kic_line(), "kic = 11111111.5", "hexadecimal text in quotes");
    check_defect(
        kic_line(),
        "kic = [\"11111111111111111111111111111111\"]",
        "hexadecimal text in quotes",
    );
    check_defect(kic_line(), "kic = 11111111111111111111111111111111AAAA", "");
    check_defect(kic_line(), "", "missing field `kic`");
    check_defect(kic_line(), &format!("{0}\n{0}", kic_line()), "duplicate");
    check_defect(kic_line(), "kic = \"1111", "");
}

#[test]
fn a_malformed_pin_is_an_error_that_does_not_show_it() {
    let (pin, puk) = ("pin = \"1234\"", "puk = \"12345678\"");
    for text in ["111", "111111111", "1111x", "1111 "] {
        check_defect(
            pin,
            &format!("pin = \"{text}\""),
            "first_stage.pin.pin: 4 to 8 digits",
        );
    }
    check_defect(pin, "pin = 1111", "digits in quotes");
    check_defect(pin, "pin = [\"1111\"]", "digits in quotes");
    check_defect(pin, "", "missing field `pin`");
    check_defect(puk, "puk = \"1111111\"", "first_stage.pin.puk: 8 digits");
    check_defect(
        "pin_tries = 3",
        "pin_tries = 0",
        "first_stage.pin.pin_tries: 1 to 15",
    );
    check_defect(
        "puk_tries = 10",
        "puk_tries = 16",
        "first_stage.pin.puk_tries: 1 to 15",
    );
    check_defect("puk_tries = 10", "puk_tries = 256", "");
}

#[test]
fn no_secret_of_a_profile_is_shown() {
    let shown = format!("{:?}", parse(PUBLISHED).unwrap());
    for secret in ["101112131415", "1234", "49, 50", "16, 17"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn a_defect_names_its_line() {
    let line = 1 + PUBLISHED.lines().position(|line| line == kic_line()).unwrap();
    let message = parse(&PUBLISHED.replacen(kic_line(), "kic = \"00\"", 1))
        .unwrap_err()
        .to_string();
    assert!(message.starts_with(&format!("card.toml:{line}: ")), "{message}");
}

#[test]
fn other_fields_are_checked() {
    check_defect("tar = \"BFFF10\"", "tar = \"BFFF11\"", "first_stage.tar");
    check_defect("spi = \"1619\"", "spi = \"161\"", "spi: 4 hexadecimal digits");
    check_defect("iccid = \"", "iccid = \"X", "iccid");
    check_defect("msisdn = \"+", "msisdn = \"", "msisdn");
    check_defect("kvn = 2", "kvn = 16", "second_stage.keys.kvn");
    check_defect("slots = 8", "slots = 8\ncolor = 1", "unknown field `color`");
    check_defect("slots = 8", "slots = 256", "");
}

#[test]
fn install_parameters_carry_keys_and_peers() {
    let profile = parse(PUBLISHED).unwrap();
    let parameters = profile.first_stage_parameters(Counter::new(5).unwrap());
    assert_eq!(parameters.second_stage, profile.second_stage.aid);
    assert_eq!(
        parameters.keys.to_vec(),
        profile.keys().take(3).flatten().copied().collect::<Vec<_>>()
    );
    assert_eq!(parameters.pin.pin.expose_secret(), b"1234\xFF\xFF\xFF\xFF");
    assert_eq!((parameters.pin.pin_tries, parameters.pin.puk_tries), (3, 10));
    let parameters = profile.second_stage_parameters(Counter::default());
    assert_eq!(parameters.first_stage, profile.first_stage.aid);
    assert_eq!(
        parameters.keys.to_vec(),
        profile.keys().skip(3).flatten().copied().collect::<Vec<_>>()
    );
}

#[test]
fn a_missing_file_is_named() {
    let error = CardProfile::read(Path::new("/nonexistent/card.toml"))
        .unwrap_err()
        .to_string();
    assert!(error.contains("/nonexistent/card.toml"), "{error}");
}

proptest! {
    #[test]
    fn no_text_is_too_strange(at in 0..PUBLISHED.len(), insertion in "\\PC{0,20}") {
        let mut text = PUBLISHED.to_owned();
        text.insert_str(at, &insertion);
        let _ = parse(&text);
        let _ = parse(&insertion);
    }
}
