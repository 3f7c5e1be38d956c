//! Alpha identifiers (TS 102 221 Annex A): GSM 7-bit default alphabet, one septet per octet, or UCS2 in the
//! codings `80`, `81` and `82`.

use crate::default_alphabet;

/// All characters in UCS2, two octets each.
const UCS2: u8 = 0x80;
/// One half-page of 128 characters, its base in one octet (bits 15 to 8 of the code point).
const UCS2_BASE_1: u8 = 0x81;
/// One half-page of 128 characters, its base in two octets.
const UCS2_BASE_2: u8 = 0x82;
/// An octet of the codings 81 and 82 with this bit is an offset from the base.
const FROM_BASE: u8 = 0x80;
/// Unused octets.
const UNUSED: u8 = 0xFF;

/// The shortest exact coding of `text`, without padding; `None` when a character is outside the Basic
/// Multilingual Plane, or the text is too long (above 254 characters) for the codings that could hold it.
pub fn encode(text: &str) -> Option<Vec<u8>> {
    if let Some(septets) = default_alphabet::encode(text) {
        return Some(septets);
    }
    let units: Vec<u16> = text
        .chars()
        .map(|c| u16::try_from(u32::from(c)).ok())
        .collect::<Option<_>>()?;
    let codings = [
        encode_base_1(text, &units),
        encode_base_2(text, &units),
        Some(encode_ucs2(&units)),
    ];
    codings.into_iter().flatten().min_by_key(Vec::len)
}

fn encode_ucs2(units: &[u16]) -> Vec<u8> {
    std::iter::once(UCS2)
        .chain(units.iter().flat_map(|unit| unit.to_be_bytes()))
        .collect()
}

/// Coding 81: number of characters, base as bits 15 to 8 of `0hhhhhhh h0000000`, characters.
fn encode_base_1(text: &str, units: &[u16]) -> Option<Vec<u8>> {
    let lowest = lowest_foreign(text)?;
    let base = lowest & 0xFF80;
    // The pointer holds bits 15 to 8; bit 16 is 0.
    let pointer = u8::try_from(base >> 7).ok().filter(|_| base < 0x8000)?;
    let mut out = vec![UCS2_BASE_1, u8::try_from(units.len()).ok()?, pointer];
    out.extend(from_base(text, base)?);
    Some(out)
}

/// Coding 82: number of characters, base in full, characters.
fn encode_base_2(text: &str, units: &[u16]) -> Option<Vec<u8>> {
    let base = lowest_foreign(text)?;
    let mut out = vec![UCS2_BASE_2, u8::try_from(units.len()).ok()?];
    out.extend(base.to_be_bytes());
    out.extend(from_base(text, base)?);
    Some(out)
}

/// The lowest code point of a character that is not in the basic table of the default alphabet.
fn lowest_foreign(text: &str) -> Option<u16> {
    let foreign = text
        .chars()
        .filter(|c| default_alphabet::basic_septet(*c).is_none());
    foreign
        .map(|c| u16::try_from(u32::from(c)).unwrap_or(u16::MAX))
        .min()
}

/// One octet per character: a septet of the default alphabet, or an offset of at most 127 from `base`.
fn from_base(text: &str, base: u16) -> Option<Vec<u8>> {
    let octet = |character: char| {
        default_alphabet::basic_septet(character).or_else(|| {
            let offset = u32::from(character).checked_sub(base.into())?;
            u8::try_from(offset)
                .ok()
                .filter(|offset| *offset < FROM_BASE)
                .map(|offset| FROM_BASE | offset)
        })
    };
    text.chars().map(octet).collect()
}

/// The text of an alpha identifier, whose unused octets at the end are `FF`.
///
/// Codings that contradict themselves give what can be read; characters that are none give U+FFFD.
pub fn decode(octets: &[u8]) -> String {
    match octets {
        [UCS2, characters @ ..] => decode_ucs2(characters),
        [UCS2_BASE_1, count, pointer, characters @ ..] => {
            decode_from_base(characters, *count, u32::from(*pointer) << 7)
        }
        [UCS2_BASE_2, count, high, low, characters @ ..] => {
            decode_from_base(characters, *count, u32::from(u16::from_be_bytes([*high, *low])))
        }
        _ => default_alphabet::decode(octets.split(|octet| *octet == UNUSED).next().unwrap_or_default()),
    }
}

fn decode_ucs2(characters: &[u8]) -> String {
    let units = characters
        .chunks_exact(2)
        .map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
    units
        .take_while(|unit| *unit != 0xFFFF)
        .map(|unit| character(unit.into()))
        .collect()
}

fn decode_from_base(characters: &[u8], count: u8, base: u32) -> String {
    let characters = characters.iter().take(count.into());
    characters
        .map(|octet| match octet & FROM_BASE {
            0 => default_alphabet::basic_character(*octet),
            _ => character(base + u32::from(octet & !FROM_BASE)),
        })
        .collect()
}

fn character(code_point: u32) -> char {
    char::from_u32(code_point).unwrap_or(char::REPLACEMENT_CHARACTER)
}
