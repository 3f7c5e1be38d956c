//! Java text for the value of an operand: what a person would recognize in the source.

use crate::class_model::{
    BinaryOperator, Code, FieldAccess, Instruction, InvokeKind, Literal, Method, StackShuffle, Type,
};
use crate::flow::{Flow, IntValue};

/// What stands for a value whose expression is not known, as after a conditional one.
const UNKNOWN: &str = "…";
/// Longest text of an expression in characters; what is longer is of no help.
const MAX_LENGTH: usize = 120;

/// The expression `depth` words below the top before an instruction.
pub(crate) fn operand_text(method: &Method, code: &Code, flow: &Flow, index: usize, depth: usize) -> String {
    let start = straight_line_start(code, index);
    let mut stack = vec![UNKNOWN.to_owned(); flow.depth_before(code, start)];
    for at in start..index {
        apply(method, code, at, &mut stack);
    }
    let place = stack.len().checked_sub(depth + 1);
    place.map_or_else(|| UNKNOWN.to_owned(), |place| stack.swap_remove(place))
}

/// An expression in parentheses where a cast needs them.
pub(crate) fn cast_text(text: &str) -> String {
    let is_simple = text
        .chars()
        .all(|letter| letter.is_alphanumeric() || "_.…".contains(letter));
    match is_simple || (text.ends_with(')') && !text.contains(' ')) {
        true => format!("(short) {text}"),
        false => format!("(short) ({text})"),
    }
}

/// The local variable an operand was just loaded from, when the method increments it as an int.
pub(crate) fn int_variable(code: &Code, value: IntValue) -> Option<u16> {
    let Some(Instruction::Load(_, slot)) = code.instructions.get(value.node) else {
        return None;
    };
    let is_incremented = code
        .instructions
        .iter()
        .any(|instruction| matches!(instruction, Instruction::Increment(other, _) if other == slot));
    is_incremented.then_some(*slot)
}

/// The name of a local variable, or its number when the class file has no names.
pub(crate) fn local_text(method: &Method, code: &Code, slot: u16, index: usize) -> String {
    match code.local_name(slot, index) {
        Some(name) => name.to_owned(),
        None if slot == 0 && !method.is_static() => "this".to_owned(),
        None => format!("local{slot}"),
    }
}

/// The first instruction from which only one path leads to `index`.
fn straight_line_start(code: &Code, index: usize) -> usize {
    let mut is_target = vec![false; code.instructions.len()];
    let targets = code.instructions.iter().flat_map(Instruction::targets);
    for target in targets.chain(code.handlers.iter().map(|handler| handler.target)) {
        if let Some(place) = is_target.get_mut(target) {
            *place = true;
        }
    }
    (0..=index)
        .rev()
        .find(|at| is_target[*at] || *at == 0 || !code.instructions[at - 1].falls_through())
        .unwrap_or(0)
}

fn pop(stack: &mut Vec<String>) -> String {
    stack.pop().unwrap_or_else(|| UNKNOWN.to_owned())
}

/// The last `count` texts in order.
fn pop_list(stack: &mut Vec<String>, count: usize) -> Vec<String> {
    let mut list: Vec<String> = (0..count).map(|_| pop(stack)).collect();
    list.reverse();
    list
}

fn push(stack: &mut Vec<String>, text: String) {
    let is_long = text.chars().count() > MAX_LENGTH;
    stack.push(if is_long { UNKNOWN.to_owned() } else { text });
}

/// An operand inside a larger expression.
fn inner(text: String) -> String {
    if text.contains(' ') && !text.ends_with(')') || text.starts_with("(short)") || text.starts_with("(byte)")
    {
        format!("({text})")
    } else {
        text
    }
}

fn apply(method: &Method, code: &Code, at: usize, stack: &mut Vec<String>) {
    match &code.instructions[at] {
        Instruction::Constant(Literal::Int(value)) => push(stack, value.to_string()),
        Instruction::Null => push(stack, "null".to_owned()),
        Instruction::Load(_, slot) => push(stack, local_text(method, code, *slot, at)),
        Instruction::Binary(operator) => {
            let (right, left) = (pop(stack), pop(stack));
            push(
                stack,
                format!("{} {} {}", inner(left), operator_text(*operator), inner(right)),
            );
        }
        Instruction::Negate => {
            let value = pop(stack);
            push(stack, format!("-{}", inner(value)));
        }
        Instruction::IntToShort => {
            let value = pop(stack);
            push(stack, cast_text(&value));
        }
        Instruction::IntToByte => {
            let value = pop(stack);
            push(stack, cast_text(&value).replacen("(short)", "(byte)", 1));
        }
        Instruction::ArrayLoad(_) => {
            let (place, array) = (pop(stack), pop(stack));
            push(stack, format!("{array}[{place}]"));
        }
        Instruction::ArrayLength => {
            let array = pop(stack);
            push(stack, format!("{array}.length"));
        }
        Instruction::Field(access, name, _) => apply_field(*access, &name.class, &name.name, stack),
        Instruction::Invoke(kind, name, called) => {
            let arguments = pop_list(stack, called.parameters.len()).join(", ");
            let holder = match kind {
                InvokeKind::Static => name.class.to_string(),
                _ => pop(stack),
            };
            if called.result.is_some() {
                push(stack, format!("{holder}.{}({arguments})", name.name));
            }
        }
        Instruction::New(kind) => push(stack, format!("new {kind}()")),
        Instruction::NewArray(element) => {
            let size = pop(stack);
            push(stack, format!("new {element}[{size}]"));
        }
        Instruction::InstanceOf(kind) => {
            let value = pop(stack);
            push(stack, format!("{value} instanceof {kind}"));
        }
        Instruction::Shuffle(shuffle) => apply_shuffle(*shuffle, stack),
        other => drop_operands(other, stack),
    }
}

fn apply_field(access: FieldAccess, class: &Type, name: &str, stack: &mut Vec<String>) {
    match access {
        FieldAccess::GetStatic => push(stack, format!("{class}.{name}")),
        FieldAccess::GetField => {
            let holder = pop(stack);
            let text = if holder == "this" {
                name.to_owned()
            } else {
                format!("{holder}.{name}")
            };
            push(stack, text);
        }
        FieldAccess::PutStatic => {
            pop(stack);
        }
        FieldAccess::PutField => {
            pop_list(stack, 2);
        }
    }
}

fn apply_shuffle(shuffle: StackShuffle, stack: &mut Vec<String>) {
    let (taken, order): (usize, &[usize]) = shuffle.order();
    let words = pop_list(stack, taken);
    stack.extend(order.iter().map(|place| words[*place].clone()));
}

/// Instructions that leave nothing.
fn drop_operands(instruction: &Instruction, stack: &mut Vec<String>) {
    let count = match instruction {
        Instruction::Store(..) | Instruction::IfZero(..) | Instruction::Switch(_) => 1,
        Instruction::IfNull(_) | Instruction::IfNonNull(_) => 1,
        Instruction::IfCompare(..) | Instruction::IfSame(_) | Instruction::IfNotSame(_) => 2,
        Instruction::ArrayStore(_) => 3,
        _ => 0,
    };
    pop_list(stack, count);
}

fn operator_text(operator: BinaryOperator) -> &'static str {
    match operator {
        BinaryOperator::Add => "+",
        BinaryOperator::Subtract => "-",
        BinaryOperator::Multiply => "*",
        BinaryOperator::Divide => "/",
        BinaryOperator::Remainder => "%",
        BinaryOperator::ShiftLeft => "<<",
        BinaryOperator::ShiftRight => ">>",
        BinaryOperator::ShiftRightUnsigned => ">>>",
        BinaryOperator::And => "&",
        BinaryOperator::Or => "|",
        BinaryOperator::Xor => "^",
    }
}
