//! Counts and lists: for the end of a run, and as Markdown for `docs/mutation.md`.

use std::collections::BTreeMap;

use super::{
    generator::Mutant,
    results::{Outcome, Record},
    survivors::Survivors,
};

/// Percentage of the mutants that the cases have to notice.
pub const REQUIRED: f64 = 95.0;

/// Characters of source text that a table shows.
const CODE_MAX: usize = 70;

/// Mutants of one kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// They were noticed.
    pub caught: usize,
    /// They were not, and there is a reason.
    pub explained: usize,
    /// They were not, and there is none.
    pub unexplained: usize,
}

impl Count {
    fn total(self) -> usize {
        self.caught + self.explained + self.unexplained
    }

    /// Of all, those with a reason included.
    pub fn percentage(self) -> f64 {
        // A count of mutants is far below the numbers that a float cannot tell apart.
        #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
        let share = |part: usize, whole: usize| part as f64 * 100.0 / whole.max(1) as f64;
        share(self.caught, self.total())
    }

    fn add(&mut self, outcome: &Outcome, has_reason: bool) {
        match (outcome, has_reason) {
            (Outcome::Refused | Outcome::Same, _) => {}
            (Outcome::Caught { .. }, _) => self.caught += 1,
            (Outcome::Survived, true) => self.explained += 1,
            (Outcome::Survived, false) => self.unexplained += 1,
        }
    }
}

/// The records of a run and the reasons for what lived.
pub struct Report<'a> {
    records: &'a [Record],
    survivors: &'a Survivors,
}

impl<'a> Report<'a> {
    /// Of these records.
    pub fn new(records: &'a [Record], survivors: &'a Survivors) -> Self {
        Self { records, survivors }
    }

    /// All mutants that compile to something else.
    pub fn count(&self) -> Count {
        let all = self.by(|_| String::new());
        all.values().next().copied().unwrap_or_default()
    }

    /// Enough were noticed, and the others have reasons.
    pub fn is_good(&self) -> bool {
        let count = self.count();
        count.unexplained == 0 && count.percentage() >= REQUIRED
    }

    /// The mutants that lived, with their reasons.
    pub fn lived(&self) -> impl Iterator<Item = (&'a Mutant, Option<&'a str>)> {
        let lived = self
            .records
            .iter()
            .filter(|record| record.outcome == Outcome::Survived);
        lived.map(|record| (&record.mutant, self.survivors.reason(&record.mutant)))
    }

    /// Tables by operator and file, and lists of what lived, without reasons first.
    pub fn markdown(&self) -> String {
        let by_operator = self.table("operator", |mutant| mutant.operator.clone());
        let by_file = self.table("file", |mutant| mutant.file.clone());
        let (explained, unexplained): (Vec<_>, Vec<_>) =
            self.lived().partition(|(_, reason)| reason.is_some());
        let mut text = format!("{by_operator}\n{by_file}");
        for (title, lived) in [("Without a reason", unexplained), ("With a reason", explained)] {
            if !lived.is_empty() {
                text += &format!("\n### {title}\n\n{}", list(&lived));
            }
        }
        text
    }

    fn by(&self, key: impl Fn(&Mutant) -> String) -> BTreeMap<String, Count> {
        let mut counts: BTreeMap<String, Count> = BTreeMap::new();
        for record in self.records {
            let has_reason = self.survivors.reason(&record.mutant).is_some();
            counts
                .entry(key(&record.mutant))
                .or_default()
                .add(&record.outcome, has_reason);
        }
        counts.retain(|_, count| count.total() > 0);
        counts
    }

    fn table(&self, head: &str, key: impl Fn(&Mutant) -> String) -> String {
        let mut text = format!("| {head} | mutants | caught | lived | |\n|---|--:|--:|--:|--:|\n");
        let all = ("all".to_owned(), self.count());
        for (name, count) in self.by(key).into_iter().chain([all]) {
            let (total, caught, lived) = (count.total(), count.caught, count.total() - count.caught);
            text += &format!(
                "| {name} | {total} | {caught} | {lived} | {:.1} % |\n",
                count.percentage()
            );
        }
        text
    }
}

/// A row for each line, with all its changes that have the same reason.
fn list(lived: &[(&Mutant, Option<&str>)]) -> String {
    let mut rows: Vec<(&Mutant, Option<&str>, Vec<String>)> = Vec::new();
    for (mutant, reason) in lived {
        let change = format!("{} → {}", code(&mutant.original), code(&mutant.changed));
        let same = |row: &&mut (&Mutant, Option<&str>, Vec<String>)| {
            (&row.0.file, row.0.line, row.1) == (&mutant.file, mutant.line, *reason)
        };
        match rows.iter_mut().find(same) {
            Some((_, _, changes)) => changes.push(change),
            None => rows.push((mutant, *reason, vec![change])),
        }
    }
    let mut text = "| where | line | change | why |\n|---|---|---|---|\n".to_owned();
    for (mutant, reason, changes) in rows {
        let (file, line, source) = (&mutant.file, mutant.line, code(&mutant.source));
        text += &format!(
            "| {file}:{line} | {source} | {} | {} |\n",
            changes.join("; "),
            reason.unwrap_or("?")
        );
    }
    text
}

/// As code in a cell of a table, cut where it is long.
fn code(text: &str) -> String {
    let mut short: String = text.chars().take(CODE_MAX).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    format!("`{}`", short.replace('|', "\\|"))
}

#[cfg(test)]
#[expect(clippy::expect_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn record(line: u32, outcome: &str) -> Record {
        let json = format!(
            r#"{{"mutant":{{"file":"A.java","line":{line},"source":"if (a || b) {{","operator":"logic","nth":1,"original":"a || b","changed":"a && b"}},
            "outcome":{outcome},"file":0,"evidence":0}}"#
        );
        serde_json::from_str(&json).expect("a record")
    }

    #[test]
    fn counts_and_lists() {
        let caught = r#"{"Caught":{"by":{"Case":"ota/x"},"how":"y"}}"#;
        let records = [
            record(1, caught),
            record(2, r#""Survived""#),
            record(3, r#""Refused""#),
        ];
        let none = Survivors::default();
        let report = Report::new(&records, &none);
        let count = Count {
            caught: 1,
            explained: 0,
            unexplained: 1,
        };
        assert_eq!((report.count(), report.is_good()), (count, false));
        let markdown = report.markdown();
        assert!(markdown.contains("| logic | 2 | 1 | 1 | 50.0 % |"), "{markdown}");
        assert!(markdown.contains("### Without a reason"), "{markdown}");
        assert!(
            markdown.contains(r"| A.java:2 | `if (a \|\| b) {` | `a \|\| b` → `a && b` | ? |"),
            "{markdown}"
        );
    }
}
