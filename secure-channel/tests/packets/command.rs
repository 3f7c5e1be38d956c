use card_proto::sms::concat::segment_command_packet;
use card_proto::sms::user_data::Reference;
use proptest::prelude::*;
use secure_channel::key::{KeyType, KeyVersionNumber};
use secure_channel::scp80::command_packet::{clear_header, decode_command_without_cpl};
use secure_channel::scp80::{CcLength, Integrity, Kic, Kid, Scp80Error, Spi, decode_command, encode_command};

use crate::{KEY_TYPES, bytes, header, keys, octets, protection};

/// Built by an implementation that shares no code with this one.
#[test]
fn an_independent_packet_is_the_same() {
    use secure_channel::key::Key;
    use secure_channel::scp80::{CommandHeader, Counter, Tar};
    let key = |first: u8| Key::aes(&(first..first + 32).collect::<Vec<u8>>()).unwrap();
    let keys = secure_channel::key::KeySet {
        kvn: KeyVersionNumber::new(1).unwrap(),
        kic: key(0x40),
        kid: key(0x60),
        dek: key(0x00),
    };
    let header = CommandHeader {
        spi: Spi::SECURED_POR_BY_SUBMIT,
        kic: Kic(0x12),
        kid: Kid(0x12),
        tar: Tar([0xB0, 0, 0]),
        counter: Counter::new(7).unwrap(),
    };
    let packet = encode_command(&header, &keys, CcLength::Eight, &octets("80f24000024f0000")).unwrap();
    let expected = "00281516391212b00000323387d1d1ea3ac68dcc2636142c65bdfa09a980affaa36223b76046c46e060a";
    assert_eq!(packet, octets(expected));
}

/// Data that one short message holds: 98 octets with AES, 106 with triple DES.
#[test]
fn one_short_message_holds_98_or_106_octets() {
    for key_type in KEY_TYPES {
        let most = if key_type.is_aes() { 98 } else { 106 };
        let keys = keys(key_type, 1);
        let header = header(Spi::SECURED, &keys);
        for (length, messages) in [(most, 1), (most + 1, 2)] {
            let packet = encode_command(&header, &keys, CcLength::Eight, &vec![0; length]).unwrap();
            let segments = segment_command_packet(&packet, Reference::Ref8(1)).unwrap();
            assert_eq!(segments.len(), messages, "{key_type}, {length} octets");
        }
    }
}

#[test]
fn data_beyond_cpl_is_refused() {
    let keys = keys(KeyType::Aes128, 1);
    let header = header(Spi::SECURED, &keys);
    let largest = 0xFFFF - 1 - 21 - (0xFFFF - 8) % 16;
    assert!(encode_command(&header, &keys, CcLength::Eight, &vec![0; largest]).is_ok());
    let error = encode_command(&header, &keys, CcLength::Eight, &vec![0; 65_535]).unwrap_err();
    assert_eq!(error, Scp80Error::TooLong { length: 65_535 });
}

#[test]
fn any_changed_bit_is_noticed() {
    for key_type in KEY_TYPES {
        let keys = keys(key_type, 1);
        let header = header(Spi::SECURED, &keys);
        let packet = encode_command(&header, &keys, CcLength::Eight, &[0x55; 40]).unwrap();
        for bit in 0..packet.len() * 8 {
            let mut changed = packet.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            let decoded = decode_command(&changed, &keys).ok();
            // A changed SPI1 may ask for less than a checksum: then nothing vouches for the packet.
            assert!(decoded.is_none_or(|packet| packet.mac.is_none()), "bit {bit}");
        }
    }
}

#[test]
fn another_key_gives_only_a_mac_mismatch() {
    let keys_1 = keys(KeyType::Aes128, 1);
    let header = header(Spi::SECURED, &keys_1);
    let packet = encode_command(&header, &keys_1, CcLength::Eight, &[1; 20]).unwrap();
    let error = decode_command(&packet, &keys(KeyType::Aes128, 2)).unwrap_err();
    assert_eq!(
        (error, error.to_string().as_str()),
        (Scp80Error::MacMismatch, "MAC mismatch")
    );
}

#[test]
fn lengths_that_do_not_add_up_are_refused() {
    let keys = keys(KeyType::Aes128, 1);
    let packet = encode_command(&header(Spi::SECURED, &keys), &keys, CcLength::Eight, &[1; 20]).unwrap();
    for cut in 0..packet.len() {
        assert!(
            matches!(
                decode_command(&packet[..cut], &keys),
                Err(Scp80Error::Malformed(_))
            ),
            "{cut}"
        );
    }
    let longer = [&packet[..], &[0]].concat();
    assert!(matches!(
        decode_command(&longer, &keys),
        Err(Scp80Error::Malformed(_))
    ));
    for chl in [0x00, 0x0C, 0x0D, 0x14, 0x16, 0xFF] {
        let mut wrong = packet.clone();
        wrong[2] = chl;
        assert!(
            matches!(decode_command(&wrong, &keys), Err(Scp80Error::Malformed(_))),
            "{chl:02X}"
        );
    }
}

#[test]
fn single_des_and_foreign_algorithms_are_refused() {
    let keys = keys(KeyType::Aes128, 1);
    let good = header(Spi::SECURED, &keys);
    let encode = |header| encode_command(&header, &keys, CcLength::Eight, &[]).unwrap_err();
    for nibble in [0x1, 0x3, 0x4, 0x6, 0x7, 0x8, 0xA, 0xB, 0xC, 0xD, 0xE, 0xF] {
        let value = 0x10 | nibble;
        let unsupported = |field| Scp80Error::UnsupportedAlgorithm { field, value };
        let mut header = good;
        header.kic = Kic(value);
        assert_eq!(encode(header), unsupported("KIc"));
        let mut header = good;
        header.kid = Kid(value);
        assert_eq!(encode(header), unsupported("KID"));
    }
    for value in [0x15, 0x19] {
        let mut header = good;
        header.kid = Kid(value);
        assert!(matches!(
            encode(header),
            Scp80Error::KeyTypeMismatch { field: "KID", .. }
        ));
    }
    let mut header = good;
    header.kic = Kic(0x22);
    assert_eq!(
        encode(header),
        Scp80Error::KeyVersionMismatch {
            field: "KIc",
            value: 0x22,
            kvn: 1
        }
    );
    header = good;
    header.spi = good.spi.with_integrity(Integrity::DigitalSignature);
    assert_eq!(encode(header), Scp80Error::DigitalSignature);
}

#[test]
fn key_version_0_and_the_implicit_algorithm_take_the_keys_at_hand() {
    let keys = keys(KeyType::Aes128, 1);
    let mut header = header(Spi::SECURED, &keys);
    header.kic = Kic(0x00);
    header.kid = Kid(0x02);
    let packet = encode_command(&header, &keys, CcLength::Eight, &[1]).unwrap();
    assert_eq!(decode_command(&packet, &keys).unwrap().header, header);
}

#[test]
fn a_triple_des_checksum_has_eight_octets() {
    let keys = keys(KeyType::Des3Two, 1);
    let error = encode_command(&header(Spi::SECURED, &keys), &keys, CcLength::Four, &[]).unwrap_err();
    assert_eq!(error, Scp80Error::ShortChecksum);
}

#[test]
fn both_redundancy_checks_notice_damage() {
    let keys = keys(KeyType::Aes128, 1);
    let spi = Spi::from_bytes([0x11, 0x00]);
    for (kid, length) in [(Kid(0x11), 2), (Kid(0x15), 4)] {
        let mut header = header(spi, &keys);
        header.kid = kid;
        let mut packet = encode_command(&header, &keys, CcLength::Eight, &[1, 2, 3]).unwrap();
        assert_eq!(usize::from(packet[2]), 13 + length);
        let decoded = decode_command(&packet, &keys).unwrap();
        assert_eq!((decoded.data.as_slice(), decoded.mac), (&[1, 2, 3][..], None));
        *packet.last_mut().unwrap() ^= 1;
        assert_eq!(
            decode_command(&packet, &keys),
            Err(Scp80Error::RedundancyCheckMismatch)
        );
    }
    let mut header = header(spi, &keys);
    header.kid = Kid(0x12);
    assert!(encode_command(&header, &keys, CcLength::Eight, &[]).is_err());
}

#[test]
fn what_stands_in_clear_is_read_without_a_key() {
    let keys = keys(KeyType::Aes256, 1);
    let header = header(Spi::SECURED, &keys);
    let clear = clear_header(&encode_command(&header, &keys, CcLength::Eight, &[]).unwrap()).unwrap();
    assert_eq!(
        (clear.spi, clear.kic, clear.kid, clear.tar),
        (header.spi, header.kic, header.kid, header.tar)
    );
    assert_eq!(clear.check_length, 8);
}

#[test]
fn debug_shows_no_data() {
    let keys = keys(KeyType::Aes128, 1);
    let packet = encode_command(&header(Spi::SECURED, &keys), &keys, CcLength::Eight, &[0xAB; 3]).unwrap();
    let text = format!("{:?}", decode_command(&packet, &keys).unwrap());
    assert!(
        text.contains("3 octets") && !text.contains("171") && !text.to_lowercase().contains("ab, "),
        "{text}"
    );
}

proptest! {
    #[test]
    fn packets_come_back(
        (keys, header, cc_length) in protection(), data in bytes(0..400),
    ) {
        let packet = encode_command(&header, &keys, cc_length, &data).unwrap();
        let decoded = decode_command(&packet, &keys).unwrap();
        prop_assert_eq!((decoded.header, &decoded.data), (header, &data));
        let is_authenticated = header.spi.integrity() == Integrity::CryptographicChecksum;
        prop_assert_eq!(decoded.mac.map(|mac| mac.cc_length()), is_authenticated.then_some(cc_length));
        prop_assert_eq!(decode_command_without_cpl(&packet[2..], &keys).unwrap(), decoded);
    }

    #[test]
    fn the_same_data_under_another_counter_shares_no_block(first: u32, second: u32) {
        prop_assume!(first != second);
        use secure_channel::scp80::Counter;
        let keys = keys(KeyType::Aes128, 9);
        let packet = |counter: u32| {
            let mut header = header(Spi::SECURED, &keys);
            header.counter = Counter::new(counter.into()).unwrap();
            encode_command(&header, &keys, CcLength::Eight, &[0; 64]).unwrap()
        };
        let (one, two) = (packet(first), packet(second));
        let mut blocks = one[10..].chunks(16).zip(two[10..].chunks(16));
        prop_assert!(blocks.all(|(a, b)| a != b));
    }

    #[test]
    fn arbitrary_octets_do_not_panic(
        (keys, header, _) in protection(), bytes in bytes(0..120),
    ) {
        let _ = decode_command(&bytes, &keys);
        // With lengths, SPI and key indicators that lead on into the cipher.
        let mut led_on = vec![0, 0, 0x15];
        led_on.extend(header.spi.to_bytes());
        led_on.extend([header.kic.0, header.kid.0]);
        led_on.extend(&bytes);
        led_on[1] = u8::try_from(led_on.len() - 2).unwrap();
        for chl in [0x0D, 0x0F, 0x11, 0x15] {
            led_on[2] = chl;
            let _ = decode_command(&led_on, &keys);
        }
    }
}
