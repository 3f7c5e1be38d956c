//! STORE DATA (GPCS §11.11) with data groupings.

use std::fmt;

use crate::apdu::CommandApdu;
use crate::gp::load::numbered_blocks;
use crate::gp::{CLA_GP, GpError, P1_LAST};
use crate::reader::{ReadError, Reader};

const INS_STORE_DATA: u8 = 0xE2;
/// First octet of a length of three octets: two octets of length follow.
const LONG_LENGTH: u8 = 0xFF;

/// A data grouping: 2-octet identifier, length (one octet, or `FF` and two), value. `Debug` shows no value:
/// it may be a key.
#[derive(Clone, PartialEq, Eq)]
pub struct Dgi {
    /// Data grouping identifier.
    pub identifier: u16,
    /// Value, at most 65,535 octets.
    pub value: Vec<u8>,
}

impl fmt::Debug for Dgi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Dgi({:04X}, {} octets)", self.identifier, self.value.len())
    }
}

impl Dgi {
    /// Identifier, length, value.
    ///
    /// # Errors
    /// [`GpError::FieldLength`] above 65,535 octets.
    pub fn to_bytes(&self) -> Result<Vec<u8>, GpError> {
        let length = self.value.len();
        let too_long = GpError::FieldLength {
            field: "data grouping",
            length,
            limit: 65_535,
        };
        let mut out = Vec::with_capacity(length + 5);
        out.extend(self.identifier.to_be_bytes());
        match u8::try_from(length) {
            Ok(length) if length != LONG_LENGTH => out.push(length),
            _ => {
                out.push(LONG_LENGTH);
                out.extend(u16::try_from(length).map_err(|_| too_long)?.to_be_bytes());
            }
        }
        out.extend_from_slice(&self.value);
        Ok(out)
    }

    /// Reads data groupings up to the end of `bytes`.
    ///
    /// # Errors
    /// [`ReadError`] when a length does not add up.
    pub fn parse_all(bytes: &[u8]) -> Result<Vec<Self>, ReadError> {
        let mut reader = Reader::new(bytes);
        let mut list = Vec::new();
        while !reader.is_empty() {
            let identifier = reader.u16()?;
            let length = match reader.u8()? {
                LONG_LENGTH => reader.u16()?,
                length => length.into(),
            };
            list.push(Self {
                identifier,
                value: reader.take(length.into())?.to_vec(),
            });
        }
        Ok(list)
    }
}

/// The octets of several data groupings, one after the other.
///
/// # Errors
/// [`GpError::FieldLength`] when a value exceeds 65,535 octets.
pub fn groupings(list: &[Dgi]) -> Result<Vec<u8>, GpError> {
    Ok(list
        .iter()
        .map(Dgi::to_bytes)
        .collect::<Result<Vec<_>, _>>()?
        .concat())
}

/// The STORE DATA commands `80 E2 00|80 nn` that carry `data` in blocks of `block_size` octets; P2 is the
/// block number.
///
/// # Errors
/// [`GpError`] when `block_size` is not 1 to 255, or more than 256 blocks would be needed.
pub fn store_data_commands(data: &[u8], block_size: usize) -> Result<Vec<CommandApdu>, GpError> {
    numbered_blocks(INS_STORE_DATA, P1_LAST, data, block_size)
}

/// One STORE DATA command `80 E2 80 00` with all of `data`.
///
/// # Errors
/// [`GpError::FieldLength`] above 255 octets.
pub fn store_data_command(data: &[u8]) -> Result<CommandApdu, GpError> {
    let too_long = GpError::FieldLength {
        field: "STORE DATA data field",
        length: data.len(),
        limit: 255,
    };
    if data.len() > 255 {
        return Err(too_long);
    }
    CommandApdu::new(CLA_GP, INS_STORE_DATA, P1_LAST, 0)
        .with_data(data)
        .map_err(|_| too_long)
}
