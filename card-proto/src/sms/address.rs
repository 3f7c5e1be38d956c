//! Addresses of short messages (TS 23.040 §9.1.2.5), service centers and toolkit TLVs (TS 102 223 §8.1).

use std::fmt;

use crate::default_alphabet;
use crate::reader::{ReadError, Reader};

/// Most digits of an address of a TPDU: 10 octets of semi-octets (TS 23.040 §9.1.2.5).
pub const MAX_DIGITS: usize = 20;

/// b7 to b5 of the type-of-address octet (TS 23.040 §9.1.2.5) that say "alphanumeric".
const TYPE_ALPHANUMERIC: u8 = 0x50;
const TYPE_MASK: u8 = 0x70;
/// International number, ISDN/telephone numbering plan.
const INTERNATIONAL: u8 = 0x91;
/// Unknown type of number, ISDN/telephone numbering plan.
const UNKNOWN: u8 = 0x81;

/// Characters of the semi-octets `0` to `E`: BCD number digits as TS 24.008 §10.5.4.7 codes them; `F` fills.
const DIGITS: [char; 15] = [
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '#', 'a', 'b', 'c',
];

/// Why a text is no address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AddressError {
    /// A character that is not a digit, `*`, `#`, `a`, `b`, `c` (or `+` at the beginning).
    Character {
        /// The character.
        character: char,
    },
    /// More digits than the field holds.
    TooLong {
        /// Number of digits (or septets).
        length: usize,
        /// The limit.
        limit: usize,
    },
}

impl fmt::Display for AddressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Character { character } => {
                write!(
                    f,
                    "{character:?} cannot stand in a number; allowed are 0-9 * # a b c and a leading +"
                )
            }
            Self::TooLong { length, limit } => write!(f, "number of {length} digits; the limit is {limit}"),
        }
    }
}

impl std::error::Error for AddressError {}

/// An address: type of number, numbering plan, and digits (or, for the alphanumeric type, text).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Address {
    type_of_address: u8,
    /// Semi-octets, one per octet, filler excluded; for alphanumeric addresses the packed octets'
    /// semi-octets.
    semi_octets: Vec<u8>,
}

impl Address {
    /// An address from text: a leading `+` makes it international, otherwise the type is unknown.
    ///
    /// # Errors
    /// [`AddressError`] for other characters or more than 20 digits.
    pub fn new(number: &str) -> Result<Self, AddressError> {
        let (type_of_address, digits) = match number.strip_prefix('+') {
            Some(digits) => (INTERNATIONAL, digits),
            None => (UNKNOWN, number),
        };
        Self::with_type(type_of_address, digits)
    }

    /// An address from a type-of-address octet (extension bit, type of number, numbering plan) and digits.
    ///
    /// # Errors
    /// [`AddressError`] as [`Address::new`].
    pub fn with_type(type_of_address: u8, digits: &str) -> Result<Self, AddressError> {
        let semi_octets = digits.chars().map(semi_octet).collect::<Result<Vec<u8>, _>>()?;
        if semi_octets.len() > MAX_DIGITS {
            return Err(AddressError::TooLong {
                length: semi_octets.len(),
                limit: MAX_DIGITS,
            });
        }
        Ok(Self {
            type_of_address,
            semi_octets,
        })
    }

    /// The type-of-address octet: b8 1, b7 to b5 type of number, b4 to b1 numbering plan.
    pub fn type_of_address(&self) -> u8 {
        self.type_of_address
    }

    /// The digits without a `+`; for the alphanumeric type the text.
    pub fn digits(&self) -> String {
        if self.is_alphanumeric() {
            let septets = self.semi_octets.len() * 4 / 7;
            return default_alphabet::decode(&default_alphabet::unpack(&self.packed(), septets));
        }
        self.semi_octets
            .iter()
            .map(|digit| DIGITS.get(usize::from(*digit)).copied().unwrap_or('?'))
            .collect()
    }

    /// Semi-octets packed two to an octet, the first in the low half; an odd last one is filled with `F`, or
    /// with zero bits when the octets are packed text.
    fn packed(&self) -> Vec<u8> {
        let filler = if self.is_alphanumeric() { 0x00 } else { 0xF0 };
        let pair = |pair: &[u8]| match *pair {
            [low, high] => (high << 4) | low,
            [low] => filler | low,
            _ => filler,
        };
        self.semi_octets.chunks(2).map(pair).collect()
    }

    fn is_alphanumeric(&self) -> bool {
        self.type_of_address & TYPE_MASK == TYPE_ALPHANUMERIC
    }

    /// Appends the address field of a TPDU: number of semi-octets, type, semi-octets.
    pub(crate) fn write_tpdu(&self, out: &mut Vec<u8>) {
        out.push(u8::try_from(self.semi_octets.len()).unwrap_or(u8::MAX));
        out.push(self.type_of_address);
        out.extend(self.packed());
    }

    /// Reads the address field of a TPDU.
    pub(crate) fn read_tpdu(reader: &mut Reader<'_>) -> Result<Self, ReadError> {
        let at_length = reader.clone();
        let length = reader.u8()?;
        // TS 23.040 §9.1.2.5: at most 12 octets with length and type.
        if usize::from(length) > MAX_DIGITS {
            return Err(at_length.reject("an address of at most 20 semi-octets", length.into()));
        }
        let type_of_address = reader.u8()?;
        let packed = reader.take(usize::from(length).div_ceil(2))?;
        let mut semi_octets = unpacked(packed);
        semi_octets.truncate(length.into());
        Ok(Self {
            type_of_address,
            semi_octets,
        })
    }

    /// The value field of an address TLV (TS 102 223 §8.1): type, then semi-octets; no length of its own.
    pub fn to_tlv_value(&self) -> Vec<u8> {
        let mut out = vec![self.type_of_address];
        out.extend(self.packed());
        out
    }

    /// Reads the value field of an address TLV; a filler ends it.
    ///
    /// # Errors
    /// When it is empty or longer than 20 digits.
    pub fn from_tlv_value(mut reader: Reader<'_>) -> Result<Self, ReadError> {
        let type_of_address = reader.u8()?;
        if reader.remaining() * 2 > MAX_DIGITS {
            return Err(reader.reject("an address of at most 10 octets", reader.remaining() as u64));
        }
        let mut semi_octets = unpacked(reader.take_rest());
        if semi_octets.last() == Some(&0x0F) {
            semi_octets.pop();
        }
        Ok(Self {
            type_of_address,
            semi_octets,
        })
    }
}

/// A `+` for the international type, then the digits.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.type_of_address & TYPE_MASK == INTERNATIONAL & TYPE_MASK {
            f.write_str("+")?;
        }
        f.write_str(&self.digits())
    }
}

/// The semi-octet of a character of a number.
pub(crate) fn semi_octet(character: char) -> Result<u8, AddressError> {
    let index = DIGITS
        .iter()
        .position(|digit| *digit == character.to_ascii_lowercase());
    index
        .and_then(|index| u8::try_from(index).ok())
        .ok_or(AddressError::Character { character })
}

/// The semi-octets of packed octets, the low half first.
fn unpacked(packed: &[u8]) -> Vec<u8> {
    packed
        .iter()
        .flat_map(|octet| [octet & 0x0F, octet >> 4])
        .collect()
}
