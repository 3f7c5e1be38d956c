//! The comparison as text for people.

use std::fmt::{self, Write as _};

use crate::compare::{Comparison, Subject, or_none};

/// The whole comparison.
///
/// # Errors
/// Never: writing to a `String` does not fail.
pub(crate) fn text(comparison: &Comparison) -> Result<String, fmt::Error> {
    let mut out = String::new();
    for difference in &comparison.differences {
        let name = &difference.name;
        match difference.subject {
            Subject::Header => writeln!(out, "{}", difference.what)?,
            subject => writeln!(out, "{} {name}: {}", word(subject), difference.what)?,
        }
        difference
            .diff
            .iter()
            .try_for_each(|line| writeln!(out, "    {line}"))?;
    }
    if let Some(components) = &comparison.components {
        writeln!(out, "Components octet for octet")?;
        for component in components {
            let is_same = if component.identical {
                "identical"
            } else {
                "differs"
            };
            let (first, second) = (or_none(component.first), or_none(component.second));
            writeln!(
                out,
                "  {:<16} {is_same:<10} {first} → {second}",
                component.component
            )?;
        }
    }
    for note in &comparison.notes {
        writeln!(out, "note: {note}")?;
    }
    match comparison.differences.len() {
        0 => writeln!(out, "equal: both files mean the same")?,
        1 => writeln!(out, "1 difference")?,
        count => writeln!(out, "{count} differences")?,
    }
    Ok(out)
}

fn word(subject: Subject) -> &'static str {
    match subject {
        Subject::Header => "header",
        Subject::Import => "import",
        Subject::Applet => "applet",
        Subject::Class => "class",
        Subject::Field => "field",
        Subject::Method => "method",
        Subject::Resource => "resource",
    }
}
