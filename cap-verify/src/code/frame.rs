//! The words of the operand stack and of the local variables at one place of a method.
//!
//! Invariant: a first word of an `int` always has its second word behind it, on the stack and in the local variables.

use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::blocks::Locals;
use super::bounds::Bounds;
use super::word::Word;
use crate::model::{Method, MethodKind, Model};

/// Stack and local variables.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Frame {
    /// The operand stack, its top last.
    pub(super) stack: Vec<Word>,
    /// The arguments and the other local variables.
    pub(super) locals: Vec<Word>,
    /// False in a constructor that may not have called another one on `this`.
    pub(super) this_initialized: bool,
}

/// Why two frames cannot be one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mismatch {
    /// Their stacks differ in depth.
    Depth(usize, usize),
    /// A word of the stack, counted from the bottom, holds values of different kinds.
    Kind(usize, Word, Word),
}

impl Frame {
    /// What a method begins with (JCVM §3.5): its arguments, nothing on the stack.
    pub(super) fn entry(model: &Model<'_>, method: &Method<'_>) -> Self {
        let is_constructor = method.kind == MethodKind::Constructor && method.class != model.object;
        let mut locals = Vec::with_capacity(usize::from(method.nargs) + usize::from(method.max_locals));
        match method.kind {
            MethodKind::Static => {}
            _ if is_constructor => locals.push(Word::This),
            _ => locals.push(Word::object(method.class)),
        }
        for parameter in &*method.signature.parameters {
            locals.push(Word::of(*parameter));
            if locals.last() == Some(&Word::IntHigh) {
                locals.push(Word::IntLow);
            }
        }
        locals.resize(
            usize::from(method.nargs) + usize::from(method.max_locals),
            Word::Unset,
        );
        Self {
            stack: Vec::new(),
            locals,
            this_initialized: !is_constructor,
        }
    }

    /// Becomes the same as another, in the memory that it has.
    pub(super) fn copy(&mut self, other: &Self) {
        self.stack.clone_from(&other.stack);
        self.locals.clone_from(&other.locals);
        self.this_initialized = other.this_initialized;
    }

    /// Words it has.
    pub(super) fn size(&self) -> usize {
        self.stack.len() + self.locals.len()
    }

    /// Stores a word in a local variable; the other word of an `int` that loses one becomes useless.
    pub(super) fn set(&mut self, local: usize, word: Word) {
        let lost = match self.locals.get(local) {
            Some(Word::IntHigh) => Some(local + 1),
            Some(Word::IntLow) => local.checked_sub(1),
            _ => None,
        };
        for (index, word) in lost
            .map(|lost| (lost, Word::Unset))
            .into_iter()
            .chain([(local, word)])
        {
            if let Some(place) = self.locals.get_mut(index) {
                *place = word;
            }
        }
    }

    /// The same without the return addresses that no `ret` needs any more.
    pub(super) fn without_addresses_but(&self, needed: Locals) -> Cow<'_, Self> {
        let is_useless =
            |(local, word): (usize, &Word)| matches!(word, Word::ReturnAddress(_)) && !needed.contains(local);
        let mut frame = Cow::Borrowed(self);
        for (local, _) in self.locals.iter().enumerate().filter(|place| is_useless(*place)) {
            frame.to_mut().locals[local] = Word::Unset;
        }
        frame
    }

    /// Puts `new` wherever `old` is.
    pub(super) fn replace(&mut self, old: Word, new: Word) {
        let words = self.stack.iter_mut().chain(&mut self.locals);
        words.filter(|word| **word == old).for_each(|word| *word = new);
    }

    /// Whether a word is somewhere in it.
    pub(super) fn holds(&self, word: Word) -> bool {
        self.stack.contains(&word) || self.locals.contains(&word)
    }

    /// A number that is the same of all frames that hold the same return addresses in the same places, and of hardly any others.
    pub(super) fn returns(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        for (place, word) in self.stack.iter().chain(&self.locals).enumerate() {
            if let Word::ReturnAddress(address) = word {
                (place, address).hash(&mut hasher);
            }
        }
        hasher.finish()
    }

    /// Whether both hold the same return addresses in the same places; only such frames may be merged.
    pub(super) fn returns_like(&self, other: &Self) -> bool {
        addresses_agree(&self.stack, &other.stack) && self.locals_return_like(other)
    }

    /// The same of the local variables alone.
    pub(super) fn locals_return_like(&self, other: &Self) -> bool {
        addresses_agree(&self.locals, &other.locals)
    }

    /// Covers another frame that returns like this one, too; whether this one has changed.
    pub(super) fn merge(&mut self, other: &Self, bounds: &mut Bounds<'_>) -> Result<bool, Mismatch> {
        if self.stack.len() != other.stack.len() {
            return Err(Mismatch::Depth(self.stack.len(), other.stack.len()));
        }
        let mut changed = false;
        for (index, (place, word)) in self.stack.iter_mut().zip(&other.stack).enumerate() {
            let (known, new) = (*place, *word);
            *place = bounds.merge(known, new);
            if *place == Word::Unset && known != new {
                return Err(Mismatch::Kind(index, known, new));
            }
            changed |= *place != known;
        }
        changed |= self.merge_locals(other, bounds);
        Ok(changed)
    }

    /// Covers the local variables of another frame, too; whether this one has changed.
    pub(super) fn merge_locals(&mut self, other: &Self, bounds: &mut Bounds<'_>) -> bool {
        let mut changed = self.this_initialized && !other.this_initialized;
        self.this_initialized &= other.this_initialized;
        for (place, word) in self.locals.iter_mut().zip(&other.locals) {
            let merged = bounds.merge(*place, *word);
            changed |= std::mem::replace(place, merged) != merged;
        }
        changed
    }
}

fn addresses_agree(a: &[Word], b: &[Word]) -> bool {
    let address = |word: &Word| matches!(word, Word::ReturnAddress(_));
    a.iter()
        .zip(b)
        .all(|(a, b)| a == b || !(address(a) || address(b)))
}
