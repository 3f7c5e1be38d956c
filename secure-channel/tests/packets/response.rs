use proptest::prelude::*;
use secure_channel::key::KeyType;
use secure_channel::scp80::response_packet::{UDH, UnauthenticatedReason};
use secure_channel::scp80::{
    CcLength, CommandHeader, Counter, Integrity, Response, ResponseDialect, ResponsePacket, ResponseStatus,
    Scp80Error, Spi, Tar, decode_response, encode_response,
};

use crate::{KEY_TYPES, bytes, header, keys, octets, protection};

const DIALECTS: [ResponseDialect; 3] = [
    ResponseDialect::WithUdh,
    ResponseDialect::WithLengths,
    ResponseDialect::Normal,
];

fn response(header: &CommandHeader, status: ResponseStatus, data: &[u8]) -> ResponsePacket {
    ResponsePacket {
        tar: header.tar,
        counter: header.counter,
        status,
        data: data.to_vec(),
    }
}

/// Built by an implementation that shares no code with this one: status 02 under AES-256.
#[test]
fn an_independent_response_is_authenticated() {
    use secure_channel::key::{Key, KeySet, KeyVersionNumber};
    use secure_channel::scp80::{Kic, Kid};
    let key = |first: u8| Key::aes(&(first..first + 32).collect::<Vec<u8>>()).unwrap();
    let kvn = KeyVersionNumber::new(1).unwrap();
    let keys = KeySet {
        kvn,
        kic: key(0x40),
        kid: key(0x60),
        dek: key(0x00),
    };
    let (spi, tar, counter) = (
        Spi::SECURED_POR_BY_SUBMIT,
        Tar([0xB0, 0, 0]),
        Counter::new(7).unwrap(),
    );
    let header = CommandHeader {
        spi,
        kic: Kic(0x12),
        kid: Kid(0x12),
        tar,
        counter,
    };
    let bytes = octets("027100001412b000000bb668150396ce3b7ff4e622fecbbf68");
    let decoded = decode_response(&bytes, &header, &keys, CcLength::Eight, ResponseDialect::WithUdh).unwrap();
    assert_eq!(
        decoded.authenticated(),
        Some(response(&header, ResponseStatus::COUNTER_LOW, &[]))
    );
}

#[test]
fn any_changed_bit_of_a_protected_response_is_noticed() {
    for key_type in KEY_TYPES {
        let keys = keys(key_type, 1);
        let header = header(Spi::SECURED, &keys);
        let answer = response(&header, ResponseStatus::OK, &[0x55; 20]);
        let dialect = ResponseDialect::WithUdh;
        let bytes = encode_response(&answer, &header, &keys, CcLength::Eight, dialect).unwrap();
        for bit in UDH.len() * 8..bytes.len() * 8 {
            let mut changed = bytes.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(
                decode_response(&changed, &header, &keys, CcLength::Eight, dialect).is_err(),
                "bit {bit}"
            );
        }
    }
}

#[test]
fn dialects_differ_in_what_they_check() {
    let keys = keys(KeyType::Des3Two, 1);
    let header = header(Spi::SECURED, &keys);
    let answer = response(&header, ResponseStatus::OK, &[1, 2]);
    for sent in DIALECTS {
        let bytes = encode_response(&answer, &header, &keys, CcLength::Eight, sent).unwrap();
        for read in DIALECTS {
            let decoded = decode_response(&bytes, &header, &keys, CcLength::Eight, read);
            match decoded {
                Ok(response) => assert_eq!((sent, response.authenticated()), (read, Some(answer.clone()))),
                Err(error) => assert!(sent != read && error == Scp80Error::MacMismatch),
            }
        }
    }
}

#[test]
fn an_answer_without_the_protection_asked_for_is_a_hint() {
    let keys = keys(KeyType::Aes128, 1);
    let header = header(Spi::SECURED, &keys);
    let bytes = octets("027100 000B 0A BFFF10 0000000007 00 01");
    let decoded = decode_response(&bytes, &header, &keys, CcLength::Eight, ResponseDialect::WithUdh).unwrap();
    let Response::Unauthenticated(hint) = decoded.clone() else {
        panic!("{decoded:?} vouches for nothing")
    };
    assert_eq!(hint.claim, response(&header, ResponseStatus::CHECK_FAILED, &[]));
    assert_eq!(hint.reason, UnauthenticatedReason::SentWithout);
    assert_eq!(decoded.authenticated(), None);
}

/// Ciphering without a checksum vouches for nothing, and a plain answer instead of it is still read.
#[test]
fn ciphering_alone_makes_no_proof() {
    let keys = keys(KeyType::Aes128, 1);
    let header = header(Spi::SECURED.with_por_integrity(Integrity::None), &keys);
    let (cc, dialect) = (CcLength::Eight, ResponseDialect::WithUdh);
    let answer = response(&header, ResponseStatus::OK, &[1]);
    let bytes = encode_response(&answer, &header, &keys, cc, dialect).unwrap();
    let reason = |bytes: &[u8]| match decode_response(bytes, &header, &keys, cc, dialect).unwrap() {
        Response::Unauthenticated(hint) => hint.reason,
        Response::Authenticated(..) => panic!("nothing vouches for it"),
    };
    assert_eq!(reason(&bytes), UnauthenticatedReason::NotAskedFor);
    // 10 octets after TAR are no whole block; 16 are, and decipher to nonsense.
    let plain = octets("027100 0013 0A BFFF10 0000000007 00 00 0102030405060708");
    assert_eq!(reason(&plain), UnauthenticatedReason::SentWithout);
}

#[test]
fn the_response_to_another_command_is_told_apart() {
    let keys = keys(KeyType::Aes128, 1);
    let one = header(Spi::SECURED, &keys);
    let mut other = one;
    other.counter = Counter::new(8).unwrap();
    let answer = response(&one, ResponseStatus::OK, &[]);
    let (cc, dialect) = (CcLength::Eight, ResponseDialect::WithUdh);
    let bytes = encode_response(&answer, &one, &keys, cc, dialect).unwrap();
    let error = decode_response(&bytes, &other, &keys, cc, dialect).unwrap_err();
    assert_eq!(
        error,
        Scp80Error::OtherCommand {
            tar: one.tar,
            counter: one.counter
        }
    );
    let plain = octets("000B 0A BFFF10 0000000009 00 01");
    assert!(decode_response(&plain, &one, &keys, cc, dialect).is_err());
}

#[test]
fn a_shorter_checksum_than_agreed_is_refused() {
    let keys = keys(KeyType::Aes128, 1);
    let header = header(Spi::SECURED, &keys);
    let answer = response(&header, ResponseStatus::OK, &[]);
    let dialect = ResponseDialect::WithUdh;
    let bytes = encode_response(&answer, &header, &keys, CcLength::Four, dialect).unwrap();
    assert!(decode_response(&bytes, &header, &keys, CcLength::Eight, dialect).is_err());
}

#[test]
fn every_status_has_an_explanation() {
    for value in 0..=u8::MAX {
        let explanation = ResponseStatus(value).explain();
        assert!(!explanation.name.is_empty() && !explanation.likely_cause.is_empty());
        assert_eq!(explanation.name == "reserved status", value > 0x0C, "{value:02X}");
    }
    assert_eq!(ResponseStatus::COUNTER_LOW.to_string(), "02 (CNTR low)");
}

proptest! {
    #[test]
    fn responses_come_back(
        (keys, header, cc_length) in protection(), status: u8,
        dialect in prop::sample::select(DIALECTS.to_vec()),
        data in bytes(0..200), with_udh: bool,
    ) {
        let answer = response(&header, ResponseStatus(status), &data);
        let bytes = encode_response(&answer, &header, &keys, cc_length, dialect).unwrap();
        let bytes = if with_udh { &bytes[..] } else { &bytes[UDH.len()..] };
        let claim = match decode_response(bytes, &header, &keys, cc_length, dialect).unwrap() {
            Response::Authenticated(packet, mac) => {
                prop_assert_eq!(header.spi.por_integrity(), Integrity::CryptographicChecksum);
                prop_assert_eq!(mac.cc_length(), cc_length);
                packet
            }
            Response::Unauthenticated(hint) => {
                prop_assert_ne!(header.spi.por_integrity(), Integrity::CryptographicChecksum);
                prop_assert_eq!(hint.reason, UnauthenticatedReason::NotAskedFor);
                hint.claim
            }
        };
        prop_assert_eq!(claim, answer);
    }

    #[test]
    fn arbitrary_octets_authenticate_nothing(
        bytes in bytes(0..80), rhl in prop::sample::select(vec![0x0A, 0x0E, 0x12]),
        key_type in crate::key_type(),
    ) {
        let keys = keys(key_type, 3);
        let header = header(Spi::SECURED, &keys);
        let mut led_on = octets("027100 0000 00 BFFF10");
        led_on.extend(&bytes);
        led_on[4] = u8::try_from(led_on.len() - 5).unwrap();
        led_on[5] = rhl;
        for candidate in [&bytes, &led_on] {
            let dialect = ResponseDialect::WithUdh;
            let decoded = decode_response(candidate, &header, &keys, CcLength::Eight, dialect);
            prop_assert!(decoded.ok().and_then(Response::authenticated).is_none());
        }
    }
}
