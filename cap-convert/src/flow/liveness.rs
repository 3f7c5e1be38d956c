//! Which local variables are read later: the others need not agree where paths meet.

use crate::class_model::{Code, Instruction};

use super::Value;

/// A set of local variables, as bits; a method has at most 255.
type Slots = [u64; 8];

/// For each instruction the variables that are read from there on.
pub(super) struct Liveness {
    /// Empty when the method has subroutines: there all variables count as read.
    before: Vec<Slots>,
}

impl Liveness {
    pub(super) fn of(code: &Code) -> Self {
        let has_subroutines = code
            .instructions
            .iter()
            .any(|instruction| matches!(instruction, Instruction::JumpSubroutine(_)));
        match has_subroutines {
            true => Self { before: Vec::new() },
            false => Self { before: solve(code) },
        }
    }

    /// Unsets what nothing reads from `index` on.
    pub(super) fn forget_dead(&self, index: usize, locals: &mut [Value]) {
        let Some(live) = self.before.get(index) else {
            return;
        };
        for (slot, value) in locals.iter_mut().enumerate() {
            if !contains(live, slot) {
                *value = Value::Unset;
            }
        }
    }
}

/// Works backward through the code: what changes is handed to the instructions that lead there.
fn solve(code: &Code) -> Vec<Slots> {
    let count = code.instructions.len();
    let before_each = predecessors(code);
    let mut before = vec![[0; 8]; count];
    let mut is_waiting = vec![true; count];
    let mut work: Vec<usize> = (0..count).collect();
    while let Some(index) = work.pop() {
        is_waiting[index] = false;
        let live = live_before(code, index, &before);
        if live == before[index] {
            continue;
        }
        before[index] = live;
        for earlier in &before_each[index] {
            if !std::mem::replace(&mut is_waiting[*earlier], true) {
                work.push(*earlier);
            }
        }
    }
    before
}

/// The instructions from which each can be reached in one step.
fn predecessors(code: &Code) -> Vec<Vec<usize>> {
    let mut all = vec![Vec::new(); code.instructions.len() + 1];
    for (index, instruction) in code.instructions.iter().enumerate() {
        for target in instruction.targets() {
            all[target].push(index);
        }
        if instruction.falls_through() {
            all[index + 1].push(index);
        }
    }
    for handler in &code.handlers {
        all[handler.target].extend(handler.start..handler.end);
    }
    all
}

fn live_before(code: &Code, index: usize, before: &[Slots]) -> Slots {
    let instruction = &code.instructions[index];
    let mut live = [0; 8];
    let mut add = |target: usize| {
        if let Some(later) = before.get(target) {
            live.iter_mut()
                .zip(later)
                .for_each(|(word, later)| *word |= later);
        }
    };
    instruction.targets().into_iter().for_each(&mut add);
    if instruction.falls_through() {
        add(index + 1);
    }
    if let Instruction::Store(_, slot) = instruction {
        set(&mut live, *slot, false);
    }
    for handler in &code.handlers {
        if (handler.start..handler.end).contains(&index)
            && let Some(later) = before.get(handler.target)
        {
            live.iter_mut()
                .zip(later)
                .for_each(|(word, later)| *word |= later);
        }
    }
    if let Instruction::Load(_, slot) | Instruction::Increment(slot, _) = instruction {
        set(&mut live, *slot, true);
    }
    live
}

fn contains(slots: &Slots, slot: usize) -> bool {
    slots
        .get(slot / 64)
        .is_some_and(|word| word & (1 << (slot % 64)) != 0)
}

fn set(slots: &mut Slots, slot: u16, is_live: bool) {
    let slot = usize::from(slot);
    if let Some(word) = slots.get_mut(slot / 64) {
        let bit = 1 << (slot % 64);
        *word = if is_live { *word | bit } else { *word & !bit };
    }
}
