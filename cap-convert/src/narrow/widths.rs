//! With int support: which values are shorts and which are ints on the card.
//!
//! A value is an int when its exact size matters and may leave 16 bits, or when an operation on ints takes it. Values that meet
//! have one width. Where a short is wanted as int or the other way round, a conversion is put behind what makes the value.

use crate::class_model::{BinaryOperator, Code, Instruction, Method, Type, ValueKind};
use crate::flow::{Flow, IntValue, NodeId, State};

use super::needs::{Need, needs};

/// Bits of a number on the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Width {
    Short,
    Int,
}

impl Width {
    pub(crate) fn words(self) -> usize {
        match self {
            Self::Short => 1,
            Self::Int => 2,
        }
    }
}

/// The width of every value of a method.
#[derive(Debug)]
pub(crate) struct Widths {
    /// By representative of the node.
    is_int: Vec<bool>,
}

impl Widths {
    /// All values are shorts.
    pub(crate) fn all_short() -> Self {
        Self { is_int: Vec::new() }
    }

    /// Finds the widths of a method that may use int.
    pub(crate) fn decide(method: &Method, code: &Code, flow: &Flow) -> Self {
        let count = flow.parameter_node(usize::from(code.max_locals));
        let mut widths = Self {
            is_int: vec![false; count],
        };
        for (slot, kind) in parameter_slots(method) {
            if *kind == Type::Int {
                widths.mark(flow, flow.parameter_node(slot));
            }
        }
        while widths.pass(method, code, flow) {}
        widths
    }

    /// The width of a value.
    pub(crate) fn of(&self, flow: &Flow, node: NodeId) -> Width {
        match self.is_int.get(flow.united.find(node)) {
            Some(true) => Width::Int,
            _ => Width::Short,
        }
    }

    fn is_int(&self, flow: &Flow, node: NodeId) -> bool {
        self.of(flow, node) == Width::Int
    }

    /// Makes a value an int; whether it was none.
    fn mark(&mut self, flow: &Flow, node: NodeId) -> bool {
        match self.is_int.get_mut(flow.united.find(node)) {
            Some(place) => !std::mem::replace(place, true),
            None => false,
        }
    }

    /// One look at every instruction; whether something changed.
    fn pass(&mut self, method: &Method, code: &Code, flow: &Flow) -> bool {
        let mut has_changed = false;
        flow.walk(code, |index, state| {
            has_changed |= self.visit(index, &code.instructions[index], method, state, flow);
        });
        has_changed
    }

    fn visit(
        &mut self,
        index: usize,
        instruction: &Instruction,
        method: &Method,
        state: &State,
        flow: &Flow,
    ) -> bool {
        let mut has_changed = false;
        for (depth, need) in needs(instruction, method, state) {
            let Some(value) = state.int(depth) else { continue };
            let must_be_int = match need {
                Need::Int => true,
                Need::Exact => !value.range.fits_short(),
                // An index is a short on every card; one that does not fit is refused.
                Need::LowBits | Need::Index | Need::Size => false,
            };
            has_changed |= must_be_int && self.mark(flow, value.node);
        }
        match instruction {
            Instruction::Binary(_) | Instruction::Negate | Instruction::IfCompare(..) => {
                has_changed |= self.visit_operation(index, instruction, state, flow);
            }
            // The variable holds the exact value when a reader needs it.
            Instruction::Load(ValueKind::Int, slot) => {
                if let Some(local) = state.local_int(*slot)
                    && self.is_int(flow, index)
                    && !local.range.fits_short()
                {
                    has_changed |= self.mark(flow, local.node);
                }
            }
            Instruction::Store(ValueKind::Int, _) => {
                if let Some(value) = state.int(0)
                    && self.is_int(flow, index)
                    && !value.range.fits_short()
                {
                    has_changed |= self.mark(flow, value.node);
                }
            }
            _ => {}
        }
        has_changed
    }

    /// The operands of an operation on ints are ints.
    fn visit_operation(
        &mut self,
        index: usize,
        instruction: &Instruction,
        state: &State,
        flow: &Flow,
    ) -> bool {
        if operation_width(index, instruction, state, flow, self) == Width::Short {
            return false;
        }
        let mut has_changed = false;
        for value in operands(instruction, state) {
            has_changed |= self.mark(flow, value.node);
        }
        has_changed
    }
}

fn operands(instruction: &Instruction, state: &State) -> impl Iterator<Item = IntValue> {
    let count = if matches!(instruction, Instruction::Negate) {
        1
    } else {
        2
    };
    (0..count).filter_map(|depth| state.int(depth))
}

/// Whether an operation is done on shorts or on ints.
pub(crate) fn operation_width(
    index: usize,
    instruction: &Instruction,
    state: &State,
    flow: &Flow,
    widths: &Widths,
) -> Width {
    // The distance of a shift does not decide: its low five bits fit everywhere.
    let deciding = match instruction {
        Instruction::Binary(
            BinaryOperator::ShiftLeft | BinaryOperator::ShiftRight | BinaryOperator::ShiftRightUnsigned,
        ) => state.int(1).into_iter().collect::<Vec<_>>(),
        _ => operands(instruction, state).collect(),
    };
    let has_int = deciding.iter().any(|value| widths.is_int(flow, value.node));
    let wants_int = !matches!(instruction, Instruction::IfCompare(..))
        && widths.is_int(flow, index)
        && !result_range(instruction, state).fits_short();
    if has_int || wants_int {
        Width::Int
    } else {
        Width::Short
    }
}

fn result_range(instruction: &Instruction, state: &State) -> crate::range::Range {
    use crate::range::Range;
    let range = |depth| state.int(depth).map_or(Range::INT, |value| value.range);
    match instruction {
        Instruction::Binary(operator) => Range::binary(*operator, range(1), range(0)),
        Instruction::Negate => range(0).negated(),
        _ => Range::INT,
    }
}

/// Each parameter with its slot.
pub(crate) fn parameter_slots(method: &Method) -> impl Iterator<Item = (usize, &Type)> {
    let first = usize::from(!method.is_static());
    method.kind.parameters.iter().scan(first, |next, kind| {
        let slot = *next;
        *next += usize::from(kind.java_slots());
        Some((slot, kind))
    })
}
