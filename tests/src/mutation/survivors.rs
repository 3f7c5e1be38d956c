//! The reasons why a mutant may live: `tests/mutation/survivors.toml`. An entry is found again when lines move, for it names the
//! text that is changed.

use std::{fs, path::Path};

use anyhow::{Context as _, Result};
use serde::Deserialize;

use super::generator::Mutant;

/// The file of reasons.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Survivors {
    /// Its entries.
    #[serde(default)]
    survivor: Vec<Survivor>,
}

/// Mutants that live for the same reason.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Survivor {
    /// The source file, as in [`Mutant::file`].
    file: String,
    /// The text of the line.
    line: String,
    /// What it is changed to, as in [`Mutant::changed`], one or several; without it every change of the line is meant, or every one by
    /// one of the `operators`.
    changed: Option<Vec<String>>,
    /// Kinds of change; without them all.
    operators: Option<Vec<String>>,
    /// Why nothing can notice it, or why nothing has to.
    pub reason: String,
}

impl Survivors {
    /// Reads the file.
    ///
    /// # Errors
    /// It cannot be read, or is not of the form.
    pub fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
        toml::from_str(&text).with_context(|| path.display().to_string())
    }

    /// The reason of a mutant.
    pub fn reason(&self, mutant: &Mutant) -> Option<&str> {
        let survivor = self.survivor.iter().find(|survivor| survivor.is(mutant))?;
        Some(&survivor.reason)
    }

    /// Entries that speak of none of these mutants.
    pub fn unused<'a>(&'a self, survivors: &[&Mutant]) -> impl Iterator<Item = &'a Survivor> {
        let used = |survivor: &&Survivor| survivors.iter().any(|mutant| survivor.is(mutant));
        let used: Vec<bool> = self.survivor.iter().map(|survivor| used(&survivor)).collect();
        let entries = self.survivor.iter().zip(used);
        entries.filter(|(_, used)| !used).map(|(survivor, _)| survivor)
    }
}

impl Survivor {
    fn is(&self, mutant: &Mutant) -> bool {
        let names =
            |list: &Option<Vec<String>>, text: &String| list.as_ref().is_none_or(|list| list.contains(text));
        self.file == mutant.file
            && self.line == mutant.source
            && names(&self.changed, &mutant.changed)
            && names(&self.operators, &mutant.operator)
    }

    /// What it speaks of.
    pub fn describe(&self) -> String {
        format!("{}: {}", self.file, self.line)
    }
}

#[cfg(test)]
#[expect(clippy::expect_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn a_reason_names_text_and_not_lines() {
        let survivors: Survivors = toml::from_str(
            "[[survivor]]\nfile = 'link/A.java'\nline = 'while (i < n) {'\nchanged = ['i != n']\nreason = 'never more'\n\
             [[survivor]]\nfile = 'link/A.java'\nline = 'x'\noperators = ['number']\nreason = 'y'",
        )
        .expect("a right file");
        let mut mutant = Mutant {
            file: "link/A.java".into(),
            line: 3,
            source: "while (i < n) {".into(),
            operator: "negate".into(),
            nth: 1,
            original: "i < n".into(),
            changed: "i != n".into(),
        };
        assert_eq!(survivors.reason(&mutant), Some("never more"));
        assert_eq!(
            survivors
                .unused(&[&mutant])
                .map(Survivor::describe)
                .collect::<Vec<_>>(),
            ["link/A.java: x"]
        );
        mutant.changed = "i >= n".into();
        assert_eq!(survivors.reason(&mutant), None);
    }
}
