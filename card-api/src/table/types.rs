//! Java types and constant values, as a table writes them and as class files do (JVM §4.3).

use std::collections::BTreeMap;
use std::iter;

use super::Problem;
use super::line::{Line, is_name};

/// What a simple name stands for: a class of the package itself, an imported one, or one of `java.lang`.
#[derive(Debug, Default)]
pub(super) struct Scope {
    classes: BTreeMap<String, String>,
}

impl Scope {
    /// Makes `package`'s class known by its simple name; false when that name is taken.
    pub(super) fn add(&mut self, package: &str, class: &str) -> bool {
        let name = format!("{package}/{}", class.replace('.', "$"));
        match self.classes.insert(class.to_owned(), name.clone()) {
            None => true,
            Some(earlier) => earlier == name,
        }
    }

    /// The name of a class in class files. A name with dots starts with that of an outer class, or else with its package.
    pub(super) fn class(&self, name: &str) -> String {
        if let Some(known) = self.classes.get(name) {
            return known.clone();
        }
        match name.split_once('.') {
            Some((outer, nested)) => match self.classes.get(outer) {
                Some(outer) => format!("{outer}${}", nested.replace('.', "$")),
                None => name.replace('.', "/"),
            },
            None => format!("java/lang/{name}"),
        }
    }

    /// Reads a type; the result is its descriptor.
    pub(super) fn descriptor(&self, line: &mut Line<'_>) -> Result<String, Problem> {
        let mut descriptor = String::new();
        self.add_descriptor(line, &mut descriptor)?;
        Ok(descriptor)
    }

    /// Reads a type, and writes its descriptor behind `text`.
    pub(super) fn add_descriptor(&self, line: &mut Line<'_>, text: &mut String) -> Result<(), Problem> {
        const WANTED: &str = "a type such as short, byte[] or AID";
        let before = line.clone();
        let word = line.next().unwrap_or_default();
        let element = word.trim_end_matches("[]");
        text.extend(iter::repeat_n('[', (word.len() - element.len()) / 2));
        match primitive(element) {
            Some("V") if element != word => return Err(before.wanted(WANTED)),
            Some(letter) => text.push_str(letter),
            None if is_name(element) => {
                text.push('L');
                text.push_str(&self.class(element));
                text.push(';');
            }
            None => return Err(before.wanted(WANTED)),
        }
        Ok(())
    }
}

/// The letter of a primitive type; Java Card has neither long, float, double nor char (JCVM §2.2.3.1).
fn primitive(name: &str) -> Option<&'static str> {
    Some(match name {
        "boolean" => "Z",
        "byte" => "B",
        "short" => "S",
        "int" => "I",
        "void" => "V",
        _ => return None,
    })
}

/// The value of a constant of the type `descriptor`; a hexadecimal one is the bit pattern of its type.
pub(super) fn value(descriptor: &str, text: &str) -> Option<i32> {
    let unused_bits = match descriptor {
        "Z" => return boolean(text),
        "B" => 24,
        "S" => 16,
        "I" => 0,
        _ => return None,
    };
    // Moved up and down again, the sign bit of the type fills the bits above it.
    let extend = |value: i32| (value << unused_bits) >> unused_bits;
    match text.strip_prefix("0x") {
        Some(digits) => pattern(digits, unused_bits).map(extend),
        None => text.parse().ok().filter(|value| extend(*value) == *value),
    }
}

fn boolean(text: &str) -> Option<i32> {
    match text {
        "false" => Some(0),
        "true" => Some(1),
        _ => None,
    }
}

/// Hexadecimal digits; the upper bits of the number that are not used must be 0.
fn pattern(digits: &str, unused_bits: u32) -> Option<i32> {
    let is_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    let pattern = u32::from_str_radix(digits, 16).ok().filter(|_| is_hex)?;
    (pattern.leading_zeros() >= unused_bits).then(|| pattern.cast_signed())
}
