//! Random sequences on a simulated card and on the model of the applets.
//!
//! | environment | |
//! |---|---|
//! | `MODEL_SEED` | seed of the first sequence, or `random`; default 1 |
//! | `MODEL_SEQUENCES` | how many sequences each of the two cards gets; default 250 |
//! | `MODEL_STEPS` | steps of a sequence; default 50 |
//!
//! A sequence that fails is made as short as it can be and written to `target/model/`; moved to `tests/cases/model/` it is
//! replayed here.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cards;
mod coverage;
mod faults;

use std::{fs, path::Path};

use conformance::{
    model::Card,
    random::{Budget, saved, search},
};

use self::cards::{SimulatedCard, profile};

/// What each card gets by default.
const SEQUENCES: u64 = 250;
const STEPS: usize = 50;
const FIRST_SEED: u64 = 1;

fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn number(name: &str, default: u64) -> u64 {
    let parse = |text: String| {
        text.parse()
            .unwrap_or_else(|_| panic!("{name}={text} is no number"))
    };
    environment(name).map_or(default, parse)
}

fn budget() -> Budget {
    let seed = match environment("MODEL_SEED").as_deref() {
        // Half of the numbers, so that the seeds of a run do not come to an end.
        Some("random") => fastrand::u64(..u64::MAX / 2),
        _ => number("MODEL_SEED", FIRST_SEED),
    };
    Budget {
        seed,
        sequences: number("MODEL_SEQUENCES", SEQUENCES),
        steps: usize::try_from(number("MODEL_STEPS", u64::try_from(STEPS).unwrap())).unwrap(),
        cuts: true,
    }
}

fn agrees_with_the_model(name: &str) {
    let budget = budget();
    println!("MODEL_SEED={}", budget.seed);
    let (mut card, model) = SimulatedCard::start(name).unwrap();
    let Some(failure) = search(&mut card, &model, budget).unwrap() else {
        return;
    };
    let text = saved::write(&failure, name);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let folder = root.join("target/model");
    let file = folder.join(format!("{name}-{}.sequence", failure.seed));
    fs::create_dir_all(&folder).unwrap();
    fs::write(&file, &text).unwrap();
    panic!("card and model differ, see {}:\n{text}", file.display());
}

#[test]
fn the_large_card_agrees_with_the_model() {
    agrees_with_the_model("large");
}

/// Everything runs full on it.
#[test]
fn the_small_card_agrees_with_the_model() {
    agrees_with_the_model("small");
}

/// The sequences that once failed.
#[test]
fn saved_sequences_are_as_they_should_be() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/model");
    let mut texts = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "sequence") {
            texts.push((path.display().to_string(), fs::read_to_string(path).unwrap()));
        }
    }
    assert!(!texts.is_empty(), "there are no saved sequences");
    texts.sort();
    for name in cards::NAMES {
        let of_card = |text: &&(String, String)| saved::card_name(&text.1).unwrap() == name;
        let texts: Vec<_> = texts.iter().filter(of_card).collect();
        if texts.is_empty() {
            continue;
        }
        let (mut card, model) = SimulatedCard::start(name).unwrap();
        for (file, text) in texts {
            saved::replay(text, &mut card, &model).unwrap_or_else(|error| panic!("{file}: {error:#}"));
        }
    }
}

/// What a failure writes is what a replay reads.
#[test]
fn a_saved_sequence_fails_as_the_first_one_did() {
    let (fault, _) = faults::FAULTS[0];
    let mut card = cards::ModelCard::new("small", fault);
    let model = card.start().clone();
    let failure = search(&mut card, &model, budget()).unwrap().unwrap();
    let text = saved::write(&failure, "small");
    assert_eq!(saved::card_name(&text).unwrap(), "small");
    let error = saved::replay(&text, &mut card, &model).unwrap_err();
    assert!(format!("{error:#}").contains("expected"), "{error:#}");
    let mut right = cards::ModelCard::new("small", faults::none);
    saved::replay(&text, &mut right, &model).unwrap();
}

#[test]
fn the_model_agrees_with_itself() {
    for name in cards::NAMES {
        let model = Card::new(&profile(name), cards::ANY_MEMORY.map(Vec::from)).unwrap();
        let mut card = cards::ModelCard::new(name, faults::none);
        let few = Budget {
            sequences: 30,
            ..budget()
        };
        let failure = search(&mut card, &model, few).unwrap();
        assert!(failure.is_none(), "{}", saved::write(&failure.unwrap(), name));
    }
}
