//! The suite as a test lab runs it: the cases in order against one card, and reports of how they went.
//!
//! - [`catalog`] the case files with titles and the [`sections`] they cite
//! - [`expected`] `expected-failures.toml`, and what it makes of an [`outcome`]
//! - [`recording`] what goes over the interface; [`trace`] and [`explain`] what it means
//! - [`report`] a run as text, JSON, JUnit XML and HTML; [`card_facts`] whose card it was
//! - [`options`] the command line of the binary `conformance`

pub mod card_facts;
pub mod catalog;
pub mod expected;
pub mod explain;
pub mod options;
pub mod outcome;
pub mod recording;
pub mod report;
pub mod sections;
pub mod trace;

use std::time::{Duration, Instant};

use anyhow::Error;
use card_proto::transport::TransportError;
use host_harness::profile::CardProfile;

use self::{
    catalog::CaseFile,
    outcome::{Failure, Outcome},
    recording::{Log, Recording},
};
use crate::{case_file::Case, mismatch::Mismatch, player, player::Player, testbed::Testbed};

/// A case that was played.
#[derive(Debug, Clone)]
pub struct Played {
    /// How it went.
    pub outcome: Outcome,
    /// What it took.
    pub effort: Effort,
    /// The card no longer answers: there is no sense in playing another case.
    pub card_is_gone: bool,
}

/// What a case took.
#[derive(Debug, Clone, Copy, Default)]
pub struct Effort {
    /// The time.
    pub duration: Duration,
    /// Number of command APDUs.
    pub commands: usize,
}

impl Played {
    /// A case that was not played, because the card has gone.
    pub fn without_card() -> Self {
        Self {
            outcome: Outcome::Skipped("the card no longer answers".into()),
            effort: Effort::default(),
            card_is_gone: true,
        }
    }
}

/// Plays a case on a card that holds both applets.
pub fn play(file: &CaseFile, card: &mut dyn Testbed, profile: &CardProfile) -> Played {
    let start = Instant::now();
    let log = Log::default();
    let result = play_recorded(file, card, profile, &log);
    let card_is_gone = result.as_ref().is_err_and(is_gone);
    let outcome = match result {
        Ok(player::Played::Whole { .. }) => Outcome::Passed,
        Ok(skipped @ player::Played::Skipped { .. }) => Outcome::Skipped(skipped.to_string()),
        Err(error) => Outcome::Failed(Box::new(failure(file, &error, &log, profile))),
    };
    let effort = Effort {
        duration: start.elapsed(),
        commands: log.commands(),
    };
    Played {
        outcome,
        effort,
        card_is_gone,
    }
}

fn play_recorded(
    file: &CaseFile,
    card: &mut dyn Testbed,
    profile: &CardProfile,
    log: &Log,
) -> Result<player::Played, Error> {
    let case = Case::parse(&file.text, profile)?;
    let mut recording = Recording::new(card, log);
    Player::new(&mut recording, profile).play(&case, &mut |step| log.begin_step(step.line))
}

fn failure(file: &CaseFile, error: &Error, log: &Log, profile: &CardProfile) -> Failure {
    let events = log.events();
    let message = format!("{error:#}");
    let without_line = message.strip_prefix(&format!("line {}: ", events.line));
    let mismatch = error.downcast_ref::<Mismatch>();
    let (trace, left_out) = trace::of_last_step(&events, profile);
    Failure {
        line: events.line,
        text: file.step(events.line),
        message: without_line.unwrap_or(&message).to_owned(),
        expected: mismatch.map(Mismatch::expected_in_words),
        found: mismatch.map(Mismatch::found_in_words),
        trace,
        left_out,
    }
}

/// Whether an error says that the card will not answer again; a card that was reset will.
fn is_gone(error: &Error) -> bool {
    let transport = error.downcast_ref::<TransportError>();
    transport.is_some_and(|error| !matches!(error, TransportError::CardReset))
}

#[cfg(test)]
mod tests;
