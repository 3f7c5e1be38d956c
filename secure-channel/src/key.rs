//! Keys: cleared from memory when dropped, never printed.

use std::fmt;

use zeroize::Zeroizing;

use crate::primitives::Schedule;

/// Octets of the longest key.
const MAX_KEY: usize = 32;

/// Cipher and length of a key. Single DES is not among them: it is refused everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyType {
    /// AES, 16 octets.
    Aes128,
    /// AES, 24 octets.
    Aes192,
    /// AES, 32 octets.
    Aes256,
    /// Triple DES with two keys, 16 octets.
    Des3Two,
    /// Triple DES with three keys, 24 octets.
    Des3Three,
}

impl KeyType {
    /// Length of the key in octets.
    pub fn length(self) -> usize {
        match self {
            Self::Aes128 | Self::Des3Two => 16,
            Self::Aes192 | Self::Des3Three => 24,
            Self::Aes256 => 32,
        }
    }

    /// True for the three lengths of AES.
    pub fn is_aes(self) -> bool {
        matches!(self, Self::Aes128 | Self::Aes192 | Self::Aes256)
    }

    /// The AES key type of that many octets.
    pub fn aes_of_length(length: usize) -> Option<Self> {
        [Self::Aes128, Self::Aes192, Self::Aes256]
            .into_iter()
            .find(|kind| kind.length() == length)
    }
}

impl fmt::Display for KeyType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Aes128 => "AES-128",
            Self::Aes192 => "AES-192",
            Self::Aes256 => "AES-256",
            Self::Des3Two => "3DES with 2 keys",
            Self::Des3Three => "3DES with 3 keys",
        })
    }
}

/// Why octets are no key. No variant holds any of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The length is not that of the key type.
    #[error("{key_type} key of {found} octets; it takes {}", key_type.length())]
    Length {
        /// The key type asked for.
        key_type: KeyType,
        /// The octets given.
        found: usize,
    },
    /// No AES key has that length.
    #[error("AES key of {found} octets; AES takes 16, 24 or 32")]
    AesLength {
        /// The octets given.
        found: usize,
    },
    /// The text is not hexadecimal.
    #[error("the key is not hexadecimal text: two digits 0-9 A-F for each octet, nothing else")]
    NotHexadecimal,
    /// Two neighboring parts of a triple DES key are equal, which makes it single DES.
    #[error("the parts of the {key_type} key repeat, so it is single DES, which is refused: make a new key")]
    SingleDes {
        /// The key type asked for.
        key_type: KeyType,
    },
    /// A key version number outside 1 to 15.
    #[error("key version number {found}; SCP80 has 1 to 15 (TS 102 225 §5.1.2)")]
    VersionNumber {
        /// The number given.
        found: u8,
    },
    /// The operation needs an AES key.
    #[error("an AES key is needed here, this one is {found}")]
    NotAes {
        /// The type of the key given.
        found: KeyType,
    },
    /// The keys of a version that is to be put into a card are not of one length.
    #[error("the keys of one version have one length: make KIc, KID and DEK alike")]
    MixedTypes,
    /// An enciphered key is not as long as a key of that length becomes.
    #[error("a key of {length} octets enciphers to {}, not {found}", length.next_multiple_of(16))]
    CiphertextLength {
        /// Length of the key in octets.
        length: usize,
        /// Octets of ciphertext given.
        found: usize,
    },
    /// The key check value is not that of the deciphered key.
    #[error("key check value mismatch: the key was enciphered under another DEK, or is damaged")]
    CheckValue,
}

/// A secret key with its cipher made ready. `Debug` shows the type only.
#[derive(Clone)]
pub struct Key {
    key_type: KeyType,
    // On the heap, so that moving a key leaves no copy behind.
    material: Box<Material>,
}

#[derive(Clone)]
struct Material {
    octets: Zeroizing<[u8; MAX_KEY]>,
    schedule: Schedule,
}

impl Key {
    /// A key from its octets.
    ///
    /// # Errors
    /// [`KeyError::Length`] when they are not as many as the type has; [`KeyError::SingleDes`] for a triple
    /// DES key whose first two or last two parts are equal (parity bits aside).
    pub fn from_bytes(key_type: KeyType, octets: &[u8]) -> Result<Self, KeyError> {
        let wrong_length = KeyError::Length {
            key_type,
            found: octets.len(),
        };
        if octets.len() != key_type.length() {
            return Err(wrong_length);
        }
        let schedule = if key_type.is_aes() {
            Schedule::aes(octets)
        } else {
            if is_single_des(octets) {
                return Err(KeyError::SingleDes { key_type });
            }
            Schedule::triple_des(octets)
        };
        let mut material = Box::new(Material {
            octets: Zeroizing::default(),
            schedule: schedule.ok_or(wrong_length)?,
        });
        material
            .octets
            .iter_mut()
            .zip(octets)
            .for_each(|(place, octet)| *place = *octet);
        Ok(Self { key_type, material })
    }

    /// A key from hexadecimal text without separators.
    ///
    /// # Errors
    /// [`KeyError::NotHexadecimal`], or as [`Key::from_bytes`].
    pub fn from_hex(key_type: KeyType, text: &str) -> Result<Self, KeyError> {
        Self::from_bytes(key_type, &decode_hex(text)?)
    }

    /// An AES key whose length says which.
    ///
    /// # Errors
    /// [`KeyError::AesLength`] when it is not 16, 24 or 32 octets long.
    pub fn aes(octets: &[u8]) -> Result<Self, KeyError> {
        let wrong_length = KeyError::AesLength { found: octets.len() };
        Self::from_bytes(KeyType::aes_of_length(octets.len()).ok_or(wrong_length)?, octets)
    }

    /// An AES key from hexadecimal text, whose length says which.
    ///
    /// # Errors
    /// [`KeyError::NotHexadecimal`], or as [`Key::aes`].
    pub fn aes_from_hex(text: &str) -> Result<Self, KeyError> {
        Self::aes(&decode_hex(text)?)
    }

    /// Cipher and length.
    pub fn key_type(&self) -> KeyType {
        self.key_type
    }

    /// The octets of the key, for the one purpose of handing them to a card. They must not be kept or shown.
    pub fn expose_secret(&self) -> &[u8] {
        self.material
            .octets
            .get(..self.key_type.length())
            .unwrap_or_default()
    }

    pub(crate) fn schedule(&self) -> &Schedule {
        &self.material.schedule
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({})", self.key_type)
    }
}

fn decode_hex(text: &str) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let mut octets = Zeroizing::new(vec![0; text.len() / 2]);
    hex::decode_to_slice(text, &mut octets).map_err(|_| KeyError::NotHexadecimal)?;
    Ok(octets)
}

/// True when a triple DES key enciphers as single DES does: K1 = K2 or K2 = K3. The lowest bit of each octet
/// is parity and not part of the key.
fn is_single_des(octets: &[u8]) -> bool {
    let mut parts = octets.chunks(8).zip(octets.chunks(8).skip(1));
    parts.any(|(one, next)| one.iter().zip(next).all(|(a, b)| a & 0xFE == b & 0xFE))
}

/// Key version number of SCP80 key sets, 1 to 15: the high nibble of KIc and KID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyVersionNumber(u8);

impl KeyVersionNumber {
    /// A key version number.
    ///
    /// # Errors
    /// [`KeyError::VersionNumber`] outside 1 to 15.
    pub fn new(number: u8) -> Result<Self, KeyError> {
        if (1..=15).contains(&number) {
            Ok(Self(number))
        } else {
            Err(KeyError::VersionNumber { found: number })
        }
    }

    /// Its value, 1 to 15.
    pub fn value(self) -> u8 {
        self.0
    }
}

impl fmt::Display for KeyVersionNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// The keys of one version: for ciphering (key identifier 1), for checksums (2) and for sensitive data (3).
#[derive(Clone)]
pub struct KeySet {
    /// Key version number.
    pub kvn: KeyVersionNumber,
    /// The key KIc names: ciphering.
    pub kic: Key,
    /// The key KID names: cryptographic checksum.
    pub kid: Key,
    /// Data encryption key: keys inside commands.
    pub dek: Key,
}

impl fmt::Debug for KeySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "KeySet(KVN {}, KIc {}, KID {})",
            self.kvn, self.kic.key_type, self.kid.key_type
        )
    }
}
