//! Which local variables are read later: the others need not agree where paths meet.

use std::collections::{BTreeMap, BTreeSet};

use crate::class_model::{Code, Instruction};

use super::Value;
use super::stretch::{Stretch, Stretches};

/// A set of local variables, as bits; a method has at most 510.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slots([u64; 8]);

impl Slots {
    const NONE: Self = Self([0; 8]);
    const ALL: Self = Self([u64::MAX; 8]);

    /// The values of variables, without those that are not in the set.
    pub(super) fn of(self, locals: &[Value]) -> impl Iterator<Item = Value> {
        let locals = locals.iter().enumerate();
        locals.map(move |(slot, value)| match self.contains(slot) {
            true => *value,
            false => Value::Unset,
        })
    }

    fn contains(self, slot: usize) -> bool {
        let word = self.0.get(slot / 64);
        word.is_some_and(|word| word & (1 << (slot % 64)) != 0)
    }

    fn set(&mut self, slot: u16, is_live: bool) {
        let slot = usize::from(slot);
        if let Some(word) = self.0.get_mut(slot / 64) {
            let bit = 1 << (slot % 64);
            *word = if is_live { *word | bit } else { *word & !bit };
        }
    }

    fn extend(&mut self, other: &Self) {
        for (word, other) in self.0.iter_mut().zip(other.0) {
            *word |= other;
        }
    }
}

/// For the first instruction of each stretch the variables that are read from there on.
pub(super) struct Liveness {
    /// Empty when the method has subroutines: there all variables count as read.
    live: BTreeMap<usize, Slots>,
}

impl Liveness {
    pub(super) fn of(code: &Code, stretches: &Stretches<'_>) -> Self {
        let has_subroutines = code
            .instructions
            .iter()
            .any(|instruction| matches!(instruction, Instruction::JumpSubroutine(_)));
        Self {
            live: match has_subroutines {
                true => BTreeMap::new(),
                false => solve(code, stretches),
            },
        }
    }

    /// The variables that are read from the beginning of a stretch on.
    pub(super) fn at(&self, start: usize) -> Slots {
        self.live.get(&start).copied().unwrap_or(Slots::ALL)
    }
}

/// Works backward through the stretches: what changes is handed to those that lead there.
fn solve(code: &Code, stretches: &Stretches<'_>) -> BTreeMap<usize, Slots> {
    let earlier = predecessors(code, stretches);
    let mut live = BTreeMap::new();
    let mut work: BTreeSet<usize> = stretches.keys().copied().collect();
    while let Some(start) = work.pop_last() {
        let Some(stretch) = stretches.get(&start) else {
            continue;
        };
        let now = live_before(code, start, stretch, &live);
        if live.insert(start, now) != Some(now) {
            work.extend(earlier.get(&start).into_iter().flatten());
        }
    }
    live
}

/// The stretches from which each can be reached in one step.
fn predecessors(code: &Code, stretches: &Stretches<'_>) -> BTreeMap<usize, Vec<usize>> {
    let mut all: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (start, stretch) in stretches {
        let branches = code.instructions[*start..stretch.end]
            .iter()
            .flat_map(Instruction::targets);
        let handlers = stretch.guards.iter().map(|guard| guard.target);
        for target in branches.chain(handlers).chain([stretch.end]) {
            all.entry(target).or_default().push(*start);
        }
    }
    all
}

/// The variables that are read from the beginning of a stretch on, by what is known of those that follow.
fn live_before(code: &Code, start: usize, stretch: &Stretch<'_>, known: &BTreeMap<usize, Slots>) -> Slots {
    let at = |start: usize| known.get(&start).unwrap_or(&Slots::NONE);
    let mut live = *at(stretch.end);
    for index in (start..stretch.end).rev() {
        let instruction = &code.instructions[index];
        if !instruction.falls_through() {
            live = Slots::NONE;
        }
        for target in instruction.targets() {
            live.extend(at(target));
        }
        if let Instruction::Store(_, slot) = instruction {
            live.set(*slot, false);
        }
        // An exception may leave before the instruction has done anything.
        for guard in &stretch.guards {
            if (guard.start..guard.end).contains(&index) {
                live.extend(at(guard.target));
            }
        }
        if let Instruction::Load(_, slot) | Instruction::Increment(slot, _) = instruction {
            live.set(*slot, true);
        }
    }
    live
}
