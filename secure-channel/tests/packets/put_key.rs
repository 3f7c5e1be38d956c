use card_proto::gp::put_key::PutKey;
use proptest::prelude::*;
use secure_channel::key::{Key, KeyError, KeySet, KeyType, KeyVersionNumber};
use secure_channel::put_key::{check_value, decipher_key, encipher_key, put_key};
use secure_channel::scp80::Counter;

use crate::{bytes, keys};

const AES: [KeyType; 3] = [KeyType::Aes128, KeyType::Aes192, KeyType::Aes256];

#[test]
fn put_key_brings_a_whole_set() {
    let dek = keys(KeyType::Aes128, 1).dek;
    for key_type in AES {
        let new = KeySet {
            kvn: KeyVersionNumber::new(3).unwrap(),
            ..keys(key_type, 7)
        };
        let counter = Some(Counter::new(258).unwrap());
        let command = put_key(&new, KeyVersionNumber::new(1).ok(), counter, &dek)
            .unwrap()
            .to_command()
            .unwrap();
        assert_eq!((command.ins(), command.p1(), command.p2()), (0xD8, 0x01, 0x81));
        let read = PutKey::parse(command.p1(), command.data()).unwrap();
        assert_eq!((read.version, read.counter), (3, Some([0, 0, 0, 1, 2])));
        for (key, enciphered) in [&new.kic, &new.kid, &new.dek].into_iter().zip(&read.keys) {
            assert_eq!(
                decipher_key(enciphered, &dek).unwrap().expose_secret(),
                key.expose_secret()
            );
            assert_eq!(enciphered.check_value, check_value(key).unwrap());
        }
    }
}

#[test]
fn a_set_that_no_stage_takes_is_not_made() {
    let dek = keys(KeyType::Aes128, 1).dek;
    let mixed = KeySet {
        kid: keys(KeyType::Aes256, 1).kid,
        ..keys(KeyType::Aes128, 1)
    };
    assert_eq!(
        put_key(&mixed, None, None, &dek).unwrap_err(),
        KeyError::MixedTypes
    );
    let found = KeyType::Des3Two;
    let triple_des = keys(found, 1);
    assert_eq!(
        put_key(&triple_des, None, None, &dek).unwrap_err(),
        KeyError::NotAes { found }
    );
    let aes = keys(KeyType::Aes128, 1);
    assert_eq!(
        put_key(&aes, None, None, &triple_des.dek).unwrap_err(),
        KeyError::NotAes { found }
    );
}

#[test]
fn another_dek_a_damaged_key_and_wrong_lengths_are_noticed() {
    let set = keys(KeyType::Aes192, 1);
    let good = encipher_key(&set.kic, &set.dek).unwrap();
    assert_eq!(decipher_key(&good, &set.kid).unwrap_err(), KeyError::CheckValue);
    let mut damaged = good.clone();
    damaged.ciphertext[0] ^= 1;
    assert_eq!(
        decipher_key(&damaged, &set.dek).unwrap_err(),
        KeyError::CheckValue
    );
    let mut short = good.clone();
    short.ciphertext.truncate(16);
    assert_eq!(
        decipher_key(&short, &set.dek).unwrap_err(),
        KeyError::CiphertextLength {
            length: 24,
            found: 16
        }
    );
    let mut odd = good;
    odd.length = 25;
    assert_eq!(
        decipher_key(&odd, &set.dek).unwrap_err(),
        KeyError::AesLength { found: 25 }
    );
}

proptest! {
    #[test]
    fn an_enciphered_key_comes_back(
        octets in prop_oneof![bytes(16), bytes(24), bytes(32)],
        dek in prop_oneof![bytes(16), bytes(24), bytes(32)],
    ) {
        let (key, dek) = (Key::aes(&octets).unwrap(), Key::aes(&dek).unwrap());
        let enciphered = encipher_key(&key, &dek).unwrap();
        prop_assert_eq!(enciphered.ciphertext.len() % 16, 0);
        let back = decipher_key(&enciphered, &dek).unwrap();
        prop_assert_eq!(back.expose_secret(), octets);
    }
}
