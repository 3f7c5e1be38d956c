//! What became of the mutants in earlier runs, one JSON object a line, so that only what may have changed is run again.
//!
//! A mutant that was noticed stays so as long as its own file and the case that noticed it are the same. A mutant that lived is run
//! again when anything changed, applets or cases.

use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions},
    hash::{DefaultHasher, Hash, Hasher},
    io::{ErrorKind, Write as _},
    path::Path,
};

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};

use super::{
    bench::{By, Suite, Verdict},
    generator::Mutant,
};

/// A number that changes with the value.
pub fn fingerprint<T: Hash + ?Sized>(value: &T) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// What became of a mutant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// It does not compile.
    Refused,
    /// It compiles to the same class files.
    Same,
    /// It was noticed.
    Caught {
        /// By what.
        by: By,
        /// In which way.
        how: String,
    },
    /// It was not.
    Survived,
}

impl From<Verdict> for Outcome {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Caught { by, how } => Self::Caught { by, how },
            Verdict::Survived => Self::Survived,
        }
    }
}

/// A mutant and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The mutant.
    pub mutant: Mutant,
    /// What became of it.
    pub outcome: Outcome,
    /// Of its source file.
    file: u64,
    /// Of all that it was run with, or of the case that noticed it.
    evidence: u64,
}

/// The state of applets and cases that a run sees.
pub struct State<'a> {
    /// Of each source file, by its name in [`Mutant::file`].
    pub files: BTreeMap<String, u64>,
    /// The cases.
    pub suite: &'a Suite,
}

impl State<'_> {
    fn file(&self, mutant: &Mutant) -> u64 {
        self.files.get(&mutant.file).copied().unwrap_or_default()
    }

    /// What the outcome rests on.
    fn evidence(&self, outcome: &Outcome) -> u64 {
        match outcome {
            Outcome::Refused | Outcome::Same => fingerprint(&self.files),
            Outcome::Caught { by, .. } => self.evidence_of(by),
            Outcome::Survived => fingerprint(&(&self.files, self.suite.fingerprint)),
        }
    }

    fn evidence_of(&self, by: &By) -> u64 {
        match by {
            By::Installation => 0,
            By::Case(name) => self.suite.case_fingerprint(name),
            By::CaseOnUsedCard(_) | By::Memory => self.suite.fingerprint,
        }
    }
}

/// The records of earlier runs, and the file that those of this run are added to.
pub struct Results {
    known: BTreeMap<String, Record>,
    file: File,
}

impl Results {
    /// Reads the file, and opens it for more.
    ///
    /// # Errors
    /// It can be neither read nor made.
    pub fn open(path: &Path) -> Result<Self> {
        let text = match fs::read_to_string(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            text => text.with_context(|| path.display().to_string())?,
        };
        // A line of an older form, or one that a run did not finish, is no record.
        let records = text.lines().filter_map(|line| serde_json::from_str(line).ok());
        let known = records.map(|record: Record| (record.mutant.to_string(), record));
        let file = OpenOptions::new().create(true).append(true).open(path);
        Ok(Self {
            known: known.collect(),
            file: file.with_context(|| path.display().to_string())?,
        })
    }

    /// What became of the mutant, if that still holds.
    pub fn find(&self, mutant: &Mutant, state: &State<'_>) -> Option<&Record> {
        let record = self.known.get(&mutant.to_string())?;
        let holds = record.mutant == *mutant
            && record.file == state.file(mutant)
            && record.evidence == state.evidence(&record.outcome);
        holds.then_some(record)
    }

    /// Whether the mutant lived when it was run last.
    pub fn lived(&self, mutant: &Mutant) -> bool {
        let record = self.known.get(&mutant.to_string());
        record.is_some_and(|record| record.mutant == *mutant && record.outcome == Outcome::Survived)
    }

    /// Every mutant that a case noticed, of the present state or an earlier one: a hint of what will notice its neighbors.
    pub fn noticed(&self) -> impl Iterator<Item = (&Mutant, &str)> {
        self.known.values().filter_map(|record| match &record.outcome {
            Outcome::Caught {
                by: By::Case(name), ..
            } => Some((&record.mutant, name.as_str())),
            _ => None,
        })
    }

    /// Adds what became of a mutant.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn add(&mut self, mutant: Mutant, outcome: Outcome, state: &State<'_>) -> Result<Record> {
        let record = Record {
            file: state.file(&mutant),
            evidence: state.evidence(&outcome),
            mutant,
            outcome,
        };
        writeln!(self.file, "{}", serde_json::to_string(&record)?)?;
        self.known.insert(record.mutant.to_string(), record.clone());
        Ok(record)
    }
}
