//! Stretches of code: instructions of which all but the first follow only the one before them.

use std::collections::BTreeMap;

use crate::class_model::{Code, Handler, Instruction};

/// A stretch, by its first instruction.
pub(super) type Stretches<'a> = BTreeMap<usize, Stretch<'a>>;

pub(super) struct Stretch<'a> {
    /// The first instruction behind it; may be the number of instructions.
    pub(super) end: usize,
    /// The handlers that guard a part of it.
    pub(super) guards: Vec<&'a Handler>,
}

/// All stretches of a method. One begins at the start, and at instructions that a branch, a handler or the end of a subroutine
/// leads to.
pub(super) fn stretches(code: &Code) -> Stretches<'_> {
    let begins = beginnings(code);
    let starts: Vec<usize> = (0..begins.len()).filter(|index| begins[*index]).collect();
    let ends = starts.iter().skip(1).copied().chain([begins.len()]);
    let stretch = |(start, end)| {
        let guards = code.handlers.iter();
        let guards = guards.filter(|handler| handler.start < end && handler.end > start);
        let guards = guards.collect();
        (start, Stretch { end, guards })
    };
    starts.iter().copied().zip(ends).map(stretch).collect()
}

fn beginnings(code: &Code) -> Vec<bool> {
    let mut begins = vec![false; code.instructions.len()];
    let mut begin = |index: usize| {
        if let Some(place) = begins.get_mut(index) {
            *place = true;
        }
    };
    begin(0);
    for (index, instruction) in code.instructions.iter().enumerate() {
        instruction.targets().for_each(&mut begin);
        if matches!(instruction, Instruction::JumpSubroutine(_)) {
            begin(index + 1);
        }
    }
    code.handlers.iter().for_each(|handler| begin(handler.target));
    begins
}
