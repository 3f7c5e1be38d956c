//! `cargo run -p conformance --bin conformance`: see `--help`.

use std::{fs, path::Path, process::ExitCode};

use anyhow::{Context as _, Result, ensure};
use clap::Parser;
use conformance::{
    suite::{
        self, Played,
        card_facts::CardFacts,
        catalog::{self, CaseFile},
        expected::ExpectedFailures,
        options::Options,
        report::{CaseReport, Report, html, junit, text},
    },
    testbed::{self, Testbed},
};
use host_harness::{jcardsim::Memory, profile::CardProfile};
use ota_server::clock::Clock;
use twofold::target::Target;

fn main() -> ExitCode {
    let options = Options::parse();
    match run(&options) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("conformance: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(options: &Options) -> Result<bool> {
    let mut files = catalog::find(&options.cases)?;
    let list = ExpectedFailures::beside(&options.cases, &files)?;
    files.retain(|file| file.name.contains(&options.filter));
    ensure!(
        !files.is_empty(),
        "no case has {:?} in its name: --list names them all",
        options.filter
    );
    if options.list {
        files
            .iter()
            .for_each(|file| println!("{}  {}", file.name, file.title));
        return Ok(true);
    }
    let profile = CardProfile::read(&options.profile)?;
    let via = options.target.via()?;
    if let Target::Pcsc(reader) = &options.target {
        let file = options.profile.display();
        eprintln!("{}, profile «{}» ({file})", card_in(reader)?, profile.name);
    }
    options.may_overwrite()?;
    let mut card = testbed::open(&options.target, &via, &profile, Memory::Watched)?;
    let facts = CardFacts::read(&options.target, card.as_mut(), &profile)?;
    eprintln!(
        "card: {}, profile «{}», ATR {}",
        facts.reader, facts.profile, facts.atr
    );
    let report = Report {
        card: facts,
        date: options
            .date
            .clone()
            .unwrap_or_else(|| Clock::system().now().to_string()),
        cases: play_all(options, &files, card.as_mut(), &profile, &list),
    };
    write(options, &report)?;
    Ok(report.ok())
}

/// What the PC/SC daemon knows of the readers of this name: nothing is sent to a card.
#[cfg(feature = "pcsc")]
fn card_in(reader: &str) -> Result<String> {
    let readers = host_harness::transport::pcsc::list_readers()?;
    let found = readers.iter().filter(|found| found.name.contains(reader));
    let card = |atr: &Option<Vec<u8>>| {
        atr.as_ref().map_or("no card".to_owned(), |atr| {
            format!("ATR {}", hex::encode_upper(atr))
        })
    };
    let cards: Vec<_> = found
        .map(|found| format!("{}: {}", found.name, card(&found.atr)))
        .collect();
    ensure!(
        !cards.is_empty(),
        "no reader has {reader:?} in its name: deploy --list-readers names them"
    );
    Ok(cards.join("; "))
}

#[cfg(not(feature = "pcsc"))]
fn card_in(reader: &str) -> Result<String> {
    anyhow::bail!("this build has no PC/SC: it cannot reach {reader}")
}

/// Plays the cases in their order, and again if that is wanted; a line a case on stderr. After a card that no longer answers
/// the rest is skipped.
fn play_all(
    options: &Options,
    files: &[CaseFile],
    card: &mut dyn Testbed,
    profile: &CardProfile,
    list: &ExpectedFailures,
) -> Vec<CaseReport> {
    let rounds: &[&str] = if options.twice { &["", "again: "] } else { &[""] };
    let plan = rounds
        .iter()
        .flat_map(|round| files.iter().map(move |file| (*round, file)));
    let mut gone = false;
    let mut reports = Vec::new();
    for (round, file) in plan {
        let played = if gone {
            Played::without_card()
        } else {
            suite::play(file, card, profile)
        };
        gone = played.card_is_gone;
        let verdict = list.judge(&options.target, &file.name, played.outcome);
        let report = CaseReport::new(format!("{round}{}", file.name), file, played.effort, verdict);
        eprintln!("{}", text::case(&report));
        reports.push(report);
    }
    reports
}

/// The summary first: it stands even if a file cannot be written.
fn write(options: &Options, report: &Report) -> Result<()> {
    if options.json {
        println!("{}", serde_json::to_string_pretty(&report.to_json())?);
    } else {
        println!("{}", text::summary(report));
    }
    if let Some(path) = &options.junit {
        write_file(path, &junit::document(report)?)?;
    }
    if let Some(path) = &options.html {
        write_file(path, &html::page(report))?;
    }
    Ok(())
}

fn write_file(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| path.display().to_string())
}
