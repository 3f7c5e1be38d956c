//! The operands of an instruction: names of what stands in the constant pool, labels, numbers (JCVM §7.5).

use cap_format::bytecode::{CheckedType, ElementType, Layout, LookupSwitch, Opcode, Operands, TableSwitch};

use crate::assembler::pool::{Places, Pool};
use crate::assembler::text::{Line, Trouble, Words};

pub(super) fn operands(
    opcode: Opcode,
    line: &Line,
    words: &mut Words<'_>,
    branches: &mut Vec<String>,
    places: &Places<'_>,
    pool: &mut Pool,
) -> Result<Operands, Trouble> {
    Ok(match opcode.layout() {
        Layout::Plain | Layout::Value(_) | Layout::ImpliedLocal(_) => Operands::None,
        Layout::Immediate1 | Layout::Immediate2 | Layout::Immediate4 => {
            Operands::Immediate(words.number("a value")?)
        }
        Layout::Local => Operands::Local(words.number("a local variable")?),
        Layout::Increment1 | Layout::Increment2 => Operands::Increment {
            local: words.number("a local variable")?,
            by: words.number("a value")?,
        },
        Layout::Branch1 | Layout::Branch2 => {
            branches.push(words.word("a label")?.to_owned());
            Operands::Branch(0)
        }
        Layout::Words => Operands::Words {
            m: words.number("words")?,
            n: words.number("words")?,
        },
        Layout::Constant1(_) | Layout::Constant2(_) => {
            Operands::Constant(constant(opcode, line, words, places, pool)?)
        }
        Layout::Interface => interface(line, words, places, pool)?,
        Layout::Element => Operands::Element(element(words.word("a type")?, line)?),
        Layout::TypeCheck => type_check(line, words, places, pool)?,
        Layout::TableSwitch2 | Layout::TableSwitch4 => table_switch(words, branches)?,
        Layout::LookupSwitch2 | Layout::LookupSwitch4 => lookup_switch(words, branches)?,
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

pub(super) fn rest<'a>(words: &mut Words<'a>) -> &'a str {
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
