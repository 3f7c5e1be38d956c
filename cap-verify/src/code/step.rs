//! What each instruction finds and leaves (JCVM §7.5).
//!
//! Kinds of values come from the table of instructions; the modules below add the types of references.

mod arrays;
mod calls;
mod fields;
mod locals;
mod objects;
mod returns;
mod stack;
mod words;

use std::fmt::Display;

use cap_format::bytecode::{Instruction, Opcode as O, StackEffect, StackType};

use super::bounds::Bounds;
use super::fault::Refusal;
use super::frame::Frame;
use super::word::Word;
use crate::model::{Constant, Method, Model};
use crate::rule::Rule;

/// An instruction and the frame that it changes.
pub(super) struct Machine<'a> {
    pub(super) model: &'a Model<'a>,
    pub(super) method: &'a Method<'a>,
    pub(super) bounds: &'a Bounds<'a>,
    pub(super) frame: &'a mut Frame,
    pub(super) instruction: &'a Instruction,
    /// Index of the instruction in its method.
    pub(super) index: usize,
}

type Checked<T = ()> = Result<T, Refusal>;

impl<'a> Machine<'a> {
    /// Executes the instruction. A new instruction does not compile without a line here.
    pub(super) fn step(&mut self) -> Checked {
        match self.instruction.opcode {
            O::Nop | O::Goto | O::GotoW | O::Ret => Ok(()),
            O::SconstM1
            | O::Sconst0
            | O::Sconst1
            | O::Sconst2
            | O::Sconst3
            | O::Sconst4
            | O::Sconst5
            | O::IconstM1
            | O::Iconst0
            | O::Iconst1
            | O::Iconst2
            | O::Iconst3
            | O::Iconst4
            | O::Iconst5
            | O::Bspush
            | O::Sspush
            | O::Bipush
            | O::Sipush
            | O::Iipush
            | O::Sadd
            | O::Iadd
            | O::Ssub
            | O::Isub
            | O::Smul
            | O::Imul
            | O::Sdiv
            | O::Idiv
            | O::Srem
            | O::Irem
            | O::Sneg
            | O::Ineg
            | O::Sshl
            | O::Ishl
            | O::Sshr
            | O::Ishr
            | O::Sushr
            | O::Iushr
            | O::Sand
            | O::Iand
            | O::Sor
            | O::Ior
            | O::Sxor
            | O::Ixor
            | O::S2b
            | O::S2i
            | O::I2b
            | O::I2s
            | O::Icmp
            | O::Ifeq
            | O::Ifne
            | O::Iflt
            | O::Ifge
            | O::Ifgt
            | O::Ifle
            | O::IfeqW
            | O::IfneW
            | O::IfltW
            | O::IfgeW
            | O::IfgtW
            | O::IfleW
            | O::Ifnull
            | O::Ifnonnull
            | O::IfnullW
            | O::IfnonnullW
            | O::IfAcmpeq
            | O::IfAcmpne
            | O::IfAcmpeqW
            | O::IfAcmpneW
            | O::IfScmpeq
            | O::IfScmpne
            | O::IfScmplt
            | O::IfScmpge
            | O::IfScmpgt
            | O::IfScmple
            | O::IfScmpeqW
            | O::IfScmpneW
            | O::IfScmpltW
            | O::IfScmpgeW
            | O::IfScmpgtW
            | O::IfScmpleW
            | O::Stableswitch
            | O::Itableswitch
            | O::Slookupswitch
            | O::Ilookupswitch => self.by_table(),
            O::AconstNull => self.push(Word::Null),
            O::Pop | O::Pop2 | O::Dup | O::Dup2 | O::DupX | O::SwapX => self.move_words(),
            O::Aload | O::Aload0 | O::Aload1 | O::Aload2 | O::Aload3 => self.load_reference(),
            O::Sload | O::Sload0 | O::Sload1 | O::Sload2 | O::Sload3 => self.load_short(),
            O::Iload | O::Iload0 | O::Iload1 | O::Iload2 | O::Iload3 => self.load_int(),
            O::Astore | O::Astore0 | O::Astore1 | O::Astore2 | O::Astore3 => self.store_reference(),
            O::Sstore | O::Sstore0 | O::Sstore1 | O::Sstore2 | O::Sstore3 => self.store_short(),
            O::Istore | O::Istore0 | O::Istore1 | O::Istore2 | O::Istore3 => self.store_int(),
            O::Sinc | O::SincW => self.local_short().map(drop),
            O::Iinc | O::IincW => self.local_int().map(drop),
            O::Jsr => self.call_subroutine(),
            O::Aaload | O::Baload | O::Saload | O::Iaload => self.load_element(),
            O::Aastore | O::Bastore | O::Sastore | O::Iastore => self.store_element(),
            O::Arraylength => self.array_length(),
            O::Newarray | O::Anewarray => self.new_array(),
            O::New => self.new_object(),
            O::Checkcast | O::Instanceof => self.check_type(),
            O::Athrow => self.throw(),
            O::Areturn | O::Sreturn | O::Ireturn | O::Return => self.return_result(),
            O::GetstaticA | O::GetstaticB | O::GetstaticS | O::GetstaticI => self.get_static(),
            O::PutstaticA | O::PutstaticB | O::PutstaticS | O::PutstaticI => self.put_static(),
            O::GetfieldA
            | O::GetfieldB
            | O::GetfieldS
            | O::GetfieldI
            | O::GetfieldAW
            | O::GetfieldBW
            | O::GetfieldSW
            | O::GetfieldIW => self.get_field(),
            O::PutfieldA
            | O::PutfieldB
            | O::PutfieldS
            | O::PutfieldI
            | O::PutfieldAW
            | O::PutfieldBW
            | O::PutfieldSW
            | O::PutfieldIW => self.put_field(),
            O::GetfieldAThis | O::GetfieldBThis | O::GetfieldSThis | O::GetfieldIThis => {
                self.get_field_of_this()
            }
            O::PutfieldAThis | O::PutfieldBThis | O::PutfieldSThis | O::PutfieldIThis => {
                self.put_field_of_this()
            }
            O::Invokevirtual => self.invoke_virtual(),
            O::Invokespecial => self.invoke_special(),
            O::Invokestatic => self.invoke_static(),
            O::Invokeinterface => self.invoke_interface(),
        }
    }

    /// Takes and leaves what the table of instructions says.
    fn by_table(&mut self) -> Checked {
        let StackEffect::Values { pops, pushes } = self.instruction.opcode.stack_effect() else {
            return Ok(());
        };
        for kind in pops.iter().rev() {
            match kind {
                StackType::Short => self.pop_short()?,
                StackType::Int => self.pop_int()?,
                StackType::Reference | StackType::ReferenceOrAddress => {
                    self.pop_reference("a reference").map(drop)?
                }
            }
        }
        for kind in pushes {
            match kind {
                StackType::Short => self.push(Word::Short)?,
                StackType::Int => self.push_int()?,
                // Of a reference the table does not say the type.
                StackType::Reference | StackType::ReferenceOrAddress => self.push(Word::Unset)?,
            }
        }
        Ok(())
    }

    /// A refusal of this instruction: what it `finds` where `wanted` should be.
    fn refuse(&self, rule: Rule, finds: &str, wanted: impl Into<String>) -> Refusal {
        Refusal::of(self.instruction, rule, finds, wanted)
    }

    /// A refusal because of a word.
    fn refuse_word(&self, rule: Rule, word: Word, role: impl Display, wanted: impl Into<String>) -> Refusal {
        let finds = format!("finds {} where {role} should be", word.describe(self.bounds));
        self.refuse(rule, &finds, wanted)
    }

    /// The constant of the operand; its kind has been checked before.
    fn constant(&self) -> Option<&'a Constant> {
        self.model
            .constants
            .get(usize::from(self.instruction.constant()?))
    }

    /// A refusal because there is no such constant after all.
    fn refuse_constant(&self) -> Refusal {
        self.refuse(
            Rule::ConstantKind,
            "refers to a constant of another kind",
            "one that it takes",
        )
    }
}
