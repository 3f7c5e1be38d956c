//! A sequence played: each command goes to the card and to the model, and the responses are compared.

use std::fmt;

use anyhow::Result;

use super::step::{Action, Step};
use crate::{
    case_file::Stage,
    model::{Card, index, keys::KeySet, packet, second::Kind},
};

/// A card that can be put back to its start.
pub trait TestCard {
    /// The response APDU to a command APDU.
    ///
    /// # Errors
    /// The card is lost.
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>>;

    /// Resets the card.
    ///
    /// # Errors
    /// The card is lost.
    fn reset(&mut self) -> Result<()>;

    /// Puts the card back to what it was after its installation, reset.
    ///
    /// # Errors
    /// The card is lost.
    fn restart(&mut self) -> Result<()>;

    /// As [`TestCard::transmit`], but the power is cut before persistent write `writes` + 1, and the card is reset then; `None`
    /// when that happened.
    ///
    /// # Errors
    /// The card is lost.
    fn transmit_until_cut(&mut self, command: &[u8], writes: u32) -> Result<Option<Vec<u8>>>;
}

/// What went over the interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// A step, in words.
    Step(String),
    /// The card was reset.
    Reset,
    /// The power is cut in the next command, before this persistent write.
    Cut(u32),
    /// A command and what the model answers to it.
    Command(Vec<u8>, Vec<u8>),
    /// Everything both stages show was read.
    ReadBack,
}

/// Where card and model differ.
#[derive(Debug, Clone)]
pub struct Difference {
    /// Index of the step.
    pub step: usize,
    /// The command.
    pub command: Vec<u8>,
    /// What the card answered.
    pub found: Vec<u8>,
    /// What it should have answered: one of these.
    pub expected: Vec<Vec<u8>>,
    /// The key sets that protect response packets.
    keys: Vec<KeySet>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "The card answered {}", self.words(&self.found))?;
        write!(
            f,
            "expected {}",
            self.expected
                .iter()
                .map(|answer| self.words(answer))
                .collect::<Vec<_>>()
                .join(" or ")
        )
    }
}

impl Difference {
    /// A response APDU in hexadecimal; one that is a response packet is opened.
    fn words(&self, response: &[u8]) -> String {
        let packet = response.split_last_chunk::<2>().map(|(data, _)| data);
        let opened = packet.and_then(|packet| packet::describe(packet, &self.keys));
        opened.unwrap_or_else(|| hex::encode_upper(response))
    }
}

/// Why a sequence ended early.
#[derive(Debug)]
pub enum Stop {
    /// Card and model differ.
    Difference(Difference),
    /// The card is lost.
    Card(anyhow::Error),
}

impl From<anyhow::Error> for Stop {
    fn from(error: anyhow::Error) -> Self {
        Self::Card(error)
    }
}

/// A sequence under way.
pub struct Session<'a> {
    card: &'a mut dyn TestCard,
    /// What the card may be: several after a cut of power, until what it shows tells which.
    models: Vec<Card>,
    /// The ENVELOPEs of each message.
    sent: Vec<Vec<Vec<u8>>>,
    steps: usize,
    lines: Vec<Line>,
    /// Commands are not noted one by one: they are those of a read-back.
    reading_back: bool,
}

impl<'a> Session<'a> {
    /// Puts the card back to its start, where `model` tells what it is.
    ///
    /// # Errors
    /// The card is lost.
    pub fn start(card: &'a mut dyn TestCard, model: &Card) -> Result<Self> {
        card.restart()?;
        Ok(Self {
            card,
            models: vec![model.clone()],
            sent: Vec::new(),
            steps: 0,
            lines: Vec::new(),
            reading_back: false,
        })
    }

    /// The model, one that is as good as the others where there are several.
    pub fn model(&self) -> &Card {
        &self.models[0]
    }

    /// What went over the interface so far.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// Plays a step.
    ///
    /// # Errors
    /// [`Stop`]
    pub fn play(&mut self, step: &Step) -> Result<(), Stop> {
        self.lines.push(Line::Step(step.to_string()));
        let played = self.action(&step.action, step.cut);
        self.steps += 1;
        played
    }

    fn action(&mut self, action: &Action, cut: Option<u32>) -> Result<(), Stop> {
        match action {
            Action::Reset => self.reset(),
            Action::Select(stage) => self.select(*stage),
            Action::Apdu(stage, command) => {
                self.select_if_other(*stage)?;
                self.send(std::slice::from_ref(command), cut)
            }
            Action::Message(message) => {
                self.select_if_other(Stage::First)?;
                let envelopes = message.envelopes(self.model());
                self.sent.push(envelopes.clone());
                self.send(&envelopes, cut)
            }
            Action::Again(back) => {
                self.select_if_other(Stage::First)?;
                let envelopes = self.sent.iter().rev().nth(back.saturating_sub(1)).cloned();
                self.send(&envelopes.unwrap_or_default(), cut)
            }
            Action::ReadBack => self.read_back(),
        }
    }

    /// Resets card and model.
    ///
    /// # Errors
    /// The card is lost.
    pub fn reset(&mut self) -> Result<(), Stop> {
        self.lines.push(Line::Reset);
        self.card.reset()?;
        self.models.iter_mut().for_each(Card::reset);
        Ok(())
    }

    fn select(&mut self, stage: Stage) -> Result<(), Stop> {
        let command = self.model().select_command(stage);
        self.command(&command).map(drop)
    }

    fn select_if_other(&mut self, stage: Stage) -> Result<(), Stop> {
        if self.model().state.selected == Some(stage) {
            return Ok(());
        }
        self.select(stage)
    }

    /// Sends commands; the power is cut in the last one, if at all.
    fn send(&mut self, commands: &[Vec<u8>], cut: Option<u32>) -> Result<(), Stop> {
        let Some((last, before)) = commands.split_last() else {
            return Ok(());
        };
        for command in before {
            self.command(command)?;
        }
        match cut {
            None => self.command(last).map(drop),
            Some(writes) => self.command_until_cut(last, writes),
        }
    }

    /// Sends a command and compares the response; gives it.
    ///
    /// # Errors
    /// [`Stop`]
    pub fn command(&mut self, command: &[u8]) -> Result<Vec<u8>, Stop> {
        let found = self.card.transmit(command)?;
        self.compare(command, found)
    }

    fn compare(&mut self, command: &[u8], found: Vec<u8>) -> Result<Vec<u8>, Stop> {
        // Those of a response packet are the ones from before the command.
        let is_envelope = matches!(command, [0x80, 0xC2 | 0xD0, ..]);
        let models = self.models.iter().filter(|_| is_envelope);
        let keys = models
            .flat_map(|model| &model.state.keys)
            .flat_map(|keys| keys.versions.clone())
            .collect();
        let answers: Vec<Vec<u8>> = self
            .models
            .iter_mut()
            .map(|model| model.transmit(command))
            .collect();
        if !self.reading_back {
            let said = answers.iter().find(|answer| **answer == found);
            let said = said.or(answers.first()).cloned().unwrap_or_default();
            self.lines.push(Line::Command(command.to_vec(), said));
        }
        let mut good = answers.iter().map(|answer| *answer == found);
        self.models.retain(|_| good.next().unwrap_or_default());
        if self.models.is_empty() {
            return Err(Stop::Difference(Difference {
                step: self.steps,
                command: command.to_vec(),
                found,
                expected: answers,
                keys,
            }));
        }
        Ok(found)
    }

    /// Sends a command that the power is cut in. The card is then what it was before, or after one of the points where it
    /// committed something; what it shows tells which.
    ///
    /// # Errors
    /// [`Stop`]
    pub fn command_until_cut(&mut self, command: &[u8], writes: u32) -> Result<(), Stop> {
        self.lines.push(Line::Cut(writes));
        let Some(response) = self.card.transmit_until_cut(command, writes)? else {
            let after = |model: &Card| {
                let mut executed = model.clone();
                executed.transmit(command);
                executed.after_cut(model)
            };
            self.lines.push(Line::Command(command.to_vec(), Vec::new()));
            self.models = self.models.iter().flat_map(after).collect();
            return self.read_back();
        };
        self.compare(command, response).map(drop)
    }

    /// Reads everything that both stages show.
    ///
    /// # Errors
    /// [`Stop`]
    pub fn read_back(&mut self) -> Result<(), Stop> {
        self.lines.push(Line::ReadBack);
        self.reading_back = true;
        let read = self.read_both_stages();
        self.reading_back = false;
        read
    }

    fn read_both_stages(&mut self) -> Result<(), Stop> {
        self.select(Stage::First)?;
        for tag in [
            [0xDF, 0x01],
            [0xDF, 0x02],
            [0xDF, 0x03],
            [0xDF, 0x04],
            [0xDF, 0x05],
            [0x5F, 0x2D],
        ] {
            self.command(&[0x80, 0xCA, tag[0], tag[1], 0x00])?;
        }
        self.command(&[0x00, 0x2C, 0x00, 0x01])?;
        self.read_storage_one()?;
        self.select(Stage::Second)?;
        for tag in 0x01..=0x07 {
            self.command(&[0x80, 0xCA, 0xDF, tag, 0x00])?;
        }
        self.read_storage_two()
    }

    /// Phonebook and authentication values; the holder's PIN is verified for it, unless it is blocked.
    fn read_storage_one(&mut self) -> Result<(), Stop> {
        let pin = self.model().state.first.pin.value;
        self.command(&[[0x00, 0x20, 0x00, 0x01, 0x08].as_slice(), &pin].concat())?;
        let first = &self.model().state.first;
        let numbers = |count: usize| 1..=u8::try_from(count).unwrap_or(u8::MAX);
        let (records, slots) = (numbers(first.records.len()), numbers(first.values.len()));
        for record in records {
            self.command(&[0x00, 0xB2, record, 0x04, 0x00])?;
        }
        for slot in slots {
            let challenge = [0x5A; 16];
            self.command(&[[0x00, 0x88, 0x00, slot, 0x10].as_slice(), &challenge, &[0x00]].concat())?;
        }
        Ok(())
    }

    /// Registry and objects, each with the PIN of its service verified if it has one.
    fn read_storage_two(&mut self) -> Result<(), Stop> {
        let mut next = 0x02;
        loop {
            let response = self.command(&[0x80, 0xF2, 0x60, next, 0x02, 0x4F, 0x00, 0x00])?;
            next = 0x03;
            if !response.ends_with(&[0x63, 0x10]) {
                break;
            }
        }
        let aids: Vec<Vec<u8>> = self
            .model()
            .state
            .second
            .entries
            .iter()
            .map(|entry| entry.aid.clone())
            .collect();
        for aid in aids {
            let length = u8::try_from(aid.len()).unwrap_or_default();
            self.command(&[[0x80, 0xA4, 0x04, 0x00, length].as_slice(), &aid].concat())?;
            self.verify_service_pin()?;
            self.read_objects(&aid)?;
        }
        Ok(())
    }

    fn verify_service_pin(&mut self) -> Result<(), Stop> {
        self.command(&[0x00, 0x20, 0x00, 0x81])?;
        let mut model = self.model().clone();
        match model.state.second.pin_content() {
            Ok(content) => {
                let pin = content.get(2..).unwrap_or_default();
                self.command(&[[0x00, 0x20, 0x00, 0x81, 0x08].as_slice(), pin].concat())
                    .map(drop)
            }
            Err(_) => Ok(()),
        }
    }

    fn read_objects(&mut self, aid: &[u8]) -> Result<(), Stop> {
        let objects = match self.model().state.second.service(aid).map(|entry| &entry.kind) {
            Some(Kind::Service(_, objects)) => objects.clone(),
            _ => Vec::new(),
        };
        for object in objects {
            let [high, low] = object.tag.to_be_bytes();
            let mut offset: u16 = 0;
            while usize::from(offset) <= object.content.len() {
                let [from, to] = offset.to_be_bytes();
                let response = self.command(&[0x80, 0xCB, high, low, 0x04, 0x54, 0x02, from, to, 0x00])?;
                if !response.ends_with(&[0x63, 0x10]) {
                    break;
                }
                offset += u16::try_from(response.len() - 2).unwrap_or_default();
            }
        }
        Ok(())
    }

    /// Version numbers that a stage holds.
    pub fn versions(&self, stage: Stage) -> Vec<u8> {
        let versions = &self.model().state.keys[index(stage)].versions;
        versions.iter().map(|set| set.kvn).collect()
    }
}
