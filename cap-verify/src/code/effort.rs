//! What following a method may cost: limits of time and memory, so that no file takes long, whoever made it.

use cap_format::bytecode::{Instruction, Opcode};

use super::fault::Fault;
use super::frame::Frame;
use crate::rule::Rule;

/// Frames with different return addresses that are kept for a block at most.
const FRAMES: usize = 256;
/// Words that are kept for a method at most: the largest method that a compiler can make has less than a tenth.
const KEPT: usize = 1 << 21;
/// What a frame takes beside its words, in memory and to be merged, in words.
const FRAME: usize = 16;
/// Words that could be copied while classes are compared.
const CLASSES: usize = 8;
/// Words that are copied or merged for each octet of code at most: it makes the time linear in the size of the code. What compilers
/// make needs 4 on average and 25 at most.
const WORK: usize = 1 << 8;
/// Octets that every method has beside its code, so that a short one may do something.
const LEAST: usize = 16;

/// What a method has cost so far.
#[derive(Debug)]
pub(super) struct Effort {
    most: usize,
    work: usize,
    kept: usize,
}

impl Effort {
    /// Nothing, of a method with so many octets of code.
    pub(super) fn new(octets: usize) -> Self {
        Self {
            most: WORK * (octets + LEAST),
            work: 0,
            kept: 0,
        }
    }

    /// Counts words that are looked at; `elsewhere`: all that were counted elsewhere.
    pub(super) fn count(&mut self, words: usize, elsewhere: usize, offset: usize) -> Result<(), Fault> {
        self.work += words;
        match self.work + elsewhere > self.most {
            true => Err(too_complex(offset)),
            false => Ok(()),
        }
    }

    /// Counts a frame that is kept for a block which has so many.
    pub(super) fn keep(&mut self, frame: &Frame, frames: usize, offset: usize) -> Result<(), Fault> {
        self.kept += of_frame(frame);
        match frames == FRAMES || self.kept > KEPT {
            true => Err(too_complex(offset)),
            false => Ok(()),
        }
    }
}

/// Words that a frame takes.
pub(super) fn of_frame(frame: &Frame) -> usize {
    FRAME + frame.size()
}

/// Words that a step looks at, as far as they may be many.
pub(super) fn of_step(instruction: &Instruction, frame: &Frame) -> usize {
    match instruction.opcode {
        // The whole frame is searched for an object or a return address.
        Opcode::New | Opcode::Invokespecial | Opcode::Jsr | Opcode::Ret => 1 + frame.size(),
        // Classes are compared with those above others.
        _ if instruction.constant().is_some() => CLASSES,
        _ => 1,
    }
}

fn too_complex(offset: usize) -> Fault {
    let found = "more combinations of subroutines, handlers and types than the verifier follows";
    Fault::new(Rule::TooComplex, offset, found, "simpler code")
}
