//! The Method component: methods with their code, and their exception handlers (JCVM §6.10).

use cap_format::component::method::{ExceptionHandler, Method, MethodComponent, MethodFlags, MethodHeader};

use crate::assembler::code::{self, Code};
use crate::assembler::declarations::MethodText;
use crate::assembler::layout::OwnMethod;
use crate::assembler::pool::{Places, Pool};
use crate::assembler::text::{Line, Trouble};

pub(crate) struct BuiltMethod {
    pub(crate) own: OwnMethod,
    /// Offset of its header.
    pub(crate) offset: u16,
    pub(crate) code: Code,
    pub(crate) header: MethodHeader,
    pub(crate) handlers: Vec<Handler>,
}

/// A handler with offsets in the code of its method.
pub(crate) struct Handler {
    start: usize,
    end: usize,
    handler: usize,
    catch_type: u16,
}

pub(crate) fn place_of(methods: &[BuiltMethod], own: OwnMethod) -> u16 {
    methods
        .iter()
        .find(|method| method.own == own)
        .map_or(0, |method| method.offset)
}

/// The methods with their code; offsets are known when all handlers are.
pub(super) fn methods(places: &Places<'_>, pool: &mut Pool) -> Result<Vec<BuiltMethod>, Trouble> {
    let mut built = Vec::new();
    for (class, declared) in places
        .world
        .source
        .types
        .iter()
        .enumerate()
        .filter(|(_, class)| !class.is_interface)
    {
        for (place, method) in declared.methods.iter().enumerate() {
            built.push(self::method(places, pool, (class, place), method)?);
        }
    }
    let handlers: usize = built.iter().map(|method| method.handlers.len()).sum();
    let mut next = 1 + 8 * handlers;
    for method in &mut built {
        method.offset = u16::try_from(next).unwrap_or(u16::MAX);
        next += method.header.octets() + method.code.octets.len();
    }
    Ok(built)
}

fn method(
    places: &Places<'_>,
    pool: &mut Pool,
    own: OwnMethod,
    method: &MethodText,
) -> Result<BuiltMethod, Trouble> {
    let signature = &places.layouts[own.0].signatures[own.1];
    let types = places
        .world
        .types(&signature.descriptor, &|id| places.class_ref(id));
    let types = types.map_err(|what| method.line.trouble(what))?;
    let parameters = types.split_last().map_or(&[][..], |(_, parameters)| parameters);
    let words: u8 = parameters.iter().map(|kind| kind.words()).sum();
    let this = u8::from(!method.flags.has("static"));
    let mut header = MethodHeader {
        flags: MethodFlags::default(),
        max_stack: method.stack,
        nargs: method.arguments.unwrap_or(words + this),
        max_locals: method.locals,
    };
    if method.flags.has("abstract") {
        header = MethodHeader {
            flags: MethodFlags::ABSTRACT,
            max_stack: 0,
            max_locals: 0,
            ..header
        };
    }
    if [header.max_stack, header.nargs, header.max_locals]
        .into_iter()
        .any(|words| words > 15)
    {
        header.flags |= MethodFlags::EXTENDED;
    }
    let code = code::assemble(&method.body, places, pool)?;
    let handlers = method
        .handlers
        .iter()
        .map(|line| handler(line, &code, places, pool));
    Ok(BuiltMethod {
        own,
        offset: 0,
        header,
        handlers: handlers.collect::<Result<_, _>>()?,
        code,
    })
}

/// `catch TYPE LABEL to LABEL at LABEL`; `any` catches everything.
fn handler(line: &Line, code: &Code, places: &Places<'_>, pool: &mut Pool) -> Result<Handler, Trouble> {
    let mut words = line.words();
    words.next();
    let catch_type = match words.word("a class, or any")? {
        "any" => 0,
        word => match pool.named(word) {
            Some(index) => index,
            None => pool.index(places.class(line, word)?, None),
        },
    };
    let mut label = |before: &str| {
        words.take(before);
        let name = words.word("a label")?;
        let found = code.labels.iter().find(|(known, _)| known == name);
        found
            .map(|(_, offset)| *offset)
            .ok_or_else(|| line.trouble(format!("no label {name}")))
    };
    let (start, end, handler) = (label("from")?, label("to")?, label("at")?);
    words.end()?;
    Ok(Handler {
        start,
        end,
        handler,
        catch_type,
    })
}

pub(super) fn component(methods: &[BuiltMethod]) -> MethodComponent {
    let mut component = MethodComponent::default();
    for method in methods {
        let begin = usize::from(method.offset) + method.header.octets();
        for (place, handler) in method.handlers.iter().enumerate() {
            let at = |offset: usize| u16::try_from(begin + offset).unwrap_or(u16::MAX);
            let later = method.handlers.iter().skip(place + 1);
            component.handlers.push(ExceptionHandler {
                start_offset: at(handler.start),
                active_length: u16::try_from(handler.end.saturating_sub(handler.start)).unwrap_or(u16::MAX),
                // JCVM §6.10.1: no handler that follows guards a part of the range.
                stop: !later
                    .into_iter()
                    .any(|later| later.start < handler.end && handler.start < later.end),
                handler_offset: at(handler.handler),
                catch_type_index: handler.catch_type,
            });
        }
        component.methods.push(Method {
            header: method.header,
            code: method.code.octets.clone(),
        });
    }
    component
}
