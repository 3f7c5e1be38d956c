//! Instructions for arrays. Against its length, and what `aastore` stores against the type of its elements, a card checks itself.

use cap_format::bytecode::{ElementType, Opcode, Operands};

use super::{Checked, Machine};
use crate::code::bounds::Bound;
use crate::code::word::{Elements, Word};
use crate::rule::Rule;

impl<'a> Machine<'a> {
    /// `aaload`, `baload`, `saload`, `iaload`.
    pub(super) fn load_element(&mut self) -> Checked {
        self.pop_short()?;
        let array = self.pop_array()?;
        match (self.instruction.opcode, array) {
            (Opcode::Aaload, Some(Elements::References(bound))) => self.push(Word::Object(bound)),
            // An element of null: the instruction never ends.
            (Opcode::Aaload, _) => self.push(Word::Null),
            (Opcode::Iaload, _) => self.push_int(),
            _ => self.push(Word::Short),
        }
    }

    /// `aastore`, `bastore`, `sastore`, `iastore`.
    pub(super) fn store_element(&mut self) -> Checked {
        match self.instruction.opcode {
            Opcode::Aastore => self.pop_reference("the element").map(drop)?,
            Opcode::Iastore => self.pop_int()?,
            _ => self.pop_short()?,
        }
        self.pop_short()?;
        self.pop_array().map(drop)
    }

    pub(super) fn array_length(&mut self) -> Checked {
        match self.pop_reference("the array")? {
            Word::Array(_) | Word::Null => self.push(Word::Short),
            word => Err(self.refuse_word(Rule::ArrayType, word, "the array", "an array")),
        }
    }

    /// `newarray`, `anewarray`.
    pub(super) fn new_array(&mut self) -> Checked {
        self.pop_short()?;
        let elements = match self.instruction.operands {
            Operands::Element(element) => Elements::Primitive(element),
            _ => Elements::References(Bound::Type(self.class_constant()?)),
        };
        self.push(Word::Array(elements))
    }

    /// Takes the array that the instruction is for; `None`: null.
    fn pop_array(&mut self) -> Checked<Option<Elements>> {
        let word = self.pop_reference("the array")?;
        let (fits, wanted): (fn(Elements) -> bool, _) = match self.instruction.opcode {
            Opcode::Aaload | Opcode::Aastore => (
                |elements| matches!(elements, Elements::References(_)),
                "an array of references",
            ),
            Opcode::Baload | Opcode::Bastore => (
                |elements| {
                    let of = |element| elements == Elements::Primitive(element);
                    of(ElementType::Boolean) || of(ElementType::Byte)
                },
                "a boolean[] or byte[]",
            ),
            Opcode::Saload | Opcode::Sastore => (
                |elements| elements == Elements::Primitive(ElementType::Short),
                "a short[]",
            ),
            _ => (
                |elements| elements == Elements::Primitive(ElementType::Int),
                "an int[]",
            ),
        };
        match word {
            Word::Null => Ok(None),
            Word::Array(elements) if fits(elements) => Ok(Some(elements)),
            word => Err(self.refuse_word(Rule::ArrayType, word, "the array", wanted)),
        }
    }
}
