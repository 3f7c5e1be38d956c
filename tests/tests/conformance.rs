//! Plays every case file under `cases/` against a card, a test a file. `TARGET` names the card, as
//! `deploy --target` does: `jcardsim` (the default), `jcardsim-direct` or `pcsc:<reader>`; `CARD_PROFILE` its profile. A case that
//! needs more than the target can do is skipped; `power.rs` plays those that cut the power.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use anyhow::{Result, anyhow};
use conformance::{
    case_file::{self, Case},
    player::{Played, Player},
    testbed::{OrdinaryCard, SimulatedCard, Testbed},
};
use host_harness::{jcardsim::Memory, profile::CardProfile};
use libtest_mimic::{Arguments, Completion, Failed, Trial};
use secure_channel::scp80::Counter;
use twofold::target::Target;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    match run(&arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("the cases cannot be played: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> Result<ExitCode> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = case_file::find(&root.join("cases"))?;
    let profile =
        std::env::var_os("CARD_PROFILE").map_or_else(|| root.join("../keys/test-card.toml"), PathBuf::from);
    let profile = Arc::new(CardProfile::read(&profile)?);
    if arguments.list {
        return Ok(libtest_mimic::run(arguments, trials(&files, &profile, None)).exit_code());
    }
    let target: Target = std::env::var("TARGET")
        .unwrap_or_else(|_| "jcardsim".to_owned())
        .parse()
        .map_err(|error| anyhow!("TARGET: {error}"))?;
    // A private socket lives as long as this.
    let via = target.via()?;
    let card: Box<dyn Testbed + Send> = match target {
        Target::Jcardsim | Target::JcardsimDirect => {
            Box::new(SimulatedCard::start(&via, &profile, Memory::Plain)?)
        }
        Target::Pcsc(_) => Box::new(OrdinaryCard(target.open(
            &via,
            &profile,
            [Counter::default(); 2],
        )?)),
    };
    eprintln!("card: {}", card.describe());
    let card = Arc::new(Mutex::new(card));
    // Each case needs the one card for itself.
    let arguments = Arguments {
        test_threads: Some(1),
        ..arguments.clone()
    };
    let conclusion = libtest_mimic::run(&arguments, trials(&files, &profile, Some(&card)));
    Ok(conclusion.exit_code())
}

type Card = Arc<Mutex<Box<dyn Testbed + Send>>>;

fn lock(card: &Card) -> MutexGuard<'_, Box<dyn Testbed + Send>> {
    card.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A test a case; then every case again, on the card that has seen them all: no case may need a fresh card.
fn trials(files: &[(String, String)], profile: &Arc<CardProfile>, card: Option<&Card>) -> Vec<Trial> {
    let trial = |text: &str, name: String| {
        let (text, profile, card) = (text.to_owned(), Arc::clone(profile), card.cloned());
        Trial::ignorable_test(name, move || match card {
            Some(card) => play(&text, &profile, &card).map_err(|error| Failed::from(format!("{error:#}"))),
            None => Ok(Completion::Completed),
        })
    };
    let first = files.iter().map(|(name, text)| trial(text, name.clone()));
    let again = files
        .iter()
        .map(|(name, text)| trial(text, format!("again: {name}")));
    first.chain(again).collect()
}

fn play(text: &str, profile: &CardProfile, card: &Card) -> Result<Completion> {
    let case = Case::parse(text, profile)?;
    let mut card = lock(card);
    let played = Player::new(card.as_mut(), profile).play(&case)?;
    Ok(match played {
        Played::Whole { .. } => Completion::Completed,
        Played::Skipped { .. } => Completion::ignored_with(played.to_string()),
    })
}
