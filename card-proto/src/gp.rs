//! GlobalPlatform commands (GPCS 2.3.1 ch. 11): their data fields, one file each.

pub mod delete;
pub mod get_status;
pub mod install;
pub mod life_cycle;
pub mod load;
pub mod put_key;
pub mod set_status;
pub mod store_data;

use std::fmt;

/// Class of GlobalPlatform commands without secure messaging (GPCS §11.1.4).
pub(crate) const CLA_GP: u8 = 0x80;
/// P1 b8: last (or only) command of a series (GPCS §11.6.2.1, §11.11.2.1).
pub(crate) const P1_LAST: u8 = 0x80;

/// Why a GlobalPlatform command cannot be built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GpError {
    /// A field that has one length octet is longer than 255 octets (or shorter than it must be).
    FieldLength {
        /// Name of the field.
        field: &'static str,
        /// Its length.
        length: usize,
        /// The limit.
        limit: usize,
    },
    /// More blocks than the one octet of the block number counts.
    TooManyBlocks {
        /// Number of blocks.
        blocks: usize,
    },
    /// A block size of 0 or above 255.
    BlockSize {
        /// The size.
        size: usize,
    },
}

impl fmt::Display for GpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FieldLength { field, length, limit } => {
                write!(f, "{field} of {length} octets; the limit is {limit}")
            }
            Self::TooManyBlocks { blocks } => {
                write!(
                    f,
                    "{blocks} blocks; block numbers go from 00 to FF: use larger blocks or less data"
                )
            }
            Self::BlockSize { size } => write!(f, "block size {size}; allowed are 1 to 255"),
        }
    }
}

impl std::error::Error for GpError {}

/// Appends a field with its one length octet.
pub(crate) fn write_lv(out: &mut Vec<u8>, field: &'static str, value: &[u8]) -> Result<(), GpError> {
    let too_long = GpError::FieldLength {
        field,
        length: value.len(),
        limit: 255,
    };
    out.push(u8::try_from(value.len()).map_err(|_| too_long)?);
    out.extend_from_slice(value);
    Ok(())
}
