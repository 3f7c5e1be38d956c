//! A method that is checked in the world of the tests.

use cap_format::component::header::HeaderFlags;
use cap_format::component::method::ExceptionHandler;

use super::Rule;
use super::assembler::assemble;
use super::world::{constants, empty_cap, id, model, signature};
use crate::code::body::Body;
use crate::code::fault::Fault;
use crate::code::flow;
use crate::model::{Method, MethodKind};

/// A method to be checked: static, of class `B`, without parameters and result, with much room.
pub(super) struct Case {
    class: &'static str,
    kind: MethodKind,
    parameters: &'static str,
    result: &'static str,
    max_stack: u8,
    max_locals: u8,
    code: String,
    stop: Option<bool>,
    no_int: bool,
}

/// Offset of the header of the method that is checked.
const BEGIN: u16 = 0x100;
/// Offset of its first instruction.
pub(super) const CODE: usize = 0x102;

/// A method with this code.
pub(super) fn method(code: impl Into<String>) -> Case {
    Case {
        class: "B",
        kind: MethodKind::Static,
        parameters: "",
        result: "void",
        max_stack: 8,
        max_locals: 4,
        code: code.into(),
        stop: None,
        no_int: false,
    }
}

impl Case {
    /// Types of its parameters.
    pub(super) fn with(self, parameters: &'static str) -> Self {
        Self { parameters, ..self }
    }

    pub(super) fn giving(self, result: &'static str) -> Self {
        Self { result, ..self }
    }

    pub(super) fn in_class(self, class: &'static str) -> Self {
        Self { class, ..self }
    }

    /// Not static.
    pub(super) fn virtual_(self) -> Self {
        Self {
            kind: MethodKind::Virtual,
            ..self
        }
    }

    pub(super) fn constructor(self) -> Self {
        Self {
            kind: MethodKind::Constructor,
            ..self
        }
    }

    /// Words of the stack, and of the local variables without the arguments.
    pub(super) fn words(self, max_stack: u8, max_locals: u8) -> Self {
        Self {
            max_stack,
            max_locals,
            ..self
        }
    }

    /// Sets the stop bit of its first handler.
    pub(super) fn stop(self, stop: bool) -> Self {
        Self {
            stop: Some(stop),
            ..self
        }
    }

    /// In a package without the flag int.
    pub(super) fn without_int(self) -> Self {
        Self { no_int: true, ..self }
    }

    /// The verdict: instructions stepped over.
    pub(super) fn run(&self) -> Result<usize, Fault> {
        let constants = constants();
        let index = |name: &str| {
            let index = constants.iter().position(|(known, _)| *known == name);
            u16::try_from(index.unwrap_or_else(|| panic!("no constant {name}"))).unwrap()
        };
        let mut assembled = assemble(&self.code, u16::try_from(CODE).unwrap(), index);
        if let (Some(stop), Some(handler)) = (self.stop, assembled.handlers.first_mut()) {
            handler.stop = stop;
        }
        self.run_octets(&assembled.code, &assembled.handlers)
    }

    /// The verdict over code in octets; the number of instructions stepped over.
    pub(super) fn run_octets(&self, code: &[u8], handlers: &[ExceptionHandler]) -> Result<usize, Fault> {
        let flags = if self.no_int {
            HeaderFlags::default()
        } else {
            HeaderFlags::INT
        };
        let cap = empty_cap(flags);
        let model = model(&cap);
        let signature = signature(self.parameters, self.result);
        let nargs = signature.argument_words(self.kind);
        let method = Method {
            offset: BEGIN,
            code_offset: u16::try_from(CODE).unwrap(),
            max_stack: self.max_stack,
            nargs: u8::try_from(nargs).unwrap(),
            max_locals: self.max_locals,
            class: id(self.class),
            kind: self.kind,
            signature,
            code,
            is_abstract: false,
            first_handler: 0,
            handlers,
        };
        flow::run(&model, &method, &Body::new(&model, &method)?)
    }

    /// The method keeps to all rules.
    pub(super) fn passes(self) {
        if let Err(fault) = self.run() {
            panic!("{}\n{fault:?}", self.code);
        }
    }

    /// The method breaks this rule, and the message says so.
    pub(super) fn breaks(self, rule: Rule, found: &str) {
        match self.run() {
            Ok(_) => panic!("passes: {}", self.code),
            Err(fault) => {
                assert_eq!(fault.rule, rule, "{}\n{fault:?}", self.code);
                assert!(fault.found.contains(found), "{}\n{fault:?}", self.code);
            }
        }
    }
}
