//! Subroutines (`jsr`, `ret`): who calls them, how they end, and what they store to.

use std::collections::BTreeMap;

use crate::class_model::{Code, Instruction};

use super::{FlowError, State, Value};

/// All subroutines of a method, by their first instruction.
#[derive(Default)]
pub(super) struct Subroutines(BTreeMap<usize, Subroutine>);

#[derive(Default)]
struct Subroutine {
    /// The local variables with which each `jsr` was last executed.
    calls: BTreeMap<usize, Vec<Value>>,
    /// The state with which each `ret` was last executed.
    returns: BTreeMap<usize, State>,
    /// Local variables it stores to.
    stores: Vec<u16>,
}

impl Subroutines {
    /// Notes a call; for each `ret` that is known the state behind the call.
    pub(super) fn enter(
        &mut self,
        code: &Code,
        call: usize,
        target: usize,
        state: &State,
    ) -> Vec<(usize, State)> {
        let subroutine = self.0.entry(target).or_insert_with(|| Subroutine {
            stores: stored_from(code, target),
            ..Subroutine::default()
        });
        subroutine.calls.insert(call, state.locals.clone());
        let returns = subroutine.returns.iter();
        returns
            .map(|(index, end)| (*index, subroutine.behind(&state.locals, end)))
            .collect()
    }

    /// Notes a `ret`; for each call that is known the state behind it.
    pub(super) fn leave(
        &mut self,
        index: usize,
        slot: u16,
        state: &State,
    ) -> Result<Vec<(usize, State)>, FlowError> {
        let Some(Value::ReturnAddress(entry)) = state.locals.get(usize::from(slot)) else {
            return Err(FlowError {
                index,
                what: "ret without a return address",
            });
        };
        let subroutine = self.0.entry(*entry).or_default();
        subroutine.returns.insert(index, state.clone());
        let calls = subroutine.calls.iter();
        Ok(calls
            .map(|(call, locals)| (*call, subroutine.behind(locals, state)))
            .collect())
    }
}

impl Subroutine {
    /// The state behind a call: what the subroutine did not store to is as the caller had it.
    fn behind(&self, caller: &[Value], end: &State) -> State {
        let mut locals = caller.to_vec();
        for slot in self.stores.iter().map(|slot| usize::from(*slot)) {
            if let (Some(place), Some(value)) = (locals.get_mut(slot), end.locals.get(slot)) {
                *place = *value;
            }
        }
        State {
            stack: end.stack.clone(),
            locals,
        }
    }
}

/// The local variables that the instructions between a subroutine's entry and its `ret` store to.
fn stored_from(code: &Code, entry: usize) -> Vec<u16> {
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
