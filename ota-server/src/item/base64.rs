//! Base64 (RFC 4648 §4) as PEM files carry it, read strictly.

/// Decodes base64 with padding; white space between characters is skipped, as in PEM (RFC 7468 §3).
///
/// Returns `None` for any other character, wrong padding or bits left over.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let symbols: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    if !symbols.len().is_multiple_of(4) {
        return None;
    }
    let padding = symbols.iter().rev().take_while(|&&symbol| symbol == b'=').count();
    let digits = symbols.get(..symbols.len().checked_sub(padding)?)?;
    if padding > 2 {
        return None;
    }
    let mut bytes = Vec::with_capacity(symbols.len() / 4 * 3);
    let (mut bits, mut held) = (0_u32, 0_u32);
    for &digit in digits {
        bits = (bits << 6) | u32::from(value(digit)?);
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held).ok()?);
            bits &= (1 << held) - 1;
        }
    }
    (bits == 0).then_some(bytes)
}

/// The body of the first PEM block of `text`, decoded.
pub(super) fn decode_pem(text: &str) -> Option<Vec<u8>> {
    let mut lines = text
        .lines()
        .map(str::trim)
        .skip_while(|line| !line.starts_with("-----BEGIN "));
    lines.next()?;
    let mut body = String::new();
    for line in lines {
        if line.starts_with("-----END ") {
            return decode(&body);
        }
        body.push_str(line);
    }
    None
}

fn value(symbol: u8) -> Option<u8> {
    match symbol {
        b'A'..=b'Z' => Some(symbol - b'A'),
        b'a'..=b'z' => Some(symbol - b'a' + 26),
        b'0'..=b'9' => Some(symbol - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_of_rfc_4648_section_10() {
        for (text, bytes) in [
            ("", ""),
            ("Zg==", "f"),
            ("Zm8=", "fo"),
            ("Zm9v", "foo"),
            ("Zm9vYg==", "foob"),
            ("Zm9vYmE=", "fooba"),
        ] {
            assert_eq!(decode(text).as_deref(), Some(bytes.as_bytes()), "{text}");
        }
    }

    #[test]
    fn what_is_not_base64_is_refused() {
        for text in ["Z", "Zg=", "Zg", "Zh==", "Z===", "====", "Zm9v!", "Zg==Zg=="] {
            assert_eq!(decode(text), None, "{text}");
        }
    }

    #[test]
    fn a_pem_block_is_found_and_must_end() {
        let pem = "note\n-----BEGIN CERTIFICATE-----\nZm9v\nYmFy\n-----END CERTIFICATE-----\n";
        assert_eq!(decode_pem(pem).as_deref(), Some(b"foobar".as_slice()));
        assert_eq!(decode_pem("-----BEGIN X-----\nZm9v\n"), None);
    }
}
