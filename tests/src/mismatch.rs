//! Octets that are not what a case expects: an error that keeps both sides.

use std::fmt;

use card_proto::{apdu::ResponseApdu, status_word::StatusWord};

/// Octets that are not what a case expects.
#[derive(Debug, Clone)]
pub struct Mismatch {
    /// What was compared: `the response`, `R-APDU 2`.
    pub what: String,
    /// What would have been right: patterns.
    pub expected: Vec<String>,
    /// What was found.
    pub found: Vec<u8>,
    /// Whether the octets end with a status word.
    pub kind: OctetKind,
}

/// What compared octets are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OctetKind {
    /// A response APDU: data, then SW1 SW2.
    ResponseApdu,
    /// Data alone.
    Data,
}

impl Mismatch {
    /// What would have been right, in words.
    pub fn expected_in_words(&self) -> String {
        let words = |pattern: &String| match self.kind {
            OctetKind::ResponseApdu => response_pattern_in_words(pattern),
            OctetKind::Data => data_in_words(pattern),
        };
        self.expected.iter().map(words).collect::<Vec<_>>().join(", or ")
    }

    /// What was found, in words; a status word with its likely cause.
    pub fn found_in_words(&self) -> String {
        match (self.kind, ResponseApdu::parse(&self.found)) {
            (OctetKind::ResponseApdu, Ok(response)) => {
                let data = data_in_words(&hex::encode_upper(&response.data));
                format!("{data}, {}", status_word_in_words(response.sw))
            }
            _ => data_in_words(&hex::encode_upper(&self.found)),
        }
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} is {}, expected {}",
            self.what,
            if self.found.is_empty() {
                "empty".to_owned()
            } else {
                hex::encode_upper(&self.found)
            },
            self.expected.join(" or ")
        )
    }
}

impl std::error::Error for Mismatch {}

/// A status word, its name and, unless it is a success, its likely cause.
pub fn status_word_in_words(sw: StatusWord) -> String {
    let explanation = sw.explain();
    if sw.is_success() {
        return sw.to_string();
    }
    format!("{sw}: {} ({})", explanation.likely_cause, explanation.section)
}

/// A pattern of a response: what stands before the last two octets is data.
fn response_pattern_in_words(pattern: &str) -> String {
    let split = pattern
        .len()
        .checked_sub(4)
        .and_then(|at| pattern.split_at_checked(at));
    let Some((data, sw)) = split else {
        return data_in_words(pattern);
    };
    match u16::from_str_radix(sw, 16) {
        Ok(value) => format!("{}, {}", data_in_words(data), StatusWord(value)),
        Err(_) => format!("{}, status word {sw}", data_in_words(data)),
    }
}

fn data_in_words(text: &str) -> String {
    match text {
        "" => "no data".to_owned(),
        _ if text.contains("..") => format!("data {text}"),
        _ => format!("{} octets of data {text}", text.len() / 2),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_stand_in_words() {
        let mismatch = Mismatch {
            what: "the response".into(),
            expected: vec!["xxxx9000".into(), "6A83".into(), "..91xx".into()],
            found: vec![0x6A, 0x88],
            kind: OctetKind::ResponseApdu,
        };
        assert_eq!(
            mismatch.to_string(),
            "the response is 6A88, expected xxxx9000 or 6A83 or ..91xx"
        );
        let expected = mismatch.expected_in_words();
        assert!(
            expected.starts_with("2 octets of data xxxx, 9000 (normal ending"),
            "{expected}"
        );
        assert!(expected.ends_with(", or data .., status word 91xx"), "{expected}");
        let found = mismatch.found_in_words();
        assert!(found.starts_with("no data, 6A88 (referenced data"), "{found}");
    }
}
