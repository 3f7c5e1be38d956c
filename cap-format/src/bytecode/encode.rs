//! Instructions to octets.

use crate::bytecode::{CheckedType, Instruction, Layout, Operands};
use crate::error::{CapError, ErrorKind, Fault, Part};
use crate::writer::Writer;

/// The octets of `instructions`.
///
/// # Errors
/// [`CapError`] when operands are not those of the opcode or do not fit into its octets.
pub fn encode<'a>(instructions: impl IntoIterator<Item = &'a Instruction>) -> Result<Vec<u8>, CapError> {
    let mut out = Writer::new();
    for instruction in instructions {
        write(instruction, &mut out).map_err(|fault| fault.of(Part::Bytecode))?;
    }
    Ok(out.into_bytes())
}

impl Instruction {
    /// Octets of the instruction, its opcode included.
    pub fn octets(&self) -> usize {
        1 + match (self.opcode.layout(), &self.operands) {
            (Layout::Plain | Layout::Value(_) | Layout::ImpliedLocal(_), _) => 0,
            (
                Layout::Immediate1
                | Layout::Local
                | Layout::Branch1
                | Layout::Words
                | Layout::Constant1(_)
                | Layout::Element,
                _,
            ) => 1,
            (Layout::Immediate2 | Layout::Increment1 | Layout::Branch2 | Layout::Constant2(_), _) => 2,
            (Layout::Increment2 | Layout::TypeCheck, _) => 3,
            (Layout::Immediate4 | Layout::Interface, _) => 4,
            (Layout::TableSwitch2, Operands::TableSwitch(switch)) => 6 + 2 * switch.branches.len(),
            (Layout::TableSwitch4, Operands::TableSwitch(switch)) => 10 + 2 * switch.branches.len(),
            (Layout::LookupSwitch2, Operands::LookupSwitch(switch)) => 4 + 4 * switch.pairs.len(),
            (Layout::LookupSwitch4, Operands::LookupSwitch(switch)) => 4 + 6 * switch.pairs.len(),
            _ => 0,
        }
    }

    /// Where in the instruction its constant pool index stands: offset from the opcode, octets of the index. `None` when it has
    /// none, as a check for a primitive array.
    pub fn constant_place(&self) -> Option<(usize, usize)> {
        self.constant()?;
        match self.opcode.layout() {
            Layout::Constant1(_) => Some((1, 1)),
            Layout::Constant2(_) => Some((1, 2)),
            Layout::Interface | Layout::TypeCheck => Some((2, 2)),
            _ => None,
        }
    }
}

/// Appends one instruction.
pub(crate) fn write(instruction: &Instruction, out: &mut Writer) -> Result<(), Fault> {
    let wrong = |out: &Writer| {
        out.fault(ErrorKind::Operands {
            mnemonic: instruction.opcode.mnemonic(),
        })
    };
    let fault = wrong(out);
    out.u8(instruction.opcode.octet());
    operands(instruction, out).ok_or(fault)
}

/// Appends the operands; `None` when they do not fit.
fn operands(instruction: &Instruction, out: &mut Writer) -> Option<()> {
    match (instruction.opcode.layout(), &instruction.operands) {
        (Layout::Plain | Layout::Value(_) | Layout::ImpliedLocal(_), Operands::None) => {}
        (Layout::Immediate1, Operands::Immediate(value)) => narrow(out, *value)?,
        (Layout::Immediate2, Operands::Immediate(value)) => i16(out, *value)?,
        (Layout::Immediate4, Operands::Immediate(value)) => i32(out, *value)?,
        (Layout::Local, Operands::Local(local)) => out.u8(*local),
        (Layout::Increment1, Operands::Increment { local, by }) => {
            out.u8(*local);
            narrow(out, (*by).into())?;
        }
        (Layout::Increment2, Operands::Increment { local, by }) => {
            out.u8(*local);
            i16(out, (*by).into())?;
        }
        (Layout::Branch1, Operands::Branch(branch)) => narrow(out, (*branch).into())?,
        (Layout::Branch2, Operands::Branch(branch)) => i16(out, (*branch).into())?,
        (Layout::Words, Operands::Words { m, n }) if *m <= 15 && *n <= 15 => out.u8(m << 4 | n),
        (Layout::Constant1(_), Operands::Constant(index)) => out.u8(u8::try_from(*index).ok()?),
        (Layout::Constant2(_), Operands::Constant(index)) => out.u16(*index),
        (
            Layout::Interface,
            Operands::Interface {
                nargs,
                constant,
                token,
            },
        ) => {
            out.u8(*nargs);
            out.u16(*constant);
            out.u8(*token);
        }
        (Layout::Element, Operands::Element(element)) => out.u8(*element as u8),
        (Layout::TypeCheck, Operands::TypeCheck { kind, constant }) => {
            out.u8(match kind {
                CheckedType::Class => 0,
                CheckedType::PrimitiveArray(element) => *element as u8,
                CheckedType::ReferenceArray => 14,
            });
            out.u16(*constant);
        }
        _ => return switch(instruction, out),
    }
    Some(())
}

fn switch(instruction: &Instruction, out: &mut Writer) -> Option<()> {
    let key = match instruction.opcode.layout() {
        Layout::TableSwitch2 | Layout::LookupSwitch2 => i16,
        Layout::TableSwitch4 | Layout::LookupSwitch4 => i32,
        _ => return None,
    };
    match (instruction.opcode.layout(), &instruction.operands) {
        (Layout::TableSwitch2 | Layout::TableSwitch4, Operands::TableSwitch(switch)) => {
            let above_low = i32::try_from(switch.branches.len().checked_sub(1)?).ok()?;
            i16(out, switch.default.into())?;
            key(out, switch.low)?;
            key(out, switch.low.checked_add(above_low)?)?;
            switch
                .branches
                .iter()
                .try_for_each(|branch| i16(out, (*branch).into()))
        }
        (Layout::LookupSwitch2 | Layout::LookupSwitch4, Operands::LookupSwitch(switch)) => {
            i16(out, switch.default.into())?;
            out.u16(u16::try_from(switch.pairs.len()).ok()?);
            switch.pairs.iter().try_for_each(|(value, branch)| {
                key(out, *value)?;
                i16(out, (*branch).into())
            })
        }
        _ => None,
    }
}

fn narrow(out: &mut Writer, value: i32) -> Option<()> {
    out.bytes(&i8::try_from(value).ok()?.to_be_bytes());
    Some(())
}

fn i16(out: &mut Writer, value: i32) -> Option<()> {
    out.bytes(&i16::try_from(value).ok()?.to_be_bytes());
    Some(())
}

fn i32(out: &mut Writer, value: i32) -> Option<()> {
    out.bytes(&value.to_be_bytes());
    Some(())
}
