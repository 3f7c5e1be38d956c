//! Octets and patterns as a case file writes them.

use std::collections::BTreeMap;

use crate::pattern::Pattern;

/// Octets in hexadecimal: blanks are free, `$name` is a named string, `FF*28` repeats, and `[ … ]` puts the number of the
/// octets inside in front of them, as one octet.
pub(super) fn octets(text: &str, names: &BTreeMap<String, Vec<u8>>) -> Result<Vec<u8>, String> {
    let mut open = vec![Vec::new()];
    let spaced = text.replace('[', " [ ").replace(']', " ] ");
    for word in spaced.split_whitespace() {
        let word = match word {
            "[" => {
                open.push(Vec::new());
                continue;
            }
            "]" => length_and_octets(&open.pop().unwrap_or_default())?,
            _ => unit(word, names)?,
        };
        open.last_mut()
            .ok_or(format!("{text}: a ] without its ["))?
            .extend(word);
    }
    match open.as_slice() {
        [all] => Ok(all.clone()),
        _ => Err(format!("{text}: a [ without its ]")),
    }
}

fn length_and_octets(inside: &[u8]) -> Result<Vec<u8>, String> {
    let length = u8::try_from(inside.len()).map_err(|_| "at most 255 octets between [ and ]")?;
    Ok([&[length], inside].concat())
}

/// One word: hexadecimal or `$name`, with or without `*` and a number.
fn unit(word: &str, names: &BTreeMap<String, Vec<u8>>) -> Result<Vec<u8>, String> {
    let (unit, times) = match word.split_once('*') {
        Some((unit, times)) => (unit, times.parse::<usize>().map_err(|e| format!("{word}: {e}"))?),
        None => (word, 1),
    };
    let unit = match unit.strip_prefix('$') {
        Some(name) => names
            .get(name)
            .cloned()
            .ok_or(format!("no octets are named {name}"))?,
        None => hex::decode(unit).map_err(|e| format!("{unit}: {e}"))?,
    };
    Ok(unit.repeat(times))
}

/// `PATTERN | PATTERN …`: each of them is right.
pub(super) fn alternatives(text: &str, names: &BTreeMap<String, Vec<u8>>) -> Result<Vec<Pattern>, String> {
    text.split('|').map(|one| pattern(one, names)).collect()
}

/// A pattern; named and repeated octets in it are written out, wildcards stay.
pub(super) fn pattern(text: &str, names: &BTreeMap<String, Vec<u8>>) -> Result<Pattern, String> {
    let mut result = String::new();
    for word in text.split_whitespace() {
        if word.starts_with('$') || word.contains('*') {
            result.push_str(&hex::encode(unit(word, names)?));
        } else {
            result.push_str(word);
        }
    }
    Pattern::parse(&result)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn puts_lengths_in_front_of_groups() {
        let names = BTreeMap::from([("a".to_owned(), vec![0x41])]);
        assert_eq!(
            octets("80E2 [ 0101 [$a*2] [] ]", &names),
            Ok(vec![0x80, 0xE2, 6, 1, 1, 2, 0x41, 0x41, 0])
        );
        for text in ["[ 41", "41 ]", "[ 41*256 ]", "$b"] {
            assert!(octets(text, &names).is_err(), "{text} was taken");
        }
    }
}
