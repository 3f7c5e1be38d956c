//! Basic blocks: instructions that run one after another, up to a branch or the target of one.

use std::collections::BTreeSet;

use cap_format::bytecode::{Flow, Opcode, StackEffect, StackType};

use super::body::Body;
use super::handlers::Handler;

/// A block.
#[derive(Debug, Default)]
pub(super) struct Block {
    /// Index of its first instruction.
    pub(super) first: usize,
    /// Index behind its last instruction.
    pub(super) end: usize,
    /// The handlers that guard it, as index in [`Blocks::guards`].
    guards: usize,
    /// Its place when all blocks that lead to a block, but for loops, come before it; `None` when none leads here.
    pub(super) order: Option<usize>,
    /// A local variable is in here when it may hold a return address that a `ret` still needs.
    pub(super) returns_through: Locals,
}

/// A set of local variables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Locals([u64; 4]);

impl Locals {
    /// Every local variable.
    const ALL: Self = Self([u64::MAX; 4]);

    pub(super) fn contains(self, local: usize) -> bool {
        self.0
            .get(local / 64)
            .is_some_and(|bits| bits >> (local % 64) & 1 == 1)
    }

    fn insert(&mut self, local: u8) {
        self.0[usize::from(local / 64)] |= 1 << (local % 64);
    }

    fn remove(&mut self, local: u8) {
        self.0[usize::from(local / 64)] &= !(1 << (local % 64));
    }

    fn add_all(&mut self, other: Self) -> bool {
        let before = *self;
        self.0
            .iter_mut()
            .zip(other.0)
            .for_each(|(bits, more)| *bits |= more);
        *self != before
    }
}

/// The blocks of a method.
#[derive(Debug)]
pub(super) struct Blocks {
    /// The blocks in the order of the code.
    pub(super) list: Vec<Block>,
    /// For each instruction the block that it begins or is in.
    of_instruction: Vec<usize>,
    /// Handlers that guard the same blocks, by their indices: one list for each part of the code where they are the same.
    guards: Vec<Vec<usize>>,
}

impl Blocks {
    /// Cuts a method into blocks.
    pub(super) fn new(body: &Body) -> Self {
        let mut list: Vec<Block> = Vec::new();
        let mut of_instruction = Vec::with_capacity(body.steps.len());
        let bounds = body
            .handlers
            .iter()
            .flat_map(|handler| [handler.start, handler.end]);
        let bounds: BTreeSet<usize> = bounds.collect();
        let mut guards = Vec::new();
        for (index, begins) in beginnings(body).into_iter().enumerate().take(body.steps.len()) {
            if begins {
                if guards.is_empty() || bounds.contains(&index) {
                    guards.push(guarding(body, index));
                }
                list.push(Block {
                    first: index,
                    guards: guards.len() - 1,
                    ..Block::default()
                });
            }
            if let Some(block) = list.last_mut() {
                block.end = index + 1;
            }
            of_instruction.push(list.len().saturating_sub(1));
        }
        let mut blocks = Self {
            list,
            of_instruction,
            guards,
        };
        let postorder = blocks.postorder(body);
        for (order, block) in postorder.iter().rev().enumerate() {
            blocks.list[*block].order = Some(order);
        }
        if body
            .steps
            .iter()
            .any(|step| step.instruction.opcode == Opcode::Ret)
        {
            blocks.set_returns(body, &postorder);
        }
        blocks
    }

    /// The block that begins with this instruction.
    pub(super) fn at(&self, instruction: usize) -> Option<usize> {
        self.of_instruction.get(instruction).copied()
    }

    /// The handlers that guard a block, each with the block it begins with.
    pub(super) fn handlers<'b>(
        &self,
        body: &'b Body,
        block: &Block,
    ) -> impl Iterator<Item = (usize, &'b Handler)> {
        let handlers = self.guards[block.guards]
            .iter()
            .map(|index| &body.handlers[*index]);
        handlers.filter_map(|handler| Some((self.at(handler.target)?, handler)))
    }

    /// Blocks and instructions that are looked at to go backward over a block.
    fn effort(&self, body: &Body, block: &Block) -> usize {
        let targets = body.steps[block.end - 1].targets.len();
        block.end - block.first + 2 * self.guards[block.guards].len() + targets
    }

    /// The n-th block that may follow a block: the one behind it, the targets of its last instruction, its handlers. The one behind a
    /// `jsr` follows when the subroutine returns: only then the second value is true.
    pub(super) fn follower(&self, body: &Body, block: &Block, nth: usize) -> Option<(usize, bool)> {
        let (guards, last) = (&self.guards[block.guards], &body.steps[block.end - 1]);
        let is_call = last.instruction.opcode.flow() == Flow::Subroutine;
        let behind = self.at(block.end).filter(|_| is_call || last.falls_through());
        let nth = match (behind, nth) {
            (Some(behind), 0) => return Some((behind, is_call)),
            (Some(_), _) => nth - 1,
            (None, _) => nth,
        };
        let target = match nth.checked_sub(last.targets.len()) {
            None => *last.targets.iter().nth_back(nth)?,
            Some(nth) => body.handlers[*guards.iter().nth_back(nth)?].target,
        };
        Some((self.at(target)?, false))
    }

    /// The blocks that may follow a block; behind a `jsr` also the one to which the subroutine may return.
    fn followers(&self, body: &Body, block: &Block) -> impl Iterator<Item = usize> {
        (0..).map_while(move |nth| Some(self.follower(body, block, nth)?.0))
    }

    /// The blocks that can be reached, each behind those that follow it, but for loops.
    fn postorder(&self, body: &Body) -> Vec<usize> {
        let mut seen = vec![false; self.list.len()];
        let mut postorder = Vec::new();
        // Each block of the path with the number of its followers that are done: lists of them would be too many.
        let mut path: Vec<(usize, usize)> = Vec::new();
        let mut next = (!self.list.is_empty()).then_some(0);
        loop {
            if let Some(block) = next.take()
                && !std::mem::replace(&mut seen[block], true)
            {
                path.push((block, 0));
            }
            let Some((block, done)) = path.last_mut() else {
                return postorder;
            };
            let follower = self.follower(body, &self.list[*block], *done);
            next = follower.map(|(block, _)| block);
            *done += 1;
            if next.is_none() {
                postorder.push(*block);
                path.pop();
            }
        }
    }

    /// Finds the local variables through which a `ret` may still go, backward from each `ret`.
    fn set_returns(&mut self, body: &Body, postorder: &[usize]) {
        let mut behind_calls = Locals::default();
        let mut left = EFFORT * body.steps.len();
        while left > 0 {
            let mut changed = false;
            for index in postorder {
                let block = &self.list[*index];
                left = left.saturating_sub(self.effort(body, block));
                let live = self.returns_before(body, block, behind_calls);
                if body.steps[block.end - 1].instruction.opcode.flow() == Flow::Subroutine
                    && let Some(after) = self.at(block.end)
                {
                    changed |= behind_calls.add_all(self.list[after].returns_through);
                }
                changed |= self.list[*index].returns_through.add_all(live);
            }
            if !changed {
                return;
            }
        }
        self.list
            .iter_mut()
            .for_each(|block| block.returns_through = Locals::ALL);
    }

    /// What is needed before a block, by what is needed before those that follow; `behind_calls` is needed behind any `ret`.
    fn returns_before(&self, body: &Body, block: &Block, behind_calls: Locals) -> Locals {
        let mut live = Locals::default();
        for follower in self.followers(body, block) {
            live.add_all(self.list[follower].returns_through);
        }
        for step in body.steps[block.first..block.end].iter().rev() {
            let stores = step.instruction.opcode.stack_effect() == ASTORE;
            match step.instruction.local() {
                Some(local) if stores => live.remove(local),
                Some(local) if step.instruction.opcode == Opcode::Ret => {
                    live.add_all(behind_calls);
                    live.insert(local);
                }
                _ => {}
            }
        }
        // An exception may leave before any store.
        for (target, _) in self.handlers(body, block) {
            live.add_all(self.list[target].returns_through);
        }
        live
    }
}

/// Blocks and instructions looked at for each instruction of the code, after which every local variable is taken to be needed: it
/// makes the time linear.
const EFFORT: usize = 256;

/// What only `astore` does.
const ASTORE: StackEffect = StackEffect::Values {
    pops: &[StackType::ReferenceOrAddress],
    pushes: &[],
};

/// The handlers that guard an instruction.
fn guarding(body: &Body, instruction: usize) -> Vec<usize> {
    let handlers = body.handlers.iter().enumerate();
    let guarding = handlers.filter(|(_, handler)| (handler.start..handler.end).contains(&instruction));
    guarding.map(|(index, _)| index).collect()
}

/// Whether a block begins with an instruction, and one more place for the end of the code.
fn beginnings(body: &Body) -> Vec<bool> {
    let mut begins = vec![false; body.steps.len() + 1];
    begins[0] = true;
    for (index, step) in body.steps.iter().enumerate() {
        for target in &step.targets {
            begins[*target] = true;
        }
        begins[index + 1] |= step.instruction.opcode.flow() != Flow::Next;
    }
    for handler in &body.handlers {
        for place in [handler.start, handler.end, handler.target] {
            begins[place] = true;
        }
    }
    begins
}
