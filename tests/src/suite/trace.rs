//! The trace of a step: what went over the interface, and what it means.

use host_harness::profile::CardProfile;
use serde::Serialize;

use super::{
    explain::Explainer,
    recording::{Event, Events},
};

/// Most exchanges of a step that a trace shows, the last ones: a message of eleven segments, and one more.
const EXCHANGES_MAX: usize = 12;

/// A command and its response, or a reset, with their meaning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Traced {
    /// What it is: `ENVELOPE`, `reset`.
    pub name: String,
    /// The command APDU in hexadecimal; empty for a reset.
    pub command: String,
    /// The fields of the command.
    pub command_fields: Vec<Field>,
    /// The response APDU, or the ATR, in hexadecimal; empty when none came.
    pub response: String,
    /// The status word in words, or why no response came.
    pub status: String,
    /// The fields of the response.
    pub response_fields: Vec<Field>,
}

/// A named part of a command or response.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Field {
    /// How deep it lies: an ENVELOPE holds a TPDU, that a packet, that a script.
    pub depth: usize,
    /// Its name in the standard.
    pub name: String,
    /// Its octets in hexadecimal; empty where only the meaning is shown.
    pub octets: String,
    /// What it means.
    pub meaning: String,
}

/// The trace of the last step of `events`, and the number of exchanges of that step that it leaves out. Packets are opened
/// with the keys of `profile` if those are the published test keys; of another card only lengths, header fields and
/// status words are shown.
pub fn of_last_step(events: &Events, profile: &CardProfile) -> (Vec<Traced>, usize) {
    let mut explainer = Explainer::new(profile);
    let all: Vec<_> = events.all.iter().map(|event| explainer.explain(event)).collect();
    let step = all.get(events.before_step..).unwrap_or_default();
    let left_out = step.len().saturating_sub(EXCHANGES_MAX);
    (step[left_out..].to_vec(), left_out)
}

impl Traced {
    /// An event without its fields; `octets` writes command and response as far as they may be shown.
    pub(super) fn bare(event: &Event, octets: impl Fn(&[u8]) -> String) -> Self {
        let (name, command, response, status) = match event {
            Event::Reset(atr) => ("reset", String::new(), hex::encode_upper(atr), "ATR".to_owned()),
            Event::Exchange { command, response } => {
                ("command", octets(command), octets(response), String::new())
            }
            Event::NoAnswer { command, error } => {
                ("no answer", octets(command), String::new(), error.clone())
            }
        };
        Self {
            name: name.to_owned(),
            command,
            command_fields: Vec::new(),
            response,
            status,
            response_fields: Vec::new(),
        }
    }
}

impl Field {
    /// A field of these octets.
    pub(super) fn new(
        depth: usize,
        name: impl Into<String>,
        octets: &[u8],
        meaning: impl Into<String>,
    ) -> Self {
        Self {
            depth,
            name: name.into(),
            octets: hex::encode_upper(octets),
            meaning: meaning.into(),
        }
    }
}
