//! The first rule that a method breaks.

use cap_format::bytecode::Instruction;

use crate::rule::Rule;

/// Why an instruction may not stand where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    /// Which rule.
    rule: Rule,
    /// What the instruction finds or does, in words.
    found: String,
    /// What would have been right, in words.
    wanted: String,
}

impl Refusal {
    /// Of an instruction, because of what it `finds` or does.
    pub(super) fn of(instruction: &Instruction, rule: Rule, finds: &str, wanted: impl Into<String>) -> Self {
        Self {
            rule,
            found: format!("`{}` {finds}", instruction.opcode),
            wanted: wanted.into(),
        }
    }

    /// With the place of the instruction in the Method component.
    pub(super) fn at(self, offset: usize) -> Fault {
        Fault::new(self.rule, offset, self.found, self.wanted)
    }
}

/// A broken rule, with its place in the Method component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    /// Which rule.
    pub(super) rule: Rule,
    /// Offset in the Method component.
    pub(super) offset: usize,
    /// What is there, in words.
    pub(super) found: String,
    /// What would have been right, in words.
    pub(super) wanted: String,
}

impl Fault {
    pub(super) fn new(
        rule: Rule,
        offset: usize,
        found: impl Into<String>,
        wanted: impl Into<String>,
    ) -> Self {
        Self {
            rule,
            offset,
            found: found.into(),
            wanted: wanted.into(),
        }
    }
}
