//! Records of EF_ADN, the phonebook (3GPP TS 31.102 §4.4.2.3, TS 51.011 §10.5.1).
//!
//! A record is the alpha identifier (X octets, filled with `FF`) and 14 octets: length of the BCD number
//! contents, TON and NPI, ten octets of number, capability/configuration and extension record identifiers.

use std::fmt;

use crate::reader::{ReadError, Reader};
use crate::sms::address::{Address, AddressError, MAX_DIGITS};
use crate::uicc::alpha_identifier;

/// Octets of a record after the alpha identifier.
pub const FOOTER: usize = 14;
/// Octets of the number field.
const NUMBER_OCTETS: usize = 10;
/// An octet that is not used.
const UNUSED: u8 = 0xFF;

/// A phonebook entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdnRecord {
    /// The name; may be empty.
    pub name: String,
    /// The number: digits, `*`, `#`, and `a`, `b`, `c` of TS 31.102 table 4.4 (`a` DTMF separator, `b` wild,
    /// `c` expansion), with a `+` before an international one; may be empty.
    pub number: String,
}

/// Why an entry does not fit a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AdnError {
    /// A record shorter than its fixed 14 octets.
    RecordTooShort {
        /// The record length that was asked for.
        record_length: usize,
    },
    /// The name is too long in its shortest coding.
    NameTooLong {
        /// Octets it takes.
        length: usize,
        /// Octets the record has for it.
        limit: usize,
    },
    /// A character of the name that UCS2 does not have.
    Character {
        /// The character.
        character: char,
    },
    /// The number cannot be coded.
    Number(AddressError),
}

impl fmt::Display for AdnError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RecordTooShort { record_length } => {
                write!(
                    f,
                    "record length {record_length}; EF_ADN needs at least {FOOTER} octets"
                )
            }
            Self::NameTooLong { length, limit } => {
                write!(
                    f,
                    "the name takes {length} octets, the record has {limit} for it: shorten the name"
                )
            }
            Self::Character { character } => {
                write!(
                    f,
                    "{character:?} is in neither the GSM default alphabet nor UCS2: replace it"
                )
            }
            Self::Number(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for AdnError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Number(error) => Some(error),
            _ => None,
        }
    }
}

impl AdnRecord {
    /// The record of `record_length` octets; its last 14 are fixed, what is before them holds the name.
    ///
    /// # Errors
    /// [`AdnError`] when name or number does not fit or cannot be coded.
    pub fn encode(&self, record_length: usize) -> Result<Vec<u8>, AdnError> {
        let limit = record_length
            .checked_sub(FOOTER)
            .ok_or(AdnError::RecordTooShort { record_length })?;
        let mut out = self.encode_name(limit)?;
        out.resize(limit, UNUSED);
        let number = Address::new(&self.number).map_err(AdnError::Number)?;
        if self.number.is_empty() {
            out.resize(record_length, UNUSED);
            return Ok(out);
        }
        let contents = number.to_tlv_value();
        out.push(u8::try_from(contents.len()).unwrap_or(u8::MAX));
        out.extend(contents);
        out.resize(record_length, UNUSED);
        Ok(out)
    }

    fn encode_name(&self, limit: usize) -> Result<Vec<u8>, AdnError> {
        if let Some(character) = self.name.chars().find(|c| u32::from(*c) >= 0xFFFF) {
            return Err(AdnError::Character { character });
        }
        let too_long = |length| AdnError::NameTooLong { length, limit };
        let coded = alpha_identifier::encode(&self.name).ok_or_else(|| too_long(self.name.len()))?;
        if coded.len() > limit {
            Err(too_long(coded.len()))
        } else {
            Ok(coded)
        }
    }

    /// Reads a record; `None` for an empty one (all `FF`).
    ///
    /// # Errors
    /// [`ReadError`] when it is shorter than 14 octets, or the length of the number is above 11.
    pub fn decode(record: &[u8]) -> Result<Option<Self>, ReadError> {
        let mut reader = Reader::new(record);
        let alpha = reader.take(record.len().saturating_sub(FOOTER))?;
        let at_length = reader.clone();
        let length = reader.u8()?;
        let contents: [u8; 1 + NUMBER_OCTETS] = reader.array()?;
        let _capability_and_extension: [u8; 2] = reader.array()?;
        if record.iter().all(|octet| *octet == UNUSED) {
            return Ok(None);
        }
        let number = match length {
            UNUSED | 0 => String::new(),
            1..=11 => {
                let contents = contents.get(..length.into()).unwrap_or_default();
                Address::from_tlv_value(Reader::at(contents, at_length.offset() + 1))?.to_string()
            }
            _ => return Err(at_length.reject("a number length of at most 11", length.into())),
        };
        Ok(Some(Self {
            name: alpha_identifier::decode(alpha),
            number,
        }))
    }
}

const _: () = assert!(MAX_DIGITS == NUMBER_OCTETS * 2);
