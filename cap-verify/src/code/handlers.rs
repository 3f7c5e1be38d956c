//! The exception handlers of a method (JCVM §6.10.1).

use cap_format::component::method::{CATCH_ALL, ExceptionHandler};

use super::body::Places;
use super::fault::Fault;
use super::word::Word;
use crate::model::{Constant, Method, Model};
use crate::rule::Rule;
use crate::types::TypeId;

/// A handler, by the indices of instructions.
#[derive(Debug, Clone, Copy)]
pub(super) struct Handler {
    /// The first guarded instruction.
    pub(super) start: usize,
    /// The one behind the last guarded instruction.
    pub(super) end: usize,
    /// The first instruction of the handler.
    pub(super) target: usize,
    /// What the stack holds there.
    pub(super) caught: Word,
}

/// The handlers of a method, in their order.
pub(super) fn resolve(
    model: &Model<'_>,
    method: &Method<'_>,
    places: &Places,
) -> Result<Vec<Handler>, Fault> {
    let handlers = method
        .handlers
        .iter()
        .enumerate()
        .map(|(index, handler)| resolve_one(model, places, handler, place_of(method, index)))
        .collect::<Result<Vec<_>, _>>()?;
    for (index, handler) in handlers.iter().enumerate() {
        check_stop_bit(method, &handlers[index + 1..], handler, index)?;
    }
    Ok(handlers)
}

/// The stop bit is set when no handler that follows guards a part of the same range.
fn check_stop_bit(
    method: &Method<'_>,
    later: &[Handler],
    handler: &Handler,
    index: usize,
) -> Result<(), Fault> {
    let is_last = later
        .iter()
        .all(|later| later.end <= handler.start || later.start >= handler.end);
    if method.handlers[index].stop == is_last {
        return Ok(());
    }
    let (found, wanted) = match is_last {
        true => (
            "without",
            "a stop bit, as no handler that follows guards a part of its range",
        ),
        false => (
            "with",
            "no stop bit, as a handler that follows guards a part of its range",
        ),
    };
    let found = format!("a handler {found} a stop bit");
    Err(Fault::new(Rule::StopBit, place_of(method, index), found, wanted))
}

/// Offset of a handler in the Method component.
fn place_of(method: &Method<'_>, index: usize) -> usize {
    HANDLERS_BEGIN + HANDLER_OCTETS * (method.first_handler + index)
}

/// Offset of the first handler in the Method component.
const HANDLERS_BEGIN: usize = 1;
/// Octets of a handler.
const HANDLER_OCTETS: usize = 8;

/// Resolves the handler that stands at `offset` of the Method component.
fn resolve_one(
    model: &Model<'_>,
    places: &Places,
    handler: &ExceptionHandler,
    offset: usize,
) -> Result<Handler, Fault> {
    let refuse = |found: String, wanted: &str| Fault::new(Rule::HandlerBounds, offset, found, wanted);
    let start = usize::from(handler.start_offset);
    let end = start + usize::from(handler.active_length);
    let range = places
        .index(start)
        .zip(places.index_or_end(end))
        .filter(|(start, end)| start < end)
        .ok_or_else(|| {
            let found = format!("a handler that guards {start:04X} to {end:04X}");
            refuse(found, "one or more whole instructions of the method")
        })?;
    let target = places.index(handler.handler_offset.into()).ok_or_else(|| {
        let found = format!("a handler that begins at {:04X}", handler.handler_offset);
        refuse(found, "the beginning of an instruction of the method")
    })?;
    Ok(Handler {
        start: range.0,
        end: range.1,
        target,
        caught: caught(model, handler.catch_type_index, offset)?,
    })
}

/// The exception that a handler with this catch type finds on the stack.
fn caught(model: &Model<'_>, catch_type: u16, offset: usize) -> Result<Word, Fault> {
    let throwable = model.throwable.unwrap_or(model.object);
    let is_caught = |class: TypeId| model.types.is_subtype(class, throwable);
    if catch_type == CATCH_ALL {
        // A class at place 0 could be meant as well: then the handler would take other exceptions for this one.
        return match model.constants.first() {
            Some(Constant::Class(class)) if is_caught(*class) => {
                let name = &model.types.get(*class).name;
                let found = format!("a handler for constant 0, which is {name}");
                let wanted = "no exception at place 0 of the constant pool: 0 stands for all of them";
                Err(Fault::new(Rule::CatchType, offset, found, wanted))
            }
            _ => Ok(Word::object(throwable)),
        };
    }
    let found = match model.constants.get(usize::from(catch_type)) {
        Some(Constant::Class(class)) if is_caught(*class) => {
            return Ok(Word::object(*class));
        }
        Some(Constant::Class(class)) => format!("a handler for {}", model.types.get(*class).name),
        _ => format!("a handler for constant {catch_type}"),
    };
    let wanted = "0, or a CONSTANT_Classref of java/lang/Throwable or a class below it";
    Err(Fault::new(Rule::CatchType, offset, found, wanted))
}
