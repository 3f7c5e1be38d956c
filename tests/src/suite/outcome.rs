//! How a case went.

use std::fmt;

use serde::Serialize;

use super::trace::Traced;

/// How a case went.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// Every step went as the case says.
    Passed,
    /// A step did not.
    Failed(Box<Failure>),
    /// It was not played; the reason.
    Skipped(String),
}

/// The first step that went otherwise than the case says.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Failure {
    /// Line of the case file, from 1; 0 before the first step, when the card is reset and selected.
    pub line: usize,
    /// That line, and the lines that belong to its step.
    pub text: String,
    /// What went wrong.
    pub message: String,
    /// What the case expected, in words, where octets were compared.
    pub expected: Option<String>,
    /// What was found, in words.
    pub found: Option<String>,
    /// What went over the interface in this step, first exchange first.
    pub trace: Vec<Traced>,
    /// Exchanges of this step before those of `trace`, left out.
    pub left_out: usize,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "before the first step: {}", self.message),
            line => write!(f, "line {line}: {}", self.message),
        }
    }
}
