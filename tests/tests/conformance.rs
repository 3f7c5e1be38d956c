//! Plays every case file under `cases/` against a simulated card, a test a file. `TARGET` names the card, as
//! `conformance --target` does: `jcardsim` (the default) or `jcardsim-direct`; `CARD_PROFILE` its profile. A case that needs more than
//! the target can do is skipped; `power.rs` plays those that cut the power.
//! A card in a reader is played by the binary only, which asks whether it may be overwritten.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use anyhow::{Result, anyhow, ensure};
use conformance::{
    suite::{
        self,
        catalog::{self, CaseFile},
        expected::{ExpectedFailures, Verdict},
        report::text,
    },
    testbed::{self, Testbed},
};
use host_harness::{jcardsim::Memory, profile::CardProfile};
use libtest_mimic::{Arguments, Completion, Failed, Trial};
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
    let files = catalog::find(&catalog::cases_folder())?;
    let list = ExpectedFailures::beside(&catalog::cases_folder(), &files)?;
    if arguments.list {
        let trials = trials(&files, |_| Ok(Completion::Completed));
        return Ok(libtest_mimic::run(arguments, trials).exit_code());
    }
    let bench = Arc::new(Bench::open(list)?);
    // Each case needs the one card for itself.
    let arguments = Arguments {
        test_threads: Some(1),
        ..arguments.clone()
    };
    let trials = trials(&files, move |file| bench.play(file));
    Ok(libtest_mimic::run(&arguments, trials).exit_code())
}

/// A test a case; then every case again, on the card that has seen them all: no case may need a fresh card.
fn trials(
    files: &[CaseFile],
    play: impl Fn(&CaseFile) -> Result<Completion, Failed> + Clone + Send + 'static,
) -> Vec<Trial> {
    let trial = |file: &CaseFile, name: String| {
        let (file, play) = (file.clone(), play.clone());
        Trial::ignorable_test(name, move || play(&file))
    };
    let first = files.iter().map(|file| trial(file, file.name.clone()));
    let again = files
        .iter()
        .map(|file| trial(file, format!("again: {}", file.name)));
    first.chain(again).collect()
}

/// The card on the bench, and what is expected of it.
struct Bench {
    card: Mutex<Box<dyn Testbed + Send>>,
    profile: CardProfile,
    target: Target,
    list: ExpectedFailures,
}

impl Bench {
    fn open(list: ExpectedFailures) -> Result<Self> {
        let published = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../keys/test-card.toml");
        let profile = std::env::var_os("CARD_PROFILE").map_or_else(published, PathBuf::from);
        let profile = CardProfile::read(&profile)?;
        let target = std::env::var("TARGET").unwrap_or_else(|_| "jcardsim".to_owned());
        let target: Target = target.parse().map_err(|error| anyhow!("TARGET: {error}"))?;
        ensure!(
            !matches!(target, Target::Pcsc(_)),
            "cargo test plays simulated cards; for a card in a reader: cargo run -p conformance --bin conformance -- \
             --target 'pcsc:<reader>'"
        );
        let via = target.via()?;
        let card = testbed::open(&target, &via, &profile, Memory::Plain)?;
        eprintln!("card: {}", card.describe());
        Ok(Self {
            card: Mutex::new(card),
            profile,
            target,
            list,
        })
    }

    fn play(&self, file: &CaseFile) -> Result<Completion, Failed> {
        let mut card: MutexGuard<'_, _> = self.card.lock().unwrap_or_else(PoisonError::into_inner);
        let played = suite::play(file, card.as_mut(), &self.profile);
        match self.list.judge(&self.target, &file.name, played.outcome) {
            Verdict::Passed => Ok(Completion::Completed),
            verdict @ (Verdict::Skipped { .. } | Verdict::FailedAsExpected { .. }) => {
                Ok(Completion::ignored_with(verdict.line()))
            }
            verdict => Err(Failed::from(text::verdict(&verdict))),
        }
    }
}
