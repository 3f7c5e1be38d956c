//! A run as text: a line a case, the summary by section, a failure with its trace.

use std::fmt::Write as _;

use super::{CaseReport, Report};
use crate::suite::{
    expected::Verdict,
    outcome::Failure,
    trace::{Field, Traced},
};

/// A case in a line.
pub fn case(case: &CaseReport) -> String {
    let mark = match case.verdict.word() {
        "passed" => "✓",
        "failed" => "✗",
        _ => "–",
    };
    let CaseReport { name, commands, .. } = case;
    let why = case.verdict.line();
    let separator = if why.is_empty() { "" } else { ": " };
    let milliseconds = case.seconds * 1000.0;
    format!("{mark} {name} ({commands} commands, {milliseconds:.0} ms){separator}{why}")
}

/// The summary: a row a section, then the failures, then the counts of all.
pub fn summary(report: &Report) -> String {
    let sections: Vec<_> = report
        .sections()
        .into_iter()
        .map(|(section, counts)| (section.to_string(), counts))
        .collect();
    let width = sections
        .iter()
        .map(|(section, _)| section.chars().count())
        .max()
        .unwrap_or_default();
    let mut text = format!(
        "{:width$}  passed  failed  skipped  expected to fail\n",
        "section"
    );
    for (section, counts) in &sections {
        let _ = writeln!(
            text,
            "{section:width$}  {:6}  {:6}  {:7}  {:16}",
            counts.passed, counts.failed, counts.skipped, counts.expected
        );
    }
    for case in report.cases.iter().filter(|case| case.verdict.is_bad()) {
        let _ = write!(text, "\nfailed: {}\n{}", case.name, verdict(&case.verdict));
    }
    text.push('\n');
    text + &closing(report)
}

/// The counts of all cases in a line.
pub fn closing(report: &Report) -> String {
    let counts = report.counts();
    let (commands, seconds) = report.effort();
    format!(
        "{} cases: {} passed, {} failed, {} skipped, {} expected to fail; {commands} commands in {seconds:.2} s",
        counts.total(),
        counts.passed,
        counts.failed,
        counts.skipped,
        counts.expected
    )
}

/// Why a case did not pass; a failure with its trace.
pub fn verdict(verdict: &Verdict) -> String {
    verdict
        .failure()
        .map_or_else(|| format!("  {}\n", verdict.line()), failure)
}

/// A failure: the line, both sides in words, and what went over the interface.
pub fn failure(failure: &Failure) -> String {
    let mut text = format!("  {failure}\n");
    let step = failure.text.replace('\n', "\n            ");
    let parts = [
        ("step", Some(&step)),
        ("expected", failure.expected.as_ref()),
        ("found", failure.found.as_ref()),
    ];
    for (name, part) in parts {
        if let Some(part) = part.filter(|part| !part.is_empty()) {
            let _ = writeln!(text, "  {name:8}  {part}");
        }
    }
    if failure.left_out > 0 {
        let _ = writeln!(text, "  {} exchanges before these are left out", failure.left_out);
    }
    failure
        .trace
        .iter()
        .for_each(|traced| exchange(traced, &mut text));
    text
}

fn exchange(traced: &Traced, text: &mut String) {
    let _ = writeln!(text, "  → {}  {}", traced.command, traced.name);
    traced.command_fields.iter().for_each(|part| field(part, text));
    let _ = writeln!(text, "  ← {}  {}", traced.response, traced.status);
    traced.response_fields.iter().for_each(|part| field(part, text));
}

fn field(field: &Field, text: &mut String) {
    let Field {
        depth,
        name,
        octets,
        meaning,
    } = field;
    let indent = 4 + 2 * depth;
    let separator = if octets.is_empty() { "" } else { "  " };
    let _ = writeln!(text, "{:indent$}{name}: {octets}{separator}{meaning}", "");
}
