//! Instructions that move words whatever they hold: `pop`, `pop2`, `dup`, `dup2`, `dup_x`, `swap_x`.

use cap_format::bytecode::{Opcode, Operands};

use super::{Checked, Machine};
use crate::code::word::Word;
use crate::rule::Rule;

impl<'a> Machine<'a> {
    /// Moves words, never one word of an int without the other.
    pub(super) fn move_words(&mut self) -> Checked {
        match self.instruction.opcode {
            Opcode::Pop => self.take(1).map(drop),
            Opcode::Pop2 => self.take(2).map(drop),
            Opcode::Dup => self.duplicate(1, 0),
            Opcode::Dup2 => self.duplicate(2, 0),
            Opcode::DupX => {
                let (m, n) = self.counts();
                self.duplicate(m, n)
            }
            _ => {
                let (m, n) = self.counts();
                self.swap(m, n)
            }
        }
    }

    fn counts(&self) -> (usize, usize) {
        match self.instruction.operands {
            Operands::Words { m, n } => (m.into(), n.into()),
            _ => (0, 0),
        }
    }

    /// Copies the top `m` words below the top `n`; on top when `n` is 0.
    fn duplicate(&mut self, m: usize, n: usize) -> Checked {
        let between = self.take_copied(n.saturating_sub(m), m)?;
        let (below, top) = between;
        for word in top.iter().chain(&below).chain(&top) {
            self.push(*word)?;
        }
        Ok(())
    }

    /// Exchanges the top `m` words with the `n` below them.
    fn swap(&mut self, m: usize, n: usize) -> Checked {
        let (below, top) = self.take_copied(n, m)?;
        for word in top.iter().chain(&below) {
            self.push(*word)?;
        }
        Ok(())
    }

    /// Takes the top `m` words and the `n` below them; none may be a return address, which nothing may copy.
    fn take_copied(&mut self, n: usize, m: usize) -> Checked<(Vec<Word>, Vec<Word>)> {
        let top = self.take(m)?;
        let below = self.take(n)?;
        let is_address = |word: &&Word| matches!(word, Word::ReturnAddress(_));
        match top.iter().chain(&below).find(is_address) {
            None => Ok((below, top)),
            Some(word) => Err(self.refuse_word(Rule::Subroutine, *word, "a value", "`astore` behind `jsr`")),
        }
    }

    /// Takes the top `count` words; below them may not be the first word of an int whose second word is among them.
    fn take(&mut self, count: usize) -> Checked<Vec<Word>> {
        let stack = &mut self.frame.stack;
        let Some(rest) = stack.len().checked_sub(count) else {
            let finds = format!("finds {} words on the stack", stack.len());
            return Err(self.refuse(Rule::StackUnderflow, &finds, format!("{count} words")));
        };
        let taken = stack.split_off(rest);
        match taken.first() {
            Some(Word::IntLow) => {
                let wanted = "both words of the int or none";
                Err(self.refuse(Rule::SplitInt, "takes an int apart", wanted))
            }
            _ => Ok(taken),
        }
    }
}
