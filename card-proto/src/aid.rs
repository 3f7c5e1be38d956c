//! Application identifiers (ISO/IEC 7816-4 §12.2.3, ETSI TS 101 220 Annex A and D).

use std::fmt;

/// An AID outside 5 to 16 octets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AidError {
    /// The length that was given, in octets.
    pub length: usize,
}

impl fmt::Display for AidError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AID of {} octets; ISO 7816-4 allows 5 to 16", self.length)
    }
}

impl std::error::Error for AidError {}

/// An application identifier of 5 to 16 octets.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Aid {
    octets: [u8; 16],
    length: u8,
}

impl Aid {
    /// An AID from its octets.
    ///
    /// # Errors
    /// [`AidError`] outside 5 to 16 octets.
    pub fn new(bytes: &[u8]) -> Result<Self, AidError> {
        let error = AidError { length: bytes.len() };
        let length = u8::try_from(bytes.len()).map_err(|_| error)?;
        let mut octets = [0; 16];
        match octets.get_mut(..bytes.len()) {
            Some(place) if length >= 5 => place.copy_from_slice(bytes),
            _ => return Err(error),
        }
        Ok(Self { octets, length })
    }

    /// The octets of the AID.
    pub fn as_bytes(&self) -> &[u8] {
        self.octets.get(..self.length.into()).unwrap_or_default()
    }

    /// The TAR that octets 13 to 15 of a 16-octet AID carry (TS 101 220 Annex D); `None` for a shorter AID.
    pub fn tar(&self) -> Option<[u8; 3]> {
        (self.length == 16).then(|| [self.octets[12], self.octets[13], self.octets[14]])
    }
}

impl fmt::Display for Aid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_bytes()
            .iter()
            .try_for_each(|octet| write!(f, "{octet:02X}"))
    }
}

impl fmt::Debug for Aid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Aid({self})")
    }
}
