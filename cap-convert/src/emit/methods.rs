//! The Method component (JCVM §6.10): classes in their order, methods in the order of the class file.

use cap_format::component::method::{ExceptionHandler, Method, MethodComponent, MethodFlags, MethodHeader};

use crate::finding::Rule;
use crate::lower::{Lowered, lower};
use crate::pool::Pool;
use crate::report::{Place, Report};
use crate::select::Body;

use super::Package;

/// Octets of a handler in the component.
const HANDLER_OCTETS: usize = 8;
/// Most words of stack, arguments or variables that a header can state, and that a compact one can.
const MAX_WORDS: usize = 255;
const MAX_COMPACT_WORDS: u8 = 15;

/// The component and where things are in it.
pub(super) struct Methods {
    pub(super) component: MethodComponent,
    /// By class and place, with the open methods behind the declared ones; 0 where there is none.
    pub(super) offsets: Vec<Vec<u16>>,
    /// Octets of code, number of handlers, index of the first: by class and place.
    pub(super) sizes: Vec<Vec<Size>>,
}

/// What the Descriptor component says of a method's extent.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Size {
    pub(super) code: u16,
    pub(super) handlers: u16,
    pub(super) first_handler: u16,
}

pub(super) fn build(package: &Package<'_>, pool: &Pool, report: &mut Report) -> Option<Methods> {
    let before = report.len();
    let lowered = lower_all(package, pool, report);
    if report.len() > before {
        return None;
    }
    let handler_count = lowered
        .iter()
        .flatten()
        .flatten()
        .map(|method| method.handlers.len())
        .sum::<usize>();
    if handler_count > MAX_WORDS {
        let construct = format!("{handler_count} exception handlers");
        report.add(
            Rule::Limit,
            Place::PACKAGE,
            construct,
            "use at most 255 in a package, `finally` included",
        );
        return None;
    }
    let mut methods = Methods {
        component: MethodComponent::default(),
        offsets: Vec::new(),
        sizes: Vec::new(),
    };
    let mut next = 1 + HANDLER_OCTETS * handler_count;
    for (index, class) in package.program.classes.iter().enumerate() {
        let mut offsets = vec![0; class.methods.len()];
        let mut sizes = vec![Size::default(); class.methods.len()];
        for place in super::emitted(class).filter(|_| !class.is_interface()) {
            let method = &class.methods[place];
            let nargs = method.kind.parameter_words() + u16::from(!method.is_static());
            let (body, code) = (&package.bodies[index][place], &lowered[index][place]);
            let (info, size) = match (body, code) {
                (Some(body), Some(code)) => methods.with_code(body, code, next, pool),
                _ => (abstract_method(nargs), Size::default()),
            };
            offsets[place] = offset(next);
            sizes[place] = size;
            next += info.octets();
            methods.component.methods.push(info);
        }
        for open in &package.layouts[index].open_methods {
            let info = abstract_method(open.signature.kind.parameter_words() + 1);
            offsets.push(offset(next));
            sizes.push(Size::default());
            next += info.octets();
            methods.component.methods.push(info);
        }
        methods.offsets.push(offsets);
        methods.sizes.push(sizes);
    }
    if next > usize::from(u16::MAX) {
        let construct = format!("{next} octets of code");
        report.add(
            Rule::Limit,
            Place::PACKAGE,
            construct,
            "divide the package: 65,535 octets fit",
        );
        return None;
    }
    Some(methods)
}

/// An offset; a component that is too large is refused as a whole.
fn offset(value: usize) -> u16 {
    u16::try_from(value).unwrap_or(u16::MAX)
}

fn lower_all(package: &Package<'_>, pool: &Pool, report: &mut Report) -> Vec<Vec<Option<Lowered>>> {
    let mut all = Vec::new();
    for (class, bodies) in package.program.classes.iter().zip(&package.bodies) {
        let mut lowered = Vec::new();
        for (method, body) in class.methods.iter().zip(bodies) {
            let code = body.as_ref().and_then(|body| lower(body, pool));
            let words = body
                .as_ref()
                .map_or(0, |body| body.max_stack.max(body.nargs + body.max_locals));
            if body.is_some() && code.is_none() {
                report.add(
                    Rule::Limit,
                    Place::method(class, method),
                    "a method of more than 32,767 octets of code",
                    "divide it",
                );
            } else if words > MAX_WORDS {
                report.add(
                    Rule::Limit,
                    Place::method(class, method),
                    format!("{words} words of stack or variables"),
                    "divide the method: 255 words fit",
                );
            }
            lowered.push(code);
        }
        all.push(lowered);
    }
    all
}

impl Methods {
    /// A method at an offset, and its handlers.
    fn with_code(&mut self, body: &Body, lowered: &Lowered, at: usize, pool: &Pool) -> (Method, Size) {
        let header = header(lowered.max_stack, body.nargs, body.max_locals);
        let method = Method {
            header,
            code: lowered.code.clone(),
        };
        let code_begins = at + method.octets() - lowered.code.len();
        let size = Size {
            code: offset(lowered.code.len()),
            handlers: offset(lowered.handlers.len()),
            first_handler: offset(self.component.handlers.len()),
        };
        for (index, handler) in lowered.handlers.iter().enumerate() {
            let is_last = lowered
                .handlers
                .iter()
                .skip(index + 1)
                .all(|later| later.end <= handler.start || later.start >= handler.end);
            self.component.handlers.push(ExceptionHandler {
                start_offset: offset(code_begins + handler.start),
                active_length: offset(handler.end - handler.start),
                stop: is_last,
                handler_offset: offset(code_begins + handler.target),
                catch_type_index: handler.catch_type.map_or(0, |key| pool.index(key, None)),
            });
        }
        let size = Size {
            first_handler: if lowered.handlers.is_empty() {
                0
            } else {
                size.first_handler
            },
            ..size
        };
        (method, size)
    }
}

/// JCVM §6.10.2: two octets when all numbers fit in four bits, else four.
fn header(max_stack: usize, nargs: usize, max_locals: usize) -> MethodHeader {
    let word = |count: usize| u8::try_from(count).unwrap_or(u8::MAX);
    let (max_stack, nargs, max_locals) = (word(max_stack), word(nargs), word(max_locals));
    let is_compact = [max_stack, nargs, max_locals]
        .into_iter()
        .all(|words| words <= MAX_COMPACT_WORDS);
    MethodHeader {
        flags: if is_compact {
            MethodFlags::default()
        } else {
            MethodFlags::EXTENDED
        },
        max_stack,
        nargs,
        max_locals,
    }
}

fn abstract_method(nargs: u16) -> Method {
    let header = header(0, usize::from(nargs), 0);
    Method {
        header: MethodHeader {
            flags: header.flags | MethodFlags::ABSTRACT,
            ..header
        },
        code: Vec::new(),
    }
}
