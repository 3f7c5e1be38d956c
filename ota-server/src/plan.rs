//! From a data item to the command APDUs that deliver it, and from them to scripts that fit a packet.
//!
//! Pure. A plan is a list of commands with fixed bytes. Packets are cut from it one at a time: [`next_script`] takes as
//! many commands as fit, from where the card is known to be. A command that builds on what came before it and the card
//! may have given up (a load under way, the target of a personalization) says where to resume.

use card_proto::remote_script::expanded::CommandScript;
use card_proto::sms::concat;
use card_proto::sms::user_data::Reference;
use serde::{Deserialize, Serialize};

use crate::card::CardProfile;
use crate::item::{DataItem, ItemContent, Octets, Wrap};

mod service;
mod storage_one;

/// Most answers a proof of receipt holds: 97 octets of response data in the 128 octets of the answer to ENVELOPE
/// (TS 31.111 §7.1.1.2), less 5 for the template and the number of commands, 4 for each answer that is a status word.
const ANSWERS_SINGLE: usize = 23;
/// The same for a response packet inside a response packet: 65 octets of response data.
const ANSWERS_NESTED: usize = 15;

/// Octets of a command packet before and in the secured data: CPL to TAR in clear, then CNTR, PCNTR and 8 octets of CC
/// (TS 102 225 §5.1).
const CLEAR_HEADER: usize = 10;
const CIPHERED_HEADER: usize = 14;
/// AES block, in octets.
const BLOCK: usize = 16;
/// Octets of `AA`, `01` and their longest lengths: tag, `82`, two octets.
const TEMPLATE: usize = 4;

/// Why an item cannot be sent to a card.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// An entry of a phonebook does not fit a record.
    #[error("entry {index} of the phonebook (\"{name}\"): {problem}")]
    Entry {
        /// Number of the entry, from 1.
        index: usize,
        /// Its name.
        name: String,
        /// Why.
        problem: String,
    },
    /// A command cannot be built.
    #[error("{what}: {problem}")]
    Command {
        /// Which command.
        what: &'static str,
        /// Why.
        problem: String,
    },
    /// A load file or the objects of a service are too large for 256 numbered blocks.
    #[error(
        "{what}: {octets} octets do not fit 256 blocks for this card; allow more segments per message, or send less"
    )]
    TooManyBlocks {
        /// Which command.
        what: &'static str,
        /// Octets to send.
        octets: usize,
    },
    /// No command fits a packet of the card.
    #[error("a packet of this card ({segments} segments) is too small for {what} of {octets} octets")]
    TooSmall {
        /// Which command.
        what: String,
        /// Its length.
        octets: usize,
        /// Segments of the card's profile.
        segments: u8,
    },
}

/// How packets reach the stage that executes their script.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Route {
    /// Type 1: one packet, for the first stage.
    FirstStage,
    /// Type 2: a packet for the second stage inside a packet for the first.
    Double,
    /// Type 2: one packet, for the second stage; the first passes it on.
    SecondStage,
}

/// The commands of one delivery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// How its packets travel.
    pub route: Route,
    /// The commands, in order.
    pub commands: Vec<PlannedCommand>,
}

/// A command APDU of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedCommand {
    /// The octets, as a short command without Le.
    pub apdu: Octets,
    /// Index of the command to go back to when the card no longer knows what came before this one; the command's own
    /// index where it stands alone.
    pub resume_from: usize,
    /// What it does, for a person. No names, numbers or values: it is logged and shown to everyone.
    pub words: String,
}

/// What one packet of a card holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capacity {
    /// Octets of the command TLVs of a script.
    pub octets: usize,
    /// Commands whose answers fit the proof of receipt.
    pub commands: usize,
}

impl Route {
    /// The route of an item's packets.
    #[must_use]
    pub fn of(item: &DataItem) -> Self {
        match &item.content {
            ItemContent::Phonebook(_) | ItemContent::Authentication(_) | ItemContent::Languages(_) => {
                Self::FirstStage
            }
            ItemContent::Service(service) => match service.wrap {
                Wrap::Double => Self::Double,
                Wrap::Single => Self::SecondStage,
            },
        }
    }

    /// What a packet of at most `segments` short messages holds on this route.
    #[must_use]
    pub fn capacity(self, segments: u8) -> Capacity {
        let secured = secured_data(concat::capacity(segments.into(), Reference::Ref8(0)));
        let (script, commands) = match self {
            Self::FirstStage | Self::SecondStage => (secured, ANSWERS_SINGLE),
            Self::Double => (secured_data(secured.saturating_sub(TEMPLATE)), ANSWERS_NESTED),
        };
        Capacity {
            octets: script.saturating_sub(TEMPLATE),
            commands,
        }
    }
}

/// The most secured data, in octets, that a ciphered packet of at most `packet` octets has room for.
fn secured_data(packet: usize) -> usize {
    (packet.saturating_sub(CLEAR_HEADER) / BLOCK * BLOCK).saturating_sub(CIPHERED_HEADER)
}

/// Makes the plan of a delivery: `item` to the card with this profile.
///
/// `load_file_mac` gives the check value the second stage wants of a load file.
///
/// # Errors
/// If an entry does not fit the card's records, or a command cannot be built or fits no packet.
pub fn plan(
    item: &DataItem,
    profile: &CardProfile,
    load_file_mac: impl FnOnce(&[u8]) -> Vec<u8>,
) -> Result<Plan, PlanError> {
    let route = Route::of(item);
    let capacity = route.capacity(profile.max_segments);
    let commands = match &item.content {
        ItemContent::Phonebook(phonebook) => {
            storage_one::phonebook(phonebook, profile.phonebook_record_length.into())?
        }
        ItemContent::Authentication(authentication) => storage_one::authentication(authentication)?,
        ItemContent::Languages(languages) => storage_one::languages(languages)?,
        ItemContent::Service(service) => service::commands(service, capacity, load_file_mac)?,
    };
    for command in &commands {
        if command_tlv_length(command.apdu.0.len()) > capacity.octets {
            return Err(PlanError::TooSmall {
                what: command.words.clone(),
                octets: command.apdu.0.len(),
                segments: profile.max_segments,
            });
        }
    }
    Ok(Plan { route, commands })
}

/// The number of commands, from `first` on, that the next packet carries. 0 only when none is left.
#[must_use]
pub fn next_script(plan: &Plan, first: usize, capacity: Capacity) -> usize {
    let mut space = Space::new(capacity);
    plan.commands
        .iter()
        .skip(first)
        .take_while(|command| space.take(command.apdu.0.len()))
        .count()
}

/// The script of `count` commands from `first` on, in the expanded format with definite length (TS 102 226 §5.2.1).
#[must_use]
pub fn encode_script(plan: &Plan, first: usize, count: usize) -> Vec<u8> {
    let commands = plan
        .commands
        .iter()
        .skip(first)
        .take(count)
        .map(|command| command.apdu.0.clone())
        .collect();
    CommandScript { commands }.encode_definite()
}

/// The room left in a script.
struct Space {
    capacity: Capacity,
    octets: usize,
    commands: usize,
}

impl Space {
    fn new(capacity: Capacity) -> Self {
        Self {
            capacity,
            octets: 0,
            commands: 0,
        }
    }

    /// Takes room for a command of `length` octets, if there is as much.
    fn take(&mut self, length: usize) -> bool {
        let octets = self.octets + command_tlv_length(length);
        let fits = octets <= self.capacity.octets && self.commands < self.capacity.commands;
        if fits {
            (self.octets, self.commands) = (octets, self.commands + 1);
        }
        fits
    }

    /// Takes room for a command, in a new script if this one has none left.
    fn take_or_renew(&mut self, length: usize) {
        if !self.take(length) {
            *self = Self::new(self.capacity);
            self.take(length);
        }
    }

    /// The longest command, in octets, there is room for; 0 if there is none.
    fn longest(&self) -> usize {
        if self.commands == self.capacity.commands {
            return 0;
        }
        let left = self.capacity.octets.saturating_sub(self.octets);
        (2..=4)
            .filter_map(|header| left.checked_sub(header))
            .find(|&n| command_tlv_length(n) <= left)
            .unwrap_or(0)
    }
}

/// Octets of a C-APDU TLV (`22`, length, command).
fn command_tlv_length(command: usize) -> usize {
    match command {
        0..=0x7F => 2 + command,
        0x80..=0xFF => 3 + command,
        _ => 4 + command,
    }
}

#[cfg(test)]
mod tests;
