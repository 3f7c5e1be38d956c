//! Transport protocol data units (TS 23.040 §9.2.2).

mod deliver;
mod deliver_report;
mod submit;
mod time_stamp;

pub use crate::sms::address::Address;
pub use deliver::SmsDeliver;
pub use deliver_report::{
    FCS_DATA_DOWNLOAD_ERROR, FCS_TOOLKIT_BUSY, MAX_USER_DATA_ACK, MAX_USER_DATA_ERROR, SmsDeliverReport,
};
pub use submit::{SmsSubmit, ValidityPeriod};
pub use time_stamp::TimeStamp;

use std::fmt;

use crate::reader::{ReadError, Reader};
use crate::sms::user_data::UserData;

/// b2b1 of the first octet, TP-MTI (TS 23.040 §9.2.3.1).
const MTI_MASK: u8 = 0x03;
/// b7 of the first octet, TP-UDHI (TS 23.040 §9.2.3.23).
const UDHI: u8 = 0x40;

/// Why a TPDU cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TpduError {
    /// TP-UD does not fit.
    UserDataTooLong {
        /// Its length in octets.
        length: usize,
        /// The limit of this TPDU.
        limit: usize,
    },
    /// TP-UDL in septets and the number of octets of TP-UD contradict each other.
    SeptetsDoNotFit {
        /// Number of septets.
        septets: u8,
        /// Octets of TP-UD.
        length: usize,
    },
}

impl fmt::Display for TpduError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UserDataTooLong { length, limit } => {
                write!(f, "TP-UD of {length} octets; the limit of this TPDU is {limit}")
            }
            Self::SeptetsDoNotFit { septets, length } => {
                write!(
                    f,
                    "TP-UDL of {septets} septets does not fit TP-UD of {length} octets"
                )
            }
        }
    }
}

impl std::error::Error for TpduError {}

/// TP-UDHI, TP-UDL and TP-UD of a TPDU.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TpUserData {
    /// TP-UDHI: TP-UD begins with a user data header.
    pub has_header: bool,
    /// TP-UDL when it counts septets (a TP-DCS of the default alphabet); `None` when it counts octets.
    pub septets: Option<u8>,
    /// TP-UD, at most 140 octets.
    pub octets: Vec<u8>,
}

impl TpUserData {
    /// 8-bit data that begins with a user data header, as [`crate::sms::concat`] makes it.
    pub fn with_header(octets: &[u8]) -> Self {
        Self {
            has_header: true,
            septets: None,
            octets: octets.to_vec(),
        }
    }

    /// Header elements and payload.
    ///
    /// # Errors
    /// [`ReadError`] when the header is malformed. Without TP-UDHI everything is payload.
    pub fn parse(&self) -> Result<UserData, ReadError> {
        if self.has_header {
            return UserData::parse(&self.octets);
        }
        Ok(UserData {
            elements: Vec::new(),
            payload: self.octets.clone(),
        })
    }

    fn write(&self, out: &mut Vec<u8>, limit: usize) -> Result<(), TpduError> {
        let length = self.octets.len();
        let too_long = TpduError::UserDataTooLong { length, limit };
        if length > limit {
            return Err(too_long);
        }
        match self.septets {
            Some(septets) if septet_octets(septets) != length => {
                return Err(TpduError::SeptetsDoNotFit { septets, length });
            }
            Some(septets) => out.push(septets),
            None => out.push(u8::try_from(length).map_err(|_| too_long)?),
        }
        out.extend_from_slice(&self.octets);
        Ok(())
    }

    fn read(reader: &mut Reader<'_>, has_header: bool, dcs: u8, limit: usize) -> Result<Self, ReadError> {
        let at_length = reader.clone();
        let udl = reader.u8()?;
        let septets = counts_septets(dcs).then_some(udl);
        let length = septets.map_or(usize::from(udl), septet_octets);
        if length > limit {
            return Err(at_length.reject("TP-UDL within the limit of the TPDU", udl.into()));
        }
        Ok(Self {
            has_header,
            septets,
            octets: reader.take(length)?.to_vec(),
        })
    }
}

/// Octets that so many septets take.
fn septet_octets(septets: u8) -> usize {
    (usize::from(septets) * 7).div_ceil(8)
}

/// True when TP-UDL counts septets under this TP-DCS (TS 23.038 §4): uncompressed default alphabet, reserved
/// codings.
fn counts_septets(dcs: u8) -> bool {
    match dcs >> 4 {
        // General data coding and automatic deletion: b6 compressed (then octets), b4b3 00 default, 11
        // reserved.
        0x0..=0x7 => dcs & 0x20 == 0 && matches!(dcs & 0x0C, 0x00 | 0x0C),
        // Message waiting, UCS2.
        0xE => false,
        // Data coding and message class: b3 says 8 bits.
        0xF => dcs & 0x04 == 0,
        _ => true,
    }
}

/// b`bit` (a mask) when `set`.
fn flag(bit: u8, set: bool) -> u8 {
    if set { bit } else { 0 }
}
