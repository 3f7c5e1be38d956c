//! Families of instructions that differ by type only.

use cap_format::bytecode::{Opcode, Operands};

use crate::class_model::{BinaryOperator, Comparison, Type};
use crate::narrow::Width;

/// Loads and stores of local variables: a long form, and short ones for the variables 0 to 3.
#[derive(Debug, Clone, Copy)]
pub(super) enum Family {
    Aload,
    Sload,
    Iload,
    Astore,
    Sstore,
    Istore,
}

impl Family {
    /// The shortest instruction for a variable.
    pub(super) fn local(self, local: u8) -> (Opcode, Operands) {
        let (long, short) = match self {
            Self::Aload => (
                Opcode::Aload,
                [Opcode::Aload0, Opcode::Aload1, Opcode::Aload2, Opcode::Aload3],
            ),
            Self::Sload => (
                Opcode::Sload,
                [Opcode::Sload0, Opcode::Sload1, Opcode::Sload2, Opcode::Sload3],
            ),
            Self::Iload => (
                Opcode::Iload,
                [Opcode::Iload0, Opcode::Iload1, Opcode::Iload2, Opcode::Iload3],
            ),
            Self::Astore => (
                Opcode::Astore,
                [Opcode::Astore0, Opcode::Astore1, Opcode::Astore2, Opcode::Astore3],
            ),
            Self::Sstore => (
                Opcode::Sstore,
                [Opcode::Sstore0, Opcode::Sstore1, Opcode::Sstore2, Opcode::Sstore3],
            ),
            Self::Istore => (
                Opcode::Istore,
                [Opcode::Istore0, Opcode::Istore1, Opcode::Istore2, Opcode::Istore3],
            ),
        };
        match short.get(usize::from(local)) {
            Some(opcode) => (*opcode, Operands::None),
            None => (long, Operands::Local(local)),
        }
    }
}

pub(super) fn binary(operator: BinaryOperator, width: Width) -> Opcode {
    let (short, int) = match operator {
        BinaryOperator::Add => (Opcode::Sadd, Opcode::Iadd),
        BinaryOperator::Subtract => (Opcode::Ssub, Opcode::Isub),
        BinaryOperator::Multiply => (Opcode::Smul, Opcode::Imul),
        BinaryOperator::Divide => (Opcode::Sdiv, Opcode::Idiv),
        BinaryOperator::Remainder => (Opcode::Srem, Opcode::Irem),
        BinaryOperator::ShiftLeft => (Opcode::Sshl, Opcode::Ishl),
        BinaryOperator::ShiftRight => (Opcode::Sshr, Opcode::Ishr),
        BinaryOperator::ShiftRightUnsigned => (Opcode::Sushr, Opcode::Iushr),
        BinaryOperator::And => (Opcode::Sand, Opcode::Iand),
        BinaryOperator::Or => (Opcode::Sor, Opcode::Ior),
        BinaryOperator::Xor => (Opcode::Sxor, Opcode::Ixor),
    };
    if width == Width::Short { short } else { int }
}

pub(super) fn negate(width: Width) -> Opcode {
    if width == Width::Short {
        Opcode::Sneg
    } else {
        Opcode::Ineg
    }
}

/// Compares a short with 0.
pub(super) fn if_zero(comparison: Comparison) -> Opcode {
    match comparison {
        Comparison::Equal => Opcode::Ifeq,
        Comparison::NotEqual => Opcode::Ifne,
        Comparison::Less => Opcode::Iflt,
        Comparison::GreaterOrEqual => Opcode::Ifge,
        Comparison::Greater => Opcode::Ifgt,
        Comparison::LessOrEqual => Opcode::Ifle,
    }
}

/// Compares two shorts.
pub(super) fn if_compare(comparison: Comparison) -> Opcode {
    match comparison {
        Comparison::Equal => Opcode::IfScmpeq,
        Comparison::NotEqual => Opcode::IfScmpne,
        Comparison::Less => Opcode::IfScmplt,
        Comparison::GreaterOrEqual => Opcode::IfScmpge,
        Comparison::Greater => Opcode::IfScmpgt,
        Comparison::LessOrEqual => Opcode::IfScmple,
    }
}

/// The member of a family `[a, b, s, i]` for a type; boolean goes with byte.
fn by_type(kind: &Type, family: [Opcode; 4]) -> Opcode {
    let [reference, byte, short, int] = family;
    match kind {
        Type::Boolean | Type::Byte => byte,
        Type::Int => int,
        Type::Class(_) | Type::Array(_) => reference,
        _ => short,
    }
}

pub(super) fn get_static(kind: &Type) -> Opcode {
    by_type(
        kind,
        [
            Opcode::GetstaticA,
            Opcode::GetstaticB,
            Opcode::GetstaticS,
            Opcode::GetstaticI,
        ],
    )
}

pub(super) fn put_static(kind: &Type) -> Opcode {
    by_type(
        kind,
        [
            Opcode::PutstaticA,
            Opcode::PutstaticB,
            Opcode::PutstaticS,
            Opcode::PutstaticI,
        ],
    )
}

pub(super) fn get_field(kind: &Type) -> Opcode {
    by_type(
        kind,
        [
            Opcode::GetfieldA,
            Opcode::GetfieldB,
            Opcode::GetfieldS,
            Opcode::GetfieldI,
        ],
    )
}

pub(super) fn put_field(kind: &Type) -> Opcode {
    by_type(
        kind,
        [
            Opcode::PutfieldA,
            Opcode::PutfieldB,
            Opcode::PutfieldS,
            Opcode::PutfieldI,
        ],
    )
}

pub(super) fn put_this_field(kind: &Type) -> Opcode {
    let family = [
        Opcode::PutfieldAThis,
        Opcode::PutfieldBThis,
        Opcode::PutfieldSThis,
        Opcode::PutfieldIThis,
    ];
    by_type(kind, family)
}

pub(super) fn get_this_field(kind: &Type) -> Opcode {
    let family = [
        Opcode::GetfieldAThis,
        Opcode::GetfieldBThis,
        Opcode::GetfieldSThis,
        Opcode::GetfieldIThis,
    ];
    by_type(kind, family)
}
