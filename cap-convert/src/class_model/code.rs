//! The code of a method as instructions whose operands are resolved (JVMS §6.5).

use super::Literal;
use super::descriptor::{MethodType, Type};

/// A field or method by name, in the class the instruction names.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct MemberName {
    pub(crate) class: Type,
    pub(crate) name: String,
}

/// What a load, store or return moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ValueKind {
    Int,
    Reference,
    /// A value of a type the Java Card language does not have, by the type's name.
    Foreign(&'static str),
}

/// Element types of array instructions; `baload` is for byte and boolean alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ArrayElement {
    ByteOrBoolean,
    Short,
    Int,
    Reference,
    /// A type the Java Card language does not have, by its name.
    Foreign(&'static str),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BinaryOperator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    ShiftLeft,
    ShiftRight,
    ShiftRightUnsigned,
    And,
    Or,
    Xor,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    NotEqual,
    Less,
    GreaterOrEqual,
    Greater,
    LessOrEqual,
}

/// Instructions that only move words of the stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StackShuffle {
    Pop,
    Pop2,
    Dup,
    DupX1,
    DupX2,
    Dup2,
    Dup2X1,
    Dup2X2,
    Swap,
}

impl StackShuffle {
    /// How many values it takes, and which of them (0 is the lowest) it leaves, in order. All values are of one word: long and
    /// double are refused before this is asked.
    pub(crate) fn order(self) -> (usize, &'static [usize]) {
        match self {
            Self::Pop => (1, &[]),
            Self::Pop2 => (2, &[]),
            Self::Dup => (1, &[0, 0]),
            Self::DupX1 => (2, &[1, 0, 1]),
            Self::DupX2 => (3, &[2, 0, 1, 2]),
            Self::Dup2 => (2, &[0, 1, 0, 1]),
            Self::Dup2X1 => (3, &[1, 2, 0, 1, 2]),
            Self::Dup2X2 => (4, &[2, 3, 0, 1, 2, 3]),
            Self::Swap => (2, &[1, 0]),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InvokeKind {
    Virtual,
    Special,
    Static,
    Interface,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FieldAccess {
    GetStatic,
    PutStatic,
    GetField,
    PutField,
}

/// `tableswitch` or `lookupswitch`; targets are instruction indexes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Switch {
    pub(crate) default: usize,
    /// Matches in ascending order.
    pub(crate) cases: Vec<(i32, usize)>,
    pub(crate) is_table: bool,
}

/// An instruction; branch targets are indexes into [`Code::instructions`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Instruction {
    Nop,
    Constant(Literal),
    Null,
    Load(ValueKind, u16),
    Store(ValueKind, u16),
    Increment(u16, i16),
    ArrayLoad(ArrayElement),
    ArrayStore(ArrayElement),
    Shuffle(StackShuffle),
    Binary(BinaryOperator),
    Negate,
    IntToByte,
    IntToShort,
    /// Compares an int with 0.
    IfZero(Comparison, usize),
    IfCompare(Comparison, usize),
    IfNull(usize),
    IfNonNull(usize),
    IfSame(usize),
    IfNotSame(usize),
    Goto(usize),
    JumpSubroutine(usize),
    ReturnFromSubroutine(u16),
    Switch(Switch),
    Return(Option<ValueKind>),
    Field(FieldAccess, MemberName, Type),
    Invoke(InvokeKind, MemberName, MethodType),
    New(Type),
    /// Creates an array of this element type.
    NewArray(Type),
    NewMultiArray,
    ArrayLength,
    Throw,
    CheckCast(Type),
    InstanceOf(Type),
    Monitor,
    InvokeDynamic,
    /// An instruction on types the Java Card language does not have, by the type's name.
    Foreign(&'static str),
}

impl Instruction {
    /// Whether the instruction works on what the Java Card language does not have.
    pub(crate) fn is_foreign(&self) -> bool {
        match self {
            Self::Constant(Literal::Foreign(_))
            | Self::Load(ValueKind::Foreign(_), _)
            | Self::Store(ValueKind::Foreign(_), _)
            | Self::Return(Some(ValueKind::Foreign(_)))
            | Self::ArrayLoad(ArrayElement::Foreign(_))
            | Self::ArrayStore(ArrayElement::Foreign(_))
            | Self::NewMultiArray
            | Self::Monitor
            | Self::InvokeDynamic
            | Self::Foreign(_) => true,
            Self::Field(_, _, kind) => kind.java_slots() > 1,
            Self::Invoke(_, _, called) => called.types().any(|kind| kind.java_slots() > 1),
            _ => false,
        }
    }

    /// Where the instruction may branch to, besides the next one.
    pub(crate) fn targets(&self) -> impl Iterator<Item = usize> + '_ {
        let (first, cases): (Option<usize>, &[(i32, usize)]) = match self {
            Self::IfZero(_, target)
            | Self::IfCompare(_, target)
            | Self::IfNull(target)
            | Self::IfNonNull(target)
            | Self::IfSame(target)
            | Self::IfNotSame(target)
            | Self::Goto(target)
            | Self::JumpSubroutine(target) => (Some(*target), &[]),
            Self::Switch(switch) => (Some(switch.default), &switch.cases),
            _ => (None, &[]),
        };
        first.into_iter().chain(cases.iter().map(|(_, target)| *target))
    }

    /// Whether the next instruction may run after this one. A subroutine comes back, but by its `ret`.
    pub(crate) fn falls_through(&self) -> bool {
        !matches!(
            self,
            Self::Goto(_)
                | Self::JumpSubroutine(_)
                | Self::ReturnFromSubroutine(_)
                | Self::Switch(_)
                | Self::Return(_)
                | Self::Throw
        )
    }
}

/// An entry of the exception table, in instruction indexes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Handler {
    pub(crate) start: usize,
    /// The first instruction behind the range; may be the number of instructions.
    pub(crate) end: usize,
    pub(crate) target: usize,
    /// `None` catches everything, as `finally` does.
    pub(crate) catch_type: Option<String>,
}

/// The name of a local variable over a range of instructions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LocalName {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) slot: u16,
    pub(crate) name: String,
}

/// The body of a method.
#[derive(Debug)]
pub(crate) struct Code {
    pub(crate) max_stack: u16,
    pub(crate) max_locals: u16,
    pub(crate) instructions: Vec<Instruction>,
    /// The source line of each instruction; 0 where the class file does not say.
    pub(crate) lines: Vec<u16>,
    pub(crate) handlers: Vec<Handler>,
    pub(crate) local_names: Vec<LocalName>,
}

impl Code {
    /// The source line of an instruction, if known.
    pub(crate) fn line(&self, index: usize) -> Option<u16> {
        self.lines.get(index).copied().filter(|line| *line != 0)
    }

    /// The source name of the local variable in `slot` at an instruction or just behind it, if known.
    pub(crate) fn local_name(&self, slot: u16, index: usize) -> Option<&str> {
        self.local_names
            .iter()
            .find(|local| local.slot == slot && (local.start..=local.end).contains(&(index + 1)))
            .map(|local| local.name.as_str())
    }
}
