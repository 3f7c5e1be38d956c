//! Carries frames through the blocks of a method until nothing changes.
//!
//! Frames that hold different return addresses are kept apart, so that what a subroutine does is known for each of its callers.

use std::collections::BTreeSet;

use cap_format::bytecode::{Flow, Instruction, Opcode, StackEffect};

use super::blocks::{Block, Blocks};
use super::body::{Body, Step};
use super::bounds::Bounds;
use super::effort::{self, Effort};
use super::fault::Fault;
use super::frame::{Frame, Mismatch};
use super::recursion;
use super::step::Machine;
use super::word::Word;
use crate::model::{Method, Model};
use crate::rule::Rule;

/// Runs a method on every path; the number of instructions stepped over.
pub(super) fn run(model: &Model<'_>, method: &Method<'_>, body: &Body) -> Result<usize, Fault> {
    let blocks = Blocks::new(body);
    let mut analysis = Analysis {
        model,
        method,
        body,
        before: blocks.list.iter().map(|_| Vec::new()).collect(),
        returned: vec![false; blocks.list.len()],
        blocks,
        bounds: Bounds::new(model),
        waiting: BTreeSet::new(),
        frame: Frame::default(),
        effort: Effort::new(method.code.len()),
        steps: 0,
    };
    analysis.enter(0, &Frame::entry(model, method), method.code_offset.into())?;
    while let Some(next) = analysis.waiting.pop_first() {
        analysis.run_block(next)?;
    }
    match recursion::find(&analysis.blocks, body, &analysis.returned) {
        Some(step) => Err(called_again(step)),
        None => Ok(analysis.steps),
    }
}

/// A frame whose block is to be run: the order of the block first, so that most frames are whole before they are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Waiting {
    order: usize,
    block: usize,
    frame: usize,
}

/// A frame before a block.
struct Known {
    /// What its return addresses are ([`Frame::returns`]).
    returns: u64,
    frame: Frame,
}

struct Analysis<'a> {
    model: &'a Model<'a>,
    method: &'a Method<'a>,
    body: &'a Body,
    blocks: Blocks,
    bounds: Bounds<'a>,
    /// The frames before each block.
    before: Vec<Vec<Known>>,
    /// Whether a `ret` has led to each block.
    returned: Vec<bool>,
    waiting: BTreeSet<Waiting>,
    /// The frame of the block that is run: its memory serves one after another.
    frame: Frame,
    effort: Effort,
    steps: usize,
}

impl Analysis<'_> {
    /// Runs a block with one of the frames before it, and hands the result on.
    fn run_block(&mut self, next: Waiting) -> Result<(), Fault> {
        let mut frame = std::mem::take(&mut self.frame);
        frame.copy(&self.before[next.block][next.frame].frame);
        let (first, end) = {
            let block = &self.blocks.list[next.block];
            (block.first, block.end)
        };
        let mut caught = self.is_guarded(next.block).then(|| frame.clone());
        for index in first..end {
            if let Some(caught) = &mut caught
                && index > first
                && changes_locals(&self.body.steps[index - 1].instruction)
            {
                self.catch(next.block, caught, &frame)?;
            }
            self.step(index, &mut frame)?;
        }
        if let Some(caught) = caught {
            self.leave_to_handlers(next.block, &caught)?;
        }
        self.leave(end - 1, &mut frame)?;
        self.frame = frame;
        Ok(())
    }

    /// Whether a handler guards a block.
    fn is_guarded(&self, block: usize) -> bool {
        let block = &self.blocks.list[block];
        self.blocks.handlers(self.body, block).next().is_some()
    }

    /// Where a block begins in the Method component.
    fn offset(&self, block: usize) -> usize {
        self.body.steps[self.blocks.list[block].first].offset
    }

    /// Steps over one instruction.
    fn step(&mut self, index: usize, frame: &mut Frame) -> Result<(), Fault> {
        let step = &self.body.steps[index];
        self.steps += 1;
        self.count(effort::of_step(&step.instruction, frame), step.offset)?;
        let mut machine = Machine {
            model: self.model,
            method: self.method,
            bounds: &self.bounds,
            frame,
            instruction: &step.instruction,
            index,
        };
        machine.step().map_err(|refusal| refusal.at(step.offset))
    }

    /// Adds the local variables of a frame to those that a handler may find; when it returns elsewhere, those known so far go first.
    fn catch(&mut self, block: usize, caught: &mut Frame, frame: &Frame) -> Result<(), Fault> {
        self.count(frame.locals.len(), self.offset(block))?;
        if caught.locals_return_like(frame) {
            caught.merge_locals(frame, &mut self.bounds);
        } else {
            self.leave_to_handlers(block, caught)?;
            caught.clone_from(frame);
        }
        Ok(())
    }

    /// Enters every handler of a block with these local variables.
    fn leave_to_handlers(&mut self, block: usize, caught: &Frame) -> Result<(), Fault> {
        let body = self.body;
        let offset = self.offset(block);
        let block = &self.blocks.list[block];
        let handlers: Vec<_> = self.blocks.handlers(body, block).collect();
        for (target, handler) in handlers {
            if self.method.max_stack == 0 {
                let found = "a handler in a method whose operand stack has no words";
                let wanted = "a word for the exception";
                return Err(Fault::new(
                    Rule::StackOverflow,
                    body.steps[handler.target].offset,
                    found,
                    wanted,
                ));
            }
            let frame = Frame {
                stack: vec![handler.caught],
                locals: caught.locals.clone(),
                this_initialized: caught.this_initialized,
            };
            self.enter(target, &frame, offset)?;
        }
        Ok(())
    }

    /// Hands the frame behind the last instruction of a block on to all that may follow.
    fn leave(&mut self, last: usize, frame: &mut Frame) -> Result<(), Fault> {
        let body = self.body;
        let step = &body.steps[last];
        let next = match step.instruction.opcode.flow() {
            Flow::Next | Flow::Conditional => Some(last + 1),
            Flow::ReturnFromSubroutine => Some(self.returned(step, frame)?),
            Flow::Jump | Flow::Subroutine | Flow::Switch | Flow::Return | Flow::Throw => None,
        };
        let returns = step.instruction.opcode.flow() == Flow::ReturnFromSubroutine;
        for target in step.targets.iter().copied().chain(next) {
            let block = self.blocks.at(target).ok_or_else(|| past_the_end(step))?;
            self.returned[block] |= returns;
            self.enter(block, frame, step.offset)?;
        }
        Ok(())
    }

    /// Where `ret` goes. Its return address cannot be used again.
    fn returned(&self, step: &Step, frame: &mut Frame) -> Result<usize, Fault> {
        let local = step.instruction.local().map(usize::from);
        match local.and_then(|local| frame.locals.get(local)) {
            Some(Word::ReturnAddress(address)) => {
                let address = *address;
                frame.replace(Word::ReturnAddress(address), Word::Unset);
                Ok(usize::from(address))
            }
            other => {
                let found = other.map_or("nothing".to_owned(), |word| word.describe(&self.bounds));
                let found = format!("`ret` finds {found}");
                Err(Fault::new(
                    Rule::Subroutine,
                    step.offset,
                    found,
                    "what `jsr` left and `astore` stored",
                ))
            }
        }
    }

    /// Merges a frame into those before a block, coming from the instruction at `from`.
    fn enter(&mut self, block: usize, frame: &Frame, from: usize) -> Result<(), Fault> {
        let compared = self.before.get(block).map_or(0, Vec::len);
        self.count(effort::of_frame(frame) + compared, from)?;
        let Some(Block {
            order,
            first,
            returns_through,
            ..
        }) = self.blocks.list.get(block)
        else {
            let wanted = "a last instruction that leads nowhere else";
            return Err(Fault::new(
                Rule::CodeEnd,
                from,
                "a method without instructions",
                wanted,
            ));
        };
        let frame = frame.without_addresses_but(*returns_through);
        let (order, offset) = (order.unwrap_or_default(), self.body.steps[*first].offset);
        let known = &mut self.before[block];
        let returns = frame.returns();
        let is_like = |known: &Known| known.returns == returns && known.frame.returns_like(&frame);
        let index = known.iter().position(is_like);
        match index {
            Some(index) => {
                let merged = known[index].frame.merge(&frame, &mut self.bounds);
                if merged.map_err(|mismatch| self.mismatch(offset, mismatch))? {
                    self.waiting.insert(Waiting {
                        order,
                        block,
                        frame: index,
                    });
                }
            }
            None => {
                let depth = known.first().map(|known| known.frame.stack.len());
                if let Some(depth) = depth.filter(|depth| *depth != frame.stack.len()) {
                    let mismatch = Mismatch::Depth(depth, frame.stack.len());
                    return Err(self.mismatch(offset, mismatch));
                }
                let index = known.len();
                self.effort.keep(&frame, index, offset)?;
                if known.is_empty() {
                    // As a rule it stays the only one.
                    known.reserve_exact(1);
                }
                known.push(Known {
                    returns,
                    frame: frame.into_owned(),
                });
                self.waiting.insert(Waiting {
                    order,
                    block,
                    frame: index,
                });
            }
        }
        Ok(())
    }

    fn mismatch(&self, offset: usize, mismatch: Mismatch) -> Fault {
        let found = match mismatch {
            Mismatch::Depth(a, b) => format!("paths meet with {a} and with {b} words on the stack"),
            Mismatch::Kind(index, a, b) => {
                let (a, b) = (a.describe(&self.bounds), b.describe(&self.bounds));
                format!("paths meet with {a} and with {b} as word {index} of the stack, from its bottom")
            }
        };
        Fault::new(
            Rule::StackMerge,
            offset,
            found,
            "a stack of the same shape on every path",
        )
    }

    /// Counts work, of which there is a limit.
    fn count(&mut self, words: usize, offset: usize) -> Result<(), Fault> {
        self.effort.count(words, self.bounds.work(), offset)
    }
}

/// Whether the local variables may be others behind an instruction; where a block ends, it does not matter.
fn changes_locals(instruction: &Instruction) -> bool {
    let pops_to_local = matches!(
        instruction.opcode.stack_effect(),
        StackEffect::Values {
            pops: [_],
            pushes: []
        }
    );
    match instruction.opcode {
        Opcode::New | Opcode::Invokespecial => true,
        _ => pops_to_local && instruction.local().is_some(),
    }
}

fn past_the_end(step: &Step) -> Fault {
    let found = format!(
        "`{}` is the last instruction and leads on",
        step.instruction.opcode
    );
    let wanted = "a return, an `athrow` or a jump at the end";
    Fault::new(Rule::CodeEnd, step.offset, found, wanted)
}

fn called_again(step: &Step) -> Fault {
    let wanted = "a subroutine that returns before it is called again";
    Fault::new(
        Rule::Subroutine,
        step.offset,
        "calls a subroutine that has not returned",
        wanted,
    )
}
