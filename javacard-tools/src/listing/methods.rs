//! The section `methods`.

use cap_format::component::method::MethodFlags;
use serde::Serialize;

use crate::package::{self, Package, Reference};

/// A method.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Method {
    /// With its class and the types of its parameters.
    pub(super) name: String,
    /// Whether something told the name; otherwise it is made up from a place in the file.
    pub(super) is_named: bool,
    pub(super) class: Option<String>,
    pub(super) result: Option<String>,
    pub(super) flags: Vec<&'static str>,
    pub(super) token: Option<u8>,
    /// Of its header in the Method component.
    pub(super) offset: usize,
    /// Header and code.
    pub(super) octets: usize,
    /// Words.
    pub(super) max_stack: u8,
    pub(super) arguments: u8,
    pub(super) max_locals: u8,
    pub(super) code: Vec<Line>,
    pub(super) handlers: Vec<Handler>,
    /// Why the code after the last line cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) problem: Option<String>,
}

/// An instruction.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Line {
    /// From the first instruction.
    pub(super) offset: usize,
    /// Mnemonic and operands; branches as offsets.
    pub(super) text: String,
    /// The line in the source file, where it begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) source_line: Option<u16>,
}

/// An exception handler; offsets are those of instructions.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Handler {
    pub(super) start: usize,
    /// The first offset that is not guarded.
    pub(super) end: usize,
    pub(super) handler: usize,
    /// `null`: all exceptions.
    pub(super) catches: Option<String>,
}

/// The methods with code whose name contains `wanted`.
pub(super) fn methods(package: &Package, wanted: &str) -> Vec<Method> {
    let methods = package.methods.iter().zip(0..);
    methods
        .filter_map(|(method, index)| shown(package, method, index))
        .filter(|method| method.name.contains(wanted))
        .collect()
}

fn shown(package: &Package, method: &package::Method, index: usize) -> Option<Method> {
    let access = method.access.iter().flat_map(|access| access.names());
    let mut flags: Vec<_> = access.filter(|flag| *flag != "init").collect();
    if method.header.flags.contains(MethodFlags::EXTENDED) {
        flags.push("extended");
    }
    let code = method.code.iter().map(|(offset, instruction)| Line {
        offset: *offset,
        text: package.instruction_text(*offset, instruction),
        source_line: method
            .lines
            .iter()
            .find(|(start, _)| usize::from(*start) == *offset)
            .map(|(_, line)| *line),
    });
    Some(Method {
        name: package.method_name(index),
        is_named: method.name.is_known,
        class: method
            .class
            .and_then(|class| package.classes.get(class))
            .map(|class| class.name.text.clone()),
        result: method
            .signature
            .as_ref()
            .map(|signature| package.type_name(&signature.result)),
        flags,
        token: method.token,
        offset: method.offset?,
        octets: method.octets(),
        max_stack: method.header.max_stack,
        arguments: method.header.nargs,
        max_locals: method.header.max_locals,
        code: code.collect(),
        handlers: method
            .handlers
            .iter()
            .map(|handler| Handler {
                start: handler.start,
                end: handler.end,
                handler: handler.handler,
                catches: handler.catch.map(|catch| caught(package, catch)),
            })
            .collect(),
        problem: method.code_error.clone(),
    })
}

fn caught(package: &Package, constant: u16) -> String {
    match package.constants.get(usize::from(constant)) {
        Some(reference @ Reference::Class(_)) => package.reference_name(*reference),
        _ => format!("#{constant} (no class)"),
    }
}
