//! TP-UD with a user data header (TS 23.040 §9.2.3.24).

use std::fmt;

use crate::reader::{ReadError, Reader};
use crate::sms::MAX_USER_DATA;

/// IEI: concatenated short message, 8-bit reference (TS 23.040 §9.2.3.24.1).
pub const IEI_CONCATENATION_8: u8 = 0x00;
/// IEI: concatenated short message, 16-bit reference (TS 23.040 §9.2.3.24.8).
pub const IEI_CONCATENATION_16: u8 = 0x08;
/// IEI: (U)SIM toolkit security header, a command packet (TS 31.115 §4.2).
pub const IEI_COMMAND_PACKET: u8 = 0x70;
/// IEI: a response packet (TS 31.115 §4.4).
pub const IEI_RESPONSE_PACKET: u8 = 0x71;

/// User data longer than a short message holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UserDataTooLong {
    /// Octets with the header.
    pub length: usize,
}

impl fmt::Display for UserDataTooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "user data of {} octets with its header; the limit is {MAX_USER_DATA}: concatenate",
            self.length
        )
    }
}

impl std::error::Error for UserDataTooLong {}

/// One information element of a user data header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InformationElement {
    /// IEI.
    pub identifier: u8,
    /// Its data (length IEIDL).
    pub data: Vec<u8>,
}

/// TP-UD taken apart: header elements and what follows them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UserData {
    /// Elements in the order in which they stand.
    pub elements: Vec<InformationElement>,
    /// The octets after the header.
    pub payload: Vec<u8>,
}

impl UserData {
    /// Reads TP-UD of a TPDU whose TP-UDHI is set.
    ///
    /// # Errors
    /// When the lengths of the header do not add up.
    pub fn parse(user_data: &[u8]) -> Result<Self, ReadError> {
        let mut reader = Reader::new(user_data);
        let length = reader.u8()?;
        let mut header = reader.sub(length.into())?;
        let mut elements = Vec::new();
        while !header.is_empty() {
            let identifier = header.u8()?;
            let length = header.u8()?;
            elements.push(InformationElement {
                identifier,
                data: header.take(length.into())?.to_vec(),
            });
        }
        Ok(Self {
            elements,
            payload: reader.take_rest().to_vec(),
        })
    }

    /// TP-UD with UDHL, header and payload.
    ///
    /// # Errors
    /// [`UserDataTooLong`] above 140 octets.
    pub fn to_bytes(&self) -> Result<Vec<u8>, UserDataTooLong> {
        let header_length: usize = self.elements.iter().map(|element| 2 + element.data.len()).sum();
        let length = 1 + header_length + self.payload.len();
        let too_long = UserDataTooLong { length };
        if length > MAX_USER_DATA {
            return Err(too_long);
        }
        let mut out = Vec::with_capacity(length);
        out.push(u8::try_from(header_length).map_err(|_| too_long)?);
        for element in &self.elements {
            out.push(element.identifier);
            out.push(u8::try_from(element.data.len()).map_err(|_| too_long)?);
            out.extend_from_slice(&element.data);
        }
        out.extend_from_slice(&self.payload);
        Ok(out)
    }

    /// True when an element with this IEI is there.
    pub fn has(&self, identifier: u8) -> bool {
        self.elements
            .iter()
            .any(|element| element.identifier == identifier)
    }

    /// The concatenation element; `None` when there is none or it makes no sense.
    ///
    /// TS 23.040 §9.2.3.24.1: an element with a total of 0, a sequence number of 0 or one above the total is
    /// ignored; of several the last counts.
    pub fn concatenation(&self) -> Option<Concatenation> {
        self.elements.iter().rev().find_map(Concatenation::from_element)
    }
}

/// Reference number of a concatenated short message, 8 or 16 bits wide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reference {
    /// 8 bits: 134 octets per segment.
    Ref8(u8),
    /// 16 bits: 133 octets per segment.
    Ref16(u16),
}

/// The concatenation element of one segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Concatenation {
    /// The same in every segment.
    pub reference: Reference,
    /// Number of segments, 1 to 255.
    pub total: u8,
    /// Number of this segment, 1 to `total`.
    pub sequence: u8,
}

impl Concatenation {
    /// The element of the user data header.
    pub fn to_element(self) -> InformationElement {
        let Self { total, sequence, .. } = self;
        match self.reference {
            Reference::Ref8(reference) => InformationElement {
                identifier: IEI_CONCATENATION_8,
                data: vec![reference, total, sequence],
            },
            Reference::Ref16(reference) => {
                let [high, low] = reference.to_be_bytes();
                let data = vec![high, low, total, sequence];
                InformationElement {
                    identifier: IEI_CONCATENATION_16,
                    data,
                }
            }
        }
    }

    fn from_element(element: &InformationElement) -> Option<Self> {
        let (reference, total, sequence) = match (element.identifier, element.data.as_slice()) {
            (IEI_CONCATENATION_8, &[reference, total, sequence]) => {
                (Reference::Ref8(reference), total, sequence)
            }
            (IEI_CONCATENATION_16, &[high, low, total, sequence]) => {
                (Reference::Ref16(u16::from_be_bytes([high, low])), total, sequence)
            }
            _ => return None,
        };
        (1..=total).contains(&sequence).then_some(Self {
            reference,
            total,
            sequence,
        })
    }
}
