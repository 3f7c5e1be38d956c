//! The GSM 7-bit default alphabet (3GPP TS 23.038 §6.2.1), with its extension table and its packing.

/// Escape to the extension table (TS 23.038 §6.2.1.1).
const ESCAPE: u8 = 0x1B;

/// Characters of septets `00` to `7F`; the place of the escape holds a no-break space, as a receiver that
/// does not know the escape shows it.
const BASIC: [char; 128] = [
    '@', '£', '$', '¥', 'è', 'é', 'ù', 'ì', 'ò', 'Ç', '\n', 'Ø', 'ø', '\r', 'Å', 'å', //
    'Δ', '_', 'Φ', 'Γ', 'Λ', 'Ω', 'Π', 'Ψ', 'Σ', 'Θ', 'Ξ', '\u{A0}', 'Æ', 'æ', 'ß', 'É', //
    ' ', '!', '"', '#', '¤', '%', '&', '\'', '(', ')', '*', '+', ',', '-', '.', '/', //
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', ':', ';', '<', '=', '>', '?', //
    '¡', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O', //
    'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z', 'Ä', 'Ö', 'Ñ', 'Ü', '§', //
    '¿', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o', //
    'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', 'ä', 'ö', 'ñ', 'ü', 'à',
];

/// Characters reached through the escape (TS 23.038 §6.2.1.1).
const EXTENSION: [(u8, char); 10] = [
    (0x0A, '\u{C}'),
    (0x14, '^'),
    (0x28, '{'),
    (0x29, '}'),
    (0x2F, '\\'),
    (0x3C, '['),
    (0x3D, '~'),
    (0x3E, ']'),
    (0x40, '|'),
    (0x65, '€'),
];

/// The septets of `text`, one per octet with b8 = 0; `None` when a character is not in the alphabet.
pub fn encode(text: &str) -> Option<Vec<u8>> {
    let mut septets = Vec::with_capacity(text.len());
    for character in text.chars() {
        if let Some(septet) = basic_septet(character) {
            septets.push(septet);
        } else {
            let (septet, _) = EXTENSION.iter().find(|(_, other)| *other == character)?;
            septets.extend([ESCAPE, *septet]);
        }
    }
    Some(septets)
}

/// The septet of a character of the basic table.
pub(crate) fn basic_septet(character: char) -> Option<u8> {
    let index = BASIC.iter().position(|other| *other == character)?;
    u8::try_from(index).ok().filter(|septet| *septet != ESCAPE)
}

/// The character of a septet of the basic table; b8 is ignored.
pub(crate) fn basic_character(septet: u8) -> char {
    BASIC[usize::from(septet & 0x7F)]
}

/// The text of septets that stand one per octet; b8 is ignored.
///
/// An escape before a septet that the extension table lacks shows that septet's basic character (TS 23.038
/// §6.2.1.1), an escape at the end a space.
pub fn decode(septets: &[u8]) -> String {
    let mut text = String::with_capacity(septets.len());
    let mut rest = septets.iter().map(|octet| octet & 0x7F);
    while let Some(septet) = rest.next() {
        text.push(if septet == ESCAPE {
            extension(rest.next())
        } else {
            basic_character(septet)
        });
    }
    text
}

fn extension(septet: Option<u8>) -> char {
    let Some(septet) = septet else { return ' ' };
    let found = EXTENSION.iter().find(|(other, _)| *other == septet);
    found.map_or_else(|| basic_character(septet), |(_, character)| *character)
}

/// Packs septets, seven bits each, least significant bits first (TS 23.038 §6.1.2.1.1).
pub fn pack(septets: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(septets.len() * 7 / 8 + 1);
    let (mut bits, mut count) = (0_u16, 0);
    for septet in septets {
        bits |= u16::from(septet & 0x7F) << count;
        count += 7;
        if count >= 8 {
            out.push(bits.to_le_bytes()[0]);
            bits >>= 8;
            count -= 8;
        }
    }
    if count > 0 {
        out.push(bits.to_le_bytes()[0]);
    }
    out
}

/// Unpacks up to `count` septets; fewer when the octets end.
pub fn unpack(octets: &[u8], count: usize) -> Vec<u8> {
    let mut septets = Vec::new();
    let (mut bits, mut held) = (0_u16, 0);
    for octet in octets {
        bits |= u16::from(*octet) << held;
        held += 8;
        while held >= 7 {
            septets.push(bits.to_le_bytes()[0] & 0x7F);
            bits >>= 7;
            held -= 7;
        }
    }
    septets.truncate(count);
    septets
}
