//! Security Parameter Indication (TS 102 225 §5.1.1): two octets that say how a packet and its answer are
//! protected.

use std::fmt;

/// b5b4 of SPI1: what the counter is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CounterMode {
    /// `00`: no counter available; the field is there and ignored.
    None,
    /// `01`: counter available, no replay check.
    Unchecked,
    /// `10`: process only if the counter is higher than the stored one.
    Higher,
    /// `11`: process only if the counter is one higher than the stored one.
    OneHigher,
}

/// b2b1 of SPI1, b4b3 of SPI2: the check over a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Integrity {
    /// `00`: none.
    None,
    /// `01`: RC, a checksum without a key: against damage, not against attackers.
    RedundancyCheck,
    /// `10`: CC, a checksum with a key.
    CryptographicChecksum,
    /// `11`: DS. Not supported: no algorithm is defined for it.
    DigitalSignature,
}

/// b2b1 of SPI2: when a proof of receipt is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PorMode {
    /// `00`: never.
    Never,
    /// `01`: always.
    Always,
    /// `10`: only when something went wrong.
    OnError,
    /// `11`: reserved.
    Reserved,
}

/// b6 of SPI2: how the proof of receipt is sent (TS 31.115 §4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PorTransport {
    /// `0`: SMS-DELIVER-REPORT, that is in the answer to ENVELOPE.
    DeliverReport,
    /// `1`: SMS-SUBMIT, that is by the proactive command SEND SHORT MESSAGE.
    Submit,
}

/// SPI1 and SPI2. Any two octets are kept as they are; the methods say what they mean.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Spi([u8; 2]);

const CIPHERED: u8 = 0x04;
const POR_CIPHERED: u8 = 0x10;
const POR_BY_SUBMIT: u8 = 0x20;
/// SPI1 b8 to b6, SPI2 b8b7.
const RESERVED: [u8; 2] = [0xE0, 0xC0];

impl Spi {
    /// `16 19`: counter higher, ciphered, CC; proof of receipt always, ciphered, CC, in the answer to
    /// ENVELOPE.
    pub const SECURED: Self = Self([0x16, 0x19]);
    /// `16 1A`: as [`Spi::SECURED`], proof of receipt only on error.
    pub const SECURED_POR_ON_ERROR: Self = Self([0x16, 0x1A]);
    /// `16 39`: as [`Spi::SECURED`], proof of receipt by SMS-SUBMIT.
    pub const SECURED_POR_BY_SUBMIT: Self = Self([0x16, 0x39]);

    /// From SPI1 and SPI2.
    pub const fn from_bytes(octets: [u8; 2]) -> Self {
        Self(octets)
    }

    /// SPI1 and SPI2.
    pub const fn to_bytes(self) -> [u8; 2] {
        self.0
    }

    /// The same with another counter mode.
    #[must_use]
    pub fn with_counter_mode(self, mode: CounterMode) -> Self {
        let bits = match mode {
            CounterMode::None => 0x00,
            CounterMode::Unchecked => 0x08,
            CounterMode::Higher => 0x10,
            CounterMode::OneHigher => 0x18,
        };
        Self([self.0[0] & !0x18 | bits, self.0[1]])
    }

    /// The same with or without ciphering of the command.
    #[must_use]
    pub fn with_ciphering(self, ciphered: bool) -> Self {
        Self([
            self.0[0] & !CIPHERED | if ciphered { CIPHERED } else { 0 },
            self.0[1],
        ])
    }

    /// The same with another check over the command.
    #[must_use]
    pub fn with_integrity(self, integrity: Integrity) -> Self {
        Self([self.0[0] & !0x03 | integrity.bits(), self.0[1]])
    }

    /// The same with another condition for the proof of receipt.
    #[must_use]
    pub fn with_por_mode(self, mode: PorMode) -> Self {
        let bits = match mode {
            PorMode::Never => 0x00,
            PorMode::Always => 0x01,
            PorMode::OnError => 0x02,
            PorMode::Reserved => 0x03,
        };
        Self([self.0[0], self.0[1] & !0x03 | bits])
    }

    /// The same with another check over the proof of receipt.
    #[must_use]
    pub fn with_por_integrity(self, integrity: Integrity) -> Self {
        Self([self.0[0], self.0[1] & !0x0C | integrity.bits() << 2])
    }

    /// The same with or without ciphering of the proof of receipt.
    #[must_use]
    pub fn with_por_ciphering(self, ciphered: bool) -> Self {
        Self([
            self.0[0],
            self.0[1] & !POR_CIPHERED | if ciphered { POR_CIPHERED } else { 0 },
        ])
    }

    /// The same with another transport of the proof of receipt.
    #[must_use]
    pub fn with_por_transport(self, transport: PorTransport) -> Self {
        let bit = match transport {
            PorTransport::DeliverReport => 0,
            PorTransport::Submit => POR_BY_SUBMIT,
        };
        Self([self.0[0], self.0[1] & !POR_BY_SUBMIT | bit])
    }

    /// SPI1 b5b4.
    pub fn counter_mode(self) -> CounterMode {
        match self.0[0] & 0x18 {
            0x00 => CounterMode::None,
            0x08 => CounterMode::Unchecked,
            0x10 => CounterMode::Higher,
            _ => CounterMode::OneHigher,
        }
    }

    /// SPI1 b3: the command is ciphered.
    pub fn is_ciphered(self) -> bool {
        self.0[0] & CIPHERED != 0
    }

    /// SPI1 b2b1: the check over the command.
    pub fn integrity(self) -> Integrity {
        Integrity::from_bits(self.0[0])
    }

    /// SPI2 b2b1: when a proof of receipt is sent.
    pub fn por_mode(self) -> PorMode {
        match self.0[1] & 0x03 {
            0x00 => PorMode::Never,
            0x01 => PorMode::Always,
            0x02 => PorMode::OnError,
            _ => PorMode::Reserved,
        }
    }

    /// SPI2 b4b3: the check over the proof of receipt.
    pub fn por_integrity(self) -> Integrity {
        Integrity::from_bits(self.0[1] >> 2)
    }

    /// SPI2 b5: the proof of receipt is ciphered.
    pub fn is_por_ciphered(self) -> bool {
        self.0[1] & POR_CIPHERED != 0
    }

    /// SPI2 b6: how the proof of receipt is sent.
    pub fn por_transport(self) -> PorTransport {
        if self.0[1] & POR_BY_SUBMIT == 0 {
            PorTransport::DeliverReport
        } else {
            PorTransport::Submit
        }
    }

    /// True when a bit that TS 102 225 reserves is set.
    pub fn has_reserved_bits(self) -> bool {
        self.0[0] & RESERVED[0] != 0 || self.0[1] & RESERVED[1] != 0
    }
}

impl Integrity {
    fn from_bits(bits: u8) -> Self {
        match bits & 0x03 {
            0x00 => Self::None,
            0x01 => Self::RedundancyCheck,
            0x02 => Self::CryptographicChecksum,
            _ => Self::DigitalSignature,
        }
    }

    fn bits(self) -> u8 {
        match self {
            Self::None => 0x00,
            Self::RedundancyCheck => 0x01,
            Self::CryptographicChecksum => 0x02,
            Self::DigitalSignature => 0x03,
        }
    }
}

impl fmt::Display for Spi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02X} {:02X}", self.0[0], self.0[1])
    }
}

impl fmt::Debug for Spi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Spi({self})")
    }
}
