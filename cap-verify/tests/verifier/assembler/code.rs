//! The code of a method: instructions as the specification writes them, with names in place of constants and labels in place of
//! distances.

mod operands;

use cap_format::bytecode::{Instruction, Opcode, Operands, encode};

use super::pool::{Entry, Places, Pool};
use super::text::{Line, Trouble, Words};
use super::value::Values;
use operands::operands;

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
        true => Some(operands::rest(&mut words).to_owned()),
        false => None,
    };
    let index = u16::try_from(pool.entries.len()).map_err(|error| line.trouble(error))?;
    pool.entries.push(Entry::Is(constant));
    pool.types.push(kind);
    pool.names.push((name, index));
    Ok(())
}
