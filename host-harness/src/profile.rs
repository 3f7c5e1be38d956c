//! Card profiles: TOML files with the identifiers, sizes and keys of a card.
//!
//! A profile is read strictly: a field that is missing, unknown or malformed is an error that names file, line and
//! field; nothing is filled in. No error shows the value of a key, a PIN or a PUK.

mod text;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use card_proto::aid::Aid;
use secure_channel::key::KeySet;
use secure_channel::scp80::{Counter, Spi, Tar};
use zeroize::Zeroizing;

use crate::install_parameters::{FirstStageParameters, KEYS_LENGTH, PinParameters, SecondStageParameters};

/// The profile of the published test keys.
const PUBLISHED: &str = include_str!("../../keys/test-card.toml");

/// A card: who it is, and the keys, sizes and PIN of its two stages.
#[derive(Debug, Clone)]
pub struct CardProfile {
    /// A name for people.
    pub name: String,
    /// The card's number: 18 to 20 digits (ITU-T E.118).
    pub iccid: String,
    /// The subscriber's number in international form, for example `+999000000001`.
    pub msisdn: String,
    /// How packets to this card are secured.
    pub spi: Spi,
    /// The first stage.
    pub first_stage: StageProfile,
    /// Sizes of the first stage.
    pub first_stage_sizes: FirstStageSizes,
    /// PIN of the first stage's storage, as it is set at the installation.
    pub first_stage_pin: PinParameters,
    /// The second stage.
    pub second_stage: StageProfile,
    /// Sizes of the second stage.
    pub second_stage_sizes: SecondStageSizes,
}

/// An applet instance and its key set.
#[derive(Debug, Clone)]
pub struct StageProfile {
    /// Instance AID.
    pub aid: Aid,
    /// Toolkit application reference; octets 13 to 15 of the AID say the same (TS 101 220 Annex D).
    pub tar: Tar,
    /// Its keys: three AES-128 keys.
    pub keys: KeySet,
}

/// Sizes of the first stage, as they are set at its installation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FirstStageSizes {
    /// Most segments of a concatenated message.
    pub max_segments: u8,
    /// Records of the phonebook.
    pub records: u8,
    /// Length of a phonebook record in octets.
    pub record_length: u8,
    /// Slots for authentication values.
    pub slots: u8,
}

/// Sizes of the second stage, as they are set at its installation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecondStageSizes {
    /// Longest command packet in octets.
    pub max_packet_length: u16,
    /// Size of the arena in octets.
    pub arena: u16,
}

impl CardProfile {
    /// Reads a profile.
    ///
    /// # Errors
    /// [`ProfileError`] with file, line and field.
    pub fn read(path: &Path) -> Result<Self, ProfileError> {
        let text = fs::read_to_string(path).map(Zeroizing::new);
        let text = text.map_err(|source| ProfileError::File {
            path: path.to_path_buf(),
            source,
        })?;
        Self::parse(&text, path)
    }

    /// Reads a profile from its text; `path` is for error messages.
    ///
    /// # Errors
    /// [`ProfileError::Malformed`].
    pub fn parse(text: &str, path: &Path) -> Result<Self, ProfileError> {
        text::parse(text).map_err(|defect| ProfileError::Malformed {
            path: path.to_path_buf(),
            line: defect.line,
            reason: defect.reason,
        })
    }

    /// True when any of the keys is one of the published test keys, which everybody knows.
    pub fn is_published_test_set(&self) -> bool {
        let Ok(published) = Self::parse(PUBLISHED, Path::new("keys/test-card.toml")) else {
            // Unreachable, a test parses the file; the careful answer is yes.
            return true;
        };
        let known: Vec<_> = published.keys().collect();
        self.keys().any(|key| known.contains(&key))
    }

    /// What the first stage gets at its installation; `counter` counts as used.
    pub fn first_stage_parameters(&self, counter: Counter) -> FirstStageParameters {
        let sizes = self.first_stage_sizes;
        FirstStageParameters {
            second_stage: self.second_stage.aid,
            max_segments: sizes.max_segments,
            records: sizes.records,
            record_length: sizes.record_length,
            slots: sizes.slots,
            counter,
            keys: self.first_stage.key_octets(),
            pin: self.first_stage_pin.clone(),
        }
    }

    /// What the second stage gets at its installation; `counter` counts as used.
    pub fn second_stage_parameters(&self, counter: Counter) -> SecondStageParameters {
        let sizes = self.second_stage_sizes;
        SecondStageParameters {
            first_stage: self.first_stage.aid,
            max_packet_length: sizes.max_packet_length,
            arena: sizes.arena,
            counter,
            keys: self.second_stage.key_octets(),
        }
    }

    fn keys(&self) -> impl Iterator<Item = &[u8]> {
        [&self.first_stage.keys, &self.second_stage.keys]
            .into_iter()
            .flat_map(|keys| [&keys.kic, &keys.kid, &keys.dek])
            .map(|key| key.expose_secret())
    }
}

impl StageProfile {
    /// KIc, KID and DEK, one after the other.
    fn key_octets(&self) -> Zeroizing<[u8; KEYS_LENGTH]> {
        let mut octets = Zeroizing::new([0; KEYS_LENGTH]);
        let keys = [&self.keys.kic, &self.keys.kid, &self.keys.dek];
        let secrets = keys.into_iter().flat_map(|key| key.expose_secret());
        octets
            .iter_mut()
            .zip(secrets)
            .for_each(|(place, octet)| *place = *octet);
        octets
    }
}

/// Why there is no profile.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProfileError {
    /// The file cannot be read.
    #[error("cannot read the card profile {}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file does not say what a profile must say.
    #[error("{}:{line}: {reason}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// Field and reason.
        reason: String,
    },
}

#[cfg(test)]
mod tests;
