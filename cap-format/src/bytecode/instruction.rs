//! An instruction with its operands.

use crate::bytecode::{Layout, Opcode, StackEffect, StackType};

/// The type of the elements of a primitive array (JCVM §7.5.71).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ElementType {
    /// `boolean`.
    Boolean = 10,
    /// `byte`.
    Byte = 11,
    /// `short`.
    Short = 12,
    /// `int`.
    Int = 13,
}

impl ElementType {
    /// The type with this code.
    pub fn from_u8(code: u8) -> Option<Self> {
        Some(match code {
            10 => Self::Boolean,
            11 => Self::Byte,
            12 => Self::Short,
            13 => Self::Int,
            _ => return None,
        })
    }

    /// The name in the language.
    pub fn name(self) -> &'static str {
        match self {
            Self::Boolean => "boolean",
            Self::Byte => "byte",
            Self::Short => "short",
            Self::Int => "int",
        }
    }
}

/// What `checkcast` and `instanceof` check against (JCVM §7.5.16, §7.5.53).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CheckedType {
    /// The class or interface of the constant (code 0).
    Class,
    /// An array of a primitive type (codes 10 to 13); the constant pool index is 0.
    PrimitiveArray(ElementType),
    /// An array whose elements are of the class or interface of the constant (code 14).
    ReferenceArray,
}

/// The branches of `stableswitch` or `itableswitch`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TableSwitch {
    /// Where to go for other keys, relative to the opcode.
    pub default: i16,
    /// The key of the first branch; the others follow it one by one.
    pub low: i32,
    /// The branches, relative to the opcode; at least one.
    pub branches: Vec<i16>,
}

/// The branches of `slookupswitch` or `ilookupswitch`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LookupSwitch {
    /// Where to go for other keys, relative to the opcode.
    pub default: i16,
    /// Key and branch, relative to the opcode; ascending by key.
    pub pairs: Vec<(i32, i16)>,
}

/// The operands of an instruction. Which variant an opcode has follows from its [`Layout`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Operands {
    /// Of [`Layout::Plain`], [`Layout::Value`], [`Layout::ImpliedLocal`].
    None,
    /// The value that is pushed: of [`Layout::Immediate1`] to [`Layout::Immediate4`].
    Immediate(i32),
    /// The index of a local variable.
    Local(u8),
    /// Of [`Layout::Increment1`], [`Layout::Increment2`].
    Increment {
        /// The index of the local variable.
        local: u8,
        /// What is added.
        by: i16,
    },
    /// A branch relative to the opcode: of [`Layout::Branch1`], [`Layout::Branch2`].
    Branch(i16),
    /// Of `dup_x`, `swap_x`.
    Words {
        /// Words from the top, at most 15.
        m: u8,
        /// Words below, at most 15.
        n: u8,
    },
    /// A constant pool index: of [`Layout::Constant1`], [`Layout::Constant2`].
    Constant(u16),
    /// Of `invokeinterface`.
    Interface {
        /// Words of the arguments, the object included.
        nargs: u8,
        /// Constant pool index of the interface.
        constant: u16,
        /// Token of the method in the interface.
        token: u8,
    },
    /// Of `newarray`.
    Element(ElementType),
    /// Of `checkcast`, `instanceof`.
    TypeCheck {
        /// The kind of type.
        kind: CheckedType,
        /// Constant pool index of the class; 0 for a primitive array.
        constant: u16,
    },
    /// Of `stableswitch`, `itableswitch`.
    TableSwitch(TableSwitch),
    /// Of `slookupswitch`, `ilookupswitch`.
    LookupSwitch(LookupSwitch),
}

/// An instruction.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Instruction {
    /// What it does.
    pub opcode: Opcode,
    /// On what.
    pub operands: Operands,
}

impl Instruction {
    /// An instruction with operands.
    pub fn new(opcode: Opcode, operands: Operands) -> Self {
        Self { opcode, operands }
    }

    /// An instruction without operands.
    pub fn plain(opcode: Opcode) -> Self {
        Self::new(opcode, Operands::None)
    }

    /// The local variable it reads, writes or changes, if it does: the one of its operand, or the one that belongs to its opcode.
    #[inline]
    pub fn local(&self) -> Option<u8> {
        match (self.opcode.layout(), &self.operands) {
            (Layout::ImpliedLocal(local), _) => Some(local),
            (_, Operands::Local(local) | Operands::Increment { local, .. }) => Some(*local),
            _ => None,
        }
    }

    /// The constant it pushes, if it does.
    pub fn pushed_value(&self) -> Option<i32> {
        match (self.opcode.layout(), &self.operands) {
            (Layout::Value(value), _) => Some(value.into()),
            (_, Operands::Immediate(value)) => Some(*value),
            _ => None,
        }
    }

    /// The constant pool index among its operands; the 0 that stands there in a check for a primitive array is none.
    #[inline]
    pub fn constant(&self) -> Option<u16> {
        match self.operands {
            Operands::TypeCheck {
                kind: CheckedType::PrimitiveArray(_),
                ..
            } => None,
            Operands::Constant(constant)
            | Operands::Interface { constant, .. }
            | Operands::TypeCheck { constant, .. } => Some(constant),
            _ => None,
        }
    }

    /// All branches, relative to the opcode; of a switch the default first.
    #[inline]
    pub fn branches(&self) -> impl Iterator<Item = i16> {
        let (first, table, pairs): (_, &[i16], &[(i32, i16)]) = match &self.operands {
            Operands::Branch(branch) => (Some(*branch), &[], &[]),
            Operands::TableSwitch(switch) => (Some(switch.default), &switch.branches, &[]),
            Operands::LookupSwitch(switch) => (Some(switch.default), &[], &switch.pairs),
            _ => (None, &[], &[]),
        };
        let pairs = pairs.iter().map(|(_, branch)| *branch);
        first.into_iter().chain(table.iter().copied()).chain(pairs)
    }

    /// Words it takes from the stack and words it leaves; `None` when a method decides.
    pub fn stack_words(&self) -> Option<(u16, u16)> {
        let sum = |types: &[StackType]| types.iter().map(|kind| kind.words()).sum();
        match self.opcode.stack_effect() {
            StackEffect::Values { pops, pushes } => Some((sum(pops), sum(pushes))),
            StackEffect::Method => None,
            StackEffect::Words => Some(self.moved_words()),
        }
    }

    fn moved_words(&self) -> (u16, u16) {
        let (m, n) = match self.operands {
            Operands::Words { m, n } => (u16::from(m), u16::from(n)),
            _ => (0, 0),
        };
        match self.opcode {
            Opcode::Pop => (1, 0),
            Opcode::Pop2 => (2, 0),
            Opcode::Dup => (1, 2),
            Opcode::Dup2 => (2, 4),
            // JCVM §7.5.18: the copy of the top m words goes below the top n words; n = 0 puts it on top.
            Opcode::DupX => (m.max(n), m.max(n) + m),
            _ => (m + n, m + n),
        }
    }
}
