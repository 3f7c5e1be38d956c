//! The code of a method: instructions as the specification writes them, with names in place of constants and labels in place of
//! distances.

use cap_format::bytecode::{
    CheckedType, ElementType, Instruction, Layout as OperandLayout, LookupSwitch, Opcode, Operands,
    TableSwitch, encode,
};

use super::pool::{Entry, Places, Pool};
use super::text::{Line, Trouble, Words};
use super::value::Values;

/// Code with the offsets of its labels.
#[derive(Debug, Default)]
pub(crate) struct Code {
    pub(crate) octets: Vec<u8>,
    pub(crate) labels: Vec<(String, usize)>,
}

/// An instruction, with the labels it leads to; in `octets` when it is none.
struct Statement<'a> {
    line: &'a Line,
    offset: usize,
    instruction: Instruction,
    branches: Vec<String>,
    octets: Option<Vec<u8>>,
}

/// Assembles the lines of a method.
pub(crate) fn assemble(lines: &[Line], places: &Places<'_>, pool: &mut Pool) -> Result<Code, Trouble> {
    let mut code = Code::default();
    let mut statements: Vec<Statement<'_>> = Vec::new();
    let mut offset = 0;
    for line in lines {
        let mut words = line.words();
        while let Some((label, rest)) = label(&words) {
            code.labels.push((label, offset));
            words = rest;
        }
        if words.rest().is_empty() {
            continue;
        }
        let statement = statement(line, words, offset, places, pool)?;
        offset += statement
            .octets
            .as_ref()
            .map_or(statement.instruction.octets(), Vec::len);
        statements.push(statement);
    }
    code.labels.push(("end".to_owned(), offset));
    for statement in statements {
        let octets = match statement.octets {
            Some(octets) => octets,
            None => statement.encoded(&code.labels)?,
        };
        code.octets.extend(octets);
    }
    Ok(code)
}

/// A label at the beginning of a line.
fn label<'a>(words: &Words<'a>) -> Option<(String, Words<'a>)> {
    let mut rest = words.clone();
    let label = rest.next()?.strip_suffix(':')?;
    Some((label.to_owned(), rest))
}

fn statement<'a>(
    line: &'a Line,
    mut words: Words<'a>,
    offset: usize,
    places: &Places<'_>,
    pool: &mut Pool,
) -> Result<Statement<'a>, Trouble> {
    let mnemonic = words.word("an instruction")?;
    let mut statement = Statement {
        line,
        offset,
        instruction: Instruction::plain(Opcode::Nop),
        branches: Vec::new(),
        octets: None,
    };
    if mnemonic == "raw" {
        statement.octets = Some(words.octets()?);
        return Ok(statement);
    }
    let opcode = Opcode::ALL.iter().find(|opcode| opcode.mnemonic() == mnemonic);
    let opcode = *opcode.ok_or_else(|| line.trouble(format!("`{mnemonic}` is no instruction")))?;
    let operands = operands(opcode, line, &mut words, &mut statement.branches, places, pool)?;
    words.end()?;
    statement.instruction = Instruction::new(opcode, operands);
    Ok(statement)
}

fn operands(
    opcode: Opcode,
    line: &Line,
    words: &mut Words<'_>,
    branches: &mut Vec<String>,
    places: &Places<'_>,
    pool: &mut Pool,
) -> Result<Operands, Trouble> {
    Ok(match opcode.layout() {
        OperandLayout::Plain | OperandLayout::Value(_) | OperandLayout::ImpliedLocal(_) => Operands::None,
        OperandLayout::Immediate1 | OperandLayout::Immediate2 | OperandLayout::Immediate4 => {
            Operands::Immediate(words.number("a value")?)
        }
        OperandLayout::Local => Operands::Local(words.number("a local variable")?),
        OperandLayout::Increment1 | OperandLayout::Increment2 => Operands::Increment {
            local: words.number("a local variable")?,
            by: words.number("a value")?,
        },
        OperandLayout::Branch1 | OperandLayout::Branch2 => {
            branches.push(words.word("a label")?.to_owned());
            Operands::Branch(0)
        }
        OperandLayout::Words => Operands::Words {
            m: words.number("words")?,
            n: words.number("words")?,
        },
        OperandLayout::Constant1(_) | OperandLayout::Constant2(_) => {
            Operands::Constant(constant(opcode, line, words, places, pool)?)
        }
        OperandLayout::Interface => interface(line, words, places, pool)?,
        OperandLayout::Element => Operands::Element(element(words.word("a type")?, line)?),
        OperandLayout::TypeCheck => type_check(line, words, places, pool)?,
        OperandLayout::TableSwitch2 | OperandLayout::TableSwitch4 => table_switch(words, branches)?,
        OperandLayout::LookupSwitch2 | OperandLayout::LookupSwitch4 => lookup_switch(words, branches)?,
    })
}

/// The rest of a line: a constant by name or number, or what it stands for.
fn constant(
    opcode: Opcode,
    line: &Line,
    words: &mut Words<'_>,
    places: &Places<'_>,
    pool: &mut Pool,
) -> Result<u16, Trouble> {
    let is_super = words.take("super");
    let text = rest(words);
    if let Some(index) = pool.named(text) {
        return Ok(index);
    }
    let mnemonic = opcode.mnemonic();
    let (entry, kind) = match opcode {
        Opcode::New | Opcode::Anewarray => (places.class(line, text)?, None),
        Opcode::Invokevirtual => places.virtual_method(line, text)?,
        Opcode::Invokespecial if is_super => places.super_method(line, text)?,
        Opcode::Invokespecial | Opcode::Invokestatic => places.direct_method(line, text)?,
        _ if mnemonic.contains("field") || mnemonic.contains("static") => places.field(line, text)?,
        _ => return Err(line.trouble(format!("{mnemonic} with a constant"))),
    };
    Ok(pool.index(entry, kind))
}

fn rest<'a>(words: &mut Words<'a>) -> &'a str {
    let text = words.rest();
    while words.next().is_some() {}
    text
}

/// `invokeinterface INTERFACE.METHOD [nargs N]`, or with `#CONSTANT token N nargs N`.
fn interface(
    line: &Line,
    words: &mut Words<'_>,
    places: &Places<'_>,
    pool: &mut Pool,
) -> Result<Operands, Trouble> {
    let text = rest(words);
    let (method, options) = text.split_at(
        text.find(" token ")
            .or_else(|| text.find(" nargs "))
            .unwrap_or(text.len()),
    );
    let options = Line {
        text: options.to_owned(),
        ..line.clone()
    };
    let mut options = options.words();
    let (constant, mut token, mut nargs) = match pool.named(method) {
        Some(constant) => (constant, 0, 1),
        None => {
            let (entry, token, nargs) = places.interface_method(line, method)?;
            (pool.index(entry, None), token, nargs)
        }
    };
    if options.take("token") {
        token = options.number("a token")?;
    }
    if options.take("nargs") {
        nargs = options.number("words")?;
    }
    options.end()?;
    Ok(Operands::Interface {
        nargs,
        constant,
        token,
    })
}

fn element(name: &str, line: &Line) -> Result<ElementType, Trouble> {
    let all = (10..14).filter_map(ElementType::from_u8);
    let mut fits = all.filter(|element| element.name() == name);
    fits.next()
        .ok_or_else(|| line.trouble(format!("`{name}` is no type of elements")))
}

fn type_check(
    line: &Line,
    words: &mut Words<'_>,
    places: &Places<'_>,
    pool: &mut Pool,
) -> Result<Operands, Trouble> {
    let text = rest(words);
    let (name, kind) = match text.strip_suffix("[]") {
        Some(name) => (name, CheckedType::ReferenceArray),
        None => (text, CheckedType::Class),
    };
    if let (CheckedType::ReferenceArray, Ok(element)) = (kind, element(name, line)) {
        return Ok(Operands::TypeCheck {
            kind: CheckedType::PrimitiveArray(element),
            constant: 0,
        });
    }
    let constant = match pool.named(name) {
        Some(constant) => constant,
        None => pool.index(places.class(line, name)?, None),
    };
    Ok(Operands::TypeCheck { kind, constant })
}

/// `DEFAULT from LOW LABELS…`.
fn table_switch(words: &mut Words<'_>, branches: &mut Vec<String>) -> Result<Operands, Trouble> {
    branches.push(words.word("the label of the default")?.to_owned());
    words.take("from");
    let low = words.number("the lowest key")?;
    let mut count = 0;
    while let Some(label) = words.next() {
        branches.push(label.to_owned());
        count += 1;
    }
    Ok(Operands::TableSwitch(TableSwitch {
        default: 0,
        low,
        branches: vec![0; count],
    }))
}

/// `DEFAULT KEY LABEL KEY LABEL…`.
fn lookup_switch(words: &mut Words<'_>, branches: &mut Vec<String>) -> Result<Operands, Trouble> {
    branches.push(words.word("the label of the default")?.to_owned());
    let mut pairs = Vec::new();
    while !words.rest().is_empty() {
        pairs.push((words.number("a key")?, 0));
        branches.push(words.word("a label")?.to_owned());
    }
    Ok(Operands::LookupSwitch(LookupSwitch { default: 0, pairs }))
}

impl Statement<'_> {
    fn encoded(mut self, labels: &[(String, usize)]) -> Result<Vec<u8>, Trouble> {
        let mut distances = Vec::new();
        for label in &self.branches {
            distances.push(self.distance(label, labels)?);
        }
        let mut distances = distances.into_iter();
        let mut next = || distances.next().unwrap_or_default();
        match &mut self.instruction.operands {
            Operands::Branch(branch) => *branch = next(),
            Operands::TableSwitch(switch) => {
                switch.default = next();
                switch.branches.iter_mut().for_each(|branch| *branch = next());
            }
            Operands::LookupSwitch(switch) => {
                switch.default = next();
                switch.pairs.iter_mut().for_each(|(_, branch)| *branch = next());
            }
            _ => {}
        }
        encode([&self.instruction]).map_err(|error| self.line.trouble(error))
    }

    /// The distance to a label, to `label+1` behind one, or one that stands there as `+5`.
    fn distance(&self, label: &str, labels: &[(String, usize)]) -> Result<i16, Trouble> {
        let number = super::text::number;
        if let Some(distance) = number(label) {
            return i16::try_from(distance).map_err(|error| self.line.trouble(error));
        }
        let (name, behind) = match label.find(['+', '-']) {
            Some(at) => (&label[..at], number(&label[at..]).unwrap_or_default()),
            None => (label, 0),
        };
        let found = labels.iter().find(|(known, _)| known == name);
        let (_, target) = found.ok_or_else(|| self.line.trouble(format!("no label {name}")))?;
        let (target, offset) = (i64::try_from(*target), i64::try_from(self.offset));
        let distance = target.unwrap_or_default() + behind - offset.unwrap_or_default();
        i16::try_from(distance).map_err(|error| self.line.trouble(error))
    }
}

/// `constant NAME KIND WHAT [type TYPE]`: a constant that no name stands for; see the README of the cases.
pub(crate) fn explicit(line: &Line, places: &Places<'_>, pool: &mut Pool) -> Result<(), Trouble> {
    let mut words = line.words();
    words.next();
    let name = words.word("a name")?.to_owned();
    let constant = Values { places, methods: &[] }.constant(&mut words)?;
    let kind = match words.take("type") {
        true => Some(rest(&mut words).to_owned()),
        false => None,
    };
    let index = u16::try_from(pool.entries.len()).map_err(|error| line.trouble(error))?;
    pool.entries.push(Entry::Is(constant));
    pool.types.push(kind);
    pool.names.push((name, index));
    Ok(())
}
