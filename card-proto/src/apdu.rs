//! Command and response APDUs (ISO/IEC 7816-3 §12.1, 7816-4 §5.1): the four cases, short and extended.

use std::fmt;

use crate::reader::{ReadError, Reader};
use crate::status_word::StatusWord;

/// Largest Nc of an extended command.
pub const MAX_NC: usize = 65_535;
/// Largest Ne of an extended command.
pub const MAX_NE: u32 = 65_536;

/// Why a command or response APDU cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApduError {
    /// The data field is longer than 65,535 octets.
    DataTooLong {
        /// Its length.
        length: usize,
    },
    /// The octets are not an APDU.
    Malformed(ReadError),
}

impl fmt::Display for ApduError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DataTooLong { length } => {
                write!(
                    f,
                    "command data field of {length} octets; the limit is {MAX_NC}: split the data"
                )
            }
            Self::Malformed(error) => write!(f, "not an APDU: {error}"),
        }
    }
}

impl std::error::Error for ApduError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::DataTooLong { .. } => None,
            Self::Malformed(error) => Some(error),
        }
    }
}

impl From<ReadError> for ApduError {
    fn from(error: ReadError) -> Self {
        Self::Malformed(error)
    }
}

/// A command APDU. `Debug` shows the header, Nc and Ne, never the data: it may hold keys.
#[derive(Clone, PartialEq, Eq)]
pub struct CommandApdu {
    header: [u8; 4],
    data: Vec<u8>,
    ne: Option<u32>,
}

impl CommandApdu {
    /// A command without data in either direction (case 1).
    pub fn new(cla: u8, ins: u8, p1: u8, p2: u8) -> Self {
        Self {
            header: [cla, ins, p1, p2],
            data: Vec::new(),
            ne: None,
        }
    }

    /// Sets the command data field; an empty one is the same as none.
    ///
    /// # Errors
    /// [`ApduError::DataTooLong`] above 65,535 octets.
    pub fn with_data(mut self, data: &[u8]) -> Result<Self, ApduError> {
        if data.len() > MAX_NC {
            return Err(ApduError::DataTooLong { length: data.len() });
        }
        self.data = data.to_vec();
        Ok(self)
    }

    /// Asks for up to `ne` octets in answer: 1..=256 (short), up to 65,536 (extended, also the value more is
    /// taken for); 0 asks for none.
    #[must_use]
    pub fn with_le(mut self, ne: u32) -> Self {
        self.ne = (ne > 0).then_some(ne.min(MAX_NE));
        self
    }

    /// Class octet.
    pub fn cla(&self) -> u8 {
        self.header[0]
    }

    /// Instruction octet.
    pub fn ins(&self) -> u8 {
        self.header[1]
    }

    /// First parameter octet.
    pub fn p1(&self) -> u8 {
        self.header[2]
    }

    /// Second parameter octet.
    pub fn p2(&self) -> u8 {
        self.header[3]
    }

    /// Command data field (length Nc), empty when there is none.
    pub fn data(&self) -> &[u8] {
        &self.data
    }

    /// Ne, the largest number of octets the answer may have; `None` when the command asks for none.
    pub fn ne(&self) -> Option<u32> {
        self.ne
    }

    /// True when the command needs extended length fields.
    pub fn is_extended(&self) -> bool {
        self.data.len() > 255 || self.ne.is_some_and(|ne| ne > 256)
    }

    /// The command as it goes to the card; short length fields where they suffice.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(9 + self.data.len());
        out.extend_from_slice(&self.header);
        let nc = u16::try_from(self.data.len()).unwrap_or(u16::MAX).to_be_bytes();
        // ISO 7816-3 §12.1.3: a Le field with all bits 0 means the maximum, 256 or 65,536: the lower octets
        // of Ne.
        let le = self.ne.map(|ne| {
            let [_, _, high, low] = ne.to_be_bytes();
            [high, low]
        });
        if self.is_extended() {
            out.push(0);
            if !self.data.is_empty() {
                out.extend_from_slice(&nc);
                out.extend_from_slice(&self.data);
            }
            if let Some(le) = le {
                out.extend_from_slice(&le);
            }
        } else {
            if !self.data.is_empty() {
                out.push(nc[1]);
                out.extend_from_slice(&self.data);
            }
            if let Some([_, le]) = le {
                out.push(le);
            }
        }
        out
    }

    /// Reads a command APDU of any of the four cases.
    ///
    /// # Errors
    /// [`ApduError::Malformed`] when the lengths do not add up.
    pub fn parse(bytes: &[u8]) -> Result<Self, ApduError> {
        let mut reader = Reader::new(bytes);
        let [cla, ins, p1, p2] = reader.array()?;
        let command = Self::new(cla, ins, p1, p2);
        // ISO 7816-3 §12.1.3, table 11: the number of octets after the header and the first of them give the
        // case.
        match (reader.remaining(), reader.peek()) {
            (0, _) => Ok(command),
            (1, _) => Ok(command.with_le(short_ne(reader.u8()?))),
            (left, Some(0)) if left >= 3 => command.parse_extended(reader),
            _ => command.parse_short(reader),
        }
    }

    fn parse_short(mut self, mut reader: Reader<'_>) -> Result<Self, ApduError> {
        let at_lc = reader.clone();
        let nc = reader.u8()?;
        if nc == 0 {
            return Err(at_lc.reject("Lc of 1 to 255", 0).into());
        }
        self.data = reader.take(nc.into())?.to_vec();
        if !reader.is_empty() {
            self = self.with_le(short_ne(reader.u8()?));
        }
        reader.finish()?;
        Ok(self)
    }

    fn parse_extended(mut self, mut reader: Reader<'_>) -> Result<Self, ApduError> {
        reader.expect(0, "the octet 00 of extended length fields")?;
        let at_length = reader.clone();
        let length = reader.u16()?;
        if reader.is_empty() {
            return Ok(self.with_le(extended_ne(length)));
        }
        if length == 0 {
            return Err(at_length.reject("extended Lc of 1 to 65,535", 0).into());
        }
        self.data = reader.take(length.into())?.to_vec();
        if !reader.is_empty() {
            self = self.with_le(extended_ne(reader.u16()?));
        }
        reader.finish()?;
        Ok(self)
    }
}

impl fmt::Debug for CommandApdu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [cla, ins, p1, p2] = self.header;
        write!(
            f,
            "CommandApdu({cla:02X} {ins:02X} {p1:02X} {p2:02X}, Nc {}",
            self.data.len()
        )?;
        match self.ne {
            Some(ne) => write!(f, ", Ne {ne})"),
            None => f.write_str(")"),
        }
    }
}

fn short_ne(le: u8) -> u32 {
    if le == 0 { 256 } else { le.into() }
}

fn extended_ne(le: u16) -> u32 {
    if le == 0 { MAX_NE } else { le.into() }
}

/// A response APDU. `Debug` shows the length of the data and the status word, never the data.
#[derive(Clone, PartialEq, Eq)]
pub struct ResponseApdu {
    /// Response data field, empty when there is none.
    pub data: Vec<u8>,
    /// SW1 and SW2.
    pub sw: StatusWord,
}

impl ResponseApdu {
    /// Reads a response: any number of octets of data, then the status word.
    ///
    /// # Errors
    /// [`ApduError::Malformed`] below two octets.
    pub fn parse(bytes: &[u8]) -> Result<Self, ApduError> {
        let mut reader = Reader::new(bytes);
        let data = reader.take(bytes.len().saturating_sub(2))?.to_vec();
        let sw = StatusWord(reader.u16()?);
        Ok(Self { data, sw })
    }

    /// The response as the card sends it.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = self.data.clone();
        out.extend_from_slice(&self.sw.0.to_be_bytes());
        out
    }
}

impl fmt::Debug for ResponseApdu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ResponseApdu({} octets, {})", self.data.len(), self.sw)
    }
}
