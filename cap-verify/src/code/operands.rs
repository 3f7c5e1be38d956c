//! What an instruction must keep to whatever is on the stack: its operands, and what its constant stands for. Checked of every
//! instruction, of unreachable ones too.

mod members;

use cap_format::bytecode::{
    CheckedType, ElementType, Flow, Instruction, Opcode, Operands, StackEffect, StackType,
};
use cap_format::component::constant_pool::ConstantTag;
use cap_format::component::header::HeaderFlags;

use super::fault::Refusal;
use crate::model::{Constant, Method, Model, ValueType};
use crate::rule::Rule;
use crate::types::TypeId;

type Checked = Result<(), Refusal>;

/// Checks one instruction.
pub(super) fn check(model: &Model<'_>, method: &Method<'_>, instruction: &Instruction) -> Checked {
    let place = InMethod {
        model,
        method,
        instruction,
    };
    place.check_int()?;
    place.check_local()?;
    place.check_constant()?;
    match &instruction.operands {
        Operands::Words { m, n } => place.check_words(*m, *n),
        Operands::Interface {
            nargs,
            constant,
            token,
        } => place.check_interface_call(*nargs, *constant, *token),
        Operands::TypeCheck { kind, constant } => place.check_type(*kind, *constant),
        _ => place.check_return(),
    }
}

/// An instruction in its method.
struct InMethod<'a> {
    model: &'a Model<'a>,
    method: &'a Method<'a>,
    instruction: &'a Instruction,
}

impl InMethod<'_> {
    fn refuse(&self, rule: Rule, finds: impl AsRef<str>, wanted: impl Into<String>) -> Checked {
        Err(Refusal::of(self.instruction, rule, finds.as_ref(), wanted))
    }

    fn name(&self, class: TypeId) -> &str {
        &self.model.types.get(class).name
    }

    fn has_int(&self) -> bool {
        self.model.cap.header.flags.contains(HeaderFlags::INT)
    }

    /// JCVM §2.2.3.1, §6.4: a card without `int` refuses a package by this flag alone.
    fn check_int(&self) -> Checked {
        match uses_int(self.instruction) && !self.has_int() {
            false => Ok(()),
            true => {
                let wanted = "the flag int in the header";
                self.refuse(Rule::IntInstruction, "stands in a package without int", wanted)
            }
        }
    }

    /// JCVM §6.10.2: the header counts the local variables; an int takes two.
    fn check_local(&self) -> Checked {
        let Some(local) = self.instruction.local() else {
            return Ok(());
        };
        let count = usize::from(self.method.nargs) + usize::from(self.method.max_locals);
        let last = usize::from(local) + usize::from(has_int_local(self.instruction));
        match last < count {
            true => Ok(()),
            false => {
                let finds = format!("uses local variable {last}");
                self.refuse(
                    Rule::LocalRange,
                    finds,
                    format!("one of the {count} that the header says"),
                )
            }
        }
    }

    /// One or two values over as many others; each may be an int where there are ints.
    fn check_words(&self, m: u8, n: u8) -> Checked {
        let words = if self.has_int() { 2 } else { 1 };
        let (fits, wanted) = match self.instruction.opcode {
            // JCVM §7.5.18.
            Opcode::DupX => (
                (1..=2 * words).contains(&m) && (n == 0 || (m..=m + 2 * words).contains(&n)),
                "m of 1 to 4, n of 0 or m to m + 4; without int m of 1 or 2, n of 0 or m to m + 2",
            ),
            // JCVM §7.5.108.
            _ => (
                (1..=words).contains(&m) && (1..=words).contains(&n),
                "m and n of 1 or 2; without int 1",
            ),
        };
        match fits {
            true => Ok(()),
            false => self.refuse(Rule::WordCounts, format!("has m = {m}, n = {n}"), wanted),
        }
    }

    /// JCVM §7.5.16: with a primitive type the index is 0.
    fn check_type(&self, kind: CheckedType, constant: u16) -> Checked {
        match kind {
            CheckedType::PrimitiveArray(element) if constant != 0 => {
                let finds = format!("checks for {} with constant {constant}", element.name());
                self.refuse(Rule::CheckedType, finds, "the index 0 with a primitive type")
            }
            _ => Ok(()),
        }
    }

    /// JCVM §7.5.7, §7.5.60, §7.5.80, §7.5.99: the instruction is that for the method's result.
    fn check_return(&self) -> Checked {
        let opcode = self.instruction.opcode;
        if opcode.flow() != Flow::Return {
            return Ok(());
        }
        let result = self.method.signature.result;
        let fitting = match result {
            None => Opcode::Return,
            Some(ValueType::Boolean | ValueType::Byte | ValueType::Short) => Opcode::Sreturn,
            Some(ValueType::Int) => Opcode::Ireturn,
            Some(ValueType::Object(_) | ValueType::Array(_)) => Opcode::Areturn,
        };
        if opcode == fitting {
            return Ok(());
        }
        let name = result.map_or("void".to_owned(), |result| result.name(&self.model.types));
        self.refuse(
            Rule::ReturnType,
            format!("ends a method whose result is {name}"),
            format!("`{fitting}`"),
        )
    }

    /// The constant has a kind that the instruction takes, and what it stands for may be used in this way and here.
    fn check_constant(&self) -> Checked {
        let Some(index) = self.instruction.constant() else {
            return Ok(());
        };
        let tags = self.instruction.opcode.constant_tags();
        let constant = self.model.constants.get(usize::from(index));
        match constant.filter(|constant| tags.contains(&tag(constant))) {
            Some(Constant::Class(class)) => self.check_class(*class),
            Some(Constant::InstanceField(field) | Constant::StaticField(field)) => self.check_field(field),
            Some(Constant::VirtualMethod(callee)) => self.check_virtual(callee),
            Some(Constant::SuperMethod(callee)) => self.check_super(callee),
            Some(Constant::StaticMethod(callee)) => self.check_static(callee),
            None => {
                let tags: Vec<_> = tags.iter().map(ToString::to_string).collect();
                let finds = match constant {
                    Some(constant) => format!("refers to a {}", tag(constant)),
                    None => format!("refers to constant {index}, which is not there"),
                };
                self.refuse(Rule::ConstantKind, finds, tags.join(" or "))
            }
        }
    }
}

/// Whether an instruction takes or leaves an int, or is for arrays of them.
fn uses_int(instruction: &Instruction) -> bool {
    let on_stack = match instruction.opcode.stack_effect() {
        StackEffect::Values { pops, pushes } => {
            pops.contains(&StackType::Int) || pushes.contains(&StackType::Int)
        }
        StackEffect::Words | StackEffect::Method => false,
    };
    let in_array = match instruction.operands {
        Operands::Element(element) => element == ElementType::Int,
        Operands::TypeCheck { kind, .. } => kind == CheckedType::PrimitiveArray(ElementType::Int),
        _ => false,
    };
    on_stack || in_array || matches!(instruction.opcode, Opcode::Iinc | Opcode::IincW)
}

/// Whether the local variable of an instruction is an int.
fn has_int_local(instruction: &Instruction) -> bool {
    instruction.local().is_some() && uses_int(instruction)
}

fn tag(constant: &Constant) -> ConstantTag {
    match constant {
        Constant::Class(_) => ConstantTag::Classref,
        Constant::InstanceField(_) => ConstantTag::InstanceFieldref,
        Constant::VirtualMethod(_) => ConstantTag::VirtualMethodref,
        Constant::SuperMethod(_) => ConstantTag::SuperMethodref,
        Constant::StaticField(_) => ConstantTag::StaticFieldref,
        Constant::StaticMethod(_) => ConstantTag::StaticMethodref,
    }
}
