//! Instructions for local variables, and `jsr`, whose return address goes into one.

use super::{Checked, Machine};
use crate::code::word::Word;
use crate::rule::Rule;

impl<'a> Machine<'a> {
    pub(super) fn load_short(&mut self) -> Checked {
        self.local_short()?;
        self.push(Word::Short)
    }

    pub(super) fn load_int(&mut self) -> Checked {
        self.local_int()?;
        self.push_int()
    }

    pub(super) fn load_reference(&mut self) -> Checked {
        match self.local(0) {
            word if word.is_reference() || word.is_uninitialized() => self.push(word),
            word => Err(self.refuse_local(word, "a reference")),
        }
    }

    pub(super) fn store_short(&mut self) -> Checked {
        self.pop_short()?;
        self.store(0, Word::Short);
        Ok(())
    }

    pub(super) fn store_int(&mut self) -> Checked {
        self.pop_int()?;
        self.store(0, Word::IntHigh);
        self.store(1, Word::IntLow);
        Ok(())
    }

    /// JCVM §7.5.9: `astore` takes a return address, too.
    pub(super) fn store_reference(&mut self) -> Checked {
        match self.pop("a reference")? {
            word @ (Word::Null
            | Word::Object(_)
            | Word::Array(_)
            | Word::New { .. }
            | Word::This
            | Word::ReturnAddress(_)) => {
                self.store(0, word);
                Ok(())
            }
            word @ (Word::Unset | Word::Short | Word::IntHigh | Word::IntLow) => {
                let wanted = "a reference or a return address";
                Err(self.refuse_word(Rule::OperandKind, word, "a reference", wanted))
            }
        }
    }

    /// JCVM §7.5.69. A subroutine that is called again before it has returned would lose the first return address.
    pub(super) fn call_subroutine(&mut self) -> Checked {
        let address = u16::try_from(self.index + 1)
            .map(Word::ReturnAddress)
            .unwrap_or(Word::Unset);
        if self.frame.holds(address) {
            let wanted = "a subroutine that returns before it is called again";
            return Err(self.refuse(
                Rule::Subroutine,
                "calls a subroutine that has not returned",
                wanted,
            ));
        }
        self.push(address)
    }

    /// The short in the local variable of the instruction.
    pub(super) fn local_short(&mut self) -> Checked {
        match self.local(0) {
            Word::Short => Ok(()),
            word => Err(self.refuse_local(word, "a short")),
        }
    }

    /// The int in the local variable of the instruction and the one behind it.
    pub(super) fn local_int(&mut self) -> Checked {
        match (self.local(0), self.local(1)) {
            (Word::IntHigh, Word::IntLow) => Ok(()),
            (Word::IntHigh, word) | (word, _) => Err(self.refuse_local(word, "an int")),
        }
    }

    /// The word in the local variable of the instruction, or in the one behind it.
    fn local(&self, behind: usize) -> Word {
        let index = self.index_of_local() + behind;
        self.frame.locals.get(index).copied().unwrap_or(Word::Unset)
    }

    fn store(&mut self, behind: usize, word: Word) {
        self.frame.set(self.index_of_local() + behind, word);
    }

    fn index_of_local(&self) -> usize {
        self.instruction.local().unwrap_or_default().into()
    }

    fn refuse_local(&self, word: Word, wanted: &str) -> super::Refusal {
        let role = format!("{wanted} in local variable {}", self.index_of_local());
        self.refuse_word(
            Rule::LocalKind,
            word,
            &role,
            format!("{wanted} that every path has stored"),
        )
    }
}
