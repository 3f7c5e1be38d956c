//! Abstract execution of a method: what is on the stack and in the local variables before every instruction.
//!
//! The Java Card machine has the same stack discipline as the Java machine, so this is where the types of all values, and the
//! values an int can have, become known. javac's stack maps are not needed. A state is kept where paths meet; between two such
//! places it follows from the instructions, and [`Flow::walk`] makes it again.

mod liveness;
mod merge;
mod stretch;
mod subroutine;
mod transfer;

use std::collections::{BTreeMap, BTreeSet};

use crate::class_model::{Code, Instruction, Method, Type};
use crate::range::Range;
use liveness::Liveness;
use merge::merge;
use stretch::{Stretch, Stretches, stretches};
use subroutine::Subroutines;

pub(crate) use merge::Union;

/// A place where an int comes from: an instruction or a parameter. Places that meet are united.
pub(crate) type NodeId = usize;

/// An int on the stack or in a local variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct IntValue {
    pub(crate) range: Range,
    pub(crate) node: NodeId,
}

/// A word of the Java machine's stack, or a local variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Value {
    /// Nothing that may be read.
    Unset,
    Int(IntValue),
    Reference,
    /// What `jsr` leaves, by the first instruction of the subroutine.
    ReturnAddress(usize),
}

/// Stack (top last) and local variables before an instruction. Variables that are not read any more may have any value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) stack: Vec<Value>,
    pub(crate) locals: Vec<Value>,
}

impl State {
    /// Becomes the same as another, in the memory that it has.
    fn copy(&mut self, other: &Self) {
        self.stack.clone_from(&other.stack);
        self.locals.clone_from(&other.locals);
    }

    /// The value `depth` words below the top.
    pub(crate) fn operand(&self, depth: usize) -> Option<Value> {
        self.stack
            .len()
            .checked_sub(depth + 1)
            .map(|index| self.stack[index])
    }

    /// The int `depth` words below the top.
    pub(crate) fn int(&self, depth: usize) -> Option<IntValue> {
        match self.operand(depth) {
            Some(Value::Int(value)) => Some(value),
            _ => None,
        }
    }

    /// The int in a local variable.
    pub(crate) fn local_int(&self, slot: u16) -> Option<IntValue> {
        match self.locals.get(usize::from(slot)) {
            Some(Value::Int(value)) => Some(*value),
            _ => None,
        }
    }
}

/// Why code cannot be executed abstractly: it breaks the rules of the Java machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FlowError {
    /// The instruction.
    pub(crate) index: usize,
    pub(crate) what: &'static str,
}

/// The result for a method.
#[derive(Debug)]
pub(crate) struct Flow {
    /// The state before each instruction at which a stretch begins that some path leads to.
    entries: BTreeMap<usize, State>,
    /// Whether a path leads to each instruction.
    is_reached: Vec<bool>,
    /// Which nodes are one value.
    pub(crate) united: Union,
}

impl Flow {
    /// Shows the state before each instruction that some path leads to, in the order of the code.
    pub(crate) fn walk(&self, code: &Code, mut visit: impl FnMut(usize, &State)) {
        let mut entries = self.entries.iter().peekable();
        let mut state = State::default();
        while let Some((start, entry)) = entries.next() {
            let end = entries.peek().map_or(code.instructions.len(), |(next, _)| **next);
            state.copy(entry);
            for (index, instruction) in code.instructions.iter().enumerate().take(end).skip(*start) {
                visit(index, &state);
                // The analysis has executed all of this with the same state: there is no error any more.
                let result = transfer::execute(instruction, index, &mut state, code);
                if result.is_err() || !instruction.falls_through() {
                    break;
                }
            }
        }
    }

    /// Words on the stack before an instruction; 0 when no path leads there.
    pub(crate) fn depth_before(&self, code: &Code, wanted: usize) -> usize {
        let mut depth = 0;
        self.walk(code, |index, state| {
            if index == wanted {
                depth = state.stack.len();
            }
        });
        depth
    }

    /// Whether some path leads to an instruction.
    pub(crate) fn is_reached(&self, index: usize) -> bool {
        self.is_reached.get(index) == Some(&true)
    }

    /// The node of a parameter, by its slot.
    pub(crate) fn parameter_node(&self, slot: usize) -> NodeId {
        self.is_reached.len() + slot
    }
}

/// Words of state over all places of a method where paths meet that are kept at most.
const MAX_STATE: usize = 1_000_000;
/// Instructions under guard, summed over all handlers of a method: a card has at most 255 handlers in a package.
const MAX_GUARDED: usize = 1_000_000;

/// Executes a method until nothing changes any more.
///
/// # Errors
/// [`FlowError`] where the code breaks the rules of the Java machine.
pub(crate) fn analyze(method: &Method, code: &Code) -> Result<Flow, FlowError> {
    let refusal = |what| FlowError { index: 0, what };
    let slots = usize::from(code.max_locals) + usize::from(code.max_stack);
    let guarded: usize = code
        .handlers
        .iter()
        .map(|handler| handler.end - handler.start)
        .sum();
    if code.handlers.len() > 255 || guarded > MAX_GUARDED {
        return Err(refusal("more exception handlers than a card has"));
    }
    let stretches = stretches(code);
    // JCVM §2.2.4.4, §6.10.2: the card's limit is 255 words.
    if slots > 510 || slots * stretches.len() > MAX_STATE {
        return Err(refusal(
            "more local variables, or a deeper stack, than a card has",
        ));
    }
    let count = code.instructions.len();
    let locals = entry_locals(method, code, count)?;
    let mut analysis = Analysis {
        code,
        live: Liveness::of(code, &stretches),
        stretches,
        entries: BTreeMap::new(),
        work: BTreeSet::new(),
        is_reached: vec![false; count],
        united: Union::new(count + locals.len()),
        subroutines: Subroutines::default(),
    };
    analysis.run(locals)?;
    Ok(analysis.into_flow())
}

/// The state with which a stretch begins.
struct Entry {
    state: State,
    /// How often it has grown.
    visits: u8,
}

struct Analysis<'a> {
    code: &'a Code,
    live: Liveness,
    stretches: Stretches<'a>,
    entries: BTreeMap<usize, Entry>,
    /// Stretches to look at, the first ones first: then most states are whole before they are used.
    work: BTreeSet<usize>,
    /// The instructions that were executed.
    is_reached: Vec<bool>,
    united: Union,
    subroutines: Subroutines,
}

/// Visits after which a growing interval is widened.
const PATIENCE: u8 = 3;

impl Analysis<'_> {
    fn run(&mut self, locals: Vec<Value>) -> Result<(), FlowError> {
        self.flow_to(0, &[], &locals, 0)?;
        let stretches = std::mem::take(&mut self.stretches);
        let mut state = State::default();
        while let Some(start) = self.work.pop_first() {
            if let (Some(stretch), Some(entry)) = (stretches.get(&start), self.entries.get(&start)) {
                state.copy(&entry.state);
                self.execute_stretch(start, stretch, &mut state)?;
            }
        }
        Ok(())
    }

    /// Executes the instructions of a stretch, and hands the state on to all that may follow.
    fn execute_stretch(
        &mut self,
        start: usize,
        stretch: &Stretch<'_>,
        state: &mut State,
    ) -> Result<(), FlowError> {
        let code = self.code;
        let mut locals_changed = true;
        let instructions = code.instructions.iter().enumerate();
        for (index, instruction) in instructions.take(stretch.end).skip(start) {
            // An exception can leave from any guarded instruction, with the local variables as they are before it.
            // Behind an instruction that leaves them alone they are known already.
            for guard in &stretch.guards {
                if index == guard.start || locals_changed && (guard.start..guard.end).contains(&index) {
                    self.flow_to(guard.target, &[Value::Reference], &state.locals, index)?;
                }
            }
            locals_changed = matches!(instruction, Instruction::Store(..) | Instruction::Increment(..));
            if let Some(place) = self.is_reached.get_mut(index) {
                *place = true;
            }
            transfer::execute(instruction, index, state, code)?;
            match instruction {
                Instruction::JumpSubroutine(target) => self.enter_subroutine(index, *target, state)?,
                Instruction::ReturnFromSubroutine(slot) => self.leave_subroutine(index, *slot, state)?,
                _ => {}
            }
            for target in instruction.targets() {
                self.flow_to(target, &state.stack, &state.locals, index)?;
            }
            if !instruction.falls_through() {
                return Ok(());
            }
        }
        self.flow_to(stretch.end, &state.stack, &state.locals, stretch.end - 1)
    }

    /// `jsr`: when it is known how the subroutine ends, its call goes on behind.
    fn enter_subroutine(&mut self, call: usize, target: usize, state: &State) -> Result<(), FlowError> {
        let returns = self.subroutines.enter(self.code, call, target, state);
        for (index, after) in returns {
            self.flow_to(call + 1, &after.stack, &after.locals, index)?;
        }
        Ok(())
    }

    /// `ret`: behind every call of the subroutine, with what it did not store to as the caller had it.
    fn leave_subroutine(&mut self, index: usize, slot: u16, state: &State) -> Result<(), FlowError> {
        for (call, after) in self.subroutines.leave(index, slot, state)? {
            self.flow_to(call + 1, &after.stack, &after.locals, index)?;
        }
        Ok(())
    }

    /// Merges a state into the one with which the stretch at `target` begins.
    fn flow_to(
        &mut self,
        target: usize,
        stack: &[Value],
        locals: &[Value],
        from: usize,
    ) -> Result<(), FlowError> {
        if target >= self.code.instructions.len() {
            return Err(FlowError {
                index: from,
                what: "the end of the code is reached without a return",
            });
        }
        let live = self.live.at(target);
        let Some(entry) = self.entries.get_mut(&target) else {
            let state = State {
                stack: stack.to_vec(),
                locals: live.of(locals).collect(),
            };
            self.entries.insert(target, Entry { state, visits: 0 });
            self.work.insert(target);
            return Ok(());
        };
        let is_patient = entry.visits < PATIENCE;
        let new = (stack, live.of(locals));
        let has_grown = merge(&mut entry.state, new, is_patient, &mut self.united).ok_or(FlowError {
            index: target,
            what: "paths meet with stacks of different shapes",
        })?;
        if has_grown {
            entry.visits = entry.visits.saturating_add(1);
            self.work.insert(target);
        }
        Ok(())
    }

    fn into_flow(self) -> Flow {
        let entries = self.entries.into_iter();
        Flow {
            entries: entries.map(|(start, entry)| (start, entry.state)).collect(),
            is_reached: self.is_reached,
            united: self.united,
        }
    }
}

/// `this` and the parameters in their slots.
fn entry_locals(method: &Method, code: &Code, node_base: usize) -> Result<Vec<Value>, FlowError> {
    let mut locals = Vec::new();
    if !method.is_static() {
        locals.push(Value::Reference);
    }
    for kind in &method.kind.parameters {
        let value = match kind.is_reference() {
            true => Value::Reference,
            false => Value::Int(IntValue {
                range: Range::of_type(kind),
                node: node_base + locals.len(),
            }),
        };
        locals.push(value);
        if matches!(kind, Type::Long | Type::Double) {
            locals.push(Value::Unset);
        }
    }
    let count = usize::from(code.max_locals);
    if locals.len() > count {
        return Err(FlowError {
            index: 0,
            what: "more parameters than local variables",
        });
    }
    locals.resize(count, Value::Unset);
    Ok(locals)
}
