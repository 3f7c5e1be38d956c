use secure_channel::pin::Pin;

use crate::octets;

#[test]
fn a_pin_is_in_the_form_of_the_card_and_is_not_shown() {
    let pin = Pin::from_digits("1234").unwrap();
    assert_eq!(pin.expose_secret()[..], octets("31323334 FFFFFFFF"));
    assert_eq!(format!("{pin:?}"), "Pin");
    assert!(Pin::puk_from_digits("12345678").is_ok());
    for text in ["123", "123456789", "12345x"] {
        let error = Pin::from_digits(text).unwrap_err();
        assert!(!format!("{error} {error:?}").contains(text), "{error}");
    }
    assert!(Pin::puk_from_digits("1234567").is_err());
}
