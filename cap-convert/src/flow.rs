//! Abstract execution of a method: what is on the stack and in the local variables before every instruction.
//!
//! The Java Card machine has the same stack discipline as the Java machine, so this is where the types of all values, and the
//! values an int can have, become known. javac's stack maps are not needed.

mod liveness;
mod transfer;

use std::collections::{BTreeMap, BTreeSet};

use crate::class_model::{Code, Instruction, Method, Type};
use crate::range::Range;

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

/// Stack (top last) and local variables before an instruction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) stack: Vec<Value>,
    pub(crate) locals: Vec<Value>,
}

impl State {
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
    /// The state before each instruction; `None` when no path leads there.
    pub(crate) before: Vec<Option<State>>,
    /// Which nodes are one value.
    pub(crate) united: Union,
    instruction_count: usize,
}

impl Flow {
    /// The node of a parameter, by its slot.
    pub(crate) fn parameter_node(&self, slot: usize) -> NodeId {
        self.instruction_count + slot
    }
}

/// Words of state over all instructions of a method that are kept at most.
const MAX_STATE: usize = 1_000_000;
/// Instructions under guard, summed over all handlers of a method: a card has at most 255 handlers in a package.
const MAX_GUARDED: usize = 1_000_000;

/// Executes a method until nothing changes any more.
///
/// # Errors
/// [`FlowError`] where the code breaks the rules of the Java machine.
pub(crate) fn analyze(method: &Method, code: &Code) -> Result<Flow, FlowError> {
    let slots = usize::from(code.max_locals) + usize::from(code.max_stack);
    // JCVM §2.2.4.4, §6.10.2: the card's limit is 255 words.
    if slots > 510 || slots * code.instructions.len() > MAX_STATE {
        return Err(FlowError {
            index: 0,
            what: "more local variables, or a deeper stack, than a card has",
        });
    }
    let guarded: usize = code
        .handlers
        .iter()
        .map(|handler| handler.end - handler.start)
        .sum();
    if code.handlers.len() > 255 || guarded > MAX_GUARDED {
        return Err(FlowError {
            index: 0,
            what: "more exception handlers than a card has",
        });
    }
    let mut analysis = Analysis::new(method, code)?;
    analysis.run()?;
    Ok(Flow {
        before: analysis.before,
        united: analysis.united,
        instruction_count: code.instructions.len(),
    })
}

struct Analysis<'a> {
    code: &'a Code,
    live: liveness::Liveness,
    /// Whether an instruction can follow another than the one before it.
    is_target: Vec<bool>,
    before: Vec<Option<State>>,
    /// How often the state before an instruction has grown.
    visits: Vec<u8>,
    /// Instructions to look at, the first ones first: then most states are whole before they are used.
    work: BTreeSet<usize>,
    united: Union,
    subroutines: BTreeMap<usize, Subroutine>,
}

/// What is known of a subroutine, by its first instruction.
#[derive(Default)]
struct Subroutine {
    calls: Vec<usize>,
    returns: Vec<usize>,
    /// Local variables it stores to.
    stores: Vec<u16>,
}

/// Visits after which a growing interval is widened.
const PATIENCE: u8 = 3;

impl<'a> Analysis<'a> {
    fn new(method: &Method, code: &'a Code) -> Result<Self, FlowError> {
        let count = code.instructions.len();
        let locals = entry_locals(method, code, count)?;
        let mut analysis = Self {
            code,
            live: liveness::Liveness::of(code),
            is_target: branch_targets(code),
            before: vec![None; count],
            visits: vec![0; count],
            work: BTreeSet::new(),
            united: Union::new(count + locals.len()),
            subroutines: BTreeMap::new(),
        };
        let entry = State {
            stack: Vec::new(),
            locals,
        };
        analysis.flow_to(0, entry, 0)?;
        Ok(analysis)
    }

    fn run(&mut self) -> Result<(), FlowError> {
        while let Some(index) = self.work.pop_first() {
            self.step(index)?;
        }
        Ok(())
    }

    /// Executes one instruction and hands the state on to all that may follow.
    fn step(&mut self, index: usize) -> Result<(), FlowError> {
        let Some(state) = self.before[index].clone() else {
            return Ok(());
        };
        self.flow_to_handlers(index, &state)?;
        let instruction = &self.code.instructions[index];
        let after = transfer::execute(instruction, index, state, self.code)?;
        match instruction {
            Instruction::JumpSubroutine(target) => self.enter_subroutine(index, *target)?,
            Instruction::ReturnFromSubroutine(slot) => self.note_return(index, *slot, &after)?,
            _ => {}
        }
        for target in instruction.targets() {
            self.flow_to(target, after.clone(), index)?;
        }
        if let Instruction::ReturnFromSubroutine(_) = instruction {
            return self.flow_back(index, &after);
        }
        if instruction.falls_through() {
            self.flow_to(index + 1, after, index)?;
        }
        Ok(())
    }

    /// An exception can leave from any guarded instruction, with the local variables as they are before it.
    /// Behind an instruction that leaves them alone they are known already.
    fn flow_to_handlers(&mut self, index: usize, state: &State) -> Result<(), FlowError> {
        let before = index.checked_sub(1).map(|index| &self.code.instructions[index]);
        let may_differ = self.is_target[index]
            || before.is_none_or(|instruction| {
                !instruction.falls_through()
                    || matches!(instruction, Instruction::Store(..) | Instruction::Increment(..))
            });
        for handler in &self.code.handlers {
            if (handler.start..handler.end).contains(&index) && (may_differ || index == handler.start) {
                let caught = State {
                    stack: vec![Value::Reference],
                    locals: state.locals.clone(),
                };
                self.flow_to(handler.target, caught, index)?;
            }
        }
        Ok(())
    }

    fn enter_subroutine(&mut self, call: usize, target: usize) -> Result<(), FlowError> {
        let code = self.code;
        let subroutine = self.subroutines.entry(target).or_insert_with(|| Subroutine {
            stores: stored_in_subroutine(code, target),
            ..Subroutine::default()
        });
        if !subroutine.calls.contains(&call) {
            subroutine.calls.push(call);
        }
        let returns = subroutine.returns.clone();
        for index in returns {
            if let Some(state) = self.before[index].clone() {
                self.flow_back(index, &state)?;
            }
        }
        Ok(())
    }

    fn note_return(&mut self, index: usize, slot: u16, state: &State) -> Result<(), FlowError> {
        let entry = return_address(index, slot, state)?;
        let subroutine = self.subroutines.entry(entry).or_default();
        if !subroutine.returns.contains(&index) {
            subroutine.returns.push(index);
        }
        Ok(())
    }

    /// `ret`: behind every call of the subroutine, with what it did not store to as the caller had it.
    fn flow_back(&mut self, index: usize, state: &State) -> Result<(), FlowError> {
        let Instruction::ReturnFromSubroutine(slot) = self.code.instructions[index] else {
            return Ok(());
        };
        let entry = return_address(index, slot, state)?;
        let Some(subroutine) = self.subroutines.get(&entry) else {
            return Ok(());
        };
        let (calls, stores) = (subroutine.calls.clone(), subroutine.stores.clone());
        for call in calls {
            let Some(caller) = &self.before[call] else {
                continue;
            };
            let mut after = State {
                stack: state.stack.clone(),
                locals: caller.locals.clone(),
            };
            for slot in stores.iter().map(|slot| usize::from(*slot)) {
                if let (Some(place), Some(value)) = (after.locals.get_mut(slot), state.locals.get(slot)) {
                    *place = *value;
                }
            }
            self.flow_to(call + 1, after, index)?;
        }
        Ok(())
    }

    /// Merges a state into the one before `target`.
    fn flow_to(&mut self, target: usize, mut state: State, from: usize) -> Result<(), FlowError> {
        if target >= self.before.len() {
            return Err(FlowError {
                index: from,
                what: "the end of the code is reached without a return",
            });
        }
        self.live.forget_dead(target, &mut state.locals);
        let Some(mut known) = self.before[target].take() else {
            self.before[target] = Some(state);
            self.work.insert(target);
            return Ok(());
        };
        let is_patient = self.visits[target] < PATIENCE;
        let has_grown = self.merge(&mut known, &state, is_patient).ok_or(FlowError {
            index: target,
            what: "paths meet with stacks of different shapes",
        })?;
        if has_grown {
            self.visits[target] = self.visits[target].saturating_add(1);
            self.work.insert(target);
        }
        self.before[target] = Some(known);
        Ok(())
    }

    /// Makes `known` cover `new` too, and tells whether it grew; `None` when their stacks do not fit together.
    fn merge(&mut self, known: &mut State, new: &State, is_patient: bool) -> Option<bool> {
        if known.stack.len() != new.stack.len() {
            return None;
        }
        let mut has_grown = false;
        for (place, value) in known.stack.iter_mut().zip(&new.stack) {
            has_grown |= self.merge_into(place, *value, is_patient);
            if *place == Value::Unset {
                return None;
            }
        }
        for (place, value) in known.locals.iter_mut().zip(&new.locals) {
            has_grown |= self.merge_into(place, *value, is_patient);
        }
        Some(has_grown)
    }

    fn merge_into(&mut self, place: &mut Value, new: Value, is_patient: bool) -> bool {
        let merged = self.merge_value(*place, new, is_patient);
        std::mem::replace(place, merged) != merged
    }

    fn merge_value(&mut self, known: Value, new: Value, is_patient: bool) -> Value {
        match (known, new) {
            (Value::Int(a), Value::Int(b)) => {
                self.united.unite(a.node, b.node);
                let range = match is_patient {
                    true => a.range.hull(b.range),
                    false => a.range.widened(b.range),
                };
                Value::Int(IntValue { range, node: a.node })
            }
            (a, b) if a == b => a,
            _ => Value::Unset,
        }
    }
}

/// Instructions that a branch, a handler or the end of a subroutine leads to.
fn branch_targets(code: &Code) -> Vec<bool> {
    let mut targets = vec![false; code.instructions.len() + 1];
    for (index, instruction) in code.instructions.iter().enumerate() {
        for target in instruction.targets() {
            targets[target] = true;
        }
        targets[index + 1] |= matches!(instruction, Instruction::JumpSubroutine(_));
    }
    for handler in &code.handlers {
        targets[handler.target] = true;
    }
    targets
}

fn return_address(index: usize, slot: u16, state: &State) -> Result<usize, FlowError> {
    match state.locals.get(usize::from(slot)) {
        Some(Value::ReturnAddress(entry)) => Ok(*entry),
        _ => Err(FlowError {
            index,
            what: "ret without a return address",
        }),
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

/// The local variables that the instructions between a subroutine's entry and its `ret` store to.
fn stored_in_subroutine(code: &Code, entry: usize) -> Vec<u16> {
    let mut seen = vec![false; code.instructions.len()];
    let mut work = vec![entry];
    let mut stores = Vec::new();
    while let Some(index) = work.pop() {
        if index >= seen.len() || std::mem::replace(&mut seen[index], true) {
            continue;
        }
        let instruction = &code.instructions[index];
        if let Instruction::Store(_, slot) | Instruction::Increment(slot, _) = instruction
            && !stores.contains(slot)
        {
            stores.push(*slot);
        }
        work.extend(instruction.targets());
        if instruction.falls_through() || matches!(instruction, Instruction::JumpSubroutine(_)) {
            work.push(index + 1);
        }
    }
    stores
}

/// Disjoint sets of nodes.
#[derive(Debug)]
pub(crate) struct Union(Vec<NodeId>);

impl Union {
    fn new(count: usize) -> Self {
        Self((0..count).collect())
    }

    /// The representative of a node's set.
    pub(crate) fn find(&self, node: NodeId) -> NodeId {
        let mut root = node;
        while self.0[root] != root {
            root = self.0[root];
        }
        root
    }

    pub(crate) fn unite(&mut self, a: NodeId, b: NodeId) {
        let (a, b) = (self.find(a), self.find(b));
        self.0[a.max(b)] = a.min(b);
    }
}
