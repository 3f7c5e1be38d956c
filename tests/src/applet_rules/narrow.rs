//! Where javac's int arithmetic would not fit the 16-bit arithmetic of a card without int.
//!
//! Java computes `byte` and `short` expressions in int. A converter may use short instructions exactly where the result is
//! the same: sums, products and shifts to the left agree in their low 16 bits, so they are right if a cast to `short` or
//! `byte` follows; a comparison, a division, a shift to the right, an index or an argument needs the whole value. Each
//! value on the stack is therefore known as narrow (it fits 16 bits) or wide (only its low 16 bits are sure), over every
//! path of the method.

use std::collections::{BTreeMap, BTreeSet};

use cafebabe::{
    attributes::CodeData,
    bytecode::Opcode,
    constant_pool::{LiteralConstant, Loadable},
    descriptors::{MethodDescriptor, ReturnDescriptor},
};

/// What is known of a word on the operand stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Word {
    /// A reference.
    Reference,
    /// A number from 0 to 32,767.
    NotNegative,
    /// A number from −32,768 to 32,767.
    Narrow,
    /// A number whose low 16 bits only are those of the short arithmetic.
    Wide,
}
use Word::{Narrow, NotNegative, Reference, Wide};

/// Every place in the code where a wide value is used as if it were whole, in words, with its offset.
pub fn findings(code: &CodeData<'_>, method: &MethodDescriptor<'_>) -> Vec<String> {
    let Some(bytecode) = &code.bytecode else {
        return Vec::new();
    };
    let mut walk = Walk {
        findings: BTreeSet::new(),
        states: BTreeMap::new(),
        pending: Vec::new(),
    };
    walk.reach(0, &[]);
    for handler in &code.exception_table {
        walk.reach(usize::from(handler.handler_pc), &[Reference]);
    }
    while let Some(offset) = walk.pending.pop() {
        let Some(index) = bytecode.get_opcode_index(offset) else {
            continue;
        };
        let next = bytecode.opcodes.get(index + 1).map(|(offset, _)| *offset);
        let stack = walk.states.get(&offset).cloned().unwrap_or_default();
        let mut step = Step {
            stack,
            offset,
            wrong: Vec::new(),
        };
        let flow = step.run(&bytecode.opcodes[index].1, &method.return_type);
        let wrong = step.wrong.into_iter().map(|what| format!("at {offset}: {what}"));
        walk.findings.extend(wrong);
        for target in flow.targets {
            walk.reach(target, &step.stack);
        }
        if let (true, Some(next)) = (flow.falls_through, next) {
            walk.reach(next, &step.stack);
        }
    }
    walk.findings.into_iter().collect()
}

struct Walk {
    findings: BTreeSet<String>,
    states: BTreeMap<usize, Vec<Word>>,
    pending: Vec<usize>,
}

impl Walk {
    /// Merges `stack` into what is known at `offset`; visits it again if that says more.
    fn reach(&mut self, offset: usize, stack: &[Word]) {
        match self.states.get_mut(&offset) {
            None => {
                self.states.insert(offset, stack.to_vec());
                self.pending.push(offset);
            }
            Some(known) => {
                let merged: Vec<Word> = known.iter().zip(stack).map(|(a, b)| *a.max(b)).collect();
                if merged != *known {
                    *known = merged;
                    self.pending.push(offset);
                }
            }
        }
    }
}

struct Flow {
    targets: Vec<usize>,
    falls_through: bool,
}

struct Step {
    stack: Vec<Word>,
    offset: usize,
    wrong: Vec<String>,
}

impl Step {
    fn pop(&mut self) -> Word {
        self.stack.pop().unwrap_or(Wide)
    }

    fn push(&mut self, word: Word) {
        self.stack.push(word);
    }

    /// Pops a number that has to be whole.
    fn whole(&mut self, use_: &str) -> Word {
        let word = self.pop();
        if word == Wide {
            self.wrong.push(format!(
                "{use_} takes a value that may not fit 16 bits: cast it to short first"
            ));
        }
        word
    }

    fn jump(&self, jump: i32) -> usize {
        self.offset.wrapping_add_signed(jump as isize)
    }

    fn run(&mut self, opcode: &Opcode<'_>, returns: &ReturnDescriptor<'_>) -> Flow {
        let mut flow = Flow {
            targets: Vec::new(),
            falls_through: true,
        };
        match opcode {
            Opcode::Nop => {}
            Opcode::AconstNull | Opcode::Aload(_) => self.push(Reference),
            Opcode::Iload(_) | Opcode::IconstM1 => self.push(Narrow),
            Opcode::Bipush(value) => self.push(if *value < 0 { Narrow } else { NotNegative }),
            Opcode::Sipush(value) => self.push(if *value < 0 { Narrow } else { NotNegative }),
            Opcode::Iconst0
            | Opcode::Iconst1
            | Opcode::Iconst2
            | Opcode::Iconst3
            | Opcode::Iconst4
            | Opcode::Iconst5 => {
                self.push(NotNegative);
            }
            // A constant beyond 16 bits (0xFFFF as a mask, say) is wide: its low half may be meant, its value not.
            Opcode::Ldc(Loadable::LiteralConstant(LiteralConstant::Integer(_)))
            | Opcode::LdcW(Loadable::LiteralConstant(LiteralConstant::Integer(_))) => self.push(Wide),
            Opcode::Astore(_) | Opcode::Pop => drop(self.pop()),
            Opcode::Istore(_) => drop(self.whole("a local variable")),
            Opcode::Iinc(..) => self.wrong.push("an int local variable is counted up".into()),
            Opcode::Aaload => {
                self.whole("an array index");
                self.pop();
                self.push(Reference);
            }
            Opcode::Baload | Opcode::Saload => {
                self.whole("an array index");
                self.pop();
                self.push(Narrow);
            }
            Opcode::Bastore | Opcode::Sastore => {
                self.whole("an array element");
                self.whole("an array index");
                self.pop();
            }
            Opcode::Aastore => {
                self.pop();
                self.whole("an array index");
                self.pop();
            }
            Opcode::Arraylength => {
                self.pop();
                self.push(NotNegative);
            }
            Opcode::Iadd | Opcode::Isub | Opcode::Imul | Opcode::Ishl => {
                self.pop();
                self.pop();
                self.push(Wide);
            }
            Opcode::Ineg => {
                self.pop();
                self.push(Wide);
            }
            Opcode::Iand => {
                let (a, b) = (self.pop(), self.pop());
                self.push(if a == NotNegative || b == NotNegative {
                    NotNegative
                } else {
                    a.max(b)
                });
            }
            Opcode::Ior | Opcode::Ixor => {
                let (a, b) = (self.pop(), self.pop());
                self.push(a.max(b));
            }
            Opcode::Idiv => {
                self.whole("a division");
                self.whole("a division");
                self.push(Wide); // −32,768 / −1
            }
            Opcode::Irem => {
                self.whole("a remainder");
                let dividend = self.whole("a remainder");
                self.push(dividend);
            }
            Opcode::Ishr => {
                self.pop();
                let word = self.whole("a shift to the right");
                self.push(word);
            }
            Opcode::Iushr => {
                self.pop();
                let word = self.whole("a shift to the right");
                self.push(if word == NotNegative { NotNegative } else { Wide });
            }
            Opcode::I2b | Opcode::I2s => {
                self.pop();
                self.push(Narrow);
            }
            Opcode::Dup => self.dup(1, 1),
            Opcode::DupX1 => self.dup(1, 2),
            Opcode::DupX2 => self.dup(1, 3),
            Opcode::Dup2 => self.dup(2, 2),
            Opcode::Dup2X1 => self.dup(2, 3),
            Opcode::Dup2X2 => self.dup(2, 4),
            Opcode::Pop2 => {
                self.pop();
                self.pop();
            }
            Opcode::Swap => {
                let (a, b) = (self.pop(), self.pop());
                self.push(a);
                self.push(b);
            }
            Opcode::Ifeq(j)
            | Opcode::Ifne(j)
            | Opcode::Iflt(j)
            | Opcode::Ifge(j)
            | Opcode::Ifgt(j)
            | Opcode::Ifle(j) => {
                self.whole("a comparison");
                flow.targets.push(self.jump(*j));
            }
            Opcode::IfIcmpeq(j)
            | Opcode::IfIcmpne(j)
            | Opcode::IfIcmplt(j)
            | Opcode::IfIcmpge(j)
            | Opcode::IfIcmpgt(j)
            | Opcode::IfIcmple(j) => {
                self.whole("a comparison");
                self.whole("a comparison");
                flow.targets.push(self.jump(*j));
            }
            Opcode::IfAcmpeq(j) | Opcode::IfAcmpne(j) => {
                self.pop();
                self.pop();
                flow.targets.push(self.jump(*j));
            }
            Opcode::Ifnull(j) | Opcode::Ifnonnull(j) => {
                self.pop();
                flow.targets.push(self.jump(*j));
            }
            Opcode::Goto(j) => {
                flow.targets.push(self.jump(*j));
                flow.falls_through = false;
            }
            Opcode::Tableswitch(table) => {
                self.whole("a switch");
                flow.targets
                    .extend(table.jumps.iter().chain([&table.default]).map(|j| self.jump(*j)));
                flow.falls_through = false;
            }
            Opcode::Lookupswitch(table) => {
                self.whole("a switch");
                let jumps = table.match_offsets.iter().map(|(_, j)| j).chain([&table.default]);
                flow.targets.extend(jumps.map(|j| self.jump(*j)));
                flow.falls_through = false;
            }
            Opcode::Getstatic(member) | Opcode::Getfield(member) => {
                if matches!(opcode, Opcode::Getfield(_)) {
                    self.pop();
                }
                self.push_member(&member.name_and_type.descriptor);
            }
            Opcode::Putfield(_) | Opcode::Putstatic(_) => {
                self.whole("a field");
                if matches!(opcode, Opcode::Putfield(_)) {
                    self.pop();
                }
            }
            Opcode::Invokestatic(member)
            | Opcode::Invokevirtual(member)
            | Opcode::Invokespecial(member)
            | Opcode::Invokeinterface(member, _) => {
                let descriptor = &member.name_and_type.descriptor;
                for _ in 0..argument_count(descriptor) {
                    self.whole("an argument");
                }
                if !matches!(opcode, Opcode::Invokestatic(_)) {
                    self.pop();
                }
                let result = descriptor.rsplit(')').next().unwrap_or_default();
                if result != "V" {
                    self.push_member(result);
                }
            }
            Opcode::New(_) => self.push(Reference),
            Opcode::Newarray(_) | Opcode::Anewarray(_) => {
                self.whole("an array length");
                self.push(Reference);
            }
            Opcode::Checkcast(_) => {}
            Opcode::Instanceof(_) => {
                self.pop();
                self.push(NotNegative);
            }
            Opcode::Ireturn => {
                if !matches!(returns, ReturnDescriptor::Return(_)) {
                    self.wrong.push("returns a number where none is declared".into());
                }
                self.whole("a return value");
                flow.falls_through = false;
            }
            Opcode::Areturn | Opcode::Athrow | Opcode::Return => flow.falls_through = false,
            other => {
                self.wrong
                    .push(format!("{other:?} does not exist in Java Card without int"));
                flow.falls_through = false;
            }
        }
        flow
    }

    /// Copies the top `count` words below the top `depth` words.
    fn dup(&mut self, count: usize, depth: usize) {
        let len = self.stack.len();
        let (Some(top), Some(at)) = (len.checked_sub(count), len.checked_sub(depth)) else {
            return;
        };
        let copy = self.stack[top..].to_vec();
        self.stack.splice(at..at, copy);
    }

    fn push_member(&mut self, descriptor: &str) {
        self.push(match descriptor {
            "Z" => NotNegative,
            "B" | "S" => Narrow,
            text if text.starts_with(['L', '[']) => Reference,
            _ => Wide,
        });
    }
}

/// Number of arguments of a method descriptor.
fn argument_count(descriptor: &str) -> usize {
    let arguments = descriptor
        .trim_start_matches('(')
        .split(')')
        .next()
        .unwrap_or_default();
    let mut count = 0;
    let mut characters = arguments.chars();
    while let Some(character) = characters.next() {
        match character {
            '[' => continue,
            'L' => while characters.next().is_some_and(|c| c != ';') {},
            _ => {}
        }
        count += 1;
    }
    count
}
