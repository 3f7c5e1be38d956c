//! Classes and interfaces as the lines of a case declare them.

use super::Flags;
use super::member::{FieldText, MethodText, field, method};
use crate::assembler::text::{Line, Trouble, Words};

/// A class or interface.
#[derive(Debug, Clone)]
pub(crate) struct TypeText {
    pub(crate) line: Line,
    pub(crate) name: String,
    pub(crate) is_interface: bool,
    pub(crate) flags: Flags,
    pub(crate) superclass: String,
    pub(crate) interfaces: Vec<String>,
    /// What the case says, whatever the interfaces are.
    pub(crate) remote: Option<bool>,
    pub(crate) fields: Vec<FieldText>,
    pub(crate) methods: Vec<MethodText>,
}

impl TypeText {
    /// `class NAME FLAGS [extends CLASS] [implements I, J]`, `interface NAME FLAGS [extends I, J]`.
    pub(super) fn read(line: &Line, is_interface: bool, mut words: Words<'_>) -> Result<Self, Trouble> {
        let mut class = Self {
            line: line.clone(),
            name: words.word("a name")?.to_owned(),
            is_interface,
            flags: Flags::read(&mut words),
            superclass: "Object".to_owned(),
            interfaces: Vec::new(),
            remote: None,
            fields: Vec::new(),
            methods: Vec::new(),
        };
        if !is_interface && words.take("extends") {
            words.word("a superclass")?.clone_into(&mut class.superclass);
        }
        let keyword = if is_interface { "extends" } else { "implements" };
        if words.take(keyword) {
            while let Some(interface) = words.next() {
                class.interfaces.push(interface.to_owned());
            }
        }
        words.end()?;
        Ok(class)
    }

    pub(super) fn member(&mut self, line: &Line) -> Result<(), Trouble> {
        let mut words = line.words();
        let first = words.next().unwrap_or_default();
        match first {
            "remote" => {
                self.remote = Some(words.take("yes"));
                words.take("no");
                words.end()?;
            }
            "field" => self.fields.push(field(line, words)?),
            "constructor" | "method" => {
                let method = method(line, first == "constructor", words)?;
                // The last one of a name and type counts: a case replaces a method of its base.
                let is_same =
                    |other: &MethodText| other.name == method.name && other.parameters == method.parameters;
                match self.methods.iter_mut().find(|other| is_same(other)) {
                    // It becomes the last, so that the lines below belong to it.
                    Some(_) => {
                        self.methods.retain(|other| !is_same(other));
                        self.methods.push(method);
                    }
                    None => self.methods.push(method),
                }
            }
            _ => {
                let method = self.methods.last_mut();
                let method = method.ok_or_else(|| line.trouble("stands before the first method"))?;
                method.part(line)?;
            }
        }
        Ok(())
    }
}
