//! The octets of the Debug component: a table of strings, each once, and structures that refer to them by index (JCVM §6.15).

use cap_format::reference::ClassRef;

use super::{Class, Debug, Field, Method, Text, Variable};

/// The octets behind the table of strings, and the table so far.
#[derive(Default)]
struct Octets {
    strings: Vec<Text>,
    rest: Vec<u8>,
}

impl Debug {
    /// The octets after tag and size.
    pub(crate) fn write(&self) -> Vec<u8> {
        let mut octets = Octets::default();
        octets.text(&self.package);
        octets.count(self.classes.len());
        for class in &self.classes {
            octets.class(class);
        }
        let mut info = Octets::default();
        info.count(octets.strings.len());
        for string in &octets.strings {
            info.count(string.len());
            info.rest.extend(string.bytes());
        }
        [info.rest, octets.rest].concat()
    }
}

impl Octets {
    fn u16(&mut self, value: u16) {
        self.rest.extend(value.to_be_bytes());
    }

    fn count(&mut self, count: usize) {
        self.u16(u16::try_from(count).unwrap_or(u16::MAX));
    }

    /// The index of a text.
    fn text(&mut self, text: &Text) {
        let known = self.strings.iter().position(|known| known == text);
        let index = known.unwrap_or_else(|| {
            self.strings.push(Text::clone(text));
            self.strings.len() - 1
        });
        self.count(index);
    }

    /// `class_debug_info` (JCVM §6.15.2).
    fn class(&mut self, class: &Class) {
        self.text(&class.name);
        self.u16(class.flags);
        match class.place {
            ClassRef::Internal { offset } => self.u16(offset),
            ClassRef::External { package, class } => self.rest.extend([0x80 | package, class]),
        }
        self.text(&class.superclass);
        self.text(&class.source);
        self.rest
            .push(u8::try_from(class.interfaces.len()).unwrap_or(u8::MAX));
        self.count(class.fields.len());
        self.count(class.methods.len());
        for interface in &class.interfaces {
            self.text(interface);
        }
        for field in &class.fields {
            self.field(field);
        }
        for method in &class.methods {
            self.method(method);
        }
    }

    /// `field_debug_info` (JCVM §6.15.3).
    fn field(&mut self, field: &Field) {
        self.text(&field.name);
        self.text(&field.descriptor);
        self.u16(field.flags);
        self.rest.extend(field.contents.to_be_bytes());
    }

    /// `method_debug_info` (JCVM §6.15.4).
    fn method(&mut self, method: &Method) {
        self.text(&method.name);
        self.text(&method.descriptor);
        self.u16(method.flags);
        self.u16(method.place);
        self.rest.push(method.header);
        self.u16(method.octets);
        self.count(method.variables.len());
        self.count(method.lines.len());
        for variable in &method.variables {
            self.variable(variable);
        }
        for part in method.lines.iter().flatten() {
            self.u16(*part);
        }
    }

    /// `variable_info`.
    fn variable(&mut self, variable: &Variable) {
        self.rest.push(variable.index);
        self.text(&variable.name);
        self.text(&variable.descriptor);
        self.u16(variable.start);
        self.u16(variable.length);
    }
}
