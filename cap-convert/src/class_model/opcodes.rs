//! Bytes of a Code attribute → [`Instruction`] values (JVMS §6.5).

use card_proto::reader::Reader;

use super::Literal;
use super::code::{
    ArrayElement, BinaryOperator, Comparison, FieldAccess, Instruction, InvokeKind, StackShuffle, Switch,
    ValueKind,
};
use super::constants::Constants;
use super::descriptor::Type;
use super::reader::ClassFileError;

/// Longest code of a method in octets (JVMS §4.7.3).
const MAX_CODE: usize = 65_535;

/// Instructions, and where each began.
pub(crate) struct Body {
    pub(crate) instructions: Vec<Instruction>,
    /// Index of the instruction that begins at each octet; `u16::MAX` inside an instruction.
    indexes: Vec<u16>,
}

impl Body {
    /// The instruction that begins at `offset`.
    pub(crate) fn index_of(&self, offset: u16) -> Result<usize, ClassFileError> {
        index_at(&self.indexes, i64::from(offset))
    }

    /// The instruction that begins at `offset`, or the end of the code.
    pub(crate) fn index_or_end(&self, offset: u16) -> Result<usize, ClassFileError> {
        match usize::from(offset) == self.indexes.len() {
            true => Ok(self.instructions.len()),
            false => self.index_of(offset),
        }
    }
}

const INSIDE: u16 = u16::MAX;

fn index_at(indexes: &[u16], offset: i64) -> Result<usize, ClassFileError> {
    let place = usize::try_from(offset).unwrap_or(usize::MAX);
    match indexes.get(place) {
        Some(index) if *index != INSIDE => Ok(usize::from(*index)),
        _ => Err(ClassFileError::Code {
            offset: place.min(MAX_CODE),
            what: "a target that is no instruction",
        }),
    }
}

/// Decodes a whole body. Branch targets are decoded as byte offsets first and become indexes at the end.
pub(crate) fn decode(code: &[u8], constants: &Constants) -> Result<Body, ClassFileError> {
    if code.is_empty() || code.len() > MAX_CODE {
        return Err(ClassFileError::Code {
            offset: 0,
            what: "no code, or more than 65,535 octets",
        });
    }
    let mut reader = Reader::new(code);
    let mut indexes = vec![INSIDE; code.len()];
    let mut instructions = Vec::new();
    while !reader.is_empty() {
        let offset = reader.offset();
        // The code has fewer than `u16::MAX` octets, and so fewer instructions.
        indexes[offset] = u16::try_from(instructions.len()).unwrap_or(INSIDE);
        instructions.push(decode_instruction(&mut reader, offset, constants)?);
    }
    for instruction in &mut instructions {
        resolve_targets(instruction, &indexes)?;
    }
    Ok(Body {
        instructions,
        indexes,
    })
}

fn resolve_targets(instruction: &mut Instruction, indexes: &[u16]) -> Result<(), ClassFileError> {
    let resolve = |target: &mut usize| -> Result<(), ClassFileError> {
        *target = index_at(indexes, i64::try_from(*target).unwrap_or(i64::MAX))?;
        Ok(())
    };
    match instruction {
        Instruction::IfZero(_, target)
        | Instruction::IfCompare(_, target)
        | Instruction::IfNull(target)
        | Instruction::IfNonNull(target)
        | Instruction::IfSame(target)
        | Instruction::IfNotSame(target)
        | Instruction::Goto(target)
        | Instruction::JumpSubroutine(target) => resolve(target),
        Instruction::Switch(switch) => {
            resolve(&mut switch.default)?;
            switch
                .cases
                .iter_mut()
                .try_for_each(|(_, target)| resolve(target))
        }
        _ => Ok(()),
    }
}

const COMPARISONS: [Comparison; 6] = [
    Comparison::Equal,
    Comparison::NotEqual,
    Comparison::Less,
    Comparison::GreaterOrEqual,
    Comparison::Greater,
    Comparison::LessOrEqual,
];

/// Value kinds in the order in which the opcodes of a family follow each other.
const VALUES: [ValueKind; 5] = [
    ValueKind::Int,
    ValueKind::Foreign("long"),
    ValueKind::Foreign("float"),
    ValueKind::Foreign("double"),
    ValueKind::Reference,
];

/// The same for array elements.
const ELEMENTS: [ArrayElement; 8] = [
    ArrayElement::Int,
    ArrayElement::Foreign("long"),
    ArrayElement::Foreign("float"),
    ArrayElement::Foreign("double"),
    ArrayElement::Reference,
    ArrayElement::ByteOrBoolean,
    ArrayElement::Foreign("char"),
    ArrayElement::Short,
];

/// The operators of the arithmetic block 0x60–0x77, four types each.
const ARITHMETIC: [BinaryOperator; 5] = [
    BinaryOperator::Add,
    BinaryOperator::Subtract,
    BinaryOperator::Multiply,
    BinaryOperator::Divide,
    BinaryOperator::Remainder,
];

/// The operators of the block 0x78–0x83, int and long each.
const BITS: [BinaryOperator; 6] = [
    BinaryOperator::ShiftLeft,
    BinaryOperator::ShiftRight,
    BinaryOperator::ShiftRightUnsigned,
    BinaryOperator::And,
    BinaryOperator::Or,
    BinaryOperator::Xor,
];

const SHUFFLES: [StackShuffle; 9] = [
    StackShuffle::Pop,
    StackShuffle::Pop2,
    StackShuffle::Dup,
    StackShuffle::DupX1,
    StackShuffle::DupX2,
    StackShuffle::Dup2,
    StackShuffle::Dup2X1,
    StackShuffle::Dup2X2,
    StackShuffle::Swap,
];

/// The types of the arithmetic block, by the low two bits of the opcode.
const ARITHMETIC_TYPES: [&str; 4] = ["int", "long", "float", "double"];

fn decode_instruction(
    reader: &mut Reader<'_>,
    offset: usize,
    constants: &Constants,
) -> Result<Instruction, ClassFileError> {
    let opcode = reader.u8()?;
    let at = |first: u8| usize::from(opcode - first);
    Ok(match opcode {
        0x00 => Instruction::Nop,
        0x01 => Instruction::Null,
        0x02..=0x08 => integer(i32::from(opcode) - 3),
        0x09 | 0x0A => Instruction::Foreign("long"),
        0x0B..=0x0D => Instruction::Foreign("float"),
        0x0E | 0x0F => Instruction::Foreign("double"),
        0x10 => integer(i8::from_be_bytes(reader.array()?).into()),
        0x11 => integer(i16::from_be_bytes(reader.array()?).into()),
        0x12 => Instruction::Constant(constants.literal(reader.u8()?.into())?),
        0x13 | 0x14 => Instruction::Constant(constants.literal(reader.u16()?)?),
        0x15..=0x19 => Instruction::Load(VALUES[at(0x15)], reader.u8()?.into()),
        0x1A..=0x2D => Instruction::Load(VALUES[at(0x1A) / 4], u16::from(opcode - 0x1A) % 4),
        0x2E..=0x35 => Instruction::ArrayLoad(ELEMENTS[at(0x2E)]),
        0x36..=0x3A => Instruction::Store(VALUES[at(0x36)], reader.u8()?.into()),
        0x3B..=0x4E => Instruction::Store(VALUES[at(0x3B) / 4], u16::from(opcode - 0x3B) % 4),
        0x4F..=0x56 => Instruction::ArrayStore(ELEMENTS[at(0x4F)]),
        0x57..=0x5F => Instruction::Shuffle(SHUFFLES[at(0x57)]),
        0x60..=0x73 => match at(0x60) % 4 {
            0 => Instruction::Binary(ARITHMETIC[at(0x60) / 4]),
            kind => Instruction::Foreign(ARITHMETIC_TYPES[kind]),
        },
        0x74 => Instruction::Negate,
        0x75..=0x77 => Instruction::Foreign(ARITHMETIC_TYPES[at(0x74)]),
        0x78..=0x83 => match at(0x78) % 2 {
            0 => Instruction::Binary(BITS[at(0x78) / 2]),
            _ => Instruction::Foreign("long"),
        },
        0x84 => Instruction::Increment(reader.u8()?.into(), i8::from_be_bytes(reader.array()?).into()),
        0x85 | 0x88..=0x8A | 0x8C | 0x8F | 0x94 => Instruction::Foreign("long"),
        0x86 | 0x8B | 0x8D | 0x95 | 0x96 => Instruction::Foreign("float"),
        0x87 | 0x8E | 0x90 | 0x97 | 0x98 => Instruction::Foreign("double"),
        0x91 => Instruction::IntToByte,
        0x92 => Instruction::Foreign("char"),
        0x93 => Instruction::IntToShort,
        0x99..=0x9E => Instruction::IfZero(COMPARISONS[at(0x99)], near(reader, offset)?),
        0x9F..=0xA4 => Instruction::IfCompare(COMPARISONS[at(0x9F)], near(reader, offset)?),
        0xA5 => Instruction::IfSame(near(reader, offset)?),
        0xA6 => Instruction::IfNotSame(near(reader, offset)?),
        0xA7 => Instruction::Goto(near(reader, offset)?),
        0xA8 => Instruction::JumpSubroutine(near(reader, offset)?),
        0xA9 => Instruction::ReturnFromSubroutine(reader.u8()?.into()),
        0xAA => Instruction::Switch(table_switch(reader, offset)?),
        0xAB => Instruction::Switch(lookup_switch(reader, offset)?),
        0xAC..=0xB0 => Instruction::Return(Some(VALUES[at(0xAC)])),
        0xB1 => Instruction::Return(None),
        0xB2 => field(FieldAccess::GetStatic, reader, constants)?,
        0xB3 => field(FieldAccess::PutStatic, reader, constants)?,
        0xB4 => field(FieldAccess::GetField, reader, constants)?,
        0xB5 => field(FieldAccess::PutField, reader, constants)?,
        0xB6 => invoke(InvokeKind::Virtual, reader, constants)?,
        0xB7 => invoke(InvokeKind::Special, reader, constants)?,
        0xB8 => invoke(InvokeKind::Static, reader, constants)?,
        0xB9 => {
            let call = invoke(InvokeKind::Interface, reader, constants)?;
            reader.take(2)?;
            call
        }
        0xBA => {
            reader.take(4)?;
            Instruction::InvokeDynamic
        }
        0xBB => Instruction::New(constants.class_type(reader.u16()?)?),
        0xBC => Instruction::NewArray(primitive_element(reader)?),
        0xBD => Instruction::NewArray(constants.class_type(reader.u16()?)?),
        0xBE => Instruction::ArrayLength,
        0xBF => Instruction::Throw,
        0xC0 => Instruction::CheckCast(constants.class_type(reader.u16()?)?),
        0xC1 => Instruction::InstanceOf(constants.class_type(reader.u16()?)?),
        0xC2 | 0xC3 => Instruction::Monitor,
        0xC4 => wide(reader)?,
        0xC5 => {
            reader.take(3)?;
            Instruction::NewMultiArray
        }
        0xC6 => Instruction::IfNull(near(reader, offset)?),
        0xC7 => Instruction::IfNonNull(near(reader, offset)?),
        0xC8 => Instruction::Goto(far(reader, offset)?),
        0xC9 => Instruction::JumpSubroutine(far(reader, offset)?),
        0xCA..=0xFF => {
            return Err(ClassFileError::Code {
                offset,
                what: "an opcode that does not exist",
            });
        }
    })
}

fn integer(value: i32) -> Instruction {
    Instruction::Constant(Literal::Int(value))
}

/// Adds a branch offset to the place of its instruction. What falls outside becomes a target that no code has.
fn target(offset: usize, distance: i32) -> usize {
    isize::try_from(distance)
        .ok()
        .and_then(|distance| offset.checked_add_signed(distance))
        .unwrap_or(usize::MAX)
}

fn near(reader: &mut Reader<'_>, offset: usize) -> Result<usize, ClassFileError> {
    Ok(target(offset, i16::from_be_bytes(reader.array()?).into()))
}

fn far(reader: &mut Reader<'_>, offset: usize) -> Result<usize, ClassFileError> {
    Ok(target(offset, i32::from_be_bytes(reader.array()?)))
}

fn field(
    access: FieldAccess,
    reader: &mut Reader<'_>,
    constants: &Constants,
) -> Result<Instruction, ClassFileError> {
    let (name, kind) = constants.field(reader.u16()?)?;
    Ok(Instruction::Field(access, name, kind))
}

fn invoke(
    kind: InvokeKind,
    reader: &mut Reader<'_>,
    constants: &Constants,
) -> Result<Instruction, ClassFileError> {
    let (name, method) = constants.method(reader.u16()?)?;
    Ok(Instruction::Invoke(kind, name, method))
}

/// The operand of `newarray` (JVMS table 6.5.newarray-A).
fn primitive_element(reader: &mut Reader<'_>) -> Result<Type, ClassFileError> {
    Ok(match reader.u8()? {
        4 => Type::Boolean,
        5 => Type::Char,
        6 => Type::Float,
        7 => Type::Double,
        8 => Type::Byte,
        9 => Type::Short,
        10 => Type::Int,
        11 => Type::Long,
        other => return Err(reader.reject("an array type code (4 to 11)", other.into()).into()),
    })
}

fn wide(reader: &mut Reader<'_>) -> Result<Instruction, ClassFileError> {
    let opcode = reader.u8()?;
    let slot = reader.u16()?;
    Ok(match opcode {
        0x15..=0x19 => Instruction::Load(VALUES[usize::from(opcode - 0x15)], slot),
        0x36..=0x3A => Instruction::Store(VALUES[usize::from(opcode - 0x36)], slot),
        0x84 => Instruction::Increment(slot, i16::from_be_bytes(reader.array()?)),
        0xA9 => Instruction::ReturnFromSubroutine(slot),
        other => {
            return Err(reader
                .reject("an instruction that can be wide", other.into())
                .into());
        }
    })
}

/// Octets of padding before the operands of a switch.
fn skip_padding(reader: &mut Reader<'_>) -> Result<(), ClassFileError> {
    let padding = reader.offset().wrapping_neg() % 4;
    reader.take(padding)?;
    Ok(())
}

fn table_switch(reader: &mut Reader<'_>, offset: usize) -> Result<Switch, ClassFileError> {
    skip_padding(reader)?;
    let default = far(reader, offset)?;
    let (low, high) = (
        i32::from_be_bytes(reader.array()?),
        i32::from_be_bytes(reader.array()?),
    );
    if low > high {
        return Err(ClassFileError::Code {
            offset,
            what: "a tableswitch whose low is above its high",
        });
    }
    let cases = (low..=high)
        .map(|value| Ok((value, far(reader, offset)?)))
        .collect::<Result<_, ClassFileError>>()?;
    Ok(Switch {
        default,
        cases,
        is_table: true,
    })
}

fn lookup_switch(reader: &mut Reader<'_>, offset: usize) -> Result<Switch, ClassFileError> {
    skip_padding(reader)?;
    let default = far(reader, offset)?;
    let count = i32::from_be_bytes(reader.array()?);
    let cases = (0..count)
        .map(|_| Ok((i32::from_be_bytes(reader.array()?), far(reader, offset)?)))
        .collect::<Result<Vec<_>, ClassFileError>>()?;
    // JVMS §6.5.lookupswitch: the matches are sorted.
    if count < 0 || cases.windows(2).any(|pair| pair[0].0 >= pair[1].0) {
        return Err(ClassFileError::Code {
            offset,
            what: "a lookupswitch that is not sorted",
        });
    }
    Ok(Switch {
        default,
        cases,
        is_table: false,
    })
}
