//! COMPREHENSION-TLV data objects of the card application toolkit (ETSI TS 101 220 §7.1.1, TS 102 223 §8).

use crate::reader::{ReadError, Reader};
use crate::tlv::ber;

/// First octet of a tag in the three-octet format.
const THREE_OCTET_FORMAT: u8 = 0x7F;

/// One COMPREHENSION-TLV, borrowed from the octets it was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tlv<'a> {
    /// The tag without its comprehension-required bit: `0x02` for device identities, coded `02` or `82`.
    pub tag: u16,
    /// The sender wants the whole command refused when this object is not understood.
    pub comprehension_required: bool,
    /// The value field.
    pub value: &'a [u8],
    /// Offset of the value field in the outermost structure.
    pub value_offset: usize,
}

impl<'a> Tlv<'a> {
    /// A reader over the value that keeps the offsets of the whole.
    pub fn reader(&self) -> Reader<'a> {
        Reader::at(self.value, self.value_offset)
    }
}

/// Reads one COMPREHENSION-TLV.
///
/// # Errors
/// When the tag octet is `00`, `80` or `FF` (TS 101 220 §7.1.1.1), the length is malformed, or the value is
/// cut short.
pub fn read<'a>(reader: &mut Reader<'a>) -> Result<Tlv<'a>, ReadError> {
    let at_tag = reader.clone();
    let first = reader.u8()?;
    let (tag, comprehension_required) = match first {
        0x00 | 0x80 | 0xFF => return Err(at_tag.reject("a COMPREHENSION-TLV tag", first.into())),
        THREE_OCTET_FORMAT => {
            let tag = reader.u16()?;
            (tag & 0x7FFF, tag & 0x8000 != 0)
        }
        _ => (u16::from(first & 0x7F), first & 0x80 != 0),
    };
    let length = ber::read_length(reader)?;
    let value_offset = reader.offset();
    Ok(Tlv {
        tag,
        comprehension_required,
        value: reader.take(length)?,
        value_offset,
    })
}

/// Reads COMPREHENSION-TLVs up to the end of `reader`.
///
/// # Errors
/// As [`read`].
pub fn read_all(mut reader: Reader<'_>) -> Result<Vec<Tlv<'_>>, ReadError> {
    let mut list = Vec::new();
    while !reader.is_empty() {
        list.push(read(&mut reader)?);
    }
    Ok(list)
}

/// Appends a data object; tags `01` to `7E` take one octet, others the three-octet format.
pub fn write(out: &mut Vec<u8>, tag: u16, comprehension_required: bool, value: &[u8]) {
    match u8::try_from(tag) {
        Ok(tag @ 0x01..=0x7E) => out.push(if comprehension_required { tag | 0x80 } else { tag }),
        _ => {
            out.push(THREE_OCTET_FORMAT);
            let bit = if comprehension_required { 0x8000 } else { 0 };
            out.extend_from_slice(&(tag & 0x7FFF | bit).to_be_bytes());
        }
    }
    ber::write_length(out, value.len());
    out.extend_from_slice(value);
}
