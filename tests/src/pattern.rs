//! Patterns of octets: hexadecimal, `xx` for any octet, `..` for any number of octets.

use std::fmt;

/// What a response has to look like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    text: String,
    /// What stands before, between and behind the `..` of the pattern.
    parts: Vec<Vec<Option<u8>>>,
}

impl Pattern {
    /// Reads a pattern; blanks are free.
    ///
    /// # Errors
    /// Something is neither hexadecimal nor `xx` nor `..`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text: String = text.split_whitespace().collect();
        let parts = text.split("..").map(octets).collect::<Result<_, _>>()?;
        Ok(Self { parts, text })
    }

    /// Whether `octets` are of this pattern.
    pub fn matches(&self, octets: &[u8]) -> bool {
        let Some((last, parts)) = self.parts.split_last() else {
            return octets.is_empty();
        };
        let Some((first, middle)) = parts.split_first() else {
            return same(last, octets);
        };
        let Some((start, mut rest)) = octets.split_at_checked(first.len()) else {
            return false;
        };
        // The first place where a part fits leaves the most room for those behind it.
        for part in middle {
            let place = (0..=rest.len()).find(|at| starts_with(part, &rest[*at..]));
            let Some(place) = place else { return false };
            rest = &rest[place + part.len()..];
        }
        let end = rest.len().checked_sub(last.len()).map(|at| &rest[at..]);
        same(first, start) && end.is_some_and(|end| same(last, end))
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn octets(text: &str) -> Result<Vec<Option<u8>>, String> {
    let digits: Vec<char> = text.chars().collect();
    let pairs = digits.chunks(2).map(|pair| match pair {
        ['x', 'x'] => Ok(None),
        [high, low] => u8::from_str_radix(&format!("{high}{low}"), 16)
            .map(Some)
            .map_err(|e| format!("{text}: {e}")),
        _ => Err(format!("{text}: an odd number of digits")),
    });
    pairs.collect()
}

fn starts_with(pattern: &[Option<u8>], octets: &[u8]) -> bool {
    octets
        .get(..pattern.len())
        .is_some_and(|octets| same(pattern, octets))
}

fn same(pattern: &[Option<u8>], octets: &[u8]) -> bool {
    pattern.len() == octets.len()
        && pattern
            .iter()
            .zip(octets)
            .all(|(want, found)| want.is_none_or(|want| want == *found))
}

#[cfg(test)]
#[expect(clippy::expect_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn check(pattern: &str, octets: &str, expected: bool) {
        let pattern = Pattern::parse(pattern).expect("a right pattern");
        assert_eq!(
            pattern.matches(&hex::decode(octets).expect("hex")),
            expected,
            "{pattern} against {octets}"
        );
    }

    #[test]
    fn matches_octets_wildcards_and_rests() {
        check("90 00", "9000", true);
        check("9000", "900000", false);
        check("91xx", "9112", true);
        check("..9000", "01029000", true);
        check("01..9000", "9000", false);
        check("E3..xx 9000", "e3019000", true);
        check("E3..xx 9000", "e39000", false);
        check("..4F01xx..9000", "00004f01079000", true);
        check("..4F01xx..9000", "00004f029000", false);
        check("01..02..03", "0102020303", true);
        check("01..02..03", "010303", false);
    }

    #[test]
    fn refuses_what_is_no_pattern() {
        for text in ["9", "x0", "01.02", "zz"] {
            assert!(Pattern::parse(text).is_err(), "{text} was taken");
        }
    }
}
