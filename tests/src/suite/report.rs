//! A run, and what its reports are made from.

pub mod html;
pub mod junit;
pub mod text;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Value, json};

use super::{Effort, card_facts::CardFacts, catalog::CaseFile, expected::Verdict, sections::Section};

/// A run of the suite.
#[derive(Debug, Clone)]
pub struct Report {
    /// The card.
    pub card: CardFacts,
    /// When it was, as the caller says it.
    pub date: String,
    /// The cases in the order they were played.
    pub cases: Vec<CaseReport>,
}

/// A case that was played.
#[derive(Debug, Clone, Serialize)]
pub struct CaseReport {
    /// Its name, `ota/counter`; with `again: ` in front when it was played a second time.
    pub name: String,
    /// Its title.
    pub title: String,
    /// The sections it cites.
    pub sections: BTreeSet<Section>,
    /// How it went.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// How long it took.
    pub seconds: f64,
    /// Number of command APDUs.
    pub commands: usize,
    /// The case file.
    #[serde(skip)]
    pub text: String,
}

/// How many cases went how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Passed.
    pub passed: usize,
    /// Failed, or passed against the list of expected failures.
    pub failed: usize,
    /// Not played.
    pub skipped: usize,
    /// Failed as the list of expected failures says.
    pub expected: usize,
}

impl CaseReport {
    /// A case as it was played under this name and judged.
    pub fn new(name: String, file: &CaseFile, effort: Effort, verdict: Verdict) -> Self {
        Self {
            name,
            title: file.title.clone(),
            sections: file.sections.clone(),
            verdict,
            seconds: effort.duration.as_secs_f64(),
            commands: effort.commands,
            text: file.text.clone(),
        }
    }
}

impl Report {
    /// Counts of all cases.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        self.cases.iter().for_each(|case| counts.add(&case.verdict));
        counts
    }

    /// Counts of the cases that cite each section.
    pub fn sections(&self) -> BTreeMap<&Section, Counts> {
        let mut sections = BTreeMap::<_, Counts>::new();
        for case in &self.cases {
            for section in &case.sections {
                sections.entry(section).or_default().add(&case.verdict);
            }
        }
        sections
    }

    /// Command APDUs and seconds of all cases.
    pub fn effort(&self) -> (usize, f64) {
        let commands = self.cases.iter().map(|case| case.commands).sum();
        (commands, self.cases.iter().map(|case| case.seconds).sum())
    }

    /// Whether no case failed.
    pub fn ok(&self) -> bool {
        !self.cases.iter().any(|case| case.verdict.is_bad())
    }

    /// The run for a machine.
    pub fn to_json(&self) -> Value {
        let section = |(section, counts): (&Section, Counts)| json!({ "section": section.to_string(), "counts": counts });
        json!({
            "card": self.card,
            "date": self.date,
            "ok": self.ok(),
            "counts": self.counts(),
            "sections": self.sections().into_iter().map(section).collect::<Vec<_>>(),
            "cases": self.cases,
        })
    }
}

impl Counts {
    fn add(&mut self, verdict: &Verdict) {
        let count = match verdict {
            Verdict::Passed => &mut self.passed,
            Verdict::Failed { .. } | Verdict::PassedUnexpectedly { .. } => &mut self.failed,
            Verdict::Skipped { .. } => &mut self.skipped,
            Verdict::FailedAsExpected { .. } => &mut self.expected,
        };
        *count += 1;
    }

    /// All cases.
    pub fn total(self) -> usize {
        self.passed + self.failed + self.skipped + self.expected
    }
}

#[cfg(test)]
mod tests;
