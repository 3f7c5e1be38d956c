//! No subroutine is called while it has not returned (JVM specification, 2nd edition, §4.8.2; JCVM §7.5.69 leaves it out).
//!
//! A subroutine that is left by a jump or an exception has not returned. It is called from within itself exactly when its `jsr` can be
//! reached from it, returns aside: when both lie on a cycle of blocks. Tarjan's algorithm finds the cycles in one walk.

use cap_format::bytecode::Flow;

use super::blocks::{Block, Blocks};
use super::body::{Body, Step};

/// The first `jsr` by which a subroutine calls itself. `returned` tells of each block whether a `ret` leads to it.
pub(super) fn find<'b>(blocks: &Blocks, body: &'b Body, returned: &[bool]) -> Option<&'b Step> {
    let last = |block: &Block| &body.steps[block.end - 1];
    let calls = blocks.list.iter().enumerate();
    let mut calls = calls
        .filter(|(_, block)| last(block).instruction.opcode.flow() == Flow::Subroutine)
        .peekable();
    calls.peek()?;
    let cycles = Walk::new(blocks, body, returned).cycles();
    let mut within = calls.filter(|(index, block)| {
        let mut entries = last(block).targets.iter().filter_map(|target| blocks.at(*target));
        cycles[*index].is_some() && entries.any(|entry| cycles[entry] == cycles[*index])
    });
    within.next().map(|(_, block)| last(block))
}

/// Tarjan's walk: blocks are numbered as they are met; those of one cycle share the lowest number that they lead back to.
struct Walk<'a> {
    blocks: &'a Blocks,
    body: &'a Body,
    returned: &'a [bool],
    /// The number of each block, `None` before it is met.
    number: Vec<Option<usize>>,
    /// The lowest number that a block leads back to.
    lowest: Vec<usize>,
    /// The cycle of each block, by the block that was met first; `None` while it is not known.
    cycle: Vec<Option<usize>>,
    /// Blocks whose cycle is not known, in the order in which they were met.
    open: Vec<usize>,
    met: usize,
}

impl<'a> Walk<'a> {
    fn new(blocks: &'a Blocks, body: &'a Body, returned: &'a [bool]) -> Self {
        let count = blocks.list.len();
        Self {
            blocks,
            body,
            returned,
            number: vec![None; count],
            lowest: vec![0; count],
            cycle: vec![None; count],
            open: Vec::new(),
            met: 0,
        }
    }

    /// The cycle of each block that can be reached: of itself alone when it is on none.
    fn cycles(mut self) -> Vec<Option<usize>> {
        // Each block of the path with the number of its followers that are done.
        let mut path = vec![(0, 0)];
        self.meet(0);
        while let Some((block, done)) = path.last_mut() {
            let block = *block;
            let follower = self.blocks.follower(self.body, &self.blocks.list[block], *done);
            *done += 1;
            match follower {
                Some((after, true)) if !self.returned[after] => {}
                Some((next, _)) if self.number[next].is_none() => {
                    self.meet(next);
                    path.push((next, 0));
                }
                Some((next, _)) => self.leads_to(block, next),
                None => {
                    self.close(block);
                    path.pop();
                    if let Some((before, _)) = path.last() {
                        self.leads_to(*before, block);
                    }
                }
            }
        }
        self.cycle
    }

    fn meet(&mut self, block: usize) {
        self.number[block] = Some(self.met);
        self.lowest[block] = self.met;
        self.open.push(block);
        self.met += 1;
    }

    /// What a follower leads back to, its block leads back to, unless it is on a cycle that is whole.
    fn leads_to(&mut self, block: usize, follower: usize) {
        if self.cycle[follower].is_none() {
            self.lowest[block] = self.lowest[block].min(self.lowest[follower]);
        }
    }

    /// A block that leads back to none before it is the first one of its cycle: those met since are the others.
    fn close(&mut self, block: usize) {
        if self.number[block] != Some(self.lowest[block]) {
            return;
        }
        while let Some(open) = self.open.pop() {
            self.cycle[open] = Some(block);
            if open == block {
                break;
            }
        }
    }
}
