//! Changes of the finished package: fields of the components that a converter would have written otherwise.

use cap_format::cap::Cap;
use cap_format::component::class::{ClassFlags, ClassInfo, ImplementedInterface, MethodTable};
use cap_format::component::descriptor::{
    ClassAccess, DescriptorComponent, FieldAccess, FieldDescriptor, FieldLocation, FieldType, MethodAccess,
    MethodDescriptor,
};
use cap_format::component::export::{ClassExport, ExportComponent};
use cap_format::component::header::HeaderFlags;
use cap_format::component::method::MethodFlags;
use cap_format::reference::StaticRef;
use cap_format::version::{FormatVersion, PackageInfo};

use super::declarations::{aid, version};
use super::descriptor::{TypeTable, field_type};
use super::text::{Line, Trouble, Words};
use super::value::Values;
use super::world::ClassId;

/// A package that is being changed.
pub(crate) struct Change<'a> {
    pub(crate) values: &'a Values<'a>,
    /// Names of constants.
    pub(crate) constants: &'a [(String, u16)],
    pub(crate) cap: &'a mut Cap,
}

/// The place of something in a list, or the trouble that it is not there.
fn place<'a, T>(list: &'a mut [T], index: usize, words: &Words<'_>) -> Result<&'a mut T, Trouble> {
    let count = list.len();
    list.get_mut(index)
        .ok_or_else(|| words.trouble(format!("there are {count} of them")))
}

impl Change<'_> {
    /// `set …`, `add …`, `drop …`.
    pub(crate) fn apply(&mut self, line: &Line) -> Result<(), Trouble> {
        let mut words = line.words();
        let verb = words.word("a change")?;
        let what = words.word("what is changed")?;
        match (verb, what) {
            ("set", "header") => self.header(&mut words)?,
            ("set", "import") => {
                let index = words.number("the token of an import")?;
                let import = place(&mut self.cap.imports.packages, index, &words)?;
                match words.word("aid or version")? {
                    "aid" => import.aid = aid(&words, words.clone().word("an AID")?)?,
                    _ => import.version = version(&mut words.clone())?,
                }
                words.next();
            }
            ("add", "import") => {
                let digits = words.word("an AID")?;
                let aid = aid(&words, digits)?;
                self.cap.imports.packages.push(PackageInfo {
                    aid,
                    version: version(&mut words)?,
                });
            }
            ("set", "applet") => self.applet(&mut words)?,
            ("set" | "add" | "drop", "class") => self.class(verb, &mut words)?,
            ("set" | "add" | "drop", "interface") => self.interface(verb, &mut words)?,
            ("set", "method") => self.method(&mut words)?,
            ("set", "handler") => self.handler(&mut words)?,
            ("set", "static") => self.statics(&mut words)?,
            ("set" | "add" | "drop", "export") => self.export(verb, &mut words)?,
            ("set", "constant") => {
                let index = self.index(&mut words)?;
                *place(&mut self.cap.constant_pool.constants, index, &words)? =
                    self.values.constant(&mut words)?;
            }
            ("set", "constant-type") => self.constant_type(&mut words)?,
            ("set" | "drop" | "add", "descriptor") => self.descriptor(verb, &mut words)?,
            ("add", "export-class") => {
                let class_offset = self.values.value(&mut words)?;
                let exports = self.cap.exports.get_or_insert_with(ExportComponent::default);
                exports.classes.push(ClassExport {
                    class_offset,
                    ..ClassExport::default()
                });
            }
            ("drop", "applets") => self.cap.applets = None,
            ("drop", "exports") => self.cap.exports = None,
            ("drop", "types") => self.cap.descriptor = None,
            _ => return Err(line.trouble(format!("`{verb} {what}` is no change"))),
        }
        words.end()
    }

    /// `#name` or a number.
    fn index(&self, words: &mut Words<'_>) -> Result<usize, Trouble> {
        let word = words.word("a constant")?;
        let name = word.trim_start_matches('#');
        let named = self
            .constants
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, index)| usize::from(*index));
        let index = named.or_else(|| name.parse().ok());
        index.ok_or_else(|| words.trouble(format!("no constant {word}")))
    }

    fn header(&mut self, words: &mut Words<'_>) -> Result<(), Trouble> {
        let header = &mut self.cap.header;
        match words.word("a field")? {
            "flags" => header.flags = HeaderFlags(self.values.value(words)?),
            "aid" => header.package.aid = aid(words, words.clone().word("an AID")?)?,
            "version" => header.package.version = version(&mut words.clone())?,
            "name" => words.word("a name")?.clone_into(&mut header.package_name),
            "format" => {
                let text = words.word("a version")?;
                let known = FormatVersion::ALL
                    .into_iter()
                    .find(|version| version.to_string() == text);
                header.format = known.ok_or_else(|| words.trouble("no such format"))?;
            }
            other => return Err(words.trouble(format!("the header has no {other}"))),
        }
        if !words.rest().is_empty() {
            words.next();
        }
        Ok(())
    }

    fn applet(&mut self, words: &mut Words<'_>) -> Result<(), Trouble> {
        let index = words.number("the index of an applet")?;
        let mut none = Vec::new();
        let applets = self
            .cap
            .applets
            .as_mut()
            .map_or(&mut none, |component| &mut component.applets);
        let applet = place(applets, index, words)?;
        match words.word("aid or install")? {
            "aid" => {
                let digits = words.word("an AID")?;
                applet.aid = aid(words, digits)?;
            }
            _ => applet.install_method_offset = self.values.value(words)?,
        }
        Ok(())
    }

    /// The place of a class of the package among the classes, or of an interface among the interfaces.
    fn own(&self, words: &mut Words<'_>) -> Result<(usize, usize), Trouble> {
        let name = words.word("a class")?;
        let world = self.values.places.world;
        let Some(ClassId::Own(index)) = world.find(name) else {
            return Err(words.trouble(format!("the package has no {name}")));
        };
        let is_interface = world.own(index).is_interface;
        let before = world.source.types.iter().take(index);
        Ok((
            before.filter(|class| class.is_interface == is_interface).count(),
            index,
        ))
    }

    fn class(&mut self, verb: &str, words: &mut Words<'_>) -> Result<(), Trouble> {
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
            (_, "interface") => implemented(verb, class, values, words)?,
            _ => return Err(words.trouble(format!("`{verb} class … {field}` is no change"))),
        }
        Ok(())
    }

    fn interface(&mut self, verb: &str, words: &mut Words<'_>) -> Result<(), Trouble> {
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

    /// The place of `Class.method` in the Method component.
    fn method_index(&self, words: &mut Words<'_>) -> Result<usize, Trouble> {
        let name = words.word("a method")?;
        let found = self
            .values
            .method(name)
            .ok_or_else(|| words.trouble(format!("no method {name}")))?;
        let place = self
            .values
            .methods
            .iter()
            .position(|method| method.offset == found.offset);
        Ok(place.unwrap_or_default())
    }

    fn method(&mut self, words: &mut Words<'_>) -> Result<(), Trouble> {
        let index = self.method_index(words)?;
        let method = place(&mut self.cap.methods.methods, index, words)?;
        let field = words.word("a field of a method")?;
        let value = self.values.value(words)?;
        match field {
            "stack" => method.header.max_stack = value,
            "args" => method.header.nargs = value,
            "locals" => method.header.max_locals = value,
            "flags" => method.header.flags = MethodFlags(value),
            other => return Err(words.trouble(format!("a method has no {other}"))),
        }
        Ok(())
    }

    fn handler(&mut self, words: &mut Words<'_>) -> Result<(), Trouble> {
        let index = words.number("the index of a handler")?;
        let handler = place(&mut self.cap.methods.handlers, index, words)?;
        match words.word("a field of a handler")? {
            "start" => handler.start_offset = self.values.value(words)?,
            "length" => handler.active_length = self.values.value(words)?,
            "handler" => handler.handler_offset = self.values.value(words)?,
            "type" => handler.catch_type_index = self.values.value(words)?,
            "stop" => handler.stop = self.values.value::<u8>(words)? != 0,
            other => return Err(words.trouble(format!("a handler has no {other}"))),
        }
        Ok(())
    }

    fn statics(&mut self, words: &mut Words<'_>) -> Result<(), Trouble> {
        let statics = &mut self.cap.static_fields;
        match words.word("a field")? {
            "references" => statics.reference_count = self.values.value(words)?,
            "defaults" => statics.default_value_count = self.values.value(words)?,
            "values" => statics.non_default_values = words.octets()?,
            "array" => {
                let index = words.number("the index of an array")?;
                place(&mut statics.array_inits, index, words)?.values = words.octets()?;
            }
            other => return Err(words.trouble(format!("no {other} among the static fields"))),
        }
        Ok(())
    }

    fn export(&mut self, verb: &str, words: &mut Words<'_>) -> Result<(), Trouble> {
        let mut none = Vec::new();
        let classes = self
            .cap
            .exports
            .as_mut()
            .map_or(&mut none, |component| &mut component.classes);
        if verb == "drop" {
            classes.pop();
            return Ok(());
        }
        let index = words.number("a class token")?;
        let class = place(classes, index, words)?;
        let (list, what) = match words.word("class, field or method")? {
            "class" => {
                class.class_offset = self.values.value(words)?;
                return Ok(());
            }
            "field" => (&mut class.static_fields, "a field token"),
            _ => (&mut class.static_methods, "a method token"),
        };
        if verb == "add" {
            list.push(self.values.value(words)?);
            return Ok(());
        }
        let token = words.number(what)?;
        *place(list, token, words)? = self.values.value(words)?;
        Ok(())
    }

    /// `set constant-type CONSTANT none | at OFFSET | TYPE`.
    fn constant_type(&mut self, words: &mut Words<'_>) -> Result<(), Trouble> {
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
    fn descriptor(&mut self, verb: &str, words: &mut Words<'_>) -> Result<(), Trouble> {
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
