use card_proto::uicc::pin::{
    KeyReference, PinObject, change_pin, encode_pin, encode_puk, is_pin, unblock_pin, unblock_pin_query,
    verify_pin, verify_pin_query,
};
use proptest::prelude::*;

use crate::{bytes, octets};

const PIN: &str = "31323334FFFFFFFF";
const PUK: &str = "3132333435363738";

#[test]
fn a_pin_is_4_to_8_digits_and_padding() {
    assert_eq!(encode_pin("1234").unwrap()[..], octets(PIN));
    assert_eq!(encode_pin("12345678").unwrap()[..], octets(PUK));
    assert_eq!(encode_puk("12345678").unwrap()[..], octets(PUK));
    for text in ["", "123", "123456789", "12a4", "12 4", "١٢٣٤"] {
        let error = encode_pin(text).unwrap_err().to_string();
        assert!(error.contains("4 to 8 digits"), "{error}");
        assert!(text.is_empty() || !error.contains(text), "{error}");
    }
    assert!(
        encode_puk("1234567")
            .unwrap_err()
            .to_string()
            .starts_with("8 digits")
    );
}

#[test]
fn the_commands_name_their_pin() {
    let (first, service) = (KeyReference::APPLICATION_1, KeyReference::SECOND_APPLICATION_1);
    let (pin, puk) = (encode_pin("1234").unwrap(), encode_puk("12345678").unwrap());
    let commands = [
        (verify_pin(first, &pin).unwrap(), format!("00200001 08 {PIN}")),
        (verify_pin(service, &pin).unwrap(), format!("00200081 08 {PIN}")),
        (verify_pin_query(first), "00200001".into()),
        (
            change_pin(service, &pin, &puk).unwrap(),
            format!("00240081 10 {PIN}{PUK}"),
        ),
        (
            unblock_pin(first, &puk, &pin).unwrap(),
            format!("002C0001 10 {PUK}{PIN}"),
        ),
        (unblock_pin_query(first), "002C0001".into()),
    ];
    for (command, expected) in commands {
        assert_eq!(command.to_bytes(), octets(&expected));
    }
}

#[test]
fn the_pin_of_a_service_is_read_strictly() {
    let object = PinObject::parse(&octets("02 03 31323334FFFFFFFF")).unwrap();
    assert_eq!((object.tries_left, object.limit), (2, 3));
    assert_eq!(format!("{object:?}"), "PinObject(2 of 3 tries)");
    for broken in [
        "",
        "03 03 31323334FFFFFF",
        "03 03 31323334FFFFFFFF 00",
        "00 03 31323334FFFFFFFF",
        "04 03 31323334FFFFFFFF",
        "03 00 31323334FFFFFFFF",
        "10 10 31323334FFFFFFFF",
        "03 03 313233FFFFFFFFFF",
        "03 03 31323334FF35FFFF",
        "03 03 3132333A35363738",
    ] {
        let error = PinObject::parse(&octets(broken)).map_err(|error| error.to_string());
        assert!(error.is_err(), "{broken}");
    }
}

proptest! {
    #[test]
    fn digits_make_a_pin_and_nothing_else_does(text in "[0-9]{0,10}|\\PC{0,9}") {
        let digits = (4..=8).contains(&text.len()) && text.bytes().all(|octet| octet.is_ascii_digit());
        let pin = encode_pin(&text);
        prop_assert_eq!(pin.is_ok(), digits);
        prop_assert!(pin.is_ok_and(|pin| is_pin(&pin)) == digits);
    }

    #[test]
    fn what_is_read_is_written_alike(bytes in prop_oneof![
        bytes(10), (1_u8..5, 1_u8..20, "[0-9]{4,8}").prop_map(|(left, limit, digits)| {
            PinObject { tries_left: left, limit, pin: encode_pin(&digits).unwrap() }.to_bytes().to_vec()
        }),
    ]) {
        if let Ok(object) = PinObject::parse(&bytes) {
            prop_assert_eq!(object.to_bytes().to_vec(), bytes);
        }
    }
}
