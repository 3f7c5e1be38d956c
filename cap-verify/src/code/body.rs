//! A method taken apart: its instructions with the ones they lead to, and its exception handlers. What needs no types is checked
//! here, of unreachable code too.

use cap_format::bytecode::{Flow, Instruction, LookupSwitch, Operands, decode};

use super::fault::Fault;
use super::handlers::{self, Handler};
use super::operands;
use crate::model::{Method, Model};
use crate::rule::Rule;

/// An instruction in its place.
#[derive(Debug)]
pub(super) struct Step {
    /// Offset in the Method component.
    pub(super) offset: usize,
    /// The instruction.
    pub(super) instruction: Instruction,
    /// Indices of the instructions it may branch to, each once.
    pub(super) targets: Vec<usize>,
}

impl Step {
    /// Whether the next instruction may follow it without a branch.
    pub(super) fn falls_through(&self) -> bool {
        matches!(self.instruction.opcode.flow(), Flow::Next | Flow::Conditional)
    }
}

/// A method taken apart.
#[derive(Debug)]
pub(super) struct Body {
    /// Its instructions.
    pub(super) steps: Vec<Step>,
    /// Its handlers, in their order.
    pub(super) handlers: Vec<Handler>,
}

/// Where instructions begin.
pub(super) struct Places {
    /// Offsets in the Method component, ascending.
    offsets: Vec<usize>,
    /// Offset behind the last instruction.
    end: usize,
}

impl Places {
    /// The index of the instruction that begins at this offset of the Method component.
    pub(super) fn index(&self, offset: usize) -> Option<usize> {
        self.offsets.binary_search(&offset).ok()
    }

    /// The same, with the number of instructions for the end of the code.
    pub(super) fn index_or_end(&self, offset: usize) -> Option<usize> {
        match offset == self.end {
            true => Some(self.offsets.len()),
            false => self.index(offset),
        }
    }
}

impl Body {
    /// Takes a method apart.
    pub(super) fn new(model: &Model<'_>, method: &Method<'_>) -> Result<Self, Fault> {
        let begin = usize::from(method.code_offset);
        let decoded = decode(method.code).map_err(|error| {
            let wanted = "an instruction with operands that it may have";
            Fault::new(
                Rule::Instruction,
                begin + error.offset,
                error.kind.to_string(),
                wanted,
            )
        })?;
        let places = Places {
            offsets: decoded.iter().map(|(offset, _)| begin + offset).collect(),
            end: begin + method.code.len(),
        };
        let mut steps = Vec::with_capacity(decoded.len());
        for (offset, instruction) in decoded {
            let offset = begin + offset;
            operands::check(model, method, &instruction).map_err(|refusal| refusal.at(offset))?;
            steps.push(step(offset, instruction, &places)?);
        }
        let handlers = handlers::resolve(model, method, &places)?;
        Ok(Self { steps, handlers })
    }
}

fn step(offset: usize, instruction: Instruction, places: &Places) -> Result<Step, Fault> {
    if let Operands::LookupSwitch(switch) = &instruction.operands {
        check_keys(offset, &instruction, switch)?;
    }
    let mut targets = Vec::new();
    for branch in instruction.branches() {
        let target = offset.checked_add_signed(branch.into());
        let index = target.and_then(|target| places.index(target)).ok_or_else(|| {
            let found = format!("`{}` leads to {:+}", instruction.opcode, branch);
            Fault::new(
                Rule::BranchTarget,
                offset,
                found,
                "the beginning of an instruction of the same method",
            )
        })?;
        targets.push(index);
    }
    targets.sort_unstable();
    targets.dedup();
    Ok(Step {
        offset,
        instruction,
        targets,
    })
}

/// JCVM §7.5.50, §7.5.94: the pairs are sorted by their keys, each different.
fn check_keys(offset: usize, instruction: &Instruction, switch: &LookupSwitch) -> Result<(), Fault> {
    let descends = |pair: &&[(i32, i16)]| matches!(pair, [(a, _), (b, _)] if a >= b);
    match switch.pairs.windows(2).find(descends) {
        Some([(a, _), (b, _)]) => {
            let found = format!("`{}` has the key {b} behind {a}", instruction.opcode);
            Err(Fault::new(Rule::SwitchKeys, offset, found, "keys that ascend"))
        }
        _ => Ok(()),
    }
}
