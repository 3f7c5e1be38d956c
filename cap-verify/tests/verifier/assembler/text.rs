//! Lines of a case, and what is wrong with one.

use std::fmt;
use std::rc::Rc;

/// A line of a case or of its base, without comment and without the space around it.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) file: Rc<str>,
    pub(crate) number: usize,
    pub(crate) text: String,
}

/// Why a case cannot be assembled: file, line, reason.
#[derive(Debug)]
pub(crate) struct Trouble(String);

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Trouble {
    /// Of a file as a whole.
    pub(crate) fn of(file: &str, what: impl fmt::Display) -> Self {
        Self(format!("{file}: {what}"))
    }
}

impl Line {
    /// The lines of a text; `#` begins a comment that goes to the end of its line.
    pub(crate) fn all(file: &str, text: &str) -> Vec<Self> {
        let file: Rc<str> = file.into();
        let lines = text.lines().zip(1..).map(|(text, number)| Self {
            file: Rc::clone(&file),
            number,
            text: without_comment(text).trim().to_owned(),
        });
        lines.filter(|line| !line.text.is_empty()).collect()
    }

    pub(crate) fn trouble(&self, what: impl fmt::Display) -> Trouble {
        Trouble(format!("{}:{}: {what}", self.file, self.number))
    }

    pub(crate) fn words(&self) -> Words<'_> {
        Words {
            line: self,
            rest: &self.text,
        }
    }
}

/// A comment begins with `# `, so that `#name` can stand for a constant.
fn without_comment(text: &str) -> &str {
    match text.find("# ") {
        Some(at) => &text[..at],
        None => text.strip_suffix('#').unwrap_or(text),
    }
}

/// The words of a line that were not taken yet.
#[derive(Debug, Clone)]
pub(crate) struct Words<'a> {
    line: &'a Line,
    rest: &'a str,
}

impl<'a> Words<'a> {
    pub(crate) fn trouble(&self, what: impl fmt::Display) -> Trouble {
        self.line.trouble(what)
    }

    /// What is left.
    pub(crate) fn rest(&self) -> &'a str {
        self.rest.trim()
    }

    /// The next word; commas part words as spaces do.
    pub(crate) fn next(&mut self) -> Option<&'a str> {
        let parts = |character: char| character.is_whitespace() || character == ',';
        let rest = self.rest.trim_start_matches(parts);
        let (word, rest) = rest.split_at(rest.find(parts).unwrap_or(rest.len()));
        self.rest = rest;
        (!word.is_empty()).then_some(word)
    }

    pub(crate) fn word(&mut self, wanted: &str) -> Result<&'a str, Trouble> {
        let trouble = self.trouble(format!("{wanted} is missing"));
        self.next().ok_or(trouble)
    }

    /// Takes the next word when it is this one.
    pub(crate) fn take(&mut self, word: &str) -> bool {
        let mut ahead = self.clone();
        let is_next = ahead.next() == Some(word);
        if is_next {
            *self = ahead;
        }
        is_next
    }

    pub(crate) fn number<T: TryFrom<i64>>(&mut self, wanted: &str) -> Result<T, Trouble> {
        let word = self.word(wanted)?;
        let number = number(word).and_then(|number| T::try_from(number).ok());
        number.ok_or_else(|| self.trouble(format!("{wanted}: `{word}` is no such number")))
    }

    pub(crate) fn octets(&mut self) -> Result<Vec<u8>, Trouble> {
        let digits: String = self.rest.split_whitespace().collect();
        self.rest = "";
        hex::decode(&digits).map_err(|error| self.trouble(format!("`{digits}`: {error}")))
    }

    pub(crate) fn end(&self) -> Result<(), Trouble> {
        match self.rest() {
            "" => Ok(()),
            rest => Err(self.trouble(format!("`{rest}` is too much"))),
        }
    }
}

/// A number: decimal, or hexadecimal after `0x`.
pub(crate) fn number(word: &str) -> Option<i64> {
    let (sign, digits) = match word.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, word.strip_prefix('+').unwrap_or(word)),
    };
    let value = match digits.strip_prefix("0x") {
        Some(digits) => i64::from_str_radix(digits, 16).ok()?,
        None => digits.parse().ok()?,
    };
    Some(sign * value)
}
