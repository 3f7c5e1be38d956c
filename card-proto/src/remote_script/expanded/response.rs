//! Response scripts: `AB L 80 L n {23 L R-APDU}* [90 01 xx]` and `AF 80 … 00 00`.

use std::fmt;

use super::{
    INDEFINITE, TAG_BAD_FORMAT, TAG_EXECUTED, TAG_RESPONSE_APDU, TAG_RESPONSE_SCRIPT,
    TAG_RESPONSE_SCRIPT_INDEFINITE, at_end_of_contents, definite, indefinite, read_end_of_contents,
};
use crate::apdu::{ApduError, ResponseApdu};
use crate::reader::{ReadError, Reader};
use crate::tlv::ber;

/// Value of the bad format TLV (TS 102 226 §5.2.2.2): what the card could not read in the command script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadFormat {
    /// 01: unknown tag found.
    UnknownTag,
    /// 02: wrong length found.
    WrongLength,
    /// 03: length not found.
    LengthNotFound,
    /// Another value, reserved.
    Reserved(u8),
}

impl BadFormat {
    /// From its octet.
    pub fn from_octet(octet: u8) -> Self {
        match octet {
            0x01 => Self::UnknownTag,
            0x02 => Self::WrongLength,
            0x03 => Self::LengthNotFound,
            other => Self::Reserved(other),
        }
    }

    /// Its octet.
    pub fn to_octet(self) -> u8 {
        match self {
            Self::UnknownTag => 0x01,
            Self::WrongLength => 0x02,
            Self::LengthNotFound => 0x03,
            Self::Reserved(octet) => octet,
        }
    }
}

impl fmt::Display for BadFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownTag => f.write_str("unknown tag found"),
            Self::WrongLength => f.write_str("wrong length found"),
            Self::LengthNotFound => f.write_str("length not found"),
            Self::Reserved(octet) => write!(f, "reserved format error {octet:02X}"),
        }
    }
}

/// The answer to a command script.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ResponseScript {
    /// Number of command TLVs executed, the failing one included.
    pub executed: u32,
    /// R-APDUs in the order of the commands; fewer than `executed` when the answer had no room for all.
    pub responses: Vec<ResponseApdu>,
    /// What the card could not read, if so.
    pub bad_format: Option<BadFormat>,
}

impl ResponseScript {
    /// The answer with a definite length (tag `AB`).
    pub fn encode_definite(&self) -> Vec<u8> {
        definite(TAG_RESPONSE_SCRIPT, &self.body())
    }

    /// The answer with an indefinite length (tag `AF`).
    pub fn encode_indefinite(&self) -> Vec<u8> {
        indefinite(TAG_RESPONSE_SCRIPT_INDEFINITE, &self.body())
    }

    fn body(&self) -> Vec<u8> {
        let mut body = Vec::new();
        let number = self.executed.to_be_bytes();
        let zeros = number.iter().take(3).take_while(|octet| **octet == 0).count();
        ber::write(&mut body, TAG_EXECUTED, number.get(zeros..).unwrap_or_default());
        for response in &self.responses {
            ber::write(&mut body, TAG_RESPONSE_APDU, &response.to_bytes());
        }
        if let Some(bad_format) = self.bad_format {
            ber::write(&mut body, TAG_BAD_FORMAT, &[bad_format.to_octet()]);
        }
        body
    }

    /// Reads an answer of either coding, up to the end of `bytes`.
    ///
    /// # Errors
    /// [`ReadError`] when lengths do not add up, the number of executed commands is missing or longer than
    /// four octets, an R-APDU lacks its status word, or an unknown TLV stands there.
    pub fn decode(bytes: &[u8]) -> Result<Self, ReadError> {
        let mut reader = Reader::new(bytes);
        let at_tag = reader.clone();
        match reader.u8()? {
            TAG_RESPONSE_SCRIPT => {
                let length = ber::read_length(&mut reader)?;
                let mut body = reader.sub(length)?;
                reader.finish()?;
                let script = Self::read_body(&mut body)?;
                body.finish()?;
                Ok(script)
            }
            TAG_RESPONSE_SCRIPT_INDEFINITE => {
                reader.expect(INDEFINITE, "length 80 of the indefinite coding")?;
                let script = Self::read_body(&mut reader)?;
                read_end_of_contents(&mut reader)?;
                reader.finish()?;
                Ok(script)
            }
            tag => Err(at_tag.reject("tag AB or AF of a response script", tag.into())),
        }
    }

    fn read_body(reader: &mut Reader<'_>) -> Result<Self, ReadError> {
        let executed = read_number(reader)?;
        let mut script = Self {
            executed,
            ..Self::default()
        };
        while !reader.is_empty() && !at_end_of_contents(reader) {
            let at_tlv = reader.clone();
            let tlv = ber::read(reader)?;
            match (tlv.tag, script.bad_format) {
                (TAG_RESPONSE_APDU, None) => script.responses.push(read_response(&tlv)?),
                (TAG_BAD_FORMAT, None) => script.bad_format = Some(read_bad_format(&tlv)?),
                (tag, _) => {
                    return Err(at_tlv.reject("an R-APDU (23) or one bad format TLV (90)", tag.into()));
                }
            }
        }
        Ok(script)
    }
}

fn read_number(reader: &mut Reader<'_>) -> Result<u32, ReadError> {
    let tlv = ber::read_expected(reader, TAG_EXECUTED, "the number of executed commands (80)")?;
    if !(1..=4).contains(&tlv.value.len()) {
        return Err(tlv
            .reader()
            .reject("a number of one to four octets", tlv.value.len() as u64));
    }
    Ok(tlv
        .value
        .iter()
        .fold(0, |number, octet| number << 8 | u32::from(*octet)))
}

fn read_response(tlv: &ber::Tlv<'_>) -> Result<ResponseApdu, ReadError> {
    ResponseApdu::parse(tlv.value).map_err(|error| match error {
        ApduError::Malformed(error) => ReadError {
            offset: tlv.value_offset + error.offset,
            ..error
        },
        ApduError::DataTooLong { length } => tlv.reader().reject("an R-APDU", length as u64),
    })
}

fn read_bad_format(tlv: &ber::Tlv<'_>) -> Result<BadFormat, ReadError> {
    let mut value = tlv.reader();
    let bad_format = BadFormat::from_octet(value.u8()?);
    value.finish()?;
    Ok(bad_format)
}
