//! KIc and KID (TS 102 225 §5.1.2, §5.1.3): key version in the high nibble, algorithm in the low one.

use crate::key::{Key, KeyType, KeyVersionNumber};

/// What the low nibble of KIc, or of KID with a cryptographic checksum, says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// `0`: known to both sides.
    Implicit,
    /// `1`: DES in CBC mode. Refused.
    SingleDes,
    /// `5`: triple DES in CBC mode, two keys.
    TripleDesTwoKeys,
    /// `9`: triple DES in CBC mode, three keys.
    TripleDesThreeKeys,
    /// `D`: DES in ECB mode (KIc only). Refused.
    SingleDesEcb,
    /// `2`: AES in CBC mode, or AES-CMAC.
    Aes,
    /// b2b1 `11`: proprietary.
    Proprietary,
    /// Any other value.
    Reserved,
}

impl Algorithm {
    fn from_nibble(octet: u8) -> Self {
        match octet & 0x0F {
            0x0 => Self::Implicit,
            0x1 => Self::SingleDes,
            0x5 => Self::TripleDesTwoKeys,
            0x9 => Self::TripleDesThreeKeys,
            0xD => Self::SingleDesEcb,
            0x2 => Self::Aes,
            0x3 | 0x7 | 0xB | 0xF => Self::Proprietary,
            _ => Self::Reserved,
        }
    }

    fn nibble_for(key_type: KeyType) -> u8 {
        match key_type {
            KeyType::Aes128 | KeyType::Aes192 | KeyType::Aes256 => 0x2,
            KeyType::Des3Two => 0x5,
            KeyType::Des3Three => 0x9,
        }
    }

    /// True when a key of this type does what the nibble says; `Implicit` takes any key.
    pub fn takes(self, key_type: KeyType) -> bool {
        match self {
            Self::Implicit => true,
            Self::Aes => key_type.is_aes(),
            Self::TripleDesTwoKeys => key_type == KeyType::Des3Two,
            Self::TripleDesThreeKeys => key_type == KeyType::Des3Three,
            Self::SingleDes | Self::SingleDesEcb | Self::Proprietary | Self::Reserved => false,
        }
    }
}

/// What the low nibble of KID says when SPI asks for a redundancy check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RedundancyAlgorithm {
    /// `1`: CRC-16, two octets.
    Crc16,
    /// `5`: CRC-32, four octets.
    Crc32,
}

/// KIc: key version and algorithm of ciphering.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Kic(pub u8);

/// KID: key version and algorithm of the check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Kid(pub u8);

impl Kic {
    /// KIc that names `key`, of version `kvn`.
    pub fn for_key(kvn: KeyVersionNumber, key: &Key) -> Self {
        Self(kvn.value() << 4 | Algorithm::nibble_for(key.key_type()))
    }

    /// The high nibble; 0 leaves the version open.
    pub fn key_version(self) -> u8 {
        self.0 >> 4
    }

    /// The low nibble.
    pub fn algorithm(self) -> Algorithm {
        Algorithm::from_nibble(self.0)
    }
}

impl Kid {
    /// KID that names `key`, of version `kvn`, for a cryptographic checksum.
    pub fn for_key(kvn: KeyVersionNumber, key: &Key) -> Self {
        Self(kvn.value() << 4 | Algorithm::nibble_for(key.key_type()))
    }

    /// The high nibble; 0 leaves the version open.
    pub fn key_version(self) -> u8 {
        self.0 >> 4
    }

    /// The low nibble, for a cryptographic checksum. DES in ECB mode makes no checksum: its value is reserved
    /// here.
    pub fn algorithm(self) -> Algorithm {
        match Algorithm::from_nibble(self.0) {
            Algorithm::SingleDesEcb => Algorithm::Reserved,
            algorithm => algorithm,
        }
    }

    /// The low nibble, for a redundancy check; `None` for values without meaning there.
    pub fn redundancy_algorithm(self) -> Option<RedundancyAlgorithm> {
        match self.0 & 0x0F {
            0x1 => Some(RedundancyAlgorithm::Crc16),
            0x5 => Some(RedundancyAlgorithm::Crc32),
            _ => None,
        }
    }
}
