//! The cards that sequences are played on: jCardSim with the applets, and the model itself.

use std::path::Path;

use anyhow::{Context as _, Result};
use card_proto::transport::CardTransport;
use conformance::{
    case_file::Stage,
    model::{Card, Memory},
    random::session::TestCard,
};
use host_harness::{
    jcardsim::{self, JcardsimCard, JcardsimOptions, Via, install_specs},
    profile::CardProfile,
};
use secure_channel::scp80::Counter;

/// The installations: one on which messages, records and searches are as long as they can be, and one that is soon full.
pub(super) const NAMES: [&str; 2] = ["large", "small"];

/// GET DATA DF06 of a card that is none.
pub(super) const ANY_MEMORY: [[u8; 6]; 2] = [[0x7F; 6]; 2];

/// The profile of an installation.
pub(super) fn profile(name: &str) -> CardProfile {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../keys/test-card.toml");
    let mut profile = CardProfile::read(&path).unwrap();
    if name == "large" {
        profile.first_stage_sizes.max_segments = 11;
        profile.first_stage_sizes.record_length = 240;
        profile.first_stage_sizes.slots = 15;
        profile.second_stage_sizes.max_packet_length = 1472;
    } else {
        profile.first_stage_sizes.records = 5;
        profile.first_stage_sizes.record_length = 20;
        profile.first_stage_sizes.slots = 3;
        profile.first_stage_pin.puk_tries = 2;
        profile.second_stage_sizes.arena = 1024;
    }
    profile
}

/// jCardSim with both applets, in a memory that can be put back and whose power can be cut.
pub(super) struct SimulatedCard(JcardsimCard);

impl SimulatedCard {
    /// An installation, and the model of it.
    pub(super) fn start(name: &str) -> Result<(Self, Card)> {
        let profile = profile(name);
        let options = JcardsimOptions {
            memory: jcardsim::Memory::Watched,
            ..JcardsimOptions::default()
        };
        let mut card = JcardsimCard::start_with(&Via::Direct, &options)?;
        for spec in install_specs(&profile, [Counter::default(); 2]) {
            card.install(&spec)?;
        }
        card.save()?;
        let model = |memory| Card::new(&profile, memory).context("a key of the profile is no AES key");
        let memory = memory(&mut card, &model(ANY_MEMORY.map(Vec::from))?)?;
        Ok((Self(card), model(memory)?))
    }
}

/// What GET DATA DF06 of both stages says after the installation.
fn memory(card: &mut JcardsimCard, model: &Card) -> Result<Memory> {
    let mut one = |stage| {
        card.transmit(&model.select_command(stage))?;
        let response = card.transmit(&[0x80, 0xCA, 0xDF, 0x06, 0x00])?;
        let (memory, _) = response
            .split_last_chunk::<2>()
            .context("an answer without a status word")?;
        Ok::<_, anyhow::Error>(memory.to_vec())
    };
    Ok([one(Stage::First)?, one(Stage::Second)?])
}

impl TestCard for SimulatedCard {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>> {
        Ok(self.0.transmit(command)?)
    }

    fn reset(&mut self) -> Result<()> {
        self.0.reset()?;
        Ok(())
    }

    fn restart(&mut self) -> Result<()> {
        Ok(self.0.restore()?)
    }

    fn transmit_until_cut(&mut self, command: &[u8], writes: u32) -> Result<Option<Vec<u8>>> {
        self.0.cut_power_before(writes)?;
        let response = self.0.transmit(command)?;
        if !self.0.power()?.was_cut {
            // The cut must not come in a later command.
            self.0.count_writes()?;
            return Ok(Some(response));
        }
        self.0.reset()?;
        Ok(None)
    }
}

/// What is wrong with a card: it changes what a command left and what was answered. `before` is the card before the command.
pub(super) type Fault = fn(before: &Card, after: &mut Card, command: &[u8], response: &mut [u8]);

/// The model as a card, with a fault.
pub(super) struct ModelCard {
    start: Card,
    card: Card,
    fault: Fault,
}

impl ModelCard {
    pub(super) fn new(name: &str, fault: Fault) -> Self {
        let start = Card::new(&profile(name), ANY_MEMORY.map(Vec::from)).unwrap();
        Self {
            card: start.clone(),
            start,
            fault,
        }
    }

    /// The card as it is installed.
    pub(super) fn start(&self) -> &Card {
        &self.start
    }
}

impl TestCard for ModelCard {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>> {
        let before = self.card.clone();
        let mut response = self.card.transmit(command);
        (self.fault)(&before, &mut self.card, command, &mut response);
        Ok(response)
    }

    fn reset(&mut self) -> Result<()> {
        self.card.reset();
        Ok(())
    }

    fn restart(&mut self) -> Result<()> {
        self.card = self.start.clone();
        Ok(())
    }

    /// Each state between two commits counts as a write.
    fn transmit_until_cut(&mut self, command: &[u8], writes: u32) -> Result<Option<Vec<u8>>> {
        let before = self.card.clone();
        let response = self.transmit(command)?;
        let mut states = self.card.after_cut(&before);
        let cut = usize::try_from(writes)?;
        if cut >= states.len() {
            return Ok(Some(response));
        }
        self.card = states.swap_remove(cut);
        Ok(None)
    }
}
