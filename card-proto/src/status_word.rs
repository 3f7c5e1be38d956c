//! Status words: one table from value to name, section and likely cause.

use std::fmt;

mod table;

/// SW1 and SW2 of a response APDU, as one number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StatusWord(pub u16);

/// What is known of a status word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Explanation {
    /// Name in the words of the standard.
    pub name: &'static str,
    /// Document and section that define it.
    pub section: &'static str,
    /// What most often brings it about on a card, and what to look at.
    pub likely_cause: &'static str,
}

impl StatusWord {
    /// SW1, the more significant octet.
    pub fn sw1(self) -> u8 {
        self.0.to_be_bytes()[0]
    }

    /// SW2, the less significant octet.
    pub fn sw2(self) -> u8 {
        self.0.to_be_bytes()[1]
    }

    /// True for `9000`, `91xx`, `92xx` and `61xx`: the command was done as asked.
    pub fn is_success(self) -> bool {
        matches!(self.sw1(), 0x90 | 0x91 | 0x92 | 0x61)
    }

    /// True for `62xx` and `63xx`: done, with a warning.
    pub fn is_warning(self) -> bool {
        matches!(self.sw1(), 0x62 | 0x63)
    }

    /// True when a remote command script goes on after this status word: success or warning.
    ///
    /// Any other value ends the script (TS 102 226 §5.2.1).
    pub fn lets_script_continue(self) -> bool {
        self.is_success() || self.is_warning()
    }

    /// Tries left, of a `63Cx` (ISO 7816-4 §5.6).
    pub fn tries_left(self) -> Option<u8> {
        (self.0 & 0xFFF0 == 0x63C0).then_some(self.sw2() & 0x0F)
    }

    /// Number of octets that FETCH gets, of a `91xx`; `00` stands for 256 (TS 102 223 §6.2).
    pub fn proactive_command_length(self) -> Option<u32> {
        (self.sw1() == 0x91).then(|| if self.sw2() == 0 { 256 } else { self.sw2().into() })
    }

    /// What the status word means.
    pub fn explain(self) -> Explanation {
        table::explain(self.0)
    }
}

impl fmt::Display for StatusWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04X} ({})", self.0, self.explain().name)
    }
}

impl fmt::Debug for StatusWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StatusWord({:04X})", self.0)
    }
}
