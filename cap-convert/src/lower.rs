//! Symbols to numbers: constant pool indexes, branch distances, and the long forms that both may need.

use cap_format::bytecode::{Instruction, LookupSwitch, Opcode, Operands, TableSwitch, encode};

use crate::pool::Pool;
use crate::resolve::PoolKey;
use crate::select::{Body, Op, Operand};

/// A method with all numbers but its place in the Method component.
#[derive(Debug, Default)]
pub(crate) struct Lowered {
    /// Words of the operand stack.
    pub(crate) max_stack: usize,
    pub(crate) code: Vec<u8>,
    pub(crate) handlers: Vec<LoweredHandler>,
}

/// A guarded range in octets from the first instruction of the method.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LoweredHandler {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) target: usize,
    pub(crate) catch_type: Option<PoolKey>,
}

/// Longest code of a method in octets (JCVM §2.2.4.4).
const MAX_CODE: usize = 32_767;

/// Lowers a method; `None` when its code is longer than a method can be.
pub(crate) fn lower(body: &Body, pool: &Pool) -> Option<Lowered> {
    let (mut items, places) = number_constants(&body.ops, pool);
    // From Java instruction to item; the end of the code has a place too.
    let starts: Vec<usize> = body.starts.iter().map(|op| places[*op]).collect();
    let offsets = layout(&mut items, &starts)?;
    // A word for `this` where an assignment has to load it again.
    let loads_again = items.iter().any(|item| item.opcode == Opcode::SwapX);
    let target = |java: usize| offsets[starts[java]];
    let instructions: Option<Vec<Instruction>> = items
        .iter()
        .enumerate()
        .map(|(index, item)| finish(item, offsets[index], &target))
        .collect();
    let handlers = body.handlers.iter().map(|handler| LoweredHandler {
        start: offsets[places[handler.start]],
        end: offsets[places[handler.end]],
        target: target(handler.target),
        catch_type: handler.catch_type,
    });
    Some(Lowered {
        max_stack: body.max_stack + usize::from(loads_again),
        code: encode(&instructions?).ok()?,
        handlers: handlers.collect(),
    })
}

/// An instruction whose branches are Java instructions.
struct Item {
    opcode: Opcode,
    operand: ItemOperand,
}

enum ItemOperand {
    Ready(Operands),
    Branch(usize),
    Switch {
        default: usize,
        cases: Vec<(i32, usize)>,
    },
}

/// Largest index that an operand of one octet holds.
const MAX_SHORT_INDEX: u16 = 255;

/// Puts indexes in the place of constants. Each op's first item, and the end, are returned beside.
fn number_constants(ops: &[Op], pool: &Pool) -> (Vec<Item>, Vec<usize>) {
    let mut items = Vec::with_capacity(ops.len());
    let mut places = Vec::with_capacity(ops.len() + 1);
    for op in ops {
        places.push(items.len());
        let ready = |operands| ItemOperand::Ready(operands);
        let (opcode, operand) = match &op.operand {
            Operand::Ready(operands) => (op.opcode, ready(operands.clone())),
            Operand::Branch(target) => (op.opcode, ItemOperand::Branch(*target)),
            Operand::Switch { default, cases } => {
                let (default, cases) = (*default, cases.clone());
                (op.opcode, ItemOperand::Switch { default, cases })
            }
            Operand::Constant(key) => {
                let index = pool.index(*key, op.named);
                let (before, opcode) = match index > MAX_SHORT_INDEX {
                    true => wide_field(op.opcode),
                    false => (Vec::new(), op.opcode),
                };
                items.extend(before.into_iter().map(|(opcode, operands)| Item {
                    opcode,
                    operand: ready(operands),
                }));
                (opcode, ready(Operands::Constant(index)))
            }
            Operand::Interface { nargs, class, token } => {
                let (nargs, constant, token) = (*nargs, pool.index(*class, None), *token);
                (
                    op.opcode,
                    ready(Operands::Interface {
                        nargs,
                        constant,
                        token,
                    }),
                )
            }
            Operand::TypeCheck { kind, class } => {
                let constant = class.map_or(0, |class| pool.index(class, None));
                let kind = *kind;
                (op.opcode, ready(Operands::TypeCheck { kind, constant }))
            }
        };
        items.push(Item { opcode, operand });
    }
    places.push(items.len());
    (items, places)
}

/// The form of a field access for an index of two octets. The `_this` forms have none: `this` is loaded, and brought below the
/// value that is assigned.
fn wide_field(opcode: Opcode) -> (Vec<(Opcode, Operands)>, Opcode) {
    let this = (Opcode::Aload0, Operands::None);
    let below = |n: u8| vec![this.clone(), (Opcode::SwapX, Operands::Words { m: 1, n })];
    match opcode {
        Opcode::GetfieldAThis => (vec![this], Opcode::GetfieldAW),
        Opcode::GetfieldBThis => (vec![this], Opcode::GetfieldBW),
        Opcode::GetfieldSThis => (vec![this], Opcode::GetfieldSW),
        Opcode::GetfieldIThis => (vec![this], Opcode::GetfieldIW),
        Opcode::PutfieldAThis => (below(1), Opcode::PutfieldAW),
        Opcode::PutfieldBThis => (below(1), Opcode::PutfieldBW),
        Opcode::PutfieldSThis => (below(1), Opcode::PutfieldSW),
        Opcode::PutfieldIThis => (below(2), Opcode::PutfieldIW),
        _ => (Vec::new(), opcode.wide().unwrap_or(opcode)),
    }
}

/// Offsets of all items and of the end. Branches begin short and grow until none is too far; they never shrink, so this ends.
fn layout(items: &mut [Item], starts: &[usize]) -> Option<Vec<usize>> {
    let mut sizes: Vec<usize> = items.iter().map(octets).collect();
    loop {
        let offsets = offsets(&sizes);
        if offsets.last().is_none_or(|end| *end > MAX_CODE) {
            return None;
        }
        let mut has_grown = false;
        for (index, item) in items.iter_mut().enumerate() {
            let ItemOperand::Branch(target) = item.operand else {
                continue;
            };
            let distance = distance(offsets[index], offsets[starts[target]]);
            if distance.is_some_and(|distance| i8::try_from(distance).is_err())
                && let Some(wide) = item.opcode.wide()
            {
                item.opcode = wide;
                sizes[index] = octets(item);
                has_grown = true;
            }
        }
        if !has_grown {
            return Some(offsets);
        }
    }
}

/// Where each item begins, and where the last one ends.
fn offsets(sizes: &[usize]) -> Vec<usize> {
    let mut offsets = Vec::with_capacity(sizes.len() + 1);
    let mut next = 0;
    for size in sizes {
        offsets.push(next);
        next += size;
    }
    offsets.push(next);
    offsets
}

fn octets(item: &Item) -> usize {
    let operands = match &item.operand {
        ItemOperand::Ready(operands) => operands.clone(),
        ItemOperand::Branch(_) => Operands::Branch(0),
        ItemOperand::Switch { default, cases } => {
            switch(item.opcode, cases, |_| Some(0), *default).unwrap_or(Operands::None)
        }
    };
    Instruction::new(item.opcode, operands).octets()
}

/// The distance from an opcode to a target, as an operand of two octets.
fn distance(from: usize, to: usize) -> Option<i16> {
    let (from, to) = (i64::try_from(from).ok()?, i64::try_from(to).ok()?);
    i16::try_from(to - from).ok()
}

fn finish(item: &Item, offset: usize, target: &impl Fn(usize) -> usize) -> Option<Instruction> {
    let branch = |java: usize| distance(offset, target(java));
    let operands = match &item.operand {
        ItemOperand::Ready(operands) => operands.clone(),
        ItemOperand::Branch(java) => Operands::Branch(branch(*java)?),
        ItemOperand::Switch { default, cases } => switch(item.opcode, cases, branch, *default)?,
    };
    Some(Instruction::new(item.opcode, operands))
}

/// The operands of a switch (JCVM §7.5.94, §7.5.106).
fn switch(
    opcode: Opcode,
    cases: &[(i32, usize)],
    branch: impl Fn(usize) -> Option<i16>,
    default: usize,
) -> Option<Operands> {
    let pairs: Vec<(i32, i16)> = cases
        .iter()
        .map(|(key, java)| Some((*key, branch(*java)?)))
        .collect::<Option<_>>()?;
    let default = branch(default)?;
    Some(match opcode {
        Opcode::Stableswitch | Opcode::Itableswitch => Operands::TableSwitch(TableSwitch {
            default,
            low: pairs.first()?.0,
            branches: pairs.into_iter().map(|(_, branch)| branch).collect(),
        }),
        _ => Operands::LookupSwitch(LookupSwitch { default, pairs }),
    })
}
