use card_proto::sms::address::AddressError;
use card_proto::uicc::adn::{AdnError, AdnRecord};
use card_proto::uicc::alpha_identifier;
use proptest::prelude::*;

use crate::octets;

/// Alpha 32 + 14.
const RECORD: usize = 46;

fn record(name: &str, number: &str) -> AdnRecord {
    AdnRecord {
        name: name.into(),
        number: number.into(),
    }
}

fn coded_name(name: &str) -> Vec<u8> {
    alpha_identifier::encode(name).unwrap()
}

#[test]
fn a_record_has_the_fields_of_the_standard() {
    let expected = [
        octets("4164 61"),
        vec![0xFF; 29],
        octets("07 91 94 71 32 54 76 F8 FFFFFFFF FF FF"),
    ];
    let record = record("Ada", "+49172345678");
    assert_eq!(record.encode(RECORD).unwrap(), expected.concat());
    assert_eq!(AdnRecord::decode(&expected.concat()).unwrap(), Some(record));
}

#[test]
fn an_empty_record_is_none() {
    assert_eq!(AdnRecord::decode(&[0xFF; RECORD]).unwrap(), None);
    assert_eq!(record("", "").encode(RECORD).unwrap(), [0xFF; RECORD]);
}

#[test]
fn star_and_hash_are_digits() {
    let record = record("Balance", "*100#");
    let bytes = record.encode(RECORD).unwrap();
    assert_eq!(bytes[32..38], octets("04 81 1A 00 FB FF"));
    assert_eq!(AdnRecord::decode(&bytes).unwrap(), Some(record));
}

/// TS 102 221 Annex A: the shortest coding that is exact.
#[test]
fn names_take_the_shortest_coding() {
    assert_eq!(coded_name("Zoë"), octets("81 03 01 5A 6F EB"));
    assert_eq!(coded_name("Ада"), octets("81 03 08 90 B4 B0"));
    assert_eq!(coded_name("Ада 1"), octets("81 05 08 90 B4 B0 20 31"));
    assert_eq!(coded_name("日本"), octets("80 65E5 672C"));
    // Half-pages 0900 and 0980 meet within 128 code points of U+0970: only a free base takes them.
    assert_eq!(
        coded_name("\u{970}\u{985}\u{990}\u{970}"),
        octets("82 04 0970 80 95 A0 80")
    );
    assert_eq!(coded_name("Año {1}"), octets("41 7D 6F 20 1B28 31 1B29"));
}

/// The examples of TS 102 221 Annex A.
#[test]
fn the_codings_of_the_standard_are_read() {
    assert_eq!(
        alpha_identifier::decode(&octets("81 03 13 53 95 A6 FF FF")),
        "S\u{995}\u{9A6}"
    );
    assert_eq!(
        alpha_identifier::decode(&octets("82 05 0530 2D 82 D3 2D 31")),
        "-\u{532}\u{583}-1"
    );
    assert_eq!(alpha_identifier::decode(&octets("80 0041 0042 FF FF FF")), "AB");
    assert_eq!(alpha_identifier::decode(&octets("80 D800 0042")), "\u{FFFD}B");
}

#[test]
fn what_does_not_fit_says_by_how_much() {
    let error = record(&"x".repeat(33), "1").encode(RECORD).unwrap_err();
    assert_eq!(
        error,
        AdnError::NameTooLong {
            length: 33,
            limit: 32
        }
    );
    assert_eq!(
        error.to_string(),
        "the name takes 33 octets, the record has 32 for it: shorten the name"
    );
    assert_eq!(
        record("😀", "1").encode(RECORD).unwrap_err(),
        AdnError::Character { character: '😀' }
    );
    let number = record("x", "123456789012345678901").encode(RECORD).unwrap_err();
    assert_eq!(
        number,
        AdnError::Number(AddressError::TooLong {
            length: 21,
            limit: 20
        })
    );
    assert_eq!(
        record("x", "1").encode(13).unwrap_err(),
        AdnError::RecordTooShort { record_length: 13 }
    );
}

#[test]
fn a_record_with_a_wrong_number_length_is_refused() {
    let mut bytes = record("x", "1").encode(RECORD).unwrap();
    bytes[32] = 12;
    assert!(AdnRecord::decode(&bytes).is_err());
    assert!(AdnRecord::decode(&bytes[..13]).is_err());
}

proptest! {
    #[test]
    fn records_come_back(name in "[ -~À-ÿЀ-ӿ一-丁]{0,15}", number in "\\+?[0-9*#abc]{1,20}") {
        let record = record(&name, &number);
        prop_assert_eq!(AdnRecord::decode(&record.encode(RECORD).unwrap()).unwrap(), Some(record));
    }

    #[test]
    fn no_coding_is_longer_than_plain_ucs2(name in "\\PC{0,20}") {
        let characters = name.chars().count();
        if let Some(coded) = alpha_identifier::encode(&name) {
            prop_assert!(coded.len() <= 1 + 2 * characters);
            prop_assert_eq!(alpha_identifier::decode(&coded), name);
        }
    }
}
