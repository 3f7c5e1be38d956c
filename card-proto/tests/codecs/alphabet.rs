use card_proto::default_alphabet::{decode, encode, pack, unpack};
use proptest::prelude::*;

use crate::octets;

/// TS 23.038 §6.2.1: corners of the table.
#[test]
fn characters_have_their_septets() {
    let rows = [
        ('@', "00"),
        ('_', "11"),
        (' ', "20"),
        ('A', "41"),
        ('§', "5F"),
        ('¿', "60"),
        ('à', "7F"),
        ('€', "1B65"),
        ('\\', "1B2F"),
    ];
    for (character, septets) in rows {
        assert_eq!(
            encode(&character.to_string()).unwrap(),
            octets(septets),
            "{character}"
        );
        assert_eq!(decode(&octets(septets)), character.to_string());
    }
    for foreign in ["ç", "\u{A0}", "日", "`"] {
        assert_eq!(encode(foreign), None);
    }
}

#[test]
fn unknown_escapes_show_something() {
    assert_eq!(decode(&octets("411B")), "A ");
    assert_eq!(decode(&octets("1B41")), "A");
}

/// TS 23.038 §6.1.2.1.1 as every handset does it.
#[test]
fn packing_is_the_known_one() {
    let septets = encode("hellohello").unwrap();
    assert_eq!(pack(&septets), octets("E8329BFD4697D9EC37"));
    assert_eq!(unpack(&octets("E8329BFD4697D9EC37"), 10), septets);
}

proptest! {
    #[test]
    fn septets_come_back(septets in prop::collection::vec(0_u8..0x80, 0..40)) {
        prop_assert_eq!(unpack(&pack(&septets), septets.len()), septets);
    }

    #[test]
    fn text_comes_back(text in "[ -_a-~Äßñ€Ω]{0,30}") {
        prop_assert_eq!(encode(&text).map(|septets| decode(&septets)), Some(text));
    }
}
