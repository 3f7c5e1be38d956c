use card_proto::cla::{Cla, ClassKind, SecureMessaging};

/// First octet, last octet, chaining, secure messaging, channel of the first octet: ISO 7816-4 §5.4.1, tables
/// 2 and 3. The proprietary classes repeat the rows with b8 set (GPCS §11.1.4).
const ROWS: [(u8, u8, bool, SecureMessaging, u8); 12] = [
    (0x00, 0x03, false, SecureMessaging::None, 0),
    (0x04, 0x07, false, SecureMessaging::Proprietary, 0),
    (0x08, 0x0B, false, SecureMessaging::Iso, 0),
    (0x0C, 0x0F, false, SecureMessaging::IsoWithHeader, 0),
    (0x10, 0x13, true, SecureMessaging::None, 0),
    (0x14, 0x17, true, SecureMessaging::Proprietary, 0),
    (0x18, 0x1B, true, SecureMessaging::Iso, 0),
    (0x1C, 0x1F, true, SecureMessaging::IsoWithHeader, 0),
    (0x40, 0x4F, false, SecureMessaging::None, 4),
    (0x50, 0x5F, true, SecureMessaging::None, 4),
    (0x60, 0x6F, false, SecureMessaging::Iso, 4),
    (0x70, 0x7F, true, SecureMessaging::Iso, 4),
];

fn expected(octet: u8) -> Option<Cla> {
    if octet == 0xFF {
        return None;
    }
    let kind = if octet < 0x80 {
        ClassKind::Interindustry
    } else {
        ClassKind::Proprietary
    };
    let low = octet & 0x7F;
    let (first, _, chaining, secure_messaging, channel) = ROWS
        .into_iter()
        .find(|(first, last, ..)| (*first..=*last).contains(&low))?;
    Some(Cla {
        kind,
        channel: channel + low - first,
        chaining,
        secure_messaging,
    })
}

#[test]
fn all_256_values() {
    for octet in 0..=u8::MAX {
        let cla = Cla::parse(octet);
        assert_eq!(cla, expected(octet), "{octet:02X}");
        if let Some(cla) = cla {
            assert_eq!(cla.to_octet(), Some(octet), "{octet:02X}");
        }
    }
}

#[test]
fn channels_beyond_3_are_counted_from_4() {
    assert_eq!(Cla::parse(0x44).unwrap().channel, 8);
    assert_eq!(Cla::parse(0xC4).unwrap().channel, 8);
    assert_eq!(Cla::parse(0x6F).unwrap().channel, 19);
}

#[test]
fn what_has_no_octet_says_so() {
    let cla = Cla::parse(0x00).unwrap();
    assert_eq!(Cla { channel: 20, ..cla }.to_octet(), None);
    let secure_messaging = SecureMessaging::IsoWithHeader;
    assert_eq!(
        Cla {
            channel: 4,
            secure_messaging,
            ..cla
        }
        .to_octet(),
        None
    );
    let last = Cla {
        channel: 18,
        chaining: true,
        secure_messaging: SecureMessaging::Iso,
        kind: ClassKind::Proprietary,
    };
    assert_eq!(last.to_octet(), Some(0xFE));
    assert_eq!(Cla { channel: 19, ..last }.to_octet(), None);
}
