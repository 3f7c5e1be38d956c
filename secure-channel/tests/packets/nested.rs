use proptest::prelude::*;
use secure_channel::scp80::nested::{unwrap, unwrap_response, wrap, wrap_response};

use crate::{bytes, octets};

#[test]
fn a_frame_is_tag_length_packet() {
    assert_eq!(wrap(&octets("0002 AABB")), octets("01 04 0002 AABB"));
    assert_eq!(wrap_response(&octets("0002 AABB")), octets("02 04 0002 AABB"));
    let long = [&[0x00, 0xC8][..], &[7; 200]].concat();
    assert_eq!(wrap(&long)[..3], octets("01 81CA"));
}

#[test]
fn what_is_no_frame_is_refused() {
    let rows = [
        ("", "nothing"),
        ("AA 04 0002 AABB", "a script"),
        ("02 04 0002 AABB", "a response"),
        ("01 04 0002 AABB 00", "octets after the packet"),
        ("01 05 0002 AABB", "a length too long"),
        ("01 04 0003 AABB", "a CPL too large"),
        ("01 04 0001 AABB", "a CPL too small"),
        ("01 01 00", "no whole CPL"),
    ];
    for (text, what) in rows {
        assert!(unwrap(&octets(text)).is_err(), "{what}");
    }
    assert!(unwrap_response(&octets("01 04 0002 AABB")).is_err());
}

#[test]
fn no_data_is_no_inner_response() {
    assert_eq!(unwrap_response(&[]), Ok(None));
}

proptest! {
    #[test]
    fn frames_come_back(body in bytes(0..400)) {
        let packet = [&u16::try_from(body.len()).unwrap().to_be_bytes()[..], &body].concat();
        let (command, response) = (wrap(&packet), wrap_response(&packet));
        prop_assert_eq!(unwrap(&command).unwrap(), &packet[..]);
        prop_assert_eq!(unwrap_response(&response).unwrap(), Some(&packet[..]));
    }

    #[test]
    fn arbitrary_octets_do_not_panic(bytes in bytes(0..60)) {
        let _ = (unwrap(&bytes), unwrap_response(&bytes));
    }
}
