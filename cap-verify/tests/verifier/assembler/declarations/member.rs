//! Fields and methods as the lines of a case declare them.

use super::Flags;
use crate::assembler::text::{Line, Trouble, Words};

#[derive(Debug, Clone)]
pub(crate) struct FieldText {
    pub(crate) line: Line,
    pub(crate) flags: Flags,
    /// As Java writes it.
    pub(crate) kind: String,
    pub(crate) name: String,
    /// Octets of a static field, or of the elements of its array.
    pub(crate) value: Option<Vec<u8>>,
    pub(crate) token: Option<u8>,
}

#[derive(Debug, Clone)]
pub(crate) struct MethodText {
    pub(crate) line: Line,
    pub(crate) flags: Flags,
    /// `None`: a constructor.
    pub(crate) result: Option<String>,
    pub(crate) name: String,
    pub(crate) parameters: Vec<String>,
    pub(crate) token: Option<u8>,
    pub(crate) stack: u8,
    pub(crate) locals: u8,
    pub(crate) arguments: Option<u8>,
    pub(crate) handlers: Vec<Line>,
    pub(crate) body: Vec<Line>,
}

/// What a constructor is called.
pub(crate) const CONSTRUCTOR: &str = "<init>";

impl MethodText {
    pub(crate) fn is_constructor(&self) -> bool {
        self.result.is_none()
    }

    /// Has a virtual token.
    pub(crate) fn is_virtual(&self) -> bool {
        !self.is_constructor() && !self.flags.has("static") && !self.flags.has("private")
    }
}

/// `field FLAGS TYPE NAME [token N] [= OCTETS]`.
pub(super) fn field(line: &Line, mut words: Words<'_>) -> Result<FieldText, Trouble> {
    let mut field = FieldText {
        line: line.clone(),
        flags: Flags::read(&mut words),
        kind: words.word("a type")?.to_owned(),
        name: words.word("a name")?.to_owned(),
        value: None,
        token: None,
    };
    if words.take("token") {
        field.token = Some(words.number("a token")?);
    }
    if words.take("=") {
        field.value = Some(words.octets()?);
    }
    words.end()?;
    Ok(field)
}

/// `method FLAGS TYPE NAME(TYPES) [token N]`, `constructor FLAGS (TYPES)`.
pub(super) fn method(line: &Line, is_constructor: bool, words: Words<'_>) -> Result<MethodText, Trouble> {
    let parts = words.rest().split_once('(');
    let parts = parts.and_then(|(head, rest)| Some((head, rest.split_once(')')?)));
    let (head, (parameters, rest)) = parts.ok_or_else(|| line.trouble("a method without ( )"))?;
    let head = Line {
        text: head.to_owned(),
        ..line.clone()
    };
    let mut head = head.words();
    let flags = Flags::read(&mut head);
    let (result, name) = match is_constructor {
        true => (None, CONSTRUCTOR.to_owned()),
        false => (
            Some(head.word("the type of the result")?.to_owned()),
            head.word("a name")?.to_owned(),
        ),
    };
    head.end()?;
    let rest = Line {
        text: rest.to_owned(),
        ..line.clone()
    };
    let mut rest = rest.words();
    let token = match rest.take("token") {
        true => Some(rest.number("a token")?),
        false => None,
    };
    rest.end()?;
    Ok(MethodText {
        line: line.clone(),
        flags,
        result,
        name,
        parameters: types(parameters),
        token,
        stack: DEFAULT_STACK,
        locals: 0,
        arguments: None,
        handlers: Vec::new(),
        body: Vec::new(),
    })
}

/// Words of the operand stack of a method that does not say how many.
const DEFAULT_STACK: u8 = 4;

/// The types between parentheses.
pub(crate) fn types(text: &str) -> Vec<String> {
    let types = text.split(',').map(str::trim);
    types.filter(|kind| !kind.is_empty()).map(str::to_owned).collect()
}

impl MethodText {
    /// A line below the head.
    pub(super) fn part(&mut self, line: &Line) -> Result<(), Trouble> {
        let mut words = line.words();
        match words.next().unwrap_or_default() {
            "stack" => self.stack = words.number("words")?,
            "locals" => self.locals = words.number("words")?,
            "args" => self.arguments = Some(words.number("words")?),
            "catch" => {
                self.handlers.push(line.clone());
                return Ok(());
            }
            _ => {
                self.body.push(line.clone());
                return Ok(());
            }
        }
        words.end()
    }
}
