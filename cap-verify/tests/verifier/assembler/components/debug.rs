//! The Debug component (JCVM §6.15): what the declarations say and where it stands. Its texts are its own, so that a case can change
//! them one by one.

mod write;

use std::rc::Rc;

use cap_format::reference::ClassRef;

use super::method::BuiltMethod;
use crate::assembler::declarations::{FieldText, Flags, MethodText};
use crate::assembler::layout::{Layout, REMOTE, SHAREABLE, is_below};
use crate::assembler::pool::Places;
use crate::assembler::text::Trouble;
use crate::assembler::world::ClassId;

/// A text of the table of strings.
pub(crate) type Text = Rc<str>;

#[derive(Debug, Clone)]
pub(crate) struct Debug {
    pub(crate) package: Text,
    pub(crate) classes: Vec<Class>,
}

#[derive(Debug, Clone)]
pub(crate) struct Class {
    pub(crate) name: Text,
    pub(crate) flags: u16,
    pub(crate) place: ClassRef,
    pub(crate) superclass: Text,
    pub(crate) source: Text,
    pub(crate) interfaces: Vec<Text>,
    pub(crate) fields: Vec<Field>,
    pub(crate) methods: Vec<Method>,
}

#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub(crate) name: Text,
    pub(crate) descriptor: Text,
    pub(crate) flags: u16,
    /// The token, the offset in the image, or the value of a constant.
    pub(crate) contents: u32,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Method {
    pub(crate) name: Text,
    pub(crate) descriptor: Text,
    pub(crate) flags: u16,
    pub(crate) place: u16,
    /// Octets of the header.
    pub(crate) header: u8,
    /// Octets of the code.
    pub(crate) octets: u16,
    pub(crate) variables: Vec<Variable>,
    pub(crate) lines: Vec<[u16; 3]>,
}

#[derive(Debug, Clone)]
pub(crate) struct Variable {
    pub(crate) index: u8,
    pub(crate) name: Text,
    pub(crate) descriptor: Text,
    pub(crate) start: u16,
    pub(crate) length: u16,
}

/// What a package that says `debug` has.
pub(super) fn component(places: &Places<'_>, methods: &[BuiltMethod]) -> Result<Option<Debug>, Trouble> {
    let source = places.world.source;
    if !source.debug {
        return Ok(None);
    }
    let classes = (0..source.types.len()).map(|index| class(places, methods, index));
    Ok(Some(Debug {
        package: source.name.as_str().into(),
        classes: classes.collect::<Result<_, _>>()?,
    }))
}

fn class(places: &Places<'_>, methods: &[BuiltMethod], index: usize) -> Result<Class, Trouble> {
    let (world, id) = (places.world, ClassId::Own(index));
    let (class, layout) = (world.own(index), &places.layouts[index]);
    let name = |id: ClassId| Text::from(world.name(id));
    let mut flags = access(&class.flags);
    for (holds, flag) in [
        (class.is_interface, 0x0600),
        (is_below(world, id, REMOTE), 0x0020),
        (is_below(world, id, SHAREABLE), 0x0800),
    ] {
        flags |= if holds { flag } else { 0 };
    }
    let fields = class.fields.iter().enumerate();
    let fields = fields.map(|(place, text)| field(places, (index, place), text));
    let texts = class.methods.iter().enumerate();
    let texts = texts.map(|(place, text)| {
        let built = methods.iter().find(|method| method.own == (index, place));
        method(name(id), layout, place, text, built)
    });
    Ok(Class {
        name: name(id),
        flags,
        place: places.class_ref(id),
        superclass: world.superclass(id).map(name).unwrap_or_default(),
        source: format!("{}.java", class.name).into(),
        interfaces: world.all_interfaces(id).into_iter().map(name).collect(),
        fields: fields.collect::<Result<_, _>>()?,
        methods: texts.collect(),
    })
}

fn field(places: &Places<'_>, (index, place): (usize, usize), field: &FieldText) -> Result<Field, Trouble> {
    let token = || places.layouts[index].field_tokens[place].map(u32::from);
    let offset = places.statics[index][place].map(u32::from);
    Ok(Field {
        name: field.name.as_str().into(),
        descriptor: places.world.descriptor(&field.line, &field.kind)?.into(),
        flags: access(&field.flags),
        contents: offset.or_else(token).unwrap_or_default(),
    })
}

/// A method; its arguments are valid in all of its code, which is one line.
fn method(
    class: Text,
    layout: &Layout,
    place: usize,
    text: &MethodText,
    built: Option<&BuiltMethod>,
) -> Method {
    let signature = &layout.signatures[place];
    let mut method = Method {
        name: signature.name.as_str().into(),
        descriptor: signature.descriptor.as_str().into(),
        flags: access(&text.flags),
        ..Method::default()
    };
    let Some(built) = built.filter(|_| !text.flags.has("abstract")) else {
        // The methods of an interface are abstract, whether it says so or not.
        method.flags |= 0x0400;
        return method;
    };
    let octets = u16::try_from(built.code.octets.len()).unwrap_or(u16::MAX);
    method.place = built.offset;
    method.header = u8::try_from(built.header.octets()).unwrap_or(u8::MAX);
    method.octets = octets;
    method.lines = vec![[0, octets.saturating_sub(1), line(text)]];
    let mut index = 0;
    let this = (!text.flags.has("static")).then(|| (Text::from("this"), format!("L{class};")));
    let arguments = parameters(&signature.descriptor).into_iter().zip(1..);
    let arguments = arguments.map(|(descriptor, number)| (format!("arg{number}").into(), descriptor));
    for (name, descriptor) in this.into_iter().chain(arguments) {
        let words = if descriptor == "I" { 2 } else { 1 };
        method.variables.push(Variable {
            index,
            name,
            descriptor: descriptor.into(),
            start: 0,
            length: octets,
        });
        index += words;
    }
    method
}

/// The line of the case.
fn line(text: &MethodText) -> u16 {
    u16::try_from(text.line.number).unwrap_or(u16::MAX)
}

/// The parameters in the descriptor of a method.
fn parameters(descriptor: &str) -> Vec<String> {
    let (mut rest, mut all) = (descriptor.trim_start_matches('('), Vec::new());
    while !rest.is_empty() && !rest.starts_with(')') {
        let kind = rest.trim_start_matches('[');
        let end = if kind.starts_with('L') {
            kind.find(';')
        } else {
            None
        };
        let length = rest.len() - kind.len() + end.unwrap_or_default() + 1;
        all.push(rest[..length].to_owned());
        rest = &rest[length..];
    }
    all
}

/// The flags as class files have them.
fn access(flags: &Flags) -> u16 {
    let table = [
        ("public", 0x0001),
        ("private", 0x0002),
        ("protected", 0x0004),
        ("static", 0x0008),
        ("final", 0x0010),
        ("abstract", 0x0400),
    ];
    let set = table.into_iter().filter(|(word, _)| flags.has(word));
    set.fold(0, |all, (_, flag)| all | flag)
}
