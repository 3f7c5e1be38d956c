//! Verdicts for people.

use std::fmt::{Result, Write as _};

use crate::diagnostics::printable;
use crate::verification::{Named, Verdict};

/// A line for an accepted file, a block for each finding.
pub(crate) fn words(verdict: &Verdict) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = match &verdict.result {
        Ok(extent) => writeln!(
            text,
            "{}: accepted: {} {}, {}, {}, {}",
            verdict.file,
            extent.package,
            extent.info.version,
            count(extent.classes, "class", "classes"),
            count(extent.methods, "method", "methods"),
            count(extent.instructions, "instruction", "instructions"),
        ),
        Err(findings) => findings
            .iter()
            .try_for_each(|named| block(&mut text, &verdict.file, named)),
    };
    printable(&text)
}

fn block(text: &mut String, file: &str, Named { finding, method, .. }: &Named) -> Result {
    let rule = finding.rule;
    write!(text, "{file}: {rule}")?;
    if let Some(component) = finding.place.component {
        write!(text, ", {} component", component.name())?;
        if let Some(offset) = finding.place.offset {
            write!(text, " at {offset:04X}")?;
        }
    }
    if let Some(method) = method {
        write!(text, ", in {method}")?;
    }
    writeln!(text, "\n  {}", rule.what())?;
    writeln!(text, "  found:  {}", finding.found)?;
    writeln!(text, "  wanted: {}", finding.wanted)?;
    writeln!(text, "  {}; more: cap explain {rule}\n", rule.section())
}

/// The last line of a run over several files; `troubles` could not be read.
pub(crate) fn summary(verdicts: &[Verdict], troubles: usize) -> String {
    let refused = verdicts.iter().filter(|verdict| verdict.result.is_err()).count();
    let findings: usize = verdicts.iter().map(|verdict| verdict.findings().len()).sum();
    let mut text = format!(
        "{}: {} accepted",
        count(verdicts.len() + troubles, "file", "files"),
        verdicts.len() - refused
    );
    if refused > 0 {
        text += &format!(
            ", {refused} refused with {}",
            count(findings, "finding", "findings")
        );
    }
    if troubles > 0 {
        text += &format!(", {troubles} could not be read");
    }
    text + "\n"
}

fn count(count: usize, one: &str, several: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { several })
}
