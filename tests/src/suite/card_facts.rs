//! Whose card a run was with.

use anyhow::{Context as _, Result};
use card_proto::{apdu::ResponseApdu, transport::CardTransport};
use host_harness::{exchange::exchange, profile::CardProfile};
use serde::Serialize;
use twofold::target::Target;

use crate::packet::select;

/// GET DATA DF01: the version of a stage.
const GET_VERSION: [u8; 5] = [0x80, 0xCA, 0xDF, 0x01, 0x00];

/// What is known of the card of a run.
#[derive(Debug, Clone, Serialize)]
pub struct CardFacts {
    /// The kind of target.
    pub target: String,
    /// Reader or simulator.
    pub reader: String,
    /// The name of the card profile.
    pub profile: String,
    /// The ATR in hexadecimal.
    pub atr: String,
    /// The version of the first stage (GET DATA DF01), or why it gives none.
    pub first_stage: String,
    /// The version of the second stage.
    pub second_stage: String,
}

impl CardFacts {
    /// Resets the card and asks both stages for their version.
    ///
    /// # Errors
    /// The card does not answer.
    pub fn read(target: &Target, card: &mut dyn CardTransport, profile: &CardProfile) -> Result<Self> {
        let atr = card.reset().context("the card cannot be reset")?;
        let mut version = |aid| version(card, &select(aid));
        let first_stage = version(&profile.first_stage.aid)?;
        let second_stage = version(&profile.second_stage.aid)?;
        Ok(Self {
            target: target.kind().to_owned(),
            reader: card.describe(),
            profile: profile.name.clone(),
            atr: hex::encode_upper(atr),
            first_stage,
            second_stage,
        })
    }

    /// Name and value of each fact, for people.
    pub fn rows(&self) -> [(&'static str, &str); 6] {
        [
            ("target", &self.target),
            ("reader", &self.reader),
            ("profile", &self.profile),
            ("ATR", &self.atr),
            ("first stage", &self.first_stage),
            ("second stage", &self.second_stage),
        ]
    }
}

fn version(card: &mut dyn CardTransport, select: &[u8]) -> Result<String> {
    for (what, command) in [("SELECT", select), ("GET DATA DF01", &GET_VERSION)] {
        let response = ResponseApdu::parse(&exchange(card, command, &mut Vec::new())?)?;
        match response.data.as_slice() {
            _ if !response.sw.is_success() => return Ok(format!("{what} answered {}", response.sw)),
            [major, minor] if command == GET_VERSION => return Ok(format!("version {major}.{minor}")),
            _ => {}
        }
    }
    Ok("GET DATA DF01 gave no version of two octets".to_owned())
}
