//! A machine for static methods on numbers and arrays: enough of the Java Card machine (JCVM ch. 7) to see what converted code
//! computes. It knows no objects, and stops on what it does not know.

use cap_format::bytecode::{ElementType, Instruction, Opcode, Operands, decode};
use cap_format::cap::Cap;
use cap_format::component::constant_pool::Constant;
use cap_format::reference::StaticRef;

/// Why a method ended without a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Thrown {
    Arithmetic,
    Index,
    NegativeSize,
}

/// What a word holds. An int takes two words: its high and its low half.
pub(crate) type Word = i16;

/// The machine: the arrays that exist.
pub(crate) struct Machine<'a> {
    cap: &'a Cap,
    arrays: Vec<(ElementType, Vec<i32>)>,
    steps: usize,
}

/// Instructions after which a case is called endless.
const MAX_STEPS: usize = 1_000_000;

struct Frame {
    stack: Vec<Word>,
    locals: Vec<Word>,
}

impl Frame {
    fn pop(&mut self) -> Word {
        self.stack.pop().expect("a word on the stack")
    }

    fn pop_int(&mut self) -> i32 {
        let low = self.pop();
        let high = self.pop();
        i32::from(high) << 16 | i32::from(low) & 0xFFFF
    }

    fn push_int(&mut self, value: i32) {
        self.stack.push((value >> 16) as i16);
        self.stack.push(value as i16);
    }

    fn local_int(&self, index: usize) -> i32 {
        i32::from(self.locals[index]) << 16 | i32::from(self.locals[index + 1]) & 0xFFFF
    }

    fn set_local_int(&mut self, index: usize, value: i32) {
        self.locals[index] = (value >> 16) as i16;
        self.locals[index + 1] = value as i16;
    }
}

impl<'a> Machine<'a> {
    pub(crate) fn new(cap: &'a Cap) -> Self {
        Self {
            cap,
            arrays: Vec::new(),
            steps: 0,
        }
    }

    /// Runs the method at `offset` of the Method component; the words of its result.
    pub(crate) fn run(&mut self, offset: u16, arguments: &[Word]) -> Result<Vec<Word>, Thrown> {
        let method = self.cap.methods.at(offset).expect("a method");
        let mut locals = arguments.to_vec();
        assert_eq!(
            locals.len(),
            usize::from(method.header.nargs),
            "words of arguments"
        );
        locals.resize(locals.len() + usize::from(method.header.max_locals), 0x5A5A);
        let mut frame = Frame {
            stack: Vec::new(),
            locals,
        };
        let code = decode(&method.code).expect("code");
        let mut at = 0;
        loop {
            self.steps += 1;
            assert!(self.steps < MAX_STEPS, "endless");
            let place = code
                .iter()
                .position(|(offset, _)| *offset == at)
                .expect("an instruction");
            let (_, instruction) = &code[place];
            let next = code
                .get(place + 1)
                .map_or(method.code.len(), |(offset, _)| *offset);
            let words = frame.stack.len();
            assert!(
                words <= usize::from(method.header.max_stack),
                "{words} words on the stack"
            );
            at = match self.step(instruction, next, &mut frame)? {
                Step::Next => next,
                Step::Jump(to) => to,
                Step::Branch(distance) => at.checked_add_signed(isize::from(distance)).expect("a target"),
                Step::Return(count) => return Ok(frame.stack.split_off(frame.stack.len() - count)),
            };
        }
    }

    fn step(&mut self, instruction: &Instruction, next: usize, frame: &mut Frame) -> Result<Step, Thrown> {
        if let Some(value) = instruction.pushed_value() {
            match instruction.opcode.mnemonic().starts_with('i')
                || instruction.opcode.mnemonic().starts_with("bi")
                || instruction.opcode == Opcode::Sipush
            {
                true => frame.push_int(value),
                false => frame.stack.push(value as i16),
            }
            return Ok(Step::Next);
        }
        let name = instruction.opcode.mnemonic();
        let stem = name.strip_suffix("_w").unwrap_or(name);
        let stem = stem
            .strip_suffix(['0', '1', '2', '3'])
            .map_or(stem, |stem| stem.trim_end_matches('_'));
        if let Some(local) = instruction.local().map(usize::from) {
            let by = match instruction.operands {
                Operands::Increment { by, .. } => by,
                _ => 0,
            };
            match stem {
                "aload" | "sload" => frame.stack.push(frame.locals[local]),
                "iload" => frame.push_int(frame.local_int(local)),
                "astore" | "sstore" => frame.locals[local] = frame.pop(),
                "istore" => {
                    let value = frame.pop_int();
                    frame.set_local_int(local, value);
                }
                "sinc" => frame.locals[local] = frame.locals[local].wrapping_add(by),
                "iinc" => frame.set_local_int(local, frame.local_int(local).wrapping_add(by.into())),
                "ret" => return Ok(Step::Jump(frame.locals[local] as usize)),
                other => panic!("{other}"),
            }
            return Ok(Step::Next);
        }
        if let (Opcode::Jsr, Operands::Branch(distance)) = (instruction.opcode, &instruction.operands) {
            frame.stack.push(next as i16);
            return Ok(Step::Branch(*distance));
        }
        if let Operands::Branch(distance) = instruction.operands {
            return Ok(match condition(stem, frame) {
                true => Step::Branch(distance),
                false => Step::Next,
            });
        }
        self.step_rest(instruction, frame)
    }

    fn step_rest(&mut self, instruction: &Instruction, frame: &mut Frame) -> Result<Step, Thrown> {
        match (instruction.opcode, &instruction.operands) {
            (Opcode::Nop, _) => {}
            (Opcode::Pop, _) => {
                frame.pop();
            }
            (Opcode::Pop2, _) => {
                frame.pop();
                frame.pop();
            }
            (Opcode::Dup, _) => copy(frame, 1, 0),
            (Opcode::Dup2, _) => copy(frame, 2, 0),
            (Opcode::DupX, Operands::Words { m, n }) => copy(frame, (*m).into(), (*n).into()),
            (Opcode::SwapX, Operands::Words { m, n }) => {
                let keep = frame.stack.len() - usize::from(m + n);
                frame.stack[keep..].rotate_left((*n).into());
            }
            (Opcode::S2b, _) => {
                let value = frame.pop();
                frame.stack.push((value as i8).into());
            }
            (Opcode::S2i, _) => {
                let value = frame.pop();
                frame.push_int(value.into());
            }
            (Opcode::I2s, _) => {
                let value = frame.pop_int();
                frame.stack.push(value as i16);
            }
            (Opcode::I2b, _) => {
                let value = frame.pop_int();
                frame.stack.push((value as i8).into());
            }
            (Opcode::Icmp, _) => {
                let (right, left) = (frame.pop_int(), frame.pop_int());
                frame.stack.push(left.cmp(&right) as i16);
            }
            (Opcode::Sneg, _) => {
                let value = frame.pop();
                frame.stack.push(value.wrapping_neg());
            }
            (Opcode::Ineg, _) => {
                let value = frame.pop_int();
                frame.push_int(value.wrapping_neg());
            }
            (Opcode::Sreturn | Opcode::Areturn, _) => return Ok(Step::Return(1)),
            (Opcode::Ireturn, _) => return Ok(Step::Return(2)),
            (Opcode::Return, _) => return Ok(Step::Return(0)),
            (Opcode::Stableswitch, Operands::TableSwitch(switch)) => {
                let place = i32::from(frame.pop()) - switch.low;
                let branch = usize::try_from(place)
                    .ok()
                    .and_then(|place| switch.branches.get(place));
                return Ok(Step::Branch(*branch.unwrap_or(&switch.default)));
            }
            (Opcode::Itableswitch, Operands::TableSwitch(switch)) => {
                let place = i64::from(frame.pop_int()) - i64::from(switch.low);
                let branch = usize::try_from(place)
                    .ok()
                    .and_then(|place| switch.branches.get(place));
                return Ok(Step::Branch(*branch.unwrap_or(&switch.default)));
            }
            (Opcode::Slookupswitch | Opcode::Ilookupswitch, Operands::LookupSwitch(switch)) => {
                let key = match instruction.opcode {
                    Opcode::Slookupswitch => frame.pop().into(),
                    _ => frame.pop_int(),
                };
                let pair = switch.pairs.iter().find(|(known, _)| *known == key);
                return Ok(Step::Branch(pair.map_or(switch.default, |(_, branch)| *branch)));
            }
            (Opcode::Newarray, Operands::Element(element)) => {
                let size = usize::try_from(frame.pop()).map_err(|_| Thrown::NegativeSize)?;
                self.arrays.push((*element, vec![0; size]));
                frame.stack.push(self.arrays.len() as i16);
            }
            (Opcode::Arraylength, _) => {
                let array = frame.pop();
                let length = self.array(array).1.len();
                frame.stack.push(length as i16);
            }
            (Opcode::Baload | Opcode::Saload, _) => {
                let (index, array) = (frame.pop(), frame.pop());
                let value = *self.element(array, index)?;
                frame.stack.push(value as i16);
            }
            (Opcode::Iaload, _) => {
                let (index, array) = (frame.pop(), frame.pop());
                let value = *self.element(array, index)?;
                frame.push_int(value);
            }
            (Opcode::Bastore | Opcode::Sastore | Opcode::Iastore, _) => {
                let value = match instruction.opcode {
                    Opcode::Bastore => i32::from(frame.pop() as i8),
                    Opcode::Sastore => frame.pop().into(),
                    _ => frame.pop_int(),
                };
                let (index, array) = (frame.pop(), frame.pop());
                *self.element(array, index)? = value;
            }
            (Opcode::Invokestatic, Operands::Constant(constant)) => {
                let Some(Constant::StaticMethod(StaticRef::Internal { offset })) =
                    self.cap.constant_pool.get(*constant)
                else {
                    panic!("a method of another package");
                };
                let nargs = usize::from(self.cap.methods.at(*offset).expect("a method").header.nargs);
                let arguments = frame.stack.split_off(frame.stack.len() - nargs);
                frame.stack.extend(self.run(*offset, &arguments)?);
            }
            _ => calculate(instruction.opcode, frame)?,
        }
        Ok(Step::Next)
    }

    fn array(&mut self, reference: Word) -> &mut (ElementType, Vec<i32>) {
        &mut self.arrays[usize::try_from(reference).expect("an array") - 1]
    }

    fn element(&mut self, reference: Word, index: Word) -> Result<&mut i32, Thrown> {
        let index = usize::try_from(index).map_err(|_| Thrown::Index)?;
        self.array(reference).1.get_mut(index).ok_or(Thrown::Index)
    }
}

enum Step {
    Next,
    Branch(i16),
    /// To an offset in the code.
    Jump(usize),
    Return(usize),
}

/// JCVM §7.5.18.
fn copy(frame: &mut Frame, m: usize, n: usize) {
    let top = frame.stack[frame.stack.len() - m..].to_vec();
    let place = frame.stack.len() - n.max(m);
    let place = if n == 0 { frame.stack.len() } else { place };
    for (index, word) in top.into_iter().enumerate() {
        frame.stack.insert(place + index, word);
    }
}

fn condition(stem: &str, frame: &mut Frame) -> bool {
    if stem == "goto" {
        return true;
    }
    let right = match stem.contains("cmp") {
        true => frame.pop(),
        false => 0,
    };
    let left = frame.pop();
    match &stem[stem.len() - 2..] {
        "eq" => left == right,
        "ne" => left != right,
        "lt" => left < right,
        "ge" => left >= right,
        "gt" => left > right,
        "le" => left <= right,
        other => panic!("{other}"),
    }
}

/// Two numbers to one.
fn calculate(opcode: Opcode, frame: &mut Frame) -> Result<(), Thrown> {
    let name = opcode.mnemonic();
    let is_int = name.starts_with('i');
    let (right, left) = match is_int {
        true => (frame.pop_int(), frame.pop_int()),
        false => (i32::from(frame.pop()), i32::from(frame.pop())),
    };
    let result = match &name[1..] {
        "add" => left.wrapping_add(right),
        "sub" => left.wrapping_sub(right),
        "mul" => left.wrapping_mul(right),
        "div" | "rem" if right == 0 => return Err(Thrown::Arithmetic),
        "div" => left.wrapping_div(right),
        "rem" => left.wrapping_rem(right),
        "shl" => left.wrapping_shl(right as u32 & 31),
        "shr" => left.wrapping_shr(right as u32 & 31),
        "ushr" => (left as u32).wrapping_shr(right as u32 & 31) as i32,
        "and" => left & right,
        "or" => left | right,
        "xor" => left ^ right,
        other => panic!("{other}"),
    };
    match is_int {
        true => frame.push_int(result),
        false => frame.stack.push(result as i16),
    }
    Ok(())
}
