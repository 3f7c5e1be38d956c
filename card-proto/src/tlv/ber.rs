//! BER-TLV with definite lengths (ISO/IEC 8825-1 as ISO/IEC 7816-4 §5.2.2 and GPCS §11.1.5 use it).
//!
//! A tag is the number its octets spell, most significant first: `0x81`, `0x9F70`, `0xDF8101`.

use crate::reader::{ReadError, Reader};

/// Longest tag, in octets (ISO 7816-4 §5.2.2.1).
pub const MAX_TAG_OCTETS: usize = 3;
/// Most octets of a length field after its first one.
pub const MAX_LENGTH_OCTETS: u8 = 4;

/// One TLV, borrowed from the octets it was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tlv<'a> {
    /// The tag, its octets as a number.
    pub tag: u32,
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

    /// True when the tag announces a constructed value (b6 of its first octet).
    pub fn is_constructed(&self) -> bool {
        let first = self.tag.to_be_bytes().into_iter().find(|octet| *octet != 0);
        first.is_some_and(|octet| octet & 0x20 != 0)
    }
}

/// Reads one TLV.
///
/// # Errors
/// When the tag has more than three octets, the length is indefinite or has more than four octets, or the
/// value is cut short.
pub fn read<'a>(reader: &mut Reader<'a>) -> Result<Tlv<'a>, ReadError> {
    let tag = read_tag(reader)?;
    let length = read_length(reader)?;
    let value_offset = reader.offset();
    Ok(Tlv {
        tag,
        value: reader.take(length)?,
        value_offset,
    })
}

/// Reads one TLV that must have the tag `tag`; `what` names it for the error.
///
/// # Errors
/// As [`read`], and when another tag stands there.
pub fn read_expected<'a>(
    reader: &mut Reader<'a>,
    tag: u32,
    what: &'static str,
) -> Result<Tlv<'a>, ReadError> {
    let before = reader.clone();
    let tlv = read(reader)?;
    if tlv.tag == tag {
        Ok(tlv)
    } else {
        Err(before.reject(what, tlv.tag.into()))
    }
}

/// Reads TLVs up to the end of `bytes`.
///
/// # Errors
/// As [`read`].
pub fn read_all(bytes: &[u8]) -> Result<Vec<Tlv<'_>>, ReadError> {
    let mut reader = Reader::new(bytes);
    let mut list = Vec::new();
    while !reader.is_empty() {
        list.push(read(&mut reader)?);
    }
    Ok(list)
}

/// Reads a tag of one to three octets.
///
/// # Errors
/// When the octets end, or a fourth octet would follow.
pub fn read_tag(reader: &mut Reader<'_>) -> Result<u32, ReadError> {
    let at_tag = reader.clone();
    let first = reader.u8()?;
    let mut tag = u32::from(first);
    if first & 0x1F != 0x1F {
        return Ok(tag);
    }
    for _ in 1..MAX_TAG_OCTETS {
        let octet = reader.u8()?;
        tag = tag << 8 | u32::from(octet);
        if octet & 0x80 == 0 {
            return Ok(tag);
        }
    }
    Err(at_tag.reject("a tag of at most three octets", tag.into()))
}

/// Reads a definite length of one to five octets.
///
/// # Errors
/// When the octets end, or the length is indefinite (`80`) or longer than `84 xx xx xx xx`.
pub fn read_length(reader: &mut Reader<'_>) -> Result<usize, ReadError> {
    let at_length = reader.clone();
    let first = reader.u8()?;
    if first < 0x80 {
        return Ok(first.into());
    }
    let count = first & 0x7F;
    if count == 0 || count > MAX_LENGTH_OCTETS {
        return Err(at_length.reject(
            "a definite length of at most four octets after the first",
            first.into(),
        ));
    }
    let mut length = 0_usize;
    for _ in 0..count {
        length = length << 8 | usize::from(reader.u8()?);
    }
    Ok(length)
}

/// Appends tag, length and value.
pub fn write(out: &mut Vec<u8>, tag: u32, value: &[u8]) {
    write_tag(out, tag);
    write_length(out, value.len());
    out.extend_from_slice(value);
}

/// Appends the octets of a tag, without leading zeros.
pub fn write_tag(out: &mut Vec<u8>, tag: u32) {
    let octets = tag.to_be_bytes();
    let first = octets
        .iter()
        .position(|octet| *octet != 0)
        .unwrap_or(octets.len() - 1);
    out.extend(octets.iter().skip(first));
}

/// Appends a definite length in its shortest form.
pub fn write_length(out: &mut Vec<u8>, length: usize) {
    let octets = length.to_be_bytes();
    let last = octets[octets.len() - 1];
    if length < 0x80 {
        out.push(last);
        return;
    }
    let significant = octets.iter().skip_while(|octet| **octet == 0);
    out.push(significant.clone().fold(0x80, |first, _| first + 1));
    out.extend(significant);
}
