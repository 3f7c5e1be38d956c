//! Words and values onto the operand stack and off it.

use std::fmt::Display;

use super::{Checked, Machine};
use crate::code::word::Word;
use crate::model::ValueType;
use crate::rule::Rule;
use crate::types::Types;

impl<'a> Machine<'a> {
    /// Leaves a word.
    pub(super) fn push(&mut self, word: Word) -> Checked {
        // JCVM §6.10.2: `max_stack` is the most the method needs; a card reserves no more.
        if self.frame.stack.len() >= usize::from(self.method.max_stack) {
            let wanted = format!("at most {}, as the header says", self.method.max_stack);
            let finds = format!("makes {} words of operand stack", self.frame.stack.len() + 1);
            return Err(self.refuse(Rule::StackOverflow, &finds, wanted));
        }
        self.frame.stack.push(word);
        Ok(())
    }

    /// Leaves an int.
    pub(super) fn push_int(&mut self) -> Checked {
        self.push(Word::IntHigh)?;
        self.push(Word::IntLow)
    }

    /// Leaves a value of a declared type.
    pub(super) fn push_value(&mut self, value: ValueType) -> Checked {
        match Word::of(value) {
            Word::IntHigh => self.push_int(),
            word => self.push(word),
        }
    }

    /// Takes a word that is not half of an int.
    pub(super) fn pop(&mut self, role: impl Display) -> Checked<Word> {
        let word = self.frame.stack.pop();
        word.ok_or_else(|| {
            let finds = format!("finds an empty stack where {role} should be");
            self.refuse(Rule::StackUnderflow, &finds, "a value on the stack")
        })
    }

    /// Takes a short.
    pub(super) fn pop_short(&mut self) -> Checked {
        match self.pop("a short")? {
            Word::Short => Ok(()),
            word => Err(self.refuse_word(Rule::OperandKind, word, "a short", "a boolean, byte or short")),
        }
    }

    /// Takes an int.
    pub(super) fn pop_int(&mut self) -> Checked {
        match self.pop("an int")? {
            // The invariant of the frame: below a second word is a first one.
            Word::IntLow => self.pop("an int").map(drop),
            word => Err(self.refuse_word(Rule::OperandKind, word, "an int", "an int of two words")),
        }
    }

    /// Takes a reference that may be used.
    pub(super) fn pop_reference(&mut self, role: &str) -> Checked<Word> {
        let word = self.pop(role)?;
        self.initialized(word, role)?;
        match word.is_reference() {
            true => Ok(word),
            false => Err(self.refuse_word(Rule::OperandKind, word, role, "a reference")),
        }
    }

    /// Takes a value that is assigned to something of a declared type.
    pub(super) fn pop_assigned(
        &mut self,
        target: ValueType,
        rule: Rule,
        role: impl Display + Copy,
    ) -> Checked {
        let word = self.pop(role)?;
        self.initialized(word, role)?;
        let fits = match (word, target) {
            (Word::IntLow, ValueType::Int) => return self.pop(role).map(drop),
            _ => self.bounds.is_assignable(word, target),
        };
        match fits {
            true => Ok(()),
            false => Err(self.refuse_word(rule, word, role, assignable_to(target, &self.model.types))),
        }
    }

    /// Refuses an object whose constructor has not been called.
    pub(super) fn initialized(&self, word: Word, role: impl Display) -> Checked {
        match word.is_uninitialized() {
            false => Ok(()),
            true => {
                let wanted = "an object whose constructor has been called";
                Err(self.refuse_word(Rule::UninitializedObject, word, role, wanted))
            }
        }
    }
}

/// What may be assigned to something of this type, in words.
fn assignable_to(target: ValueType, types: &Types) -> String {
    let name = target.name(types);
    match target {
        ValueType::Object(_) => format!("{name} or below"),
        _ => name,
    }
}
