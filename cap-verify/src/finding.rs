//! What the verifier says: one value per broken rule and place.

use std::fmt;

use cap_format::component::Tag;

use crate::rule::Rule;

/// Where something stands in a CAP file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Place {
    /// The component; `None` for the file as a whole.
    pub component: Option<Tag>,
    /// Offset in octets from the first octet of the component after tag and size, where one is known.
    pub offset: Option<u32>,
    /// Offset in the Method component of the method (its header) that the finding is about: names are found by it.
    pub method: Option<u16>,
}

impl Place {
    /// The file as a whole.
    pub const FILE: Self = Self {
        component: None,
        offset: None,
        method: None,
    };

    /// A component as a whole.
    pub fn of(component: Tag) -> Self {
        Self {
            component: Some(component),
            ..Self::FILE
        }
    }

    /// An octet of a component.
    pub fn at(component: Tag, offset: usize) -> Self {
        Self {
            offset: u32::try_from(offset).ok(),
            ..Self::of(component)
        }
    }

    /// The octet at `offset` of the Method component, in the method whose header stands at `method`.
    pub fn code(method: u16, offset: usize) -> Self {
        Self {
            method: Some(method),
            ..Self::at(Tag::Method, offset)
        }
    }
}

/// A broken rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Which rule.
    pub rule: Rule,
    /// Where.
    pub place: Place,
    /// What was found there, in words.
    pub found: String,
    /// What would have been right, in words.
    pub wanted: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.rule)?;
        if let Some(component) = self.place.component {
            write!(f, "{} component", component.name())?;
            if let Some(offset) = self.place.offset {
                write!(f, ", offset {offset:04X}")?;
            }
            f.write_str(": ")?;
        }
        write!(
            f,
            "{}; wanted: {} ({})",
            self.found,
            self.wanted,
            self.rule.section()
        )
    }
}

/// Findings as they are made.
#[derive(Debug, Default)]
pub(crate) struct Report {
    findings: Vec<Finding>,
}

/// Findings of one file; more help nobody, and a hostile file could have any number.
const MOST: usize = 256;

/// Octets of what a finding tells: names in hostile files may be of any length.
const TEXT: usize = 1000;

/// The beginning of a text that is too long.
fn shortened(mut text: String) -> String {
    if text.len() > TEXT {
        text.truncate(text.floor_char_boundary(TEXT));
        text.push('…');
    }
    text
}

impl Report {
    pub(crate) fn add(
        &mut self,
        rule: Rule,
        place: Place,
        found: impl Into<String>,
        wanted: impl Into<String>,
    ) {
        let (found, wanted) = (shortened(found.into()), shortened(wanted.into()));
        self.push(Finding {
            rule,
            place,
            found,
            wanted,
        });
    }

    /// A finding that is made already.
    pub(crate) fn push(&mut self, finding: Finding) {
        if self.findings.len() < MOST {
            self.findings.push(finding);
        }
    }

    /// True while no rule is broken.
    pub(crate) fn is_empty(&self) -> bool {
        self.findings.is_empty()
    }

    /// The findings in the order of the file; an error when there is one.
    pub(crate) fn into_result(mut self) -> Result<(), Vec<Finding>> {
        self.findings.sort_by_key(|finding| (finding.place, finding.rule));
        self.findings.dedup();
        match self.findings.is_empty() {
            true => Ok(()),
            false => Err(self.findings),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::shortened;

    #[test]
    fn a_long_text_is_cut_between_two_characters() {
        let text = "ß".repeat(600);
        assert_eq!(shortened(text), "ß".repeat(500) + "…");
        let text = format!("a{}", "ß".repeat(600));
        assert_eq!(shortened(text).chars().count(), 1 + 499 + 1);
        assert_eq!(shortened("ß".repeat(500)), "ß".repeat(500));
    }
}
