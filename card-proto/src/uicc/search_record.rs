//! SEARCH RECORD (TS 102 221 §11.1.7): which records contain a string.

use std::fmt;

use crate::apdu::CommandApdu;

/// Class of interindustry commands, basic channel (TS 102 221 §10.1.1).
const CLA: u8 = 0x00;
const INS_SEARCH_RECORD: u8 = 0xA2;
/// P2 of a simple search (TS 102 221 table 11.11): from the record with the number in P1.
const P2_FORWARD: u8 = 0x04;
const P2_BACKWARD: u8 = 0x05;
/// Longest string: what one Lc octet counts.
const MAX_STRING: usize = 255;

/// Which way the search goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SearchDirection {
    /// To the last record.
    Forward,
    /// To the first record.
    Backward,
}

/// A simple search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchRecord {
    /// Number of the record it begins with, from 1.
    pub from: u8,
    /// Which way it goes.
    pub direction: SearchDirection,
    /// What the records are searched for, 1 to 255 octets; it may stand anywhere in a record.
    pub string: Vec<u8>,
}

/// A search string that no command can carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SearchStringError {
    /// Its length in octets.
    pub length: usize,
}

impl fmt::Display for SearchStringError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "search string of {} octets; 1 to {MAX_STRING} are possible",
            self.length
        )
    }
}

impl std::error::Error for SearchStringError {}

impl SearchRecord {
    /// The command `00 A2 P1 04|05`. It is answered with record numbers, one octet each; `6282` when there is none,
    /// `6310` when there are more than the answer holds: search on behind the last one.
    ///
    /// # Errors
    /// [`SearchStringError`] for an empty string and above 255 octets.
    pub fn to_command(&self) -> Result<CommandApdu, SearchStringError> {
        let error = SearchStringError {
            length: self.string.len(),
        };
        if !(1..=MAX_STRING).contains(&self.string.len()) {
            return Err(error);
        }
        let p2 = match self.direction {
            SearchDirection::Forward => P2_FORWARD,
            SearchDirection::Backward => P2_BACKWARD,
        };
        let command = CommandApdu::new(CLA, INS_SEARCH_RECORD, self.from, p2);
        Ok(command.with_data(&self.string).map_err(|_| error)?.with_le(256))
    }
}
