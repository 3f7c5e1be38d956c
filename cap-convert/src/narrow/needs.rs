//! How much of its int operands an instruction looks at.

use crate::class_model::{
    ArrayElement, BinaryOperator, Comparison, FieldAccess, Instruction, Method, Type, ValueKind,
};
use crate::flow::State;
use crate::range::Range;

/// What of an operand matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// The low 16 bits only.
    LowBits,
    /// The exact value.
    Exact,
    /// The exact value, as the index of an array element.
    Index,
    /// The exact value, as the size of an array.
    Size,
    /// The exact value, in 32 bits: an int member, parameter or result.
    Int,
}

impl Need {
    /// What a field, parameter or result of this type needs.
    fn of_type(kind: &Type) -> Self {
        if *kind == Type::Int {
            Self::Int
        } else {
            Self::Exact
        }
    }
}

/// The int operands of an instruction by their depth in words below the top, and what matters of each.
pub(crate) fn needs(instruction: &Instruction, method: &Method, state: &State) -> Vec<(usize, Need)> {
    match instruction {
        Instruction::Binary(operator) => {
            let (left, right) = binary_needs(*operator);
            vec![(1, left), (0, right)]
        }
        Instruction::Negate | Instruction::IntToByte | Instruction::IntToShort => vec![(0, Need::LowBits)],
        Instruction::Store(ValueKind::Int, _) => vec![(0, Need::LowBits)],
        Instruction::IfZero(comparison, _) => {
            let value = state.int(0).map_or(Range::INT, |value| value.range);
            vec![(0, comparison_need(*comparison, value, Range::of(0)))]
        }
        Instruction::IfCompare(comparison, _) => {
            let range = |depth| state.int(depth).map_or(Range::INT, |value| value.range);
            let need = comparison_need(*comparison, range(1), range(0));
            vec![(1, need), (0, need)]
        }
        Instruction::Switch(_) => vec![(0, Need::Exact)],
        Instruction::Return(Some(ValueKind::Int)) => {
            let need = method.kind.result.as_ref().map_or(Need::Exact, Need::of_type);
            vec![(0, need)]
        }
        Instruction::Field(FieldAccess::PutField | FieldAccess::PutStatic, _, kind)
            if !kind.is_reference() =>
        {
            vec![(0, Need::of_type(kind))]
        }
        Instruction::Invoke(_, _, called) => {
            let parameters = called.parameters.iter().rev().enumerate();
            parameters
                .filter(|(_, kind)| !kind.is_reference())
                .map(|(depth, kind)| (depth, Need::of_type(kind)))
                .collect()
        }
        Instruction::ArrayLoad(_) => vec![(0, Need::Index)],
        Instruction::ArrayStore(ArrayElement::Reference) => vec![(1, Need::Index)],
        Instruction::ArrayStore(ArrayElement::Int) => vec![(1, Need::Index), (0, Need::Int)],
        Instruction::ArrayStore(_) => vec![(1, Need::Index), (0, Need::LowBits)],
        Instruction::NewArray(_) => vec![(0, Need::Size)],
        _ => Vec::new(),
    }
}

/// For the left and the right operand. Of a shift distance the low five bits count (JLS §15.19).
fn binary_needs(operator: BinaryOperator) -> (Need, Need) {
    match operator {
        BinaryOperator::Add
        | BinaryOperator::Subtract
        | BinaryOperator::Multiply
        | BinaryOperator::And
        | BinaryOperator::Or
        | BinaryOperator::Xor
        | BinaryOperator::ShiftLeft => (Need::LowBits, Need::LowBits),
        BinaryOperator::Divide | BinaryOperator::Remainder => (Need::Exact, Need::Exact),
        BinaryOperator::ShiftRight | BinaryOperator::ShiftRightUnsigned => (Need::Exact, Need::LowBits),
    }
}

/// Equality follows from the low bits when the values are less than 65,536 apart.
fn comparison_need(comparison: Comparison, left: Range, right: Range) -> Need {
    let is_equality = matches!(comparison, Comparison::Equal | Comparison::NotEqual);
    match is_equality && left.is_told_apart_by_16_bits(right) {
        true => Need::LowBits,
        false => Need::Exact,
    }
}
