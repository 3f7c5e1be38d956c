//! Instructions that make objects, ask for their class, and throw them.

use cap_format::bytecode::{CheckedType, Opcode, Operands};

use super::{Checked, Machine};
use crate::code::bounds::Bound;
use crate::code::word::{Elements, Word};
use crate::model::{Constant, ValueType};
use crate::rule::Rule;
use crate::types::TypeId;

impl<'a> Machine<'a> {
    /// JCVM §7.5.70. Of one instruction there is at most one object whose constructor has not been called: were there two, a
    /// constructor called on one would make the other look finished.
    pub(super) fn new_object(&mut self) -> Checked {
        let class = self.class_constant()?;
        let at = u16::try_from(self.index).unwrap_or(u16::MAX);
        let made = Word::New { at, class };
        self.frame.replace(made, Word::Unset);
        self.push(made)
    }

    /// `checkcast`, `instanceof`.
    pub(super) fn check_type(&mut self) -> Checked {
        let checked = self.checked_type()?;
        self.pop_reference("the object")?;
        match self.instruction.opcode {
            Opcode::Checkcast => self.push(checked),
            _ => self.push(Word::Short),
        }
    }

    /// What a word holds that has passed the check.
    fn checked_type(&self) -> Checked<Word> {
        let Operands::TypeCheck { kind, .. } = self.instruction.operands else {
            return Err(self.refuse_constant());
        };
        match kind {
            CheckedType::Class => Ok(Word::object(self.class_constant()?)),
            CheckedType::ReferenceArray => Ok(Word::Array(Elements::References(Bound::Type(
                self.class_constant()?,
            )))),
            CheckedType::PrimitiveArray(element) => Ok(Word::Array(Elements::Primitive(element))),
        }
    }

    /// JCVM §7.5.11.
    pub(super) fn throw(&mut self) -> Checked {
        let word = self.pop_reference("the exception")?;
        let throws = |class| self.bounds.is_assignable(word, ValueType::Object(class));
        match word == Word::Null || self.model.throwable.is_some_and(throws) {
            true => Ok(()),
            false => {
                let wanted = "java/lang/Throwable or below";
                Err(self.refuse_word(Rule::ThrownType, word, "the exception", wanted))
            }
        }
    }

    /// The class of the constant of the operand.
    pub(super) fn class_constant(&self) -> Checked<TypeId> {
        match self.constant() {
            Some(Constant::Class(class)) => Ok(*class),
            _ => Err(self.refuse_constant()),
        }
    }
}
