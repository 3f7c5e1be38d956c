//! The words of a line, read from left to right.

use cap_format::version::PackageVersion;

use super::{Found, Problem};

/// A line that is neither empty nor a comment: its number, counted from 1, and its text.
pub(crate) fn rows(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .zip(1..)
        .map(|(line, number)| (number, line))
        .filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'))
}

/// The rest of a line.
#[derive(Debug, Clone)]
pub(crate) struct Line<'a> {
    rest: &'a str,
    /// The first word or sign of the rest; empty at the end.
    word: &'a str,
}

/// Signs that are words of their own.
const SIGNS: [char; 4] = ['(', ')', ',', '='];

impl<'a> Line<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        let rest = text.trim();
        Self {
            rest,
            word: first_word(rest),
        }
    }

    /// The next word or sign, without taking it.
    pub(crate) fn peek(&self) -> Option<&'a str> {
        (!self.word.is_empty()).then_some(self.word)
    }

    /// The next word or sign.
    pub(crate) fn next(&mut self) -> Option<&'a str> {
        let word = self.peek()?;
        self.rest = self.rest.get(word.len()..).unwrap_or_default().trim_start();
        self.word = first_word(self.rest);
        Some(word)
    }

    /// Takes `word` if it is the next one.
    pub(crate) fn take(&mut self, word: &str) -> bool {
        let found = self.peek() == Some(word);
        if found {
            self.next();
        }
        found
    }

    /// Takes `word`, which must be the next one.
    pub(crate) fn expect(&mut self, word: &'static str) -> Result<(), Problem> {
        if self.take(word) {
            return Ok(());
        }
        Err(self.wanted(word))
    }

    /// A word that `read` understands.
    pub(crate) fn parse<T>(
        &mut self,
        wanted: &'static str,
        read: impl Fn(&'a str) -> Option<T>,
    ) -> Result<T, Problem> {
        let value = self.peek().and_then(read).ok_or_else(|| self.wanted(wanted))?;
        self.next();
        Ok(value)
    }

    /// A Java name, with dots or without.
    pub(crate) fn name(&mut self, wanted: &'static str) -> Result<&'a str, Problem> {
        self.parse(wanted, |word| is_name(word).then_some(word))
    }

    /// A token: 0 to 254; 255 marks a compile-time constant in an export file.
    pub(crate) fn token(&mut self) -> Result<u8, Problem> {
        self.parse("a token from 0 to 254", |word| {
            number(word).filter(|token| *token != u8::MAX)
        })
    }

    /// A version of a package.
    pub(crate) fn version(&mut self) -> Result<PackageVersion, Problem> {
        self.parse("a version such as 1.2", |word| word.parse().ok())
    }

    /// Several of something, with commas between them.
    pub(crate) fn list<T>(
        &mut self,
        mut read: impl FnMut(&mut Self) -> Result<T, Problem>,
    ) -> Result<Vec<T>, Problem> {
        let mut items = vec![read(self)?];
        while self.take(",") {
            items.push(read(self)?);
        }
        Ok(items)
    }

    /// Nothing may be left.
    pub(crate) fn finish(self) -> Result<(), Problem> {
        if self.rest.is_empty() {
            return Ok(());
        }
        Err(Problem::Leftover(self.rest.to_owned()))
    }

    /// The next word is none of what may stand here.
    pub(crate) fn wanted(&self, wanted: &'static str) -> Problem {
        let found = match self.peek() {
            Some(word) => Found::Word(word.to_owned()),
            None => Found::EndOfLine,
        };
        Problem::Wanted { wanted, found }
    }
}

/// The word or sign that a text starts with; empty when there is none.
fn first_word(text: &str) -> &str {
    let end = match text.find(|c: char| c.is_whitespace() || SIGNS.contains(&c)) {
        Some(0) => 1,
        Some(end) => end,
        None => text.len(),
    };
    text.get(..end).unwrap_or_default()
}

/// A decimal number of digits only.
fn number(word: &str) -> Option<u8> {
    word.bytes()
        .all(|digit| digit.is_ascii_digit())
        .then(|| word.parse().ok())?
}

/// Identifiers with dots between them.
pub(super) fn is_name(word: &str) -> bool {
    let is_identifier = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    word.split('.').all(is_identifier)
}
