use secure_channel::key::{Key, KeyError, KeyType, KeyVersionNumber};
use secure_channel::scp80::{cmac, load_file_mac};

use crate::{KEY_TYPES, keys};

#[test]
fn lengths_must_be_those_of_the_type() {
    for key_type in KEY_TYPES {
        for length in 0..=40 {
            let octets: Vec<u8> = (0..length).collect();
            let key = Key::from_bytes(key_type, &octets);
            assert_eq!(
                key.is_ok(),
                octets.len() == key_type.length(),
                "{key_type}, {length}"
            );
        }
    }
    assert_eq!(Key::aes(&[0; 17]).unwrap_err(), KeyError::AesLength { found: 17 });
    assert_eq!(Key::aes(&[0; 24]).unwrap().key_type(), KeyType::Aes192);
}

#[test]
fn triple_des_keys_that_are_single_des_are_refused() {
    let (a, b, c) = ("0123456789ABCDEF", "FEDCBA9876543210", "1032547698BADCFE");
    // Other parity bits, the same key.
    let a_with_other_parity = "0022446688AACCEE";
    let two = |parts: [&str; 2]| Key::from_hex(KeyType::Des3Two, &parts.concat());
    let three = |parts: [&str; 3]| Key::from_hex(KeyType::Des3Three, &parts.concat());
    assert!(two([a, b]).is_ok() && three([a, b, c]).is_ok() && three([a, b, a]).is_ok());
    let refused = KeyError::SingleDes {
        key_type: KeyType::Des3Two,
    };
    assert_eq!(two([a, a]).unwrap_err(), refused);
    assert_eq!(two([a, a_with_other_parity]).unwrap_err(), refused);
    for parts in [[a, a, b], [a, b, b], [a, a, a]] {
        assert_eq!(
            three(parts).unwrap_err(),
            KeyError::SingleDes {
                key_type: KeyType::Des3Three
            }
        );
    }
}

#[test]
fn text_must_be_hexadecimal_and_errors_do_not_repeat_it() {
    for text in ["00112233445566778899AABBCCDDEEFG", "0011", "001", "00 11", "é"] {
        let error = Key::from_hex(KeyType::Aes128, text).unwrap_err();
        assert!(!error.to_string().contains(text), "{error}");
    }
    assert!(Key::aes_from_hex("000102030405060708090a0b0c0d0e0F").is_ok());
}

#[test]
fn debug_shows_types_only() {
    let keys = keys(KeyType::Aes128, 1);
    assert_eq!(format!("{:?}", keys.kic), "Key(AES-128)");
    assert_eq!(format!("{keys:?}"), "KeySet(KVN 1, KIc AES-128, KID AES-128)");
    assert_eq!(keys.kic.expose_secret()[..3], [1, 2, 3]);
}

#[test]
fn versions_go_from_1_to_15() {
    let good: Vec<u8> = (0..=u8::MAX)
        .filter(|number| KeyVersionNumber::new(*number).is_ok())
        .collect();
    assert_eq!(good, (1..=15).collect::<Vec<u8>>());
}

#[test]
fn the_load_file_mac_covers_the_tlv_around_the_file() {
    let kid = keys(KeyType::Aes128, 1).kid;
    let file = vec![7; 300];
    let tlv = [&[0xC4, 0x82, 0x01, 0x2C][..], &file].concat();
    assert_eq!(load_file_mac(&kid, &file), cmac(&kid, &tlv));
    assert_ne!(load_file_mac(&kid, &file), cmac(&kid, &file));
    let found = KeyType::Des3Two;
    assert_eq!(
        load_file_mac(&keys(found, 1).kid, &file),
        Err(KeyError::NotAes { found })
    );
}
