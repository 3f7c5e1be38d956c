//! Which ints a card can hold in 16 bits.
//!
//! javac computes everything below int as int. A card computes with shorts: the low 16 bits of a sum, product, bit operation
//! or left shift follow from the low 16 bits of the operands, so that nothing is lost as long as only those bits matter. Where
//! the exact value matters (division, right shift, comparison, index, argument …) it must fit in a short, whatever the
//! operands are. [`Range`](crate::range::Range) says whether it does; if not, the value is an int, or the package is refused.

mod needs;
mod widths;

pub(crate) use needs::{Need, needs};
pub(crate) use widths::{Width, Widths, operation_width, parameter_slots};

use crate::class_model::{Class, Code, FieldAccess, Instruction, Method, Type, ValueKind};
use crate::expression;
use crate::finding::Rule;
use crate::flow::{Flow, IntValue};
use crate::report::{Place, Report};

/// Checks a method of a package without int: every value whose exact size matters fits in 16 bits.
pub(crate) fn check(class: &Class, method: &Method, code: &Code, flow: &Flow, report: &mut Report) {
    flow.walk(code, |index, state| {
        let place = Place::instruction(class, method, index);
        refuse_int(&code.instructions[index], &place, report);
        for (depth, need) in needs(&code.instructions[index], method, state) {
            let Some(value) = state.int(depth) else { continue };
            if need != Need::LowBits && !value.range.fits_short() {
                refuse_overflow(need, depth, value, index, method, code, flow, &place, report);
            }
        }
    });
}

/// Uses of int members of other packages.
fn refuse_int(instruction: &Instruction, place: &Place<'_>, report: &mut Report) {
    let (construct, kind) = match instruction {
        Instruction::Field(FieldAccess::GetField | FieldAccess::GetStatic, name, Type::Int) => {
            ("reads the int field", name)
        }
        Instruction::Field(_, name, Type::Int) => ("writes the int field", name),
        Instruction::Invoke(_, name, method) if method.types().any(|kind| *kind == Type::Int) => {
            ("calls with int the method", name)
        }
        _ => return,
    };
    report.add(
        Rule::IntNotSupported,
        *place,
        format!("code that {construct} {}", kind.name),
        "use a member of type short, or convert with int support for cards that have it",
    );
}

#[expect(
    clippy::too_many_arguments,
    reason = "called once; all are needed to name the expression"
)]
fn refuse_overflow(
    need: Need,
    depth: usize,
    value: IntValue,
    index: usize,
    method: &Method,
    code: &Code,
    flow: &Flow,
    place: &Place<'_>,
    report: &mut Report,
) {
    let text = expression::operand_text(method, code, flow, index, depth);
    // javac increments only variables declared int in one instruction.
    if let Some(slot) = expression::int_variable(code, value) {
        let name = expression::local_text(method, code, slot, index);
        report.add(
            Rule::IntNotSupported,
            *place,
            format!("the variable {name}, an int that may leave 16 bits"),
            format!("declare {name} as short, and cast what is assigned to it"),
        );
        return;
    }
    let cast = expression::cast_text(&text);
    let (rule, construct) = match need {
        Need::Index => (Rule::ArrayIndex, format!("the index {text}")),
        Need::Size => (Rule::ArrayIndex, format!("the size {text}")),
        _ => (
            Rule::Overflow,
            format!("the value of {text} {}", use_text(&code.instructions[index])),
        ),
    };
    report.add(rule, *place, construct, format!("write {cast}"));
}

/// What an instruction does with the value.
fn use_text(instruction: &Instruction) -> &'static str {
    use crate::class_model::BinaryOperator as Operator;
    match instruction {
        Instruction::Binary(Operator::Divide) => "in a division",
        Instruction::Binary(Operator::Remainder) => "in a remainder",
        Instruction::Binary(Operator::ShiftRight | Operator::ShiftRightUnsigned) => "in a right shift",
        Instruction::IfZero(..) | Instruction::IfCompare(..) => "in a comparison",
        Instruction::Switch(_) => "in a switch",
        Instruction::Return(Some(ValueKind::Int)) => "as result",
        Instruction::Invoke(..) => "as argument",
        Instruction::Field(..) => "as value of a field",
        _ => "where its exact value matters",
    }
}
