//! Changes of the Debug component (JCVM §6.15). Its classes and members are found by the names that they have there.

use super::Change;
use crate::assembler::components::debug::{Class, Field, Method, Text, Variable};
use crate::assembler::text::{Trouble, Words};
use crate::assembler::value::Values;

/// A class of the component, or a member of one.
#[derive(Clone, Copy)]
enum Place {
    Class(usize),
    Field(usize, usize),
    Method(usize, usize),
}

/// The place of `Class`, `Class.field` or `Class.method`.
fn find(classes: &[Class], path: &str) -> Option<Place> {
    let (class, member) = match path.split_once('.') {
        Some((class, member)) => (class, Some(member)),
        None => (path, None),
    };
    let simple = |name: &str| name.rsplit('/').next() == Some(class);
    let index = classes.iter().position(|known| simple(&known.name))?;
    let Some(member) = member else {
        return Some(Place::Class(index));
    };
    let field = classes[index]
        .fields
        .iter()
        .position(|field| *field.name == *member);
    let methods = &classes[index].methods;
    let method = methods.iter().position(|method| *method.name == *member);
    field
        .map(|place| Place::Field(index, place))
        .or(method.map(|place| Place::Method(index, place)))
}

impl Change<'_> {
    /// `set debug package NAME`, `set|add|drop|twice debug CLASS[.MEMBER] …`; see the README of the cases.
    pub(super) fn debug(&mut self, verb: &str, words: &mut Words<'_>) -> Result<(), Trouble> {
        let Some(debug) = self.debug.as_mut() else {
            return Err(words.trouble("there is no Debug component: the line `debug` is missing"));
        };
        if verb == "set" && words.take("package") {
            debug.package = text(words)?;
            return Ok(());
        }
        let classes = &mut debug.classes;
        let path = words.word("a class or a member")?;
        let place = find(classes, path)
            .ok_or_else(|| words.trouble(format!("nothing about {path} in the Debug component")))?;
        let is_whole = words.rest().is_empty();
        match (verb, place) {
            ("drop", Place::Class(index)) if is_whole => drop(classes.remove(index)),
            ("drop", Place::Field(index, place)) => drop(classes[index].fields.remove(place)),
            ("drop", Place::Method(index, place)) => drop(classes[index].methods.remove(place)),
            ("twice", Place::Class(index)) => classes.push(classes[index].clone()),
            ("twice", Place::Field(index, place)) => {
                let fields = &mut classes[index].fields;
                fields.push(fields[place].clone());
            }
            ("twice", Place::Method(index, place)) => {
                let methods = &mut classes[index].methods;
                methods.push(methods[place].clone());
            }
            ("set", Place::Class(index)) => set_class(&mut classes[index], self.values, words)?,
            ("set", Place::Field(index, place)) => {
                set_field(&mut classes[index].fields[place], self.values, words)?;
            }
            ("set", Place::Method(index, place)) => {
                set_method(&mut classes[index].methods[place], self.values, words)?;
            }
            (_, Place::Class(index)) => part_of_class(verb, &mut classes[index], self.values, words)?,
            ("add", Place::Method(index, place)) => add(&mut classes[index].methods[place], words)?,
            _ => return Err(words.trouble(format!("`{verb}` is no change of {path}"))),
        }
        Ok(())
    }
}

fn text(words: &mut Words<'_>) -> Result<Text, Trouble> {
    Ok(words.word("a text")?.into())
}

/// Four octets, of a number that may be negative.
fn contents(values: &Values<'_>, words: &mut Words<'_>) -> Result<u32, Trouble> {
    let value: i64 = values.value(words)?;
    let negative = || i32::try_from(value).ok().map(i32::cast_unsigned);
    let value = u32::try_from(value).ok().or_else(negative);
    value.ok_or_else(|| words.trouble("more than four octets"))
}

fn set_class(class: &mut Class, values: &Values<'_>, words: &mut Words<'_>) -> Result<(), Trouble> {
    match words.word("a property of a class")? {
        "name" => class.name = text(words)?,
        "flags" => class.flags = values.value(words)?,
        "place" => class.place = values.class_ref(words)?,
        "superclass" => class.superclass = text(words)?,
        "source" => class.source = text(words)?,
        other => return Err(words.trouble(format!("no {other} of a class in the Debug component"))),
    }
    Ok(())
}

/// `add|drop debug CLASS interface NAME`, `add debug CLASS field NAME DESCRIPTOR FLAGS CONTENTS`.
fn part_of_class(
    verb: &str,
    class: &mut Class,
    values: &Values<'_>,
    words: &mut Words<'_>,
) -> Result<(), Trouble> {
    match (verb, words.word("a part of a class")?) {
        ("add", "interface") => class.interfaces.push(text(words)?),
        ("drop", "interface") => {
            let name = words.word("an interface")?;
            class.interfaces.retain(|known| **known != *name);
        }
        ("add", "field") => class.fields.push(Field {
            name: text(words)?,
            descriptor: text(words)?,
            flags: values.value(words)?,
            contents: contents(values, words)?,
        }),
        (_, other) => return Err(words.trouble(format!("`{verb} {other}` is no change of a class"))),
    }
    Ok(())
}

fn set_field(field: &mut Field, values: &Values<'_>, words: &mut Words<'_>) -> Result<(), Trouble> {
    match words.word("a property of a field")? {
        "name" => field.name = text(words)?,
        "descriptor" => field.descriptor = text(words)?,
        "flags" => field.flags = values.value(words)?,
        "contents" => field.contents = contents(values, words)?,
        other => return Err(words.trouble(format!("no {other} of a field in the Debug component"))),
    }
    Ok(())
}

fn set_method(method: &mut Method, values: &Values<'_>, words: &mut Words<'_>) -> Result<(), Trouble> {
    match words.word("a property of a method")? {
        "name" => method.name = text(words)?,
        "descriptor" => method.descriptor = text(words)?,
        "flags" => method.flags = values.value(words)?,
        "place" => method.place = values.value(words)?,
        "header" => method.header = values.value(words)?,
        "octets" => method.octets = values.value(words)?,
        other => return Err(words.trouble(format!("no {other} of a method in the Debug component"))),
    }
    Ok(())
}

/// `add debug CLASS.METHOD variable INDEX NAME DESCRIPTOR START LENGTH`, `add debug CLASS.METHOD line NUMBER FROM TO`.
fn add(method: &mut Method, words: &mut Words<'_>) -> Result<(), Trouble> {
    match words.word("a part of a method")? {
        "variable" => method.variables.push(Variable {
            index: words.number("the index of a local variable")?,
            name: text(words)?,
            descriptor: text(words)?,
            start: words.number("where it begins")?,
            length: words.number("octets")?,
        }),
        "line" => {
            let line = words.number("the number of a line")?;
            let (from, to) = (words.number("its first octet")?, words.number("its last octet")?);
            method.lines.push([from, to, line]);
        }
        other => return Err(words.trouble(format!("no {other} of a method in the Debug component"))),
    }
    Ok(())
}
