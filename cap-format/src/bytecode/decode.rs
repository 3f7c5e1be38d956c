//! Octets to instructions.

use card_proto::reader::Reader;

use crate::bytecode::{
    CheckedType, ElementType, Instruction, Layout, LookupSwitch, Opcode, Operands, TableSwitch,
};
use crate::error::{CapError, ErrorKind, Fault, Part};

/// The instructions of `code`, each with its offset from the first octet of `code`.
///
/// # Errors
/// [`CapError`] when an octet where an instruction begins is none, operands have values the specification does not allow, or the
/// last instruction is cut short.
pub fn decode(code: &[u8]) -> Result<Vec<(usize, Instruction)>, CapError> {
    decode_all(&mut Reader::new(code)).map_err(|fault| fault.of(Part::Bytecode))
}

/// The instruction at `offset` of `code`, and the offset behind it.
///
/// # Errors
/// As [`decode()`].
pub fn decode_at(code: &[u8], offset: usize) -> Result<(Instruction, usize), CapError> {
    let mut reader = Reader::at(code.get(offset..).unwrap_or_default(), offset);
    let instruction = decode_one(&mut reader).map_err(|fault| fault.of(Part::Bytecode))?;
    Ok((instruction, reader.offset()))
}

/// All instructions of `reader`, with the offsets of the reader.
pub(crate) fn decode_all(reader: &mut Reader<'_>) -> Result<Vec<(usize, Instruction)>, Fault> {
    // Most methods have at most two instructions in three octets.
    let mut instructions = Vec::with_capacity(reader.remaining() * 2 / 3 + 1);
    while !reader.is_empty() {
        let offset = reader.offset();
        instructions.push((offset, decode_one(reader)?));
    }
    Ok(instructions)
}

pub(crate) fn decode_one(reader: &mut Reader<'_>) -> Result<Instruction, Fault> {
    let offset = reader.offset();
    let octet = reader.u8()?;
    let opcode =
        Opcode::from_u8(octet).ok_or_else(|| Fault::new(offset, ErrorKind::Opcode { opcode: octet }))?;
    Ok(Instruction {
        opcode,
        operands: operands(opcode.layout(), reader)?,
    })
}

fn operands(layout: Layout, reader: &mut Reader<'_>) -> Result<Operands, Fault> {
    Ok(match layout {
        Layout::Plain | Layout::Value(_) | Layout::ImpliedLocal(_) => Operands::None,
        Layout::Immediate1 => Operands::Immediate(i8(reader)?.into()),
        Layout::Immediate2 => Operands::Immediate(i16(reader)?.into()),
        Layout::Immediate4 => Operands::Immediate(i32(reader)?),
        Layout::Local => Operands::Local(reader.u8()?),
        Layout::Increment1 => Operands::Increment {
            local: reader.u8()?,
            by: i8(reader)?.into(),
        },
        Layout::Increment2 => Operands::Increment {
            local: reader.u8()?,
            by: i16(reader)?,
        },
        Layout::Branch1 => Operands::Branch(i8(reader)?.into()),
        Layout::Branch2 => Operands::Branch(i16(reader)?),
        Layout::Words => {
            let octet = reader.u8()?;
            Operands::Words {
                m: octet >> 4,
                n: octet & 0x0F,
            }
        }
        Layout::Constant1(_) => Operands::Constant(reader.u8()?.into()),
        Layout::Constant2(_) => Operands::Constant(reader.u16()?),
        Layout::Interface => Operands::Interface {
            nargs: reader.u8()?,
            constant: reader.u16()?,
            token: reader.u8()?,
        },
        Layout::Element => Operands::Element(element(reader)?),
        Layout::TypeCheck => Operands::TypeCheck {
            kind: checked_type(reader)?,
            constant: reader.u16()?,
        },
        Layout::TableSwitch2 => table_switch(reader, |reader| Ok(i16(reader)?.into()))?,
        Layout::TableSwitch4 => table_switch(reader, i32)?,
        Layout::LookupSwitch2 => lookup_switch(reader, |reader| Ok(i16(reader)?.into()))?,
        Layout::LookupSwitch4 => lookup_switch(reader, i32)?,
    })
}

fn i8(reader: &mut Reader<'_>) -> Result<i8, Fault> {
    Ok(i8::from_be_bytes(reader.array()?))
}

fn i16(reader: &mut Reader<'_>) -> Result<i16, Fault> {
    Ok(i16::from_be_bytes(reader.array()?))
}

fn i32(reader: &mut Reader<'_>) -> Result<i32, Fault> {
    Ok(i32::from_be_bytes(reader.array()?))
}

fn element(reader: &mut Reader<'_>) -> Result<ElementType, Fault> {
    let before = reader.clone();
    let code = reader.u8()?;
    ElementType::from_u8(code).ok_or_else(|| before.reject("an element type of 10 to 13", code.into()).into())
}

fn checked_type(reader: &mut Reader<'_>) -> Result<CheckedType, Fault> {
    let before = reader.clone();
    match reader.u8()? {
        0 => Ok(CheckedType::Class),
        14 => Ok(CheckedType::ReferenceArray),
        code => match ElementType::from_u8(code) {
            Some(element) => Ok(CheckedType::PrimitiveArray(element)),
            None => Err(before.reject("a type of 0 or 10 to 14", code.into()).into()),
        },
    }
}

type ReadKey = fn(&mut Reader<'_>) -> Result<i32, Fault>;

fn table_switch(reader: &mut Reader<'_>, key: ReadKey) -> Result<Operands, Fault> {
    let default = i16(reader)?;
    let before = reader.clone();
    let (low, high) = (key(reader)?, key(reader)?);
    let count = i64::from(high) - i64::from(low) + 1;
    // JCVM §7.5.106: low is not above high. Each branch has two octets, so that more of them than octets cannot be there.
    let count = usize::try_from(count)
        .ok()
        .filter(|count| (1..=reader.remaining() / 2).contains(count))
        .ok_or_else(|| {
            before.reject(
                "a lowest key not above the highest, and a branch for each",
                abs(count),
            )
        })?;
    let branches = (0..count).map(|_| i16(reader)).collect::<Result<_, _>>()?;
    Ok(Operands::TableSwitch(TableSwitch {
        default,
        low,
        branches,
    }))
}

/// A count for an error.
fn abs(count: i64) -> u64 {
    count.unsigned_abs()
}

fn lookup_switch(reader: &mut Reader<'_>, key: ReadKey) -> Result<Operands, Fault> {
    let default = i16(reader)?;
    let count = reader.u16()?;
    let pairs = (0..count)
        .map(|_| Ok((key(reader)?, i16(reader)?)))
        .collect::<Result<_, Fault>>()?;
    Ok(Operands::LookupSwitch(LookupSwitch { default, pairs }))
}
