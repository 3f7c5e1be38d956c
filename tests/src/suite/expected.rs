//! `expected-failures.toml`: which cases cannot pass on which target, and why. A listed case that passes is a failure of the
//! run, so that the list never says more than is true.

use std::{fs, path::Path};

use anyhow::{Context as _, Result, bail, ensure};
use serde::{Deserialize, Serialize};
use twofold::target::Target;

use super::{
    catalog::CaseFile,
    outcome::{Failure, Outcome},
};

/// The name of the file.
const FILE: &str = "expected-failures.toml";

/// The list.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedFailures {
    #[serde(default)]
    expected: Vec<Entry>,
}

/// An entry: why some cases cannot pass on some targets.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// Kinds of target, as [`Target::KINDS`] names them.
    targets: Vec<String>,
    /// A case name, in which `*` stands for any characters.
    cases: String,
    reason: String,
}

/// An outcome, judged against the list.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "verdict", rename_all = "kebab-case")]
pub enum Verdict {
    /// As it should be.
    Passed,
    /// A step went otherwise than the case says.
    Failed {
        /// Which.
        failure: Box<Failure>,
    },
    /// Not played.
    Skipped {
        /// Why.
        reason: String,
    },
    /// Failed, as the list says it must on this target.
    FailedAsExpected {
        /// Why it cannot pass, in the words of the list.
        reason: String,
        /// How it failed.
        failure: Box<Failure>,
    },
    /// Passed, though the list says it cannot: a failure of the run.
    PassedUnexpectedly {
        /// The reason that is no longer true.
        reason: String,
    },
}

impl ExpectedFailures {
    /// Reads the list that lies beside a folder of cases, and checks it against these cases; without a file the list is
    /// empty.
    ///
    /// # Errors
    /// The file cannot be read or has another form; an entry has no reason, names an unknown target or matches no case.
    pub fn beside(cases: &Path, files: &[CaseFile]) -> Result<Self> {
        let path = fs::canonicalize(cases)?.with_file_name(FILE);
        if !path.exists() {
            return Ok(Self::default());
        }
        let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let names: Vec<_> = files.iter().map(|file| file.name.as_str()).collect();
        Self::parse(&text, &names).with_context(|| path.display().to_string())
    }

    /// Reads the list from its text and checks it against the names of all cases.
    ///
    /// # Errors
    /// As [`ExpectedFailures::beside`].
    pub fn parse(text: &str, names: &[&str]) -> Result<Self> {
        let list: Self = toml::from_str(text)?;
        for entry in &list.expected {
            entry.check(names)?;
        }
        Ok(list)
    }

    /// Judges how a case went on a target.
    pub fn judge(&self, target: &Target, name: &str, outcome: Outcome) -> Verdict {
        let reason = self.reason(target, name).map(str::to_owned);
        match (outcome, reason) {
            (Outcome::Passed, None) => Verdict::Passed,
            (Outcome::Passed, Some(reason)) => Verdict::PassedUnexpectedly { reason },
            (Outcome::Failed(failure), None) => Verdict::Failed { failure },
            (Outcome::Failed(failure), Some(reason)) => Verdict::FailedAsExpected { reason, failure },
            (Outcome::Skipped(reason), _) => Verdict::Skipped { reason },
        }
    }

    /// Why the case cannot pass on this target; `None` when the list does not have it.
    fn reason(&self, target: &Target, name: &str) -> Option<&str> {
        let fits = |entry: &&Entry| {
            entry.targets.iter().any(|kind| kind == target.kind()) && matches(&entry.cases, name)
        };
        self.expected.iter().find(fits).map(|entry| entry.reason.as_str())
    }
}

impl Entry {
    fn check(&self, names: &[&str]) -> Result<()> {
        let Self {
            targets,
            cases,
            reason,
        } = self;
        ensure!(!reason.trim().is_empty(), "the entry for {cases} gives no reason");
        ensure!(!targets.is_empty(), "the entry for {cases} names no target");
        for target in targets {
            ensure!(
                Target::KINDS.contains(&target.as_str()),
                "the entry for {cases} names the target {target}; there are {}",
                Target::KINDS.join(", ")
            );
        }
        if !names.iter().any(|name| matches(cases, name)) {
            bail!("the entry for {cases} matches no case: take it off the list, or correct the name");
        }
        Ok(())
    }
}

impl Verdict {
    /// Whether the run has to fail because of it.
    pub fn is_bad(&self) -> bool {
        matches!(self, Self::Failed { .. } | Self::PassedUnexpectedly { .. })
    }

    /// The step that went wrong, if one did.
    pub fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Failed { failure } | Self::FailedAsExpected { failure, .. } => Some(failure),
            _ => None,
        }
    }

    /// In a word: for tables and badges.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed { .. } | Self::PassedUnexpectedly { .. } => "failed",
            Self::Skipped { .. } => "skipped",
            Self::FailedAsExpected { .. } => "expected",
        }
    }

    /// In a line: what went wrong, or why nothing was played.
    pub fn line(&self) -> String {
        match self {
            Self::Passed => String::new(),
            Self::Failed { failure } => failure.to_string(),
            Self::Skipped { reason } => reason.clone(),
            Self::FailedAsExpected { reason, .. } => format!("cannot pass here: {reason}"),
            Self::PassedUnexpectedly { reason } => {
                format!("passes now, take it off the list of expected failures ({reason})")
            }
        }
    }
}

/// Whether `name` is of the pattern, in which `*` stands for any characters.
fn matches(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((start, rest)) => name.strip_prefix(start).is_some_and(|tail| {
            let ends = tail.char_indices().map(|(at, _)| at).chain([tail.len()]);
            ends.into_iter().any(|at| matches(rest, &tail[at..]))
        }),
    }
}

#[cfg(test)]
#[expect(clippy::expect_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    const NAMES: [&str; 2] = ["ota/counter", "applets/first-stage/pin"];
    const LIST: &str =
        "[[expected]]\ntargets = [\"jcardsim\"]\ncases = \"ota/*\"\nreason = \"no firewall\"\n";

    fn judged(target: &Target, name: &str, outcome: Outcome) -> Verdict {
        ExpectedFailures::parse(LIST, &NAMES)
            .expect("a right list")
            .judge(target, name, outcome)
    }

    fn failed() -> Outcome {
        Outcome::Failed(Box::default())
    }

    #[test]
    fn a_listed_case_has_to_fail() {
        let listed = judged(&Target::Jcardsim, "ota/counter", failed());
        assert!(!listed.is_bad() && listed.word() == "expected", "{listed:?}");
        let passes = judged(&Target::Jcardsim, "ota/counter", Outcome::Passed);
        assert!(
            passes.is_bad() && passes.line().starts_with("passes now, take it off"),
            "{passes:?}"
        );
    }

    #[test]
    fn the_list_speaks_of_its_targets_and_cases_only() {
        assert!(judged(&Target::JcardsimDirect, "ota/counter", failed()).is_bad());
        assert!(!judged(&Target::JcardsimDirect, "ota/counter", Outcome::Passed).is_bad());
        assert!(judged(&Target::Jcardsim, NAMES[1], failed()).is_bad());
        assert!(
            !judged(
                &Target::Jcardsim,
                "ota/counter",
                Outcome::Skipped("no PIN".into())
            )
            .is_bad()
        );
    }

    #[test]
    fn an_entry_that_says_nothing_true_is_refused() {
        for (from, to, complaint) in [
            ("ota/*", "otr/*", "otr/* matches no case"),
            (
                "jcardsim",
                "jcardsin",
                "there are jcardsim, jcardsim-direct, pcsc",
            ),
            ("[\"jcardsim\"]", "[]", "names no target"),
            ("no firewall", " ", "gives no reason"),
            ("reason", "reasons", "unknown field"),
        ] {
            let error = ExpectedFailures::parse(&LIST.replacen(from, to, 1), &NAMES).expect_err(to);
            assert!(format!("{error:#}").contains(complaint), "{error:#}");
        }
    }

    #[test]
    fn a_star_stands_for_any_characters() {
        for (pattern, name, expected) in [
            ("a/b", "a/b", true),
            ("a/b", "a/bc", false),
            ("a/*", "a/b/c", true),
            ("*/c", "a/b/c", true),
            ("*b*", "abc", true),
            ("a*c*", "ab", false),
            ("a*é", "aéé", true),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} against {name}");
        }
    }
}
