//! Language preferences: one to four ISO 639 codes, the most wanted first (ISO/IEC 7816-6, data element `5F2D`; the
//! octets of a code as in EF_PL, TS 102 221 §13.3).

use std::fmt;
use std::str::FromStr;

use crate::reader::{ReadError, Reader};

/// Tag of the data object, also the data grouping identifier it is stored under.
pub const TAG_LANGUAGE_PREFERENCES: u16 = 0x5F2D;
/// Most codes of a list.
pub const MAX_LANGUAGES: usize = 4;

/// An ISO 639 code of two lower-case letters.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct LanguageCode([u8; 2]);

/// A text that is no language code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LanguageCodeError {
    /// The text.
    pub text: String,
}

impl fmt::Display for LanguageCodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} is no language code: two lower-case letters as in ISO 639, for example \"pl\"",
            self.text
        )
    }
}

impl std::error::Error for LanguageCodeError {}

impl FromStr for LanguageCode {
    type Err = LanguageCodeError;

    fn from_str(text: &str) -> Result<Self, LanguageCodeError> {
        match text.as_bytes() {
            &[first, second] if first.is_ascii_lowercase() && second.is_ascii_lowercase() => {
                Ok(Self([first, second]))
            }
            _ => Err(LanguageCodeError {
                text: text.to_owned(),
            }),
        }
    }
}

impl fmt::Display for LanguageCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .try_for_each(|octet| write!(f, "{}", char::from(*octet)))
    }
}

impl fmt::Debug for LanguageCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LanguageCode({self})")
    }
}

/// A list that is empty or longer than four codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LanguageCountError {
    /// Number of codes.
    pub count: usize,
}

impl fmt::Display for LanguageCountError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} languages; 1 to {MAX_LANGUAGES} are possible", self.count)
    }
}

impl std::error::Error for LanguageCountError {}

/// One to four languages, the most wanted first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LanguagePreferences(Vec<LanguageCode>);

impl LanguagePreferences {
    /// A list of languages.
    ///
    /// # Errors
    /// [`LanguageCountError`] for none and for more than four.
    pub fn new(codes: Vec<LanguageCode>) -> Result<Self, LanguageCountError> {
        if (1..=MAX_LANGUAGES).contains(&codes.len()) {
            Ok(Self(codes))
        } else {
            Err(LanguageCountError { count: codes.len() })
        }
    }

    /// The languages, the most wanted first.
    pub fn codes(&self) -> &[LanguageCode] {
        &self.0
    }

    /// The value of the data object: two octets for each language.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(|code| code.0).collect()
    }

    /// Reads the value of the data object.
    ///
    /// # Errors
    /// [`ReadError`] when it is not 2, 4, 6 or 8 octets of lower-case letters.
    pub fn parse(bytes: &[u8]) -> Result<Self, ReadError> {
        let mut reader = Reader::new(bytes);
        let start = reader.clone();
        let mut codes = Vec::new();
        while !reader.is_empty() {
            let at_code = reader.clone();
            let code: [u8; 2] = reader.array()?;
            if !code.iter().all(u8::is_ascii_lowercase) {
                return Err(at_code.reject("two lower-case letters", u16::from_be_bytes(code).into()));
            }
            codes.push(LanguageCode(code));
        }
        Self::new(codes).map_err(|error| start.reject("1 to 4 languages", error.count as u64))
    }
}

impl fmt::Display for LanguagePreferences {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let codes: Vec<String> = self.0.iter().map(LanguageCode::to_string).collect();
        f.write_str(&codes.join(", "))
    }
}
