//! Toolkit application references (ETSI TS 101 220 Annex D).

use std::fmt;
use std::str::FromStr;

/// A text that is not a TAR.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a TAR is written as six hexadecimal digits, for example BFFF10")]
pub struct TarError;

/// A toolkit application reference: the three octets that say which application a packet is for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tar(pub [u8; 3]);

impl FromStr for Tar {
    type Err = TarError;

    fn from_str(text: &str) -> Result<Self, TarError> {
        let mut octets = [0; 3];
        hex::decode_to_slice(text, &mut octets).map_err(|_| TarError)?;
        Ok(Self(octets))
    }
}

impl fmt::Display for Tar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|octet| write!(f, "{octet:02X}"))
    }
}

impl fmt::Debug for Tar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tar({self})")
    }
}
