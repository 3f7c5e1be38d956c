//! `this.field = value` without a reference on the stack.
//!
//! javac loads `this`, computes the value and stores. Where the load and the store stand in one straight line, and nothing else
//! touches the word between them, `putfield_this` (JCVM §7.5.76) needs no load.

use std::collections::HashSet;

use crate::class_model::{FieldAccess, Instruction, Type, ValueKind};
use crate::flow::State;

use super::Context;

/// Loads of `this` that are left out, and the stores that do without.
#[derive(Debug, Default)]
pub(super) struct ThisPuts {
    pub(super) loads: HashSet<usize>,
    pub(super) stores: HashSet<usize>,
    /// Words by which the stack before each instruction is lower than in Java.
    saved: Vec<usize>,
}

impl ThisPuts {
    /// Words by which the stack before an instruction is lower than in Java.
    pub(super) fn saved_before(&self, index: usize) -> usize {
        self.saved.get(index).copied().unwrap_or(0)
    }
}

/// A load of `this` whose word still lies where it was put.
struct Candidate {
    load: usize,
    /// Place of the word in the stack, from the bottom.
    place: usize,
}

pub(super) fn find(context: &Context<'_>, targets: &[bool]) -> ThisPuts {
    let mut found = ThisPuts {
        saved: vec![0; targets.len()],
        ..ThisPuts::default()
    };
    let mut candidates: Vec<Candidate> = Vec::new();
    context.flow.walk(context.code, |index, state| {
        let instruction = &context.code.instructions[index];
        if targets[index] {
            candidates.clear();
        }
        if is_put_to_own_field(context, instruction) && state.stack.len() >= 2 {
            let place = state.stack.len().saturating_sub(2);
            if let Some(candidate) = candidates.iter().find(|candidate| candidate.place == place) {
                found.loads.insert(candidate.load);
                found.stores.insert(index);
                // The stack is lower by a word behind the load and before the store.
                found.saved[candidate.load + 1..=index]
                    .iter_mut()
                    .for_each(|saved| *saved += 1);
            }
        }
        forget_touched(instruction, state, &mut candidates);
        if matches!(instruction, Instruction::Load(ValueKind::Reference, 0)) {
            candidates.push(Candidate {
                load: index,
                place: state.stack.len(),
            });
        }
    });
    found
}

fn is_put_to_own_field(context: &Context<'_>, instruction: &Instruction) -> bool {
    matches!(instruction, Instruction::Field(FieldAccess::PutField, name, _)
        if matches!(&name.class, Type::Class(class) if *class == context.class.name))
}

/// Drops the candidates whose word the instruction takes, copies or moves, and all where the straight line ends.
fn forget_touched(instruction: &Instruction, state: &State, candidates: &mut Vec<Candidate>) {
    let depth = state.stack.len();
    let taken = match instruction {
        Instruction::Shuffle(shuffle) => shuffle.order().0,
        _ if instruction.targets().next().is_some() || !instruction.falls_through() => depth,
        _ => taken_words(instruction),
    };
    candidates.retain(|candidate| candidate.place < depth.saturating_sub(taken));
}

/// Words of Java's stack that an instruction takes.
fn taken_words(instruction: &Instruction) -> usize {
    match instruction {
        Instruction::Store(..)
        | Instruction::NewArray(_)
        | Instruction::ArrayLength
        | Instruction::Negate => 1,
        Instruction::IntToByte
        | Instruction::IntToShort
        | Instruction::CheckCast(_)
        | Instruction::InstanceOf(_) => 1,
        Instruction::Field(FieldAccess::PutStatic | FieldAccess::GetField, ..) => 1,
        Instruction::Field(FieldAccess::PutField, ..)
        | Instruction::Binary(_)
        | Instruction::ArrayLoad(_) => 2,
        Instruction::ArrayStore(_) => 3,
        Instruction::Invoke(kind, _, called) => {
            called.parameters.len() + usize::from(*kind != crate::class_model::InvokeKind::Static)
        }
        _ => 0,
    }
}
