//! Code as text: instructions between semicolons, each perhaps behind `label:`.
//!
//! A constant is its name in the world of the tests. Switches: `stableswitch DEFAULT LOW LABEL…`, `slookupswitch DEFAULT KEY=LABEL…`.
//! Handlers: `catch START END HANDLER CLASS`, or `any` as the class.

use std::collections::HashMap;

use cap_format::bytecode::{
    CheckedType, ElementType, Instruction, Layout, LookupSwitch, Opcode, Operands, TableSwitch, encode,
};
use cap_format::component::method::ExceptionHandler;

/// Assembled code.
pub(super) struct Assembled {
    pub(super) code: Vec<u8>,
    pub(super) handlers: Vec<ExceptionHandler>,
}

/// Assembles `text`; its first instruction stands at `begin` of the Method component. `constant` gives the index of a constant.
pub(super) fn assemble(text: &str, begin: u16, constant: impl Fn(&str) -> u16) -> Assembled {
    let lines = lines(text);
    let mut labels = HashMap::new();
    let mut offset = 0;
    for (line_labels, words) in &lines {
        labels.extend(line_labels.iter().map(|label| (*label, offset)));
        if is_instruction(words) {
            // Labels are not known yet, but the size does not depend on them.
            offset += instruction(words, &constant, |_| 0).octets();
        }
    }
    let mut code = Vec::new();
    let mut handlers = Vec::new();
    for (_, words) in &lines {
        let offset_of = |label: &str| u16::try_from(labels[label]).unwrap();
        let branch = |label: &str| {
            let distance = i32::from(offset_of(label)) - i32::try_from(code.len()).unwrap();
            i16::try_from(distance).unwrap()
        };
        match words.as_slice() {
            ["catch", start, end, target, class] => handlers.push(ExceptionHandler {
                start_offset: begin + offset_of(start),
                active_length: offset_of(end) - offset_of(start),
                stop: true,
                handler_offset: begin + offset_of(target),
                catch_type_index: if *class == "any" { 0 } else { constant(class) },
            }),
            words if is_instruction(words) => {
                let octets = encode(&[instruction(words, &constant, branch)]).unwrap();
                code.extend(octets);
            }
            _ => {}
        }
    }
    set_stop_bits(&mut handlers);
    Assembled { code, handlers }
}

/// The lines, each with its labels and words.
fn lines(text: &str) -> Vec<(Vec<&str>, Vec<&str>)> {
    let lines = text.split(';').map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let labels: Vec<&str> = words.iter().map_while(|word| word.strip_suffix(':')).collect();
        (labels.clone(), words[labels.len()..].to_vec())
    });
    lines.collect()
}

fn is_instruction(words: &[&str]) -> bool {
    !matches!(words, [] | ["catch", ..])
}

fn set_stop_bits(handlers: &mut [ExceptionHandler]) {
    let end = |handler: &ExceptionHandler| handler.start_offset + handler.active_length;
    for index in 0..handlers.len() {
        let (this, later) = (handlers[index], &handlers[index + 1..]);
        handlers[index].stop = later
            .iter()
            .all(|later| end(later) <= this.start_offset || later.start_offset >= end(&this));
    }
}

fn instruction(words: &[&str], constant: &impl Fn(&str) -> u16, branch: impl Fn(&str) -> i16) -> Instruction {
    let (mnemonic, operands) = (words[0], &words[1..]);
    let opcode = *Opcode::ALL
        .iter()
        .find(|opcode| opcode.mnemonic() == mnemonic)
        .unwrap_or_else(|| panic!("no instruction {mnemonic}"));
    let number = |index: usize| operands[index].parse::<i32>().unwrap();
    let octet = |index: usize| operands[index].parse::<u8>().unwrap();
    let operands = match opcode.layout() {
        Layout::Plain | Layout::Value(_) | Layout::ImpliedLocal(_) => Operands::None,
        Layout::Immediate1 | Layout::Immediate2 | Layout::Immediate4 => Operands::Immediate(number(0)),
        Layout::Local => Operands::Local(octet(0)),
        Layout::Increment1 | Layout::Increment2 => Operands::Increment {
            local: octet(0),
            by: operands[1].parse().unwrap(),
        },
        // A number is a branch as it stands.
        Layout::Branch1 | Layout::Branch2 => {
            Operands::Branch(operands[0].parse().unwrap_or_else(|_| branch(operands[0])))
        }
        Layout::Words => Operands::Words {
            m: octet(0),
            n: octet(1),
        },
        Layout::Constant1(_) | Layout::Constant2(_) => Operands::Constant(constant(operands[0])),
        Layout::Interface => Operands::Interface {
            nargs: octet(0),
            constant: constant(operands[1]),
            token: octet(2),
        },
        Layout::Element => Operands::Element(element(operands[0]).unwrap()),
        Layout::TypeCheck => type_check(operands, constant),
        Layout::TableSwitch2 | Layout::TableSwitch4 => Operands::TableSwitch(TableSwitch {
            default: branch(operands[0]),
            low: number(1),
            branches: operands[2..].iter().map(|label| branch(label)).collect(),
        }),
        Layout::LookupSwitch2 | Layout::LookupSwitch4 => Operands::LookupSwitch(LookupSwitch {
            default: branch(operands[0]),
            pairs: operands[1..]
                .iter()
                .map(|pair| {
                    let (key, label) = pair.split_once('=').unwrap();
                    (key.parse().unwrap(), branch(label))
                })
                .collect(),
        }),
    };
    Instruction::new(opcode, operands)
}

/// `CLASS`, `byte[]` or `CLASS[]`; behind a primitive array perhaps a constant that should not be there.
fn type_check(operands: &[&str], constant: &impl Fn(&str) -> u16) -> Operands {
    let array = operands[0].strip_suffix("[]");
    let (kind, constant) = match (array, array.and_then(element)) {
        (_, Some(element)) => {
            let constant = operands.get(1).map_or(0, |name| constant(name));
            (CheckedType::PrimitiveArray(element), constant)
        }
        (Some(name), None) => (CheckedType::ReferenceArray, constant(name)),
        (None, None) => (CheckedType::Class, constant(operands[0])),
    };
    Operands::TypeCheck { kind, constant }
}

fn element(name: &str) -> Option<ElementType> {
    (10..=13)
        .filter_map(ElementType::from_u8)
        .find(|element| element.name() == name)
}
