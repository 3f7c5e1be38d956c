use card_proto::uicc::language_preferences::{LanguageCode, LanguagePreferences};
use proptest::prelude::*;

use crate::{bytes, octets};

fn codes(texts: &[&str]) -> Vec<LanguageCode> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

#[test]
fn codes_are_two_lower_case_letters() {
    let preferences = LanguagePreferences::new(codes(&["pl", "en"])).unwrap();
    assert_eq!(preferences.to_bytes(), octets("706C 656E"));
    assert_eq!(preferences.to_string(), "pl, en");
    for text in ["", "p", "PL", "pol", "p1", "pł", "é"] {
        let error = text.parse::<LanguageCode>().unwrap_err();
        assert!(error.to_string().contains("lower-case"), "{error}");
    }
}

#[test]
fn one_to_four_languages_make_a_list() {
    for count in 0..=6 {
        let list = LanguagePreferences::new(vec!["en".parse().unwrap(); count]);
        assert_eq!(list.is_ok(), (1..=4).contains(&count), "{count}");
    }
    for broken in ["", "70", "706C65", "506C", "706C706C706C706C706C", "FFFF"] {
        assert!(LanguagePreferences::parse(&octets(broken)).is_err(), "{broken}");
    }
}

proptest! {
    #[test]
    fn what_is_read_is_written_alike(bytes in prop_oneof![bytes(0..10), "[a-z]{2,8}".prop_map(String::into_bytes)]) {
        if let Ok(preferences) = LanguagePreferences::parse(&bytes) {
            prop_assert_eq!(preferences.to_bytes(), bytes);
        }
    }
}
