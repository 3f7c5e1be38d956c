//! Local variables of the Java machine → words of the card's frame (JCVM §3.5).

use crate::class_model::{Instruction, Type, ValueKind};
use crate::flow::{State, Value};
use crate::narrow::{Width, parameter_slots};

use super::Context;

/// Where each variable is. Without int a word is a slot; an int takes two words, and a slot that holds now a short, now an int has
/// a place for each.
#[derive(Debug)]
pub(super) struct LocalMap {
    short: Vec<Option<usize>>,
    int: Vec<Option<usize>>,
    nargs: usize,
    end: usize,
}

impl LocalMap {
    pub(super) fn new(context: &Context<'_>) -> Self {
        let slots = usize::from(context.code.max_locals);
        let mut map = Self {
            short: vec![None; slots],
            int: vec![None; slots],
            nargs: 0,
            end: 0,
        };
        if !context.method.is_static() {
            map.put(0, Width::Short);
        }
        for (slot, kind) in parameter_slots(context.method) {
            let width = if *kind == Type::Int {
                Width::Int
            } else {
                Width::Short
            };
            map.put(slot, width);
        }
        map.nargs = map.end;
        map.place_others(context);
        map
    }

    /// Variables in the order of their slots, so that without int nothing moves.
    fn place_others(&mut self, context: &Context<'_>) {
        let slots = usize::from(context.code.max_locals);
        let mut uses_short = vec![false; slots];
        let mut uses_int = vec![false; slots];
        context.flow.walk(context.code, |index, state| {
            if let Some((slot, width)) = used_variable(context, index, state) {
                let uses = if width == Width::Int {
                    &mut uses_int
                } else {
                    &mut uses_short
                };
                if let Some(place) = uses.get_mut(usize::from(slot)) {
                    *place = true;
                }
            }
        });
        for slot in 0..slots {
            if uses_short[slot] && self.short[slot].is_none() {
                self.put(slot, Width::Short);
            }
            if uses_int[slot] && self.int[slot].is_none() {
                self.put(slot, Width::Int);
            }
        }
    }

    fn put(&mut self, slot: usize, width: Width) {
        let places = if width == Width::Int {
            &mut self.int
        } else {
            &mut self.short
        };
        if let Some(place) = places.get_mut(slot) {
            *place = Some(self.end);
            self.end += width.words();
        }
    }

    /// Words of the parameters.
    pub(super) fn nargs(&self) -> usize {
        self.nargs
    }

    /// Words of the other variables.
    pub(super) fn others(&self) -> usize {
        self.end - self.nargs
    }

    /// The place of a variable. More than 255 words are refused when the method header is made.
    pub(super) fn place(&self, slot: u16, width: Width) -> u8 {
        let places = if width == Width::Int {
            &self.int
        } else {
            &self.short
        };
        let place = places.get(usize::from(slot)).copied().flatten();
        place
            .and_then(|place| u8::try_from(place).ok())
            .unwrap_or(u8::MAX)
    }
}

/// The variable that an instruction reads or writes, and how wide it is there.
fn used_variable(context: &Context<'_>, index: usize, state: &State) -> Option<(u16, Width)> {
    let width = |value: Value| match value {
        Value::Int(value) => context.widths.of(context.flow, value.node),
        _ => Width::Short,
    };
    match &context.code.instructions[index] {
        Instruction::Load(ValueKind::Int, slot) | Instruction::Increment(slot, _) => {
            let local = state.locals.get(usize::from(*slot)).copied()?;
            Some((*slot, width(local)))
        }
        Instruction::Store(ValueKind::Int, slot) => Some((*slot, context.widths.of(context.flow, index))),
        Instruction::Load(_, slot)
        | Instruction::Store(_, slot)
        | Instruction::ReturnFromSubroutine(slot) => Some((*slot, Width::Short)),
        _ => None,
    }
}
