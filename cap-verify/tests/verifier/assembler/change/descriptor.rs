//! Changes of the Descriptor component (JCVM §6.14).

use cap_format::component::descriptor::{
    ClassAccess, DescriptorComponent, FieldAccess, FieldDescriptor, FieldLocation, FieldType, MethodAccess,
    MethodDescriptor,
};
use cap_format::reference::StaticRef;

use super::{Change, place};
use crate::assembler::components::descriptor::{TypeTable, field_type};
use crate::assembler::text::{Line, Trouble, Words};
use crate::assembler::value::Values;

impl Change<'_> {
    /// `set constant-type CONSTANT none | at OFFSET | TYPE`.
    pub(super) fn constant_type(&mut self, words: &mut Words<'_>) -> Result<(), Trouble> {
        let index = self.index(words)?;
        let Some(descriptor) = self.cap.descriptor.as_mut() else {
            return Err(words.trouble("there is no Descriptor"));
        };
        let kind = match words.word("a type")? {
            "none" => None,
            "at" => Some(self.values.value(words)?),
            kind => Some(type_offset(self.values, descriptor, words, kind)?),
        };
        *place(&mut descriptor.constant_types, index, words)? = kind;
        Ok(())
    }

    /// `set descriptor CLASS[.MEMBER] FIELD VALUE`, `drop descriptor CLASS[.MEMBER]`, `add descriptor CLASS[.MEMBER]` (once more).
    pub(super) fn descriptor(&mut self, verb: &str, words: &mut Words<'_>) -> Result<(), Trouble> {
        let path = words.word("a class or a member")?;
        let (class, member) = path
            .split_once('.')
            .map_or((path, None), |(class, member)| (class, Some(member)));
        let line = Line {
            file: "".into(),
            number: 0,
            text: class.to_owned(),
        };
        let (_, index) = self
            .own(&mut line.words())
            .map_err(|_| words.trouble(format!("the package has no {class}")))?;
        let declared = self.values.places.world.own(index);
        let Some(descriptor) = self.cap.descriptor.as_mut() else {
            return Err(words.trouble("there is no Descriptor"));
        };
        let Some(member) = member else {
            return whole_class(verb, descriptor, index, self.values, words);
        };
        let field = declared.fields.iter().position(|field| field.name == member);
        let method = declared.methods.iter().position(|method| method.name == member);
        match (verb, field, method) {
            ("drop", Some(place), _) => drop(descriptor.classes[index].fields.remove(place)),
            ("drop", _, Some(place)) => drop(descriptor.classes[index].methods.remove(place)),
            ("add", Some(place), _) => {
                let again = descriptor.classes[index].fields[place];
                descriptor.classes[index].fields.push(again);
            }
            ("add", _, Some(place)) => {
                let again = descriptor.classes[index].methods[place];
                descriptor.classes[index].methods.push(again);
            }
            (_, Some(place), _) => {
                let mut changed = descriptor.classes[index].fields[place];
                field_descriptor(&mut changed, descriptor, self.values, words)?;
                descriptor.classes[index].fields[place] = changed;
            }
            (_, _, Some(place)) => {
                let mut changed = descriptor.classes[index].methods[place];
                method_descriptor(&mut changed, descriptor, self.values, words)?;
                descriptor.classes[index].methods[place] = changed;
            }
            _ => return Err(words.trouble(format!("{class} has no {member}"))),
        }
        Ok(())
    }
}

/// The offset of a type, which is added when it is not there.
fn type_offset(
    values: &Values<'_>,
    descriptor: &mut DescriptorComponent,
    words: &Words<'_>,
    kind: &str,
) -> Result<u16, Trouble> {
    let mut types = TypeTable::new(descriptor.types_begin(), descriptor.types.clone());
    let offset = types
        .offset(values.places, kind)
        .map_err(|what| words.trouble(what))?;
    descriptor.types = types.types;
    Ok(offset)
}

fn whole_class(
    verb: &str,
    descriptor: &mut DescriptorComponent,
    index: usize,
    values: &Values<'_>,
    words: &mut Words<'_>,
) -> Result<(), Trouble> {
    match verb {
        "drop" => {
            descriptor.classes.remove(index);
            return Ok(());
        }
        "add" => {
            let again = descriptor.classes[index].clone();
            descriptor.classes.push(again);
            return Ok(());
        }
        _ => {}
    }
    let class = place(&mut descriptor.classes, index, words)?;
    match words.word("a field of a class")? {
        "token" => class.token = values.value(words)?,
        "access" => class.access = ClassAccess(values.value(words)?),
        "this" => class.this_class = values.class_ref(words)?,
        "interfaces" => {
            class.interfaces.clear();
            while !words.rest().is_empty() {
                class.interfaces.push(values.class_ref(words)?);
            }
        }
        other => return Err(words.trouble(format!("no {other} of a class in the Descriptor"))),
    }
    Ok(())
}

fn field_descriptor(
    field: &mut FieldDescriptor,
    descriptor: &mut DescriptorComponent,
    values: &Values<'_>,
    words: &mut Words<'_>,
) -> Result<(), Trouble> {
    match words.word("a property of a field")? {
        "token" => field.token = values.value(words)?,
        "access" => field.access = FieldAccess(values.value(words)?),
        "offset" => {
            field.location = FieldLocation::Static(StaticRef::Internal {
                offset: values.value(words)?,
            })
        }
        "place" => {
            field.location = FieldLocation::Instance {
                class: values.class_ref(words)?,
                token: values.value(words)?,
            }
        }
        "type" => {
            let kind = words.word("a type")?;
            if kind == "at" {
                field.field_type = FieldType::Reference(values.value(words)?);
                return Ok(());
            }
            let mut types = TypeTable::new(descriptor.types_begin(), descriptor.types.clone());
            let line = Line {
                file: "".into(),
                number: 0,
                text: String::new(),
            };
            field.field_type = field_type(values.places, &line, kind, &mut types)?;
            descriptor.types = types.types;
        }
        other => return Err(words.trouble(format!("no {other} of a field in the Descriptor"))),
    }
    Ok(())
}

fn method_descriptor(
    method: &mut MethodDescriptor,
    descriptor: &mut DescriptorComponent,
    values: &Values<'_>,
    words: &mut Words<'_>,
) -> Result<(), Trouble> {
    match words.word("a property of a method")? {
        "token" => method.token = values.value(words)?,
        "access" => method.access = MethodAccess(values.value(words)?),
        "offset" => method.method_offset = values.value(words)?,
        "octets" => method.bytecode_count = values.value(words)?,
        "handlers" => method.handler_count = values.value(words)?,
        "first-handler" => method.handler_index = values.value(words)?,
        "type" => {
            let kind = words.word("a type")?;
            method.type_offset = match kind {
                "at" => values.value(words)?,
                kind => type_offset(values, descriptor, words, kind)?,
            };
        }
        other => return Err(words.trouble(format!("no {other} of a method in the Descriptor"))),
    }
    Ok(())
}
