//! The class octet: what ISO/IEC 7816-4 §5.4.1 and GPCS §11.1.4 code in it.

/// Secure messaging as the class octet announces it (ISO 7816-4 §5.4.1, tables 2 and 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecureMessaging {
    /// No secure messaging, or no indication.
    None,
    /// A proprietary format (in the GP classes: that of the secure channel protocol).
    Proprietary,
    /// ISO 7816-4 §10, the command header is not authenticated (in further interindustry classes: not said).
    Iso,
    /// ISO 7816-4 §10, the command header is authenticated.
    IsoWithHeader,
}

/// Who defines the meaning of the instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClassKind {
    /// First or further interindustry class: b8 is 0.
    Interindustry,
    /// b8 is 1: GlobalPlatform or another owner; channel and secure messaging are coded as in the
    /// interindustry classes (GPCS §11.1.4).
    Proprietary,
}

/// A valid class octet, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cla {
    /// Interindustry or proprietary.
    pub kind: ClassKind,
    /// Logical channel, 0 to 19.
    pub channel: u8,
    /// More commands of a chain follow (b5).
    pub chaining: bool,
    /// Secure messaging indication.
    pub secure_messaging: SecureMessaging,
}

impl Cla {
    /// Takes a class octet apart; `None` for the values reserved by ISO 7816-4 (`20` to `3F`, `A0` to `BF` as
    /// their proprietary twins, and the invalid `FF`).
    ///
    /// `A0`, the class of TS 51.011, is among the `None`: it codes neither channel nor chaining.
    pub fn parse(octet: u8) -> Option<Self> {
        let kind = if octet & 0x80 == 0 {
            ClassKind::Interindustry
        } else {
            ClassKind::Proprietary
        };
        let chaining = octet & 0x10 != 0;
        // ISO 7816-4 §5.4.1: FF is invalid.
        match octet & 0x60 {
            _ if octet == 0xFF => None,
            // Table 2, first interindustry values: b4b3 secure messaging, b2b1 channels 0 to 3.
            0x00 => Some(Self {
                kind,
                channel: octet & 0x03,
                chaining,
                secure_messaging: match octet & 0x0C {
                    0x00 => SecureMessaging::None,
                    0x04 => SecureMessaging::Proprietary,
                    0x08 => SecureMessaging::Iso,
                    _ => SecureMessaging::IsoWithHeader,
                },
            }),
            0x20 => None,
            // Table 3, further interindustry values: b6 secure messaging, b4 to b1 channel number minus 4.
            further => Some(Self {
                kind,
                channel: 4 + (octet & 0x0F),
                chaining,
                secure_messaging: if further & 0x20 == 0 {
                    SecureMessaging::None
                } else {
                    SecureMessaging::Iso
                },
            }),
        }
    }

    /// The class octet; `None` when the parts cannot be coded: a channel above 19, the secure messaging kinds
    /// `Proprietary` and `IsoWithHeader` on channels above 3, and the combination that would be `FF`.
    pub fn to_octet(self) -> Option<u8> {
        let high = match self.kind {
            ClassKind::Interindustry => 0x00,
            ClassKind::Proprietary => 0x80,
        } | if self.chaining { 0x10 } else { 0x00 };
        let low = match (self.channel, self.secure_messaging) {
            (0..=3, SecureMessaging::None) => self.channel,
            (0..=3, SecureMessaging::Proprietary) => 0x04 | self.channel,
            (0..=3, SecureMessaging::Iso) => 0x08 | self.channel,
            (0..=3, SecureMessaging::IsoWithHeader) => 0x0C | self.channel,
            (4..=19, SecureMessaging::None) => 0x40 | (self.channel - 4),
            (4..=19, SecureMessaging::Iso) => 0x60 | (self.channel - 4),
            _ => return None,
        };
        Some(high | low).filter(|octet| *octet != 0xFF)
    }
}
