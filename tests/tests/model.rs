//! Random sequences on a simulated card and on the model of the applets.
//!
//! | environment | |
//! |---|---|
//! | `MODEL_SEED` | seed of the first sequence, or `random`; default 1 |
//! | `MODEL_SEQUENCES` | how many sequences each of the two cards gets |
//! | `MODEL_STEPS` | steps of a sequence |
//!
//! A sequence that fails is made as short as it can be and written to `target/model/`; moved to `tests/cases/model/` it is
//! replayed here.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{collections::BTreeMap, path::Path};

use anyhow::Result;
use card_proto::transport::CardTransport;
use conformance::{
    case_file::Stage,
    model::{Card, Executed, Memory},
    random::{
        Budget,
        generator::Generator,
        saved, search,
        session::{Session, TestCard},
    },
};
use host_harness::{
    jcardsim::{self, JcardsimCard, JcardsimOptions, Via, install_specs},
    profile::CardProfile,
};
use secure_channel::scp80::Counter;

/// Sequences that each card gets by default, and their steps.
const SEQUENCES: u64 = 150;
const STEPS: usize = 40;

/// The installations that are played on: that of the test profile, and one so small that everything runs full.
const CARDS: [&str; 2] = ["usual", "small"];

fn profile(card: &str) -> CardProfile {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../keys/test-card.toml");
    let mut profile = CardProfile::read(&path).unwrap();
    if card == "small" {
        profile.first_stage_sizes.records = 5;
        profile.first_stage_sizes.record_length = 20;
        profile.first_stage_sizes.slots = 3;
        profile.second_stage_sizes.arena = 1024;
    }
    profile
}

fn memory() -> Memory {
    [vec![0x7F; 6], vec![0x7F; 6]]
}

fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn number(name: &str, default: u64) -> u64 {
    environment(name).map_or(default, |value| value.parse().unwrap())
}

fn seed() -> u64 {
    match environment("MODEL_SEED").as_deref() {
        Some("random") => fastrand::u64(..u64::MAX / 2),
        _ => number("MODEL_SEED", 1),
    }
}

/// A card that is a model itself, perhaps with a fault: what the search has to find.
struct ModelCard {
    start: Card,
    card: Card,
    fault: Fault,
}

type Fault = fn(&Card, &mut Card, &[u8], &mut Vec<u8>);

impl ModelCard {
    fn new(card: &str, fault: Fault) -> Self {
        let start = Card::new(&profile(card), memory()).unwrap();
        Self {
            card: start.clone(),
            start,
            fault,
        }
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

    fn transmit_until_cut(&mut self, command: &[u8], writes: u32) -> Result<Option<Vec<u8>>> {
        let before = self.card.clone();
        let response = self.transmit(command)?;
        let mut states = self.card.after_cut(&before);
        let cut = usize::try_from(writes).unwrap();
        if cut >= states.len() {
            return Ok(Some(response));
        }
        self.card = states.swap_remove(cut);
        Ok(None)
    }
}

/// jCardSim with both applets, in a memory that can be put back and whose power can be cut.
struct SimulatedCard(JcardsimCard);

impl SimulatedCard {
    fn start(profile: &CardProfile) -> Result<Self> {
        let options = JcardsimOptions {
            memory: jcardsim::Memory::Watched,
            ..JcardsimOptions::default()
        };
        let mut card = JcardsimCard::start_with(&Via::Direct, &options)?;
        for spec in install_specs(profile, [Counter::default(); 2]) {
            card.install(&spec)?;
        }
        card.save()?;
        Ok(Self(card))
    }

    /// What GET DATA DF06 of both stages says.
    fn memory(&mut self, model: &Card) -> Result<Memory> {
        let mut one = |stage| {
            CardTransport::transmit(&mut self.0, &model.select_command(stage))?;
            let mut response = CardTransport::transmit(&mut self.0, &[0x80, 0xCA, 0xDF, 0x06, 0x00])?;
            response.truncate(response.len() - 2);
            Ok::<_, anyhow::Error>(response)
        };
        Ok([one(Stage::First)?, one(Stage::Second)?])
    }
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

fn no_fault(_: &Card, _: &mut Card, _: &[u8], _: &mut Vec<u8>) {}

/// How often each command ended how in the sequences of the default budget.
fn reached() -> BTreeMap<Executed, u32> {
    let mut reached = BTreeMap::new();
    for (card, seed) in CARDS
        .into_iter()
        .flat_map(|card| (1..=SEQUENCES).map(move |seed| (card, seed)))
    {
        let mut model = ModelCard::new(card, no_fault);
        let start = model.start.clone();
        let mut generator = Generator::new(seed, false);
        let mut session = Session::start(&mut model, &start).unwrap();
        for _ in 0..STEPS {
            let step = generator.step(session.model());
            session
                .play(&step)
                .map_err(|_| "the model differs from itself")
                .unwrap();
            for executed in session.model().executed() {
                *reached.entry(*executed).or_default() += 1;
            }
        }
    }
    reached
}

#[test]
fn print_coverage() {
    let mut by = BTreeMap::<(bool, bool, [u8; 2], u8), BTreeMap<u16, u32>>::new();
    for (e, n) in reached() {
        let p1 = if e.command[1] == 0xE6 { e.p1 } else { 0 };
        if e.sw == 0x6A86 || e.sw >= 0x6D00 && e.sw < 0x9000 {
            continue;
        }
        *by.entry((e.second_stage, e.in_script, e.command, p1))
            .or_default()
            .entry(e.sw)
            .or_default() += n;
    }
    for (k, v) in by {
        println!(
            "{k:02X?} {}",
            v.iter()
                .map(|(s, n)| format!("{s:04X}:{n}"))
                .collect::<Vec<_>>()
                .join(" ")
        );
    }
}

#[test]
fn the_model_agrees_with_itself() {
    for card in CARDS {
        let mut model = ModelCard::new(card, no_fault);
        let start = model.start.clone();
        let budget = Budget {
            seed: seed(),
            sequences: number("MODEL_SEQUENCES", SEQUENCES),
            steps: STEPS,
            cuts: true,
        };
        let failure = search(&mut model, &start, budget).unwrap();
        assert!(failure.is_none(), "{}", saved::write(&failure.unwrap(), card));
    }
}

#[test]
fn the_card_agrees_with_the_model() {
    let seed = seed();
    println!("MODEL_SEED={seed}");
    for name in CARDS {
        let profile = profile(name);
        let mut card = SimulatedCard::start(&profile).unwrap();
        let start = Card::new(&profile, memory()).unwrap();
        let start = Card::new(&profile, card.memory(&start).unwrap()).unwrap();
        let budget = Budget {
            seed,
            sequences: number("MODEL_SEQUENCES", SEQUENCES),
            steps: usize::try_from(number("MODEL_STEPS", STEPS as u64)).unwrap(),
            cuts: true,
        };
        if let Some(failure) = search(&mut card, &start, budget).unwrap() {
            panic!("{}", saved::write(&failure, name));
        }
    }
}
