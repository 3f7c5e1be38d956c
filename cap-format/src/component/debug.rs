//! Debug: names and lines for a debugger; never sent to a card (JCVM §6.15).

use std::cell::Cell;

use card_proto::reader::Reader;

use crate::component::{Tag, read_whole};
use crate::error::{CapError, ErrorKind, Fault};
use crate::flags::flags;
use crate::limits;
use crate::reference::ClassRef;

flags! {
    /// Of a class or interface (JCVM §6.15.2).
    DebugClassAccess(u16) {
        /// Visible outside the package.
        PUBLIC = 0x0001, "public";
        /// Has no subclasses.
        FINAL = 0x0010, "final";
        /// Implements or extends `java.rmi.Remote`.
        REMOTE = 0x0020, "remote";
        /// An interface.
        INTERFACE = 0x0200, "interface";
        /// Has no instances.
        ABSTRACT = 0x0400, "abstract";
        /// Implements or extends `javacard.framework.Shareable`.
        SHAREABLE = 0x0800, "shareable";
    }
}

flags! {
    /// Of a field or method (JCVM §6.15.3, §6.15.4); the last two are of methods.
    DebugMemberAccess(u16) {
        /// Visible everywhere.
        PUBLIC = 0x0001, "public";
        /// Visible in its class.
        PRIVATE = 0x0002, "private";
        /// Visible in subclasses.
        PROTECTED = 0x0004, "protected";
        /// One for all instances; without `this`.
        STATIC = 0x0008, "static";
        /// Assigned once; not overridden.
        FINAL = 0x0010, "final";
        /// A method of the card's own code.
        NATIVE = 0x0100, "native";
        /// A method without code.
        ABSTRACT = 0x0400, "abstract";
    }
}

/// `field_debug_info` (JCVM §6.15.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DebugField<'a> {
    /// Its offset in the component.
    pub offset: usize,
    /// Its name.
    pub name: &'a str,
    /// Its type as in class files.
    pub descriptor: &'a str,
    /// Its flags.
    pub access: DebugMemberAccess,
    /// Four octets: the value of a constant, the offset of a static field in the image, or the token of an instance field.
    pub contents: u32,
}

/// `line_info` (JCVM §6.15.4): instructions of a source line; offsets count from the first instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DebugLine {
    /// The first instruction.
    pub start_pc: u16,
    /// The last octet.
    pub end_pc: u16,
    /// The line in the source file.
    pub source_line: u16,
}

/// `variable_info` (JCVM §6.15.4): a local variable or an argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DebugVariable<'a> {
    /// The index of the local variable.
    pub index: u8,
    /// Its name.
    pub name: &'a str,
    /// Its type as in class files.
    pub descriptor: &'a str,
    /// Where it begins to be valid.
    pub start_pc: u16,
    /// For how many octets it is valid.
    pub length: u16,
}

/// `method_debug_info` (JCVM §6.15.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DebugMethod<'a> {
    /// Its offset in the component.
    pub offset: usize,
    /// Its name.
    pub name: &'a str,
    /// Its types as in class files.
    pub descriptor: &'a str,
    /// Its flags.
    pub access: DebugMemberAccess,
    /// Its offset in the Method component; 0 for a method without code.
    pub location: u16,
    /// Octets of its header.
    pub header_size: u8,
    /// Octets of its code.
    pub body_size: u16,
    /// Its variables.
    pub variables: Vec<DebugVariable<'a>>,
    /// Its source lines.
    pub lines: Vec<DebugLine>,
}

/// `class_debug_info` (JCVM §6.15.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DebugClass<'a> {
    /// Its offset in the component.
    pub offset: usize,
    /// The name with slashes.
    pub name: &'a str,
    /// Its flags.
    pub access: DebugClassAccess,
    /// Where it stands in the Class component.
    pub location: ClassRef,
    /// The name of its superclass with slashes.
    pub superclass: &'a str,
    /// The name of its source file.
    pub source_file: &'a str,
    /// The names of its interfaces with slashes.
    pub interfaces: Vec<&'a str>,
    /// Its fields.
    pub fields: Vec<DebugField<'a>>,
    /// Its methods.
    pub methods: Vec<DebugMethod<'a>>,
}

/// The Debug component. Its texts are those of the octets it was read from: each stands there once and serves any number of names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DebugComponent<'a> {
    /// The name of the package with slashes.
    pub package_name: &'a str,
    /// Its classes and interfaces.
    pub classes: Vec<DebugClass<'a>>,
}

impl<'a> DebugComponent<'a> {
    /// Reads the component.
    ///
    /// # Errors
    /// [`CapError`] when it is malformed.
    pub fn read(info: &'a [u8]) -> Result<Self, CapError> {
        read_whole(Tag::Debug, info, |reader| {
            let count = reader.u16()?;
            let strings = list(count, || read_string(reader))?;
            let names = Names {
                strings: &strings,
                text: Cell::new(0),
            };
            let package_name = names.next(reader)?;
            let count = reader.u16()?;
            let classes = list(count, || names.class(reader))?;
            Ok(Self {
                package_name,
                classes,
            })
        })
    }
}

fn read_string<'a>(reader: &mut Reader<'a>) -> Result<&'a str, Fault> {
    let offset = reader.offset();
    let length = reader.u16()?;
    let octets = reader.take(length.into())?;
    std::str::from_utf8(octets).map_err(|_| Fault::new(offset, ErrorKind::Text))
}

/// The table of strings, to which everything else refers by index.
struct Names<'s, 'a> {
    strings: &'s [&'a str],
    /// Octets of names taken so far.
    text: Cell<usize>,
}

impl<'a> Names<'_, 'a> {
    /// The string whose index comes next.
    fn next(&self, reader: &mut Reader<'_>) -> Result<&'a str, Fault> {
        let before = reader.clone();
        let index = reader.u16()?;
        let name = self.strings.get(usize::from(index)).copied();
        let name = name.ok_or_else(|| before.reject("an index of the table of strings", index.into()))?;
        // A component may use one string a thousand times, but nobody wants to look at megabytes of it.
        self.text.set(self.text.get() + name.len());
        let (what, found, limit) = (
            "octets of names for a debugger",
            self.text.get(),
            limits::DEBUG_TEXT,
        );
        match found <= limit {
            true => Ok(name),
            false => Err(Fault::new(
                before.offset(),
                ErrorKind::Limit { what, found, limit },
            )),
        }
    }

    fn class(&self, reader: &mut Reader<'_>) -> Result<DebugClass<'a>, Fault> {
        let (offset, name) = (reader.offset(), self.next(reader)?);
        let access = DebugClassAccess(reader.u16()?);
        let location = ClassRef::read(reader)?;
        let (superclass, source_file) = (self.next(reader)?, self.next(reader)?);
        let interfaces = reader.u8()?;
        let (fields, methods) = (reader.u16()?, reader.u16()?);
        Ok(DebugClass {
            offset,
            name,
            access,
            location,
            superclass,
            source_file,
            interfaces: list(interfaces, || self.next(reader))?,
            fields: list(fields, || self.field(reader))?,
            methods: list(methods, || self.method(reader))?,
        })
    }

    fn field(&self, reader: &mut Reader<'_>) -> Result<DebugField<'a>, Fault> {
        Ok(DebugField {
            offset: reader.offset(),
            name: self.next(reader)?,
            descriptor: self.next(reader)?,
            access: DebugMemberAccess(reader.u16()?),
            contents: u32::from_be_bytes(reader.array()?),
        })
    }

    fn method(&self, reader: &mut Reader<'_>) -> Result<DebugMethod<'a>, Fault> {
        let offset = reader.offset();
        let (name, descriptor) = (self.next(reader)?, self.next(reader)?);
        let (access, location) = (DebugMemberAccess(reader.u16()?), reader.u16()?);
        let (header_size, body_size) = (reader.u8()?, reader.u16()?);
        let (variables, lines) = (reader.u16()?, reader.u16()?);
        Ok(DebugMethod {
            offset,
            name,
            descriptor,
            access,
            location,
            header_size,
            body_size,
            variables: list(variables, || self.variable(reader))?,
            lines: list(lines, || line(reader))?,
        })
    }

    fn variable(&self, reader: &mut Reader<'_>) -> Result<DebugVariable<'a>, Fault> {
        Ok(DebugVariable {
            index: reader.u8()?,
            name: self.next(reader)?,
            descriptor: self.next(reader)?,
            start_pc: reader.u16()?,
            length: reader.u16()?,
        })
    }
}

fn line(reader: &mut Reader<'_>) -> Result<DebugLine, Fault> {
    Ok(DebugLine {
        start_pc: reader.u16()?,
        end_pc: reader.u16()?,
        source_line: reader.u16()?,
    })
}

/// So many of them.
fn list<T>(count: impl Into<u16>, mut one: impl FnMut() -> Result<T, Fault>) -> Result<Vec<T>, Fault> {
    (0..count.into()).map(|_| one()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Strings `p` and `V`, a class `p` with one field and one method of one variable and one line.
    fn octets() -> Vec<u8> {
        let mut info = vec![0, 2, 0, 1, b'p', 0, 1, b'V'];
        info.extend([0, 0, 0, 1]);
        info.extend([0, 0, 0, 1, 0, 7, 0, 1, 0, 0, 0, 0, 1, 0, 1]);
        info.extend([0, 0, 0, 1, 0, 8, 0, 0, 0, 4]);
        info.extend([0, 0, 0, 1, 0, 8, 0, 9, 2, 0, 5, 0, 1, 0, 1]);
        info.extend([3, 0, 0, 0, 1, 0, 0, 0, 5]);
        info.extend([0, 0, 0, 4, 0, 77]);
        info
    }

    #[test]
    fn names_and_lines_are_read() -> Result<(), CapError> {
        let info = octets();
        let debug = DebugComponent::read(&info)?;
        let class = &debug.classes[0];
        assert_eq!((class.offset, class.methods[0].offset), (12, 37));
        assert_eq!(class.location, ClassRef::Internal { offset: 7 });
        assert_eq!(class.fields[0].contents, 4);
        let method = &class.methods[0];
        assert_eq!((method.location, method.body_size), (9, 5));
        assert_eq!(method.variables[0].index, 3);
        assert_eq!(method.lines[0].source_line, 77);
        Ok(())
    }

    #[test]
    fn every_shorter_component_is_refused() {
        let info = octets();
        for length in 0..info.len() {
            assert!(DebugComponent::read(&info[..length]).is_err(), "{length} octets");
        }
    }

    #[test]
    fn one_long_name_is_not_looked_at_thousands_of_times() {
        let mut info = vec![0, 1, 0x75, 0x30];
        info.extend(vec![b'n'; 0x7530]);
        info.extend([0, 0, 0, 1, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0]);
        let of_fields = |count: u16| {
            let mut info = info.clone();
            info.extend(count.to_be_bytes());
            info.extend([0, 0]);
            info.extend([0, 0, 0, 0, 0, 8, 0, 0, 0, 0].repeat(count.into()));
            DebugComponent::read(&info).map(|debug| debug.classes[0].fields.len())
        };
        assert_eq!(of_fields(60), Ok(60));
        let error = of_fields(3000).map_err(|error| error.kind);
        assert!(matches!(error, Err(ErrorKind::Limit { .. })), "{error:?}");
    }

    #[test]
    fn an_index_without_a_string_is_refused() {
        let mut info = octets();
        info[9] = 2;
        assert!(DebugComponent::read(&info).is_err());
    }
}
