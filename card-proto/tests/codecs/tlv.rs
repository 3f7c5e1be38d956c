use card_proto::reader::Reader;
use card_proto::tlv::{ber, comprehension};
use proptest::prelude::*;

use crate::{bytes, octets};

fn ber_tlv(tag: u32, length: usize) -> Vec<u8> {
    let mut out = Vec::new();
    ber::write(&mut out, tag, &vec![0; length]);
    out
}

#[test]
fn lengths_take_the_shortest_form() {
    let rows = [
        (0, "8100"),
        (0x7F, "817F"),
        (0x80, "818180"),
        (0xFF, "8181FF"),
        (0x100, "81820100"),
        (0x10000, "8183010000"),
    ];
    for (length, head) in rows {
        let head = octets(head);
        assert_eq!(ber_tlv(0x81, length)[..head.len()], head, "{length}");
    }
    assert_eq!(ber_tlv(0x9F70, 0), octets("9F7000"));
    assert_eq!(ber_tlv(0xDF8101, 0), octets("DF810100"));
}

#[test]
fn longer_forms_of_a_length_are_read() {
    for text in [
        "8101AA",
        "818101AA",
        "81820001AA",
        "8183000001AA",
        "818400000001AA",
    ] {
        assert_eq!(ber::read_all(&octets(text)).unwrap()[0].value, [0xAA], "{text}");
    }
}

#[test]
fn what_is_no_ber_tlv_is_refused() {
    for text in [
        "81",
        "8102AA",
        "8180",
        "8185000000000100",
        "1F",
        "1FFFFFFF00",
        "8184FFFFFFFF",
    ] {
        assert!(ber::read_all(&octets(text)).is_err(), "{text}");
    }
}

#[test]
fn the_first_octet_of_a_tag_says_constructed() {
    let bytes = octets("E300 9F7000 7F2100");
    let constructed: Vec<bool> = ber::read_all(&bytes)
        .unwrap()
        .iter()
        .map(ber::Tlv::is_constructed)
        .collect();
    assert_eq!(constructed, [true, false, true]);
}

/// TS 101 220 §7.1.1.
#[test]
fn the_comprehension_bit_is_no_part_of_the_tag() {
    let bytes = octets("8202 8381 0601 91 7F 8023 01 05 7F 0023 00");
    let list = comprehension::read_all(Reader::new(&bytes)).unwrap();
    let seen: Vec<(u16, bool, usize)> = list
        .iter()
        .map(|tlv| (tlv.tag, tlv.comprehension_required, tlv.value.len()))
        .collect();
    assert_eq!(
        seen,
        [
            (0x02, true, 2),
            (0x06, false, 1),
            (0x23, true, 1),
            (0x23, false, 0)
        ]
    );
    for reserved in ["0000", "8000", "FF00"] {
        assert!(comprehension::read_all(Reader::new(&octets(reserved))).is_err());
    }
}

/// A tag number whose octets form a tag: one octet, or two with the multi-octet form.
fn tag() -> impl Strategy<Value = u32> {
    prop_oneof![
        (0_u32..=0xFF).prop_filter("single octet", |tag| tag & 0x1F != 0x1F),
        (0_u32..8, 0_u32..0x80).prop_map(|(class, low)| (class << 5 | 0x1F) << 8 | low),
    ]
}

proptest! {
    #[test]
    fn ber_comes_back(list in prop::collection::vec((tag(), bytes(0..300)), 0..4)) {
        let mut bytes = Vec::new();
        list.iter().for_each(|(tag, value)| ber::write(&mut bytes, *tag, value));
        let read: Vec<(u32, Vec<u8>)> =
            ber::read_all(&bytes).unwrap().iter().map(|tlv| (tlv.tag, tlv.value.to_vec())).collect();
        prop_assert_eq!(read, list);
    }

    #[test]
    fn comprehension_comes_back(tag in 1_u16..0x7FFF, required: bool, value in bytes(0..300)) {
        let mut bytes = Vec::new();
        comprehension::write(&mut bytes, tag, required, &value);
        let list = comprehension::read_all(Reader::new(&bytes)).unwrap();
        prop_assert_eq!(list.len(), 1);
        prop_assert_eq!((list[0].tag, list[0].comprehension_required), (tag, required));
        prop_assert_eq!(list[0].value, value.as_slice());
    }
}
