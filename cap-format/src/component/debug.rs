//! Debug: names and lines for a debugger; never sent to a card (JCVM §6.15).

use card_proto::reader::Reader;

use crate::component::{Tag, read_whole};
use crate::error::{CapError, ErrorKind, Fault};
use crate::reference::ClassRef;

/// `field_debug_info` (JCVM §6.15.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DebugField {
    /// Its name.
    pub name: String,
    /// Its type as in class files.
    pub descriptor: String,
    /// The access flags of the class file.
    pub access: u16,
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
pub struct DebugVariable {
    /// The index of the local variable.
    pub index: u8,
    /// Its name.
    pub name: String,
    /// Its type as in class files.
    pub descriptor: String,
    /// Where it begins to be valid.
    pub start_pc: u16,
    /// For how many octets it is valid.
    pub length: u16,
}

/// `method_debug_info` (JCVM §6.15.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DebugMethod {
    /// Its name.
    pub name: String,
    /// Its types as in class files.
    pub descriptor: String,
    /// The access flags of the class file.
    pub access: u16,
    /// Its offset in the Method component; 0 for a method of an interface.
    pub location: u16,
    /// Octets of its header.
    pub header_size: u8,
    /// Octets of its code.
    pub body_size: u16,
    /// Its variables.
    pub variables: Vec<DebugVariable>,
    /// Its source lines.
    pub lines: Vec<DebugLine>,
}

/// `class_debug_info` (JCVM §6.15.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DebugClass {
    /// Its name with slashes.
    pub name: String,
    /// The access flags of the class file.
    pub access: u16,
    /// Where it stands in the Class component.
    pub location: ClassRef,
    /// The name of its superclass with slashes.
    pub superclass: String,
    /// The name of its source file.
    pub source_file: String,
    /// The names of its interfaces with slashes.
    pub interfaces: Vec<String>,
    /// Its fields.
    pub fields: Vec<DebugField>,
    /// Its methods.
    pub methods: Vec<DebugMethod>,
}

/// The Debug component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DebugComponent {
    /// The name of the package with slashes.
    pub package_name: String,
    /// Its classes and interfaces.
    pub classes: Vec<DebugClass>,
}

impl DebugComponent {
    /// Reads the component.
    ///
    /// # Errors
    /// [`CapError`] when it is malformed.
    pub fn read(info: &[u8]) -> Result<Self, CapError> {
        read_whole(Tag::Debug, info, |reader| {
            let count = reader.u16()?;
            let strings = (0..count)
                .map(|_| read_string(reader))
                .collect::<Result<Vec<_>, _>>()?;
            let names = Names { strings: &strings };
            let package_name = names.next(reader)?;
            let count = reader.u16()?;
            let classes = (0..count)
                .map(|_| names.class(reader))
                .collect::<Result<_, _>>()?;
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
struct Names<'a> {
    strings: &'a [&'a str],
}

impl Names<'_> {
    /// The string whose index comes next.
    fn next(&self, reader: &mut Reader<'_>) -> Result<String, Fault> {
        let before = reader.clone();
        let index = reader.u16()?;
        let name = self.strings.get(usize::from(index));
        let unknown = || before.reject("an index of the table of strings", index.into());
        Ok((*name.ok_or_else(unknown)?).to_owned())
    }

    fn class(&self, reader: &mut Reader<'_>) -> Result<DebugClass, Fault> {
        let name = self.next(reader)?;
        let access = reader.u16()?;
        let location = ClassRef::read(reader)?;
        let superclass = self.next(reader)?;
        let source_file = self.next(reader)?;
        let interfaces = reader.u8()?;
        let (fields, methods) = (reader.u16()?, reader.u16()?);
        Ok(DebugClass {
            name,
            access,
            location,
            superclass,
            source_file,
            interfaces: (0..interfaces)
                .map(|_| self.next(reader))
                .collect::<Result<_, _>>()?,
            fields: (0..fields)
                .map(|_| self.field(reader))
                .collect::<Result<_, _>>()?,
            methods: (0..methods)
                .map(|_| self.method(reader))
                .collect::<Result<_, _>>()?,
        })
    }

    fn field(&self, reader: &mut Reader<'_>) -> Result<DebugField, Fault> {
        Ok(DebugField {
            name: self.next(reader)?,
            descriptor: self.next(reader)?,
            access: reader.u16()?,
            contents: u32::from_be_bytes(reader.array()?),
        })
    }

    fn method(&self, reader: &mut Reader<'_>) -> Result<DebugMethod, Fault> {
        let (name, descriptor) = (self.next(reader)?, self.next(reader)?);
        let (access, location) = (reader.u16()?, reader.u16()?);
        let (header_size, body_size) = (reader.u8()?, reader.u16()?);
        let (variables, lines) = (reader.u16()?, reader.u16()?);
        let variable = |reader: &mut Reader<'_>| -> Result<_, Fault> {
            Ok(DebugVariable {
                index: reader.u8()?,
                name: self.next(reader)?,
                descriptor: self.next(reader)?,
                start_pc: reader.u16()?,
                length: reader.u16()?,
            })
        };
        let line = |reader: &mut Reader<'_>| -> Result<_, Fault> {
            Ok(DebugLine {
                start_pc: reader.u16()?,
                end_pc: reader.u16()?,
                source_line: reader.u16()?,
            })
        };
        Ok(DebugMethod {
            name,
            descriptor,
            access,
            location,
            header_size,
            body_size,
            variables: (0..variables)
                .map(|_| variable(reader))
                .collect::<Result<_, _>>()?,
            lines: (0..lines).map(|_| line(reader)).collect::<Result<_, _>>()?,
        })
    }
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
        let debug = DebugComponent::read(&octets())?;
        let class = &debug.classes[0];
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
    fn an_index_without_a_string_is_refused() {
        let mut info = octets();
        info[9] = 2;
        assert!(DebugComponent::read(&info).is_err());
    }
}
