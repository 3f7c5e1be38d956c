//! Instructions that only move words of the stack.

use cap_format::bytecode::{Opcode, Operands};

use crate::class_model::StackShuffle;
use crate::flow::State;

use super::{Operand, Selection};

impl Selection<'_, '_> {
    /// Moves words. With ints on the stack the numbers of words differ from Java's.
    pub(super) fn shuffle(&mut self, shuffle: StackShuffle, state: &State) {
        let words = |depth: usize| state.operand(depth).map_or(1, |value| self.value_words(value));
        let below = |from: usize, count: usize| (from..from + count).map(words).sum::<usize>();
        let (copied, skipped) = match shuffle {
            StackShuffle::Pop => (1, None),
            StackShuffle::Pop2 => (2, None),
            StackShuffle::Dup => (1, Some(0)),
            StackShuffle::DupX1 => (1, Some(1)),
            StackShuffle::DupX2 => (1, Some(2)),
            StackShuffle::Dup2 => (2, Some(0)),
            StackShuffle::Dup2X1 => (2, Some(1)),
            StackShuffle::Dup2X2 => (2, Some(2)),
            StackShuffle::Swap => return self.swap(below(0, 1), below(1, 1)),
        };
        let top = below(0, copied);
        let Some(skipped) = skipped.map(|count| below(copied, count)) else {
            return self.pop_words(top);
        };
        self.measure(state, top);
        self.duplicate(top, skipped);
    }

    pub(super) fn pop_words(&mut self, words: usize) {
        for _ in 0..words / 2 {
            self.plain(Opcode::Pop2);
        }
        if words % 2 == 1 {
            self.plain(Opcode::Pop);
        }
    }

    /// JCVM §7.5.18: `m` words are copied below `n` words; `n` counts the copied ones too.
    pub(super) fn duplicate(&mut self, top: usize, skipped: usize) {
        match (top, skipped) {
            (1, 0) => self.plain(Opcode::Dup),
            (2, 0) => self.plain(Opcode::Dup2),
            (_, 0) => self.words_op(Opcode::DupX, top, 0),
            _ => self.words_op(Opcode::DupX, top, top + skipped),
        }
    }

    pub(super) fn swap(&mut self, top: usize, below: usize) {
        self.words_op(Opcode::SwapX, top, below);
    }

    pub(super) fn words_op(&mut self, opcode: Opcode, m: usize, n: usize) {
        // Two values have at most four words, and so have those below them.
        let number = |count: usize| u8::try_from(count).unwrap_or(u8::MAX);
        let operands = Operands::Words {
            m: number(m),
            n: number(n),
        };
        self.push(opcode, Operand::Ready(operands));
    }
}
