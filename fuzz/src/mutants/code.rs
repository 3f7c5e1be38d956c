//! Changes of instructions, their operands, headers of methods and exception handlers. The length of the code stays as it is, so
//! that only the code means something else.

use cap_format::bytecode::{Instruction, Opcode, Operands, decode, encode};
use cap_format::cap::Cap;
use fastrand::Rng;

use super::{index, near, near8};

pub(super) fn change(cap: &mut Cap, rng: &mut Rng) {
    match rng.u8(0..12) {
        0 => header(cap, rng),
        1 => handler(cap, rng),
        2 => exchange(cap, rng),
        _ => instruction(cap, rng),
    }
}

/// Another number in the header of a method.
fn header(cap: &mut Cap, rng: &mut Rng) {
    let methods = &mut cap.methods.methods;
    let Some(method) = index(methods.len(), rng).and_then(|index| methods.get_mut(index)) else {
        return;
    };
    let header = &mut method.header;
    let number = match rng.u8(0..3) {
        0 => &mut header.max_stack,
        1 => &mut header.nargs,
        _ => &mut header.max_locals,
    };
    *number = near8(*number, rng);
}

/// Another range, target or type of an exception handler.
fn handler(cap: &mut Cap, rng: &mut Rng) {
    let handlers = &mut cap.methods.handlers;
    let Some(handler) = index(handlers.len(), rng).and_then(|index| handlers.get_mut(index)) else {
        return;
    };
    let number = match rng.u8(0..5) {
        0 => &mut handler.start_offset,
        1 => &mut handler.active_length,
        2 => &mut handler.handler_offset,
        3 => &mut handler.catch_type_index,
        _ => {
            handler.stop = !handler.stop;
            return;
        }
    };
    *number = near(*number, rng);
}

/// Two instructions of a method change places.
fn exchange(cap: &mut Cap, rng: &mut Rng) {
    with_code(cap, rng, |code, rng| {
        if let (Some(a), Some(b)) = (index(code.len(), rng), index(code.len(), rng)) {
            code.swap(a, b);
        }
    });
}

/// Another opcode with the same operands, or another operand.
fn instruction(cap: &mut Cap, rng: &mut Rng) {
    with_code(cap, rng, |code, rng| {
        let chosen = index(code.len(), rng).and_then(|index| code.get_mut(index));
        if let Some(instruction) = chosen {
            match rng.bool() || instruction.operands == Operands::None {
                true => other_opcode(instruction, rng),
                false => other_operands(&mut instruction.operands, rng),
            }
        }
    });
}

/// Takes the code of a method apart, changes it, and keeps it when it is as long as before.
fn with_code(cap: &mut Cap, rng: &mut Rng, change: impl FnOnce(&mut Vec<Instruction>, &mut Rng)) {
    let methods = &mut cap.methods.methods;
    let Some(method) = index(methods.len(), rng).and_then(|index| methods.get_mut(index)) else {
        return;
    };
    let Ok(code) = decode(&method.code) else {
        return;
    };
    let mut code: Vec<Instruction> = code.into_iter().map(|(_, instruction)| instruction).collect();
    change(&mut code, rng);
    if let Ok(written) = encode(&code)
        && written.len() == method.code.len()
    {
        method.code = written;
    }
}

/// An opcode that can stand with the operands.
fn other_opcode(instruction: &mut Instruction, rng: &mut Rng) {
    let fits = |opcode: &&Opcode| encode(&[Instruction::new(**opcode, instruction.operands.clone())]).is_ok();
    let fitting: Vec<Opcode> = Opcode::ALL.iter().filter(fits).copied().collect();
    if let Some(opcode) = rng.choice(&fitting) {
        instruction.opcode = *opcode;
    }
}

fn other_operands(operands: &mut Operands, rng: &mut Rng) {
    match operands {
        Operands::Immediate(value) => *value = i32::from(rng.i8(..)),
        Operands::Local(local) | Operands::Increment { local, .. } => *local = near8(*local, rng),
        Operands::Branch(branch) => *branch = branch.wrapping_add(rng.i16(-6..=6)),
        Operands::Words { m, n } => (*m, *n) = (rng.u8(0..=5), rng.u8(0..=8)),
        Operands::Constant(constant) => *constant = near(*constant, rng),
        Operands::Interface {
            nargs,
            constant,
            token,
        } => match rng.u8(0..3) {
            0 => *nargs = near8(*nargs, rng),
            1 => *constant = near(*constant, rng),
            _ => *token = near8(*token, rng),
        },
        Operands::TypeCheck { constant, .. } => *constant = near(*constant, rng),
        Operands::TableSwitch(switch) => match index(switch.branches.len(), rng) {
            Some(index) => {
                if let Some(branch) = switch.branches.get_mut(index) {
                    *branch = branch.wrapping_add(rng.i16(-6..=6));
                }
            }
            None => switch.low = switch.low.wrapping_add(1),
        },
        Operands::LookupSwitch(switch) => {
            if let Some((key, branch)) =
                index(switch.pairs.len(), rng).and_then(|index| switch.pairs.get_mut(index))
            {
                match rng.bool() {
                    true => *key = i32::from(rng.i8(..)),
                    false => *branch = branch.wrapping_add(rng.i16(-6..=6)),
                }
            }
        }
        Operands::Element(_) | Operands::None => {}
    }
}
