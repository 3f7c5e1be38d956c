//! Changes of the Class component (JCVM §6.9).

use cap_format::component::class::{
    ClassFlags, ClassInfo, ImplementedInterface, MethodTable, RemoteInfo, RemoteMethod, TokenMapping,
};

use super::{Change, place};
use crate::assembler::text::{Trouble, Words};
use crate::assembler::value::Values;

impl Change<'_> {
    pub(super) fn class(&mut self, verb: &str, words: &mut Words<'_>) -> Result<(), Trouble> {
        let (index, _) = self.own(words)?;
        let values = self.values;
        let class = place(&mut self.cap.classes.classes, index, words)?;
        let field = words.word("a field of a class")?;
        match (verb, field) {
            ("set", "flags") => class.flags = ClassFlags(values.value(words)?),
            ("set", "superclass") => {
                class.super_class = match words.take("none") {
                    true => None,
                    false => Some(values.class_ref(words)?),
                }
            }
            ("set", "size") => class.declared_instance_size = values.value(words)?,
            ("set", "first-reference") => {
                class.first_reference_token = match words.take("none") {
                    true => None,
                    false => Some(values.value(words)?),
                }
            }
            ("set", "references") => class.reference_count = values.value(words)?,
            ("set", "public-base") => class.public_methods.base = values.value(words)?,
            ("set", "package-base") => class.package_methods.base = values.value(words)?,
            (_, "public") => table(verb, &mut class.public_methods, values, words)?,
            (_, "package") => table(verb, &mut class.package_methods, values, words)?,
            ("set", "mapping") => mapping(class, values, words)?,
            ("drop", "remote-method") => drop(remote(class, words)?.methods.pop()),
            ("set" | "add", "remote-method") => remote_method(verb, class, values, words)?,
            ("drop", "remote-interface") => drop(remote(class, words)?.interfaces.pop()),
            ("add", "remote-interface") => remote(class, words)?.interfaces.push(values.class_ref(words)?),
            (_, "interface") => implemented(verb, class, values, words)?,
            _ => return Err(words.trouble(format!("`{verb} class … {field}` is no change"))),
        }
        Ok(())
    }

    pub(super) fn interface(&mut self, verb: &str, words: &mut Words<'_>) -> Result<(), Trouble> {
        let (index, _) = self.own(words)?;
        let interface = place(&mut self.cap.classes.interfaces, index, words)?;
        match (verb, words.word("a field of an interface")?) {
            ("set", "flags") => interface.flags = ClassFlags(self.values.value(words)?),
            ("add", "super") => interface.superinterfaces.push(self.values.class_ref(words)?),
            ("drop", "super") => {
                interface.superinterfaces.pop();
            }
            ("set", "super") => {
                let which = words.number("an index")?;
                *place(&mut interface.superinterfaces, which, words)? = self.values.class_ref(words)?;
            }
            _ => return Err(words.trouble("no such change of an interface")),
        }
        Ok(())
    }
}

/// `set … public N VALUE`, `add … public VALUE`, `drop … public`; VALUE may be `none`.
fn table(
    verb: &str,
    table: &mut MethodTable,
    values: &Values<'_>,
    words: &mut Words<'_>,
) -> Result<(), Trouble> {
    if verb == "drop" {
        table.methods.pop();
        return Ok(());
    }
    let index = if verb == "set" {
        Some(words.number("an index")?)
    } else {
        None
    };
    let method = match words.take("none") {
        true => None,
        false => Some(values.value(words)?),
    };
    match index {
        Some(index) => *place(&mut table.methods, index, words)? = method,
        None => table.methods.push(method),
    }
    Ok(())
}

/// `set … interface N to CLASS`, `set … interface N tokens T…`, `add … interface CLASS tokens T…`, `drop … interface N`.
fn implemented(
    verb: &str,
    class: &mut ClassInfo,
    values: &Values<'_>,
    words: &mut Words<'_>,
) -> Result<(), Trouble> {
    let tokens = |words: &mut Words<'_>| -> Result<Vec<u8>, Trouble> {
        let mut tokens = Vec::new();
        while !words.rest().is_empty() {
            tokens.push(values.value(words)?);
        }
        Ok(tokens)
    };
    match verb {
        "drop" => {
            let index: usize = words.number("an index")?;
            place(&mut class.interfaces, index, words)?;
            class.interfaces.remove(index);
        }
        "add" => {
            let interface = values.class_ref(words)?;
            words.take("tokens");
            class.interfaces.push(ImplementedInterface {
                interface,
                methods: tokens(words)?,
            });
        }
        _ => {
            let index = words.number("an index")?;
            let entry = place(&mut class.interfaces, index, words)?;
            match words.take("to") {
                true => entry.interface = values.class_ref(words)?,
                false => {
                    words.take("tokens");
                    entry.methods = tokens(words)?;
                }
            }
        }
    }
    Ok(())
}

/// `set … mapping TOKEN… inheritable N`; a TOKEN may be `none`.
fn mapping(class: &mut ClassInfo, values: &Values<'_>, words: &mut Words<'_>) -> Result<(), Trouble> {
    let mut mapping = TokenMapping::default();
    while !words.take("inheritable") {
        mapping.public_tokens.push(match words.take("none") {
            true => u8::MAX,
            false => values.value(words)?,
        });
    }
    mapping.cap22_inheritable_methods = values.value(words)?;
    class.token_mapping = Some(mapping);
    Ok(())
}

fn remote<'a>(class: &'a mut ClassInfo, words: &Words<'_>) -> Result<&'a mut RemoteInfo, Trouble> {
    let remote = class.remote.as_mut();
    remote.ok_or_else(|| words.trouble("the class is not remote"))
}

/// `set … remote-method N hash|signature|token V`, `add … remote-method HASH SIGNATURE TOKEN`.
fn remote_method(
    verb: &str,
    class: &mut ClassInfo,
    values: &Values<'_>,
    words: &mut Words<'_>,
) -> Result<(), Trouble> {
    let methods = &mut remote(class, words)?.methods;
    if verb == "add" {
        methods.push(RemoteMethod {
            hash: values.value(words)?,
            signature_offset: values.value(words)?,
            token: values.value(words)?,
        });
        return Ok(());
    }
    let index = words.number("an index")?;
    let method = place(methods, index, words)?;
    match words.word("hash, signature or token")? {
        "hash" => method.hash = values.value(words)?,
        "signature" => method.signature_offset = values.value(words)?,
        _ => method.token = values.value(words)?,
    }
    Ok(())
}
