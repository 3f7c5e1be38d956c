//! PUT KEY (GPCS §11.8) for the three AES keys of one version (GPCS Amendment D §7.2), enciphered by the caller.

use std::fmt;
use std::num::NonZeroU8;

use crate::apdu::CommandApdu;
use crate::gp::{CLA_GP, GpError, write_lv};
use crate::reader::{ReadError, Reader};

const INS_PUT_KEY: u8 = 0xD8;
/// P2 (GPCS §11.8.2.2): several keys, the first has key identifier 1.
const P2_SEVERAL_FROM_1: u8 = 0x81;
/// Key type AES (GPCS §11.1.8).
const KEY_TYPE_AES: u8 = 0x88;
/// The first counter of the new version, behind the keys: an object of the two stages.
const TAG_COUNTER: u8 = 0x82;
const COUNTER_LENGTH: u8 = 5;
/// Octets of a key check value.
pub const CHECK_VALUE_LENGTH: usize = 3;
/// Keys of a version: KIc, KID, DEK.
pub const KEYS: usize = 3;

/// An AES key as it travels. `Debug` shows its length only.
#[derive(Clone, PartialEq, Eq)]
pub struct EncipheredKey {
    /// Length of the key in octets: 16, 24 or 32.
    pub length: u8,
    /// The key padded to whole blocks and enciphered: 16 or 32 octets.
    pub ciphertext: Vec<u8>,
    /// Key check value: tells the receiver that it deciphered the key right.
    pub check_value: [u8; CHECK_VALUE_LENGTH],
}

impl fmt::Debug for EncipheredKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EncipheredKey({} octets)", self.length)
    }
}

impl EncipheredKey {
    fn write(&self, out: &mut Vec<u8>) -> Result<(), GpError> {
        let mut field = vec![self.length];
        field.extend_from_slice(&self.ciphertext);
        out.push(KEY_TYPE_AES);
        write_lv(out, "enciphered key", &field)?;
        write_lv(out, "key check value", &self.check_value)
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, ReadError> {
        reader.expect(KEY_TYPE_AES, "key type 88, AES")?;
        let count = reader.u8()?;
        let mut field = reader.sub(count.into())?;
        let length = field.u8()?;
        let ciphertext = field.take_rest().to_vec();
        reader.expect(3, "a key check value of 3 octets")?;
        Ok(Self {
            length,
            ciphertext,
            check_value: reader.array()?,
        })
    }
}

/// PUT KEY for a whole version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PutKey {
    /// The version that is replaced; `None` adds one.
    pub replaces: Option<NonZeroU8>,
    /// Key version number of the new keys.
    pub version: u8,
    /// KIc, KID, DEK.
    pub keys: [EncipheredKey; KEYS],
    /// The counter that counts as used under the new version; `None` is 0.
    pub counter: Option<[u8; 5]>,
}

impl PutKey {
    /// The command `80 D8 P1 81`.
    ///
    /// # Errors
    /// [`GpError::FieldLength`] when the data field exceeds 255 octets.
    pub fn to_command(&self) -> Result<CommandApdu, GpError> {
        let mut data = vec![self.version];
        for key in &self.keys {
            key.write(&mut data)?;
        }
        if let Some(counter) = &self.counter {
            data.extend([TAG_COUNTER, COUNTER_LENGTH]);
            data.extend(counter);
        }
        let too_long = GpError::FieldLength {
            field: "PUT KEY data field",
            length: data.len(),
            limit: 255,
        };
        if data.len() > 255 {
            return Err(too_long);
        }
        let p1 = self.replaces.map_or(0, NonZeroU8::get);
        CommandApdu::new(CLA_GP, INS_PUT_KEY, p1, P2_SEVERAL_FROM_1)
            .with_data(&data)
            .map_err(|_| too_long)
    }

    /// Reads P1 and the data field of a PUT KEY.
    ///
    /// # Errors
    /// [`ReadError`] when a length does not add up, a key is not AES, or anything but a counter stands behind the keys.
    pub fn parse(p1: u8, data: &[u8]) -> Result<Self, ReadError> {
        let mut reader = Reader::new(data);
        let version = reader.u8()?;
        let mut key = || EncipheredKey::read(&mut reader);
        let keys = [key()?, key()?, key()?];
        let mut counter = None;
        if !reader.is_empty() {
            reader.expect(TAG_COUNTER, "a counter (82)")?;
            reader.expect(COUNTER_LENGTH, "a counter of 5 octets")?;
            counter = Some(reader.array()?);
        }
        reader.finish()?;
        Ok(Self {
            replaces: NonZeroU8::new(p1),
            version,
            keys,
            counter,
        })
    }
}

/// What PUT KEY answers (GPCS §11.8.3.1): the version and the check values of its keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PutKeyResponse {
    /// Key version number.
    pub version: u8,
    /// Key check values of KIc, KID, DEK.
    pub check_values: [[u8; CHECK_VALUE_LENGTH]; KEYS],
}

impl PutKeyResponse {
    /// Reads the response data field of 10 octets.
    ///
    /// # Errors
    /// [`ReadError`] for any other length.
    pub fn parse(data: &[u8]) -> Result<Self, ReadError> {
        let mut reader = Reader::new(data);
        let version = reader.u8()?;
        let check_values = [reader.array()?, reader.array()?, reader.array()?];
        reader.finish()?;
        Ok(Self {
            version,
            check_values,
        })
    }

    /// The response data field, as a card sends it.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = vec![self.version];
        out.extend(self.check_values.iter().flatten());
        out
    }
}
