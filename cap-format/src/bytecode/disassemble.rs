//! Instructions to text.

use std::fmt;

use crate::bytecode::{CheckedType, Instruction, Operands, decode};
use crate::error::CapError;

/// One line per instruction: offset, mnemonic, operands; branches as the offsets they lead to, constants as `#index`.
///
/// # Errors
/// As [`decode()`].
pub fn disassemble(code: &[u8]) -> Result<String, CapError> {
    let lines = decode(code)?.into_iter().map(|(offset, instruction)| {
        format!(
            "{offset:5}  {}\n",
            Line {
                offset,
                instruction: &instruction
            }
        )
    });
    Ok(lines.collect())
}

/// An instruction as text, at the offset its branches count from.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    /// The offset of the opcode.
    pub offset: usize,
    /// The instruction.
    pub instruction: &'a Instruction,
}

impl Line<'_> {
    /// Where a branch leads.
    fn target(&self, branch: i16) -> i64 {
        i64::try_from(self.offset)
            .unwrap_or(i64::MAX)
            .saturating_add(branch.into())
    }
}

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.instruction.opcode.mnemonic())?;
        match &self.instruction.operands {
            Operands::None => Ok(()),
            Operands::Immediate(value) => write!(f, " {value}"),
            Operands::Local(local) => write!(f, " {local}"),
            Operands::Increment { local, by } => write!(f, " {local}, {by}"),
            Operands::Branch(branch) => write!(f, " {}", self.target(*branch)),
            Operands::Words { m, n } => write!(f, " {m}, {n}"),
            Operands::Constant(index) => write!(f, " #{index}"),
            Operands::Interface {
                nargs,
                constant,
                token,
            } => write!(f, " #{constant}, method {token}, {nargs} words"),
            Operands::Element(element) => write!(f, " {}", element.name()),
            Operands::TypeCheck { kind, constant } => match kind {
                CheckedType::Class => write!(f, " #{constant}"),
                CheckedType::PrimitiveArray(element) => write!(f, " {}[]", element.name()),
                CheckedType::ReferenceArray => write!(f, " #{constant}[]"),
            },
            Operands::TableSwitch(switch) => {
                let keys = (i64::from(switch.low)..).zip(&switch.branches);
                self.switch(f, keys, switch.default)
            }
            Operands::LookupSwitch(switch) => {
                let keys = switch.pairs.iter().map(|(key, branch)| (i64::from(*key), branch));
                self.switch(f, keys, switch.default)
            }
        }
    }
}

impl Line<'_> {
    fn switch<'b>(
        &self,
        f: &mut fmt::Formatter<'_>,
        keys: impl Iterator<Item = (i64, &'b i16)>,
        default: i16,
    ) -> fmt::Result {
        f.write_str(" {")?;
        for (key, branch) in keys {
            write!(f, " {key}: {},", self.target(*branch))?;
        }
        write!(f, " default: {} }}", self.target(default))
    }
}
