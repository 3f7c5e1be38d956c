//! Takes commands and responses apart with the project's own codecs: ENVELOPE, TPDU, packet, script, and back.

mod command_packet;
mod instruction;
mod message;
mod response_packet;

use card_proto::{
    apdu::{CommandApdu, ResponseApdu},
    sms::concat::Reassembly,
};
use host_harness::profile::{CardProfile, StageProfile};
use secure_channel::scp80::{CommandHeader, Tar};

pub use self::instruction::name as instruction_name;

use super::{
    recording::Event,
    trace::{Field, Traced},
};
use crate::mismatch::status_word_in_words;

/// More messages under way than any case has.
const MESSAGES_MAX: usize = 16;
/// INS of ENVELOPE, and the proprietary one of cards that keep it to themselves.
const INS_ENVELOPE: [u8; 2] = [0xC2, 0xD0];

/// Explains event after event; it remembers segments and packets, so it has to see every event of a case.
pub struct Explainer<'a> {
    profile: &'a CardProfile,
    /// Whether octets may be shown: only those of a card that has the published test keys.
    shows_octets: bool,
    segments: Reassembly,
    /// The packets whose answer comes next: the outer one, then the inner one.
    opened: Vec<Opened<'a>>,
}

/// A command packet that was opened, with what opens its answer.
struct Opened<'a> {
    header: CommandHeader,
    stage: &'a StageProfile,
    /// The C-APDUs of its script.
    script: Vec<Vec<u8>>,
}

impl<'a> Explainer<'a> {
    /// An explainer that opens packets with the keys of `profile`.
    pub fn new(profile: &'a CardProfile) -> Self {
        Self {
            profile,
            shows_octets: profile.is_published_test_set(),
            segments: Reassembly::new(MESSAGES_MAX, u8::MAX),
            opened: Vec::new(),
        }
    }

    /// What an event means.
    pub fn explain(&mut self, event: &Event) -> Traced {
        let mut traced = if self.shows_octets {
            Traced::bare(event, |octets| hex::encode_upper(octets))
        } else {
            Traced::bare(event, |octets| format!("({} octets, not shown)", octets.len()))
        };
        match event {
            Event::Reset(_) => self.segments = Reassembly::new(MESSAGES_MAX, u8::MAX),
            Event::NoAnswer { command, .. } => self.command(command, &mut traced),
            Event::Exchange { command, response } => {
                self.command(command, &mut traced);
                self.response(response, &mut traced);
            }
        }
        traced
    }

    fn command(&mut self, octets: &[u8], traced: &mut Traced) {
        self.opened.clear();
        let Some(header) = octets.first_chunk::<4>() else {
            return;
        };
        traced.name = instruction_name(header[0], header[1], header[2]).to_owned();
        let fields = &mut traced.command_fields;
        fields.push(Field::new(0, "CLA INS P1 P2", header, traced.name.clone()));
        let apdu = match CommandApdu::parse(octets) {
            Ok(apdu) => apdu,
            Err(error) => return fields.push(Field::new(0, "malformed", &[], error.to_string())),
        };
        if !apdu.data().is_empty() {
            fields.push(Field::new(
                0,
                "data",
                &[],
                format!("{} octets", apdu.data().len()),
            ));
        }
        if let Some(ne) = apdu.ne() {
            fields.push(Field::new(
                0,
                "Le",
                &[],
                format!("up to {ne} octets are asked for"),
            ));
        }
        if self.shows_octets && apdu.cla() & 0x80 != 0 && INS_ENVELOPE.contains(&apdu.ins()) {
            self.envelope(apdu.data(), fields);
        }
    }

    fn response(&self, octets: &[u8], traced: &mut Traced) {
        let response = match ResponseApdu::parse(octets) {
            Ok(response) => response,
            Err(error) => {
                traced.status = error.to_string();
                return;
            }
        };
        traced.status = status_word_in_words(response.sw);
        if response.data.is_empty() || !self.shows_octets {
            return;
        }
        let length = format!("{} octets", response.data.len());
        traced.response_fields.push(Field::new(0, "data", &[], length));
        if let Some((outer, inner)) = self.opened.split_first() {
            response_packet::outer(&response.data, outer, inner.first(), &mut traced.response_fields);
        }
    }

    /// The stage that a TAR names.
    fn stage(&self, tar: Tar) -> Option<&'a StageProfile> {
        let stages = [&self.profile.first_stage, &self.profile.second_stage];
        stages.into_iter().find(|stage| stage.tar == tar)
    }

    fn tar_in_words(&self, tar: Tar) -> &'static str {
        match tar {
            _ if tar == self.profile.first_stage.tar => "first stage",
            _ if tar == self.profile.second_stage.tar => "second stage",
            _ => "no stage of the profile",
        }
    }
}

#[cfg(test)]
mod tests;
