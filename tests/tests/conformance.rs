//! Plays every case file under `cases/` against a card, a test a file. `TARGET` names the card, as
//! `deploy --target` does: `jcardsim` (the default), `jcardsim-direct` or `pcsc:<reader>`; `CARD_PROFILE` its profile.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::{Arc, Mutex},
};

use anyhow::{Context as _, Result, anyhow};
use card_proto::transport::CardTransport;
use conformance::{case_file::Case, player::Player};
use host_harness::profile::CardProfile;
use libtest_mimic::{Arguments, Failed, Trial};
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
    let mut files = Vec::new();
    collect(&root.join("cases"), &mut files)?;
    files.sort();
    let profile =
        std::env::var_os("CARD_PROFILE").map_or_else(|| root.join("../keys/test-card.toml"), PathBuf::from);
    let profile = Arc::new(CardProfile::read(&profile)?);
    if arguments.list {
        return Ok(libtest_mimic::run(arguments, trials(&files, root, &profile, None)).exit_code());
    }
    let target: Target = std::env::var("TARGET")
        .unwrap_or_else(|_| "jcardsim".to_owned())
        .parse()
        .map_err(|error| anyhow!("TARGET: {error}"))?;
    let via = target.via()?;
    let card = Arc::new(Mutex::new(target.open(
        &via,
        &profile,
        [Counter::default(); 2],
    )?));
    eprintln!("card: {}", lock(&card).describe());
    // Each case needs the one card for itself.
    let arguments = Arguments {
        test_threads: Some(1),
        ..arguments.clone()
    };
    let conclusion = libtest_mimic::run(&arguments, trials(&files, root, &profile, Some(&card)));
    Ok(conclusion.exit_code())
}

type Card = Arc<Mutex<Box<dyn CardTransport + Send>>>;

fn lock(card: &Card) -> std::sync::MutexGuard<'_, Box<dyn CardTransport + Send>> {
    card.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// A test a case; then every case again, on the card that has seen them all: no case may need a fresh card.
fn trials(files: &[PathBuf], root: &Path, profile: &Arc<CardProfile>, card: Option<&Card>) -> Vec<Trial> {
    let name = |file: &Path| {
        let relative = file.strip_prefix(root.join("cases")).unwrap_or(file);
        relative.with_extension("").display().to_string()
    };
    let trial = |file: &PathBuf, name: String| {
        let (path, profile, card) = (file.clone(), Arc::clone(profile), card.cloned());
        Trial::test(name, move || match card {
            Some(card) => play(&path, &profile, &card).map_err(|error| Failed::from(format!("{error:#}"))),
            None => Ok(()),
        })
    };
    let first = files.iter().map(|file| trial(file, name(file)));
    let again = files
        .iter()
        .map(|file| trial(file, format!("again: {}", name(file))));
    first.chain(again).collect()
}

fn play(file: &Path, profile: &CardProfile, card: &Card) -> Result<()> {
    let case = Case::read(file, profile).with_context(|| file.display().to_string())?;
    let mut card = lock(card);
    Player::new(card.as_mut(), profile)
        .play(&case)
        .with_context(|| file.display().to_string())
}

/// Every case file below `folder`.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "apdu") {
            files.push(path);
        }
    }
    Ok(())
}
