//! The code of a method: its instructions and handlers, and what their operands mean.

use cap_format::bytecode::{Instruction, Operands, decode_at};
use cap_format::component::method::{CATCH_ALL, ExceptionHandler};

use crate::names::MemberKind;
use crate::package::{ClassTarget, MemberTarget, Package, Reference};

/// An exception handler; offsets count from the first instruction of its method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Handler {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) handler: usize,
    /// Constant pool index of the class it catches; `None`: all.
    pub(crate) catch: Option<u16>,
}

/// The instructions of `code` up to the first octet that is none, and what is wrong there.
pub(super) fn decode(code: &[u8]) -> (Vec<(usize, Instruction)>, Option<String>) {
    let mut instructions = Vec::new();
    let mut offset = 0;
    while offset < code.len() {
        match decode_at(code, offset) {
            Ok((instruction, next)) => {
                instructions.push((offset, instruction));
                offset = next;
            }
            Err(error) => return (instructions, Some(error.to_string())),
        }
    }
    (instructions, None)
}

/// The handlers whose code stands in the method whose instructions begin at `begin` of the component.
pub(super) fn handlers(all: &[ExceptionHandler], begin: usize, octets: usize) -> Vec<Handler> {
    let of_method = all.iter().filter(|handler| {
        let start = usize::from(handler.start_offset);
        (begin..begin + octets).contains(&start)
    });
    of_method
        .map(|handler| {
            let start = usize::from(handler.start_offset) - begin;
            Handler {
                start,
                end: start + usize::from(handler.active_length),
                handler: usize::from(handler.handler_offset).saturating_sub(begin),
                catch: Some(handler.catch_type_index).filter(|index| *index != CATCH_ALL),
            }
        })
        .collect()
}

/// What the constant pool index among the operands of an instruction means.
pub(crate) fn resolved_operand(package: &Package, instruction: &Instruction) -> Option<Reference> {
    let constant = usize::from(instruction.constant()?);
    let reference = *package.constants.get(constant)?;
    match (&instruction.operands, reference) {
        // JCVM §7.5.54: the constant is the interface, the method is its token.
        (Operands::Interface { token, .. }, Reference::Class(interface)) => Some(Reference::Method {
            of: Some(interface),
            method: interface_method(package, interface, *token),
            call: crate::package::Call::Virtual,
        }),
        _ => Some(reference),
    }
}

fn interface_method(package: &Package, interface: ClassTarget, token: u8) -> MemberTarget {
    match interface {
        ClassTarget::Own(index) => {
            let methods = package.classes.get(index).map(|class| class.methods.as_slice());
            let of_token = |method: &&usize| {
                let method = package.methods.get(**method);
                method.is_some_and(|method| method.token == Some(token))
            };
            match methods.unwrap_or_default().iter().find(of_token) {
                Some(method) => MemberTarget::Own(*method),
                None => MemberTarget::Nowhere(token.into()),
            }
        }
        ClassTarget::Imported {
            package: import,
            class,
        } => MemberTarget::Imported {
            package: import,
            class,
            token,
            kind: MemberKind::VirtualMethod,
            of: interface,
        },
        ClassTarget::Nowhere(offset) => MemberTarget::Nowhere(offset),
    }
}
