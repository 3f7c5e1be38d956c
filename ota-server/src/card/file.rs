//! Card files: TOML, read strictly.

use std::path::{Path, PathBuf};

use card_proto::sms::concat;
use card_proto::sms::user_data::Reference;
use secure_channel::key::{Key, KeySet, KeyVersionNumber};
use secure_channel::scp80::{ResponseDialect, Spi, Tar};
use serde::Deserialize;

use super::{CardProfile, KVN_TYPE_1, KVN_TYPE_2, NewCard};

/// 14 octets of number and one of name (TS 31.102 §4.4.2.3).
const SHORTEST_RECORD: u8 = 15;

/// Why a card file was refused. The text names file and field and never a key.
#[derive(Debug, thiserror::Error)]
pub enum CardFileError {
    /// The file could not be read.
    #[error("{} cannot be read", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The text is not TOML, or has an unknown, missing or ill-typed field.
    #[error("{}: line {line}: {message}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Line, from 1; 0 if unknown.
        line: usize,
        /// What is wrong. The line itself is not shown: it may hold a key.
        message: String,
    },
    /// A field has a value that cannot be used.
    #[error("{}: {field}: {problem}", path.display())]
    Field {
        /// The file.
        path: PathBuf,
        /// Name of the field.
        field: String,
        /// What is wrong.
        problem: String,
    },
}

/// The fields the server needs of a card profile; what only an installation needs (AIDs, other sizes) is left to it.
#[derive(Deserialize)]
struct CardFile {
    iccid: String,
    msisdn: String,
    spi: String,
    #[serde(default)]
    response_dialect: DialectName,
    first_stage: FirstStageTable,
    second_stage: SecondStageTable,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "kebab-case")]
enum DialectName {
    #[default]
    WithUdh,
    WithLengths,
    Normal,
}

#[derive(Deserialize)]
struct FirstStageTable {
    tar: String,
    max_segments: u8,
    record_length: u8,
    keys: KeysTable,
}

#[derive(Deserialize)]
struct SecondStageTable {
    tar: String,
    max_packet_length: u16,
    keys: KeysTable,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeysTable {
    kvn: u8,
    kic: String,
    kid: String,
    dek: String,
}

impl NewCard {
    /// Reads a card profile, as `keys/test-card.toml` is one.
    ///
    /// # Errors
    /// If the file cannot be read, or a field is missing or has no usable value. No error shows a key.
    pub fn read_toml(path: &Path) -> Result<Self, CardFileError> {
        let text = std::fs::read_to_string(path).map_err(|source| CardFileError::Unreadable {
            path: path.to_owned(),
            source,
        })?;
        Self::parse_toml(&text, path)
    }

    /// Reads the text of a card profile; `path` names it in errors.
    ///
    /// # Errors
    /// As [`NewCard::read_toml`].
    pub fn parse_toml(text: &str, path: &Path) -> Result<Self, CardFileError> {
        let file: CardFile = toml::from_str(text).map_err(|error| syntax(path, text, &error))?;
        let place = Place { path };
        let profile = CardProfile {
            iccid: place.digits("iccid", file.iccid, 18..=20)?,
            msisdn: place.digits("msisdn", file.msisdn, 3..=20)?,
            first_stage_tar: place.tar("first_stage.tar", &file.first_stage.tar)?,
            second_stage_tar: place.tar("second_stage.tar", &file.second_stage.tar)?,
            max_segments: file.first_stage.max_segments,
            phonebook_record_length: file.first_stage.record_length,
            spi: place.spi(&file.spi)?,
            response_dialect: match file.response_dialect {
                DialectName::WithUdh => ResponseDialect::WithUdh,
                DialectName::WithLengths => ResponseDialect::WithLengths,
                DialectName::Normal => ResponseDialect::Normal,
            },
        };
        if profile.max_segments == 0 {
            return Err(place.error("first_stage.max_segments", "is 1 or more"));
        }
        let longest = concat::capacity(profile.max_segments.into(), Reference::Ref8(0));
        if longest > file.second_stage.max_packet_length.into() {
            let problem =
                format!("is less than the {longest} octets of first_stage.max_segments; lower that");
            return Err(place.error("second_stage.max_packet_length", problem));
        }
        if profile.phonebook_record_length < SHORTEST_RECORD {
            return Err(place.error(
                "first_stage.record_length",
                "is 15 or more: 14 octets of number and a name",
            ));
        }
        Ok(Self {
            profile,
            type_1: place.keys("first_stage.keys", &file.first_stage.keys, KVN_TYPE_1)?,
            type_2: place.keys("second_stage.keys", &file.second_stage.keys, KVN_TYPE_2)?,
        })
    }
}

/// The file an error message names.
#[derive(Clone, Copy)]
struct Place<'a> {
    path: &'a Path,
}

impl Place<'_> {
    fn error(self, field: &str, problem: impl ToString) -> CardFileError {
        CardFileError::Field {
            path: self.path.to_owned(),
            field: field.to_owned(),
            problem: problem.to_string(),
        }
    }

    /// Digits, with or without a leading `+`, so that the text can stand in an address.
    fn digits(
        self,
        field: &str,
        text: String,
        count: std::ops::RangeInclusive<usize>,
    ) -> Result<String, CardFileError> {
        let digits = text.strip_prefix('+').unwrap_or(&text);
        if !count.contains(&digits.len()) || !digits.bytes().all(|octet| octet.is_ascii_digit()) {
            return Err(self.error(field, format!("is {} to {} digits", count.start(), count.end())));
        }
        Ok(text)
    }

    fn tar(self, field: &str, text: &str) -> Result<Tar, CardFileError> {
        text.parse().map_err(|error| self.error(field, error))
    }

    /// Only what the stages take, and what can be proven: a counter that must be higher, ciphering, a CC, and a proof
    /// of receipt with a CC in the answer to ENVELOPE.
    fn spi(self, text: &str) -> Result<Spi, CardFileError> {
        match text {
            "1619" => Ok(Spi::from_bytes([0x16, 0x19])),
            _ => Err(self.error("spi", "must be \"1619\" in this version")),
        }
    }

    fn keys(self, field: &str, table: &KeysTable, kvn: u8) -> Result<KeySet, CardFileError> {
        if table.kvn != kvn {
            return Err(self.error(&format!("{field}.kvn"), format!("must be {kvn} in this version")));
        }
        let key = |name: &str, text: &str| {
            Key::aes_from_hex(text).map_err(|error| self.error(&format!("{field}.{name}"), error))
        };
        Ok(KeySet {
            kvn: KeyVersionNumber::new(kvn).map_err(|error| self.error(&format!("{field}.kvn"), error))?,
            kic: key("kic", &table.kic)?,
            kid: key("kid", &table.kid)?,
            dek: key("dek", &table.dek)?,
        })
    }
}

fn syntax(path: &Path, text: &str, error: &toml::de::Error) -> CardFileError {
    let before = error.span().and_then(|span| text.get(..span.start));
    let line = before.map_or(0, |before| before.matches('\n').count() + 1);
    CardFileError::Syntax {
        path: path.to_owned(),
        line,
        message: error.message().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
    use super::*;

    const TEST_CARD: &str = include_str!("../../../keys/test-card.toml");

    fn parse(text: &str) -> Result<NewCard, CardFileError> {
        NewCard::parse_toml(text, Path::new("card.toml"))
    }

    #[test]
    fn the_published_test_card_is_read() {
        let card = parse(TEST_CARD).unwrap();
        assert_eq!(
            card.profile,
            CardProfile::new("8999900000000000006", "+999000000001")
        );
    }

    #[test]
    fn errors_name_the_field_and_show_no_key() {
        let key = "10111213141516171011121314151617";
        for (from, to, word) in [
            (key, "1011", "first_stage.keys.kic"),
            ("kvn = 1", "kvn = 3", "first_stage.keys.kvn"),
            ("\"1619\"", "\"0000\"", "spi"),
            ("max_segments = 7", "max_segments = 0", "max_segments"),
            ("max_segments = 7", "max_segments = 8", "max_packet_length"),
            ("\"BFFF20\"", "\"BF\"", "second_stage.tar"),
            ("kid = ", "kit = ", "kit"),
        ] {
            let error = parse(&TEST_CARD.replace(from, to)).unwrap_err().to_string();
            assert!(error.contains(word) && error.contains("card.toml"), "{error}");
            assert!(!error.contains("1011"), "{error}");
        }
    }
}
