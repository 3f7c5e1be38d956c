//! The constant pool of a class file (JVMS §4.4): read once, asked by index.

use card_proto::reader::Reader;

use super::Literal;
use super::code::MemberName;
use super::descriptor::{MethodType, Type};
use super::reader::ClassFileError;

/// An entry as the file has it.
#[derive(Debug, Clone)]
enum Entry {
    Utf8(String),
    Int(i32),
    /// A constant whose type the Java Card language does not have.
    Foreign(&'static str),
    Class(u16),
    Member {
        class: u16,
        name_and_type: u16,
    },
    NameAndType {
        name: u16,
        descriptor: u16,
    },
    /// What code cannot name, or names only in ways the Java Card language does not have.
    Other,
    /// The index behind a long or double, and index 0.
    Unusable,
}

/// The constant pool of one class.
#[derive(Debug)]
pub(crate) struct Constants(Vec<Entry>);

impl Constants {
    /// Reads `constant_pool_count` and the entries.
    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, ClassFileError> {
        let count = usize::from(reader.u16()?);
        let mut entries = vec![Entry::Unusable];
        while entries.len() < count {
            let (entry, is_wide) = read_entry(reader)?;
            entries.push(entry);
            if is_wide {
                entries.push(Entry::Unusable);
            }
        }
        Ok(Self(entries))
    }

    fn entry(&self, index: u16) -> &Entry {
        self.0.get(usize::from(index)).unwrap_or(&Entry::Unusable)
    }

    pub(crate) fn utf8(&self, index: u16) -> Result<&str, ClassFileError> {
        match self.entry(index) {
            Entry::Utf8(text) => Ok(text),
            _ => Err(ClassFileError::constant(index, "a string")),
        }
    }

    pub(crate) fn class_name(&self, index: u16) -> Result<&str, ClassFileError> {
        match self.entry(index) {
            Entry::Class(name) => self.utf8(*name),
            _ => Err(ClassFileError::constant(index, "a class")),
        }
    }

    /// The class at `index`, or `None` for index 0.
    pub(crate) fn optional_class_name(&self, index: u16) -> Result<Option<&str>, ClassFileError> {
        match index {
            0 => Ok(None),
            _ => self.class_name(index).map(Some),
        }
    }

    pub(crate) fn class_type(&self, index: u16) -> Result<Type, ClassFileError> {
        Type::parse_class_constant(self.class_name(index)?)
            .ok_or(ClassFileError::constant(index, "a class or array type"))
    }

    pub(crate) fn field(&self, index: u16) -> Result<(MemberName, Type), ClassFileError> {
        let (name, descriptor) = self.member(index)?;
        Type::parse(descriptor)
            .map(|kind| (name, kind))
            .ok_or(ClassFileError::constant(index, "a field"))
    }

    pub(crate) fn method(&self, index: u16) -> Result<(MemberName, MethodType), ClassFileError> {
        let (name, descriptor) = self.member(index)?;
        MethodType::parse(descriptor)
            .map(|kind| (name, kind))
            .ok_or(ClassFileError::constant(index, "a method"))
    }

    fn member(&self, index: u16) -> Result<(MemberName, &str), ClassFileError> {
        let Entry::Member { class, name_and_type } = self.entry(index) else {
            return Err(ClassFileError::constant(index, "a field or method"));
        };
        let Entry::NameAndType { name, descriptor } = self.entry(*name_and_type) else {
            return Err(ClassFileError::constant(*name_and_type, "a name and type"));
        };
        let member = MemberName {
            class: self.class_type(*class)?,
            name: self.utf8(*name)?.to_owned(),
        };
        Ok((member, self.utf8(*descriptor)?))
    }

    pub(crate) fn literal(&self, index: u16) -> Result<Literal, ClassFileError> {
        match self.entry(index) {
            Entry::Int(value) => Ok(Literal::Int(*value)),
            Entry::Foreign(kind) => Ok(Literal::Foreign(kind)),
            Entry::Class(_) => Ok(Literal::Foreign("Class")),
            Entry::Other => Ok(Literal::Foreign("method handle")),
            _ => Err(ClassFileError::constant(index, "a constant")),
        }
    }
}

/// One entry, and whether it takes two indexes (JVMS table 4.4-A).
fn read_entry(reader: &mut Reader<'_>) -> Result<(Entry, bool), ClassFileError> {
    let tag = reader.u8()?;
    let entry = match tag {
        1 => {
            let length = usize::from(reader.u16()?);
            Entry::Utf8(modified_utf8(reader.take(length)?))
        }
        3 => Entry::Int(i32::from_be_bytes(reader.array()?)),
        4 => skip(reader, 4, Entry::Foreign("float"))?,
        5 => skip(reader, 8, Entry::Foreign("long"))?,
        6 => skip(reader, 8, Entry::Foreign("double"))?,
        7 => Entry::Class(reader.u16()?),
        8 => skip(reader, 2, Entry::Foreign("String"))?,
        9..=11 => Entry::Member {
            class: reader.u16()?,
            name_and_type: reader.u16()?,
        },
        12 => Entry::NameAndType {
            name: reader.u16()?,
            descriptor: reader.u16()?,
        },
        15 => skip(reader, 3, Entry::Other)?,
        16 | 19 | 20 => skip(reader, 2, Entry::Other)?,
        17 | 18 => skip(reader, 4, Entry::Other)?,
        _ => {
            return Err(reader
                .reject("a constant-pool tag (JVMS table 4.4-A)", tag.into())
                .into());
        }
    };
    Ok((entry, matches!(tag, 5 | 6)))
}

fn skip(reader: &mut Reader<'_>, count: usize, entry: Entry) -> Result<Entry, ClassFileError> {
    reader.take(count)?;
    Ok(entry)
}

/// JVMS §4.4.7: like UTF-8 but for NUL and supplementary characters, which no name that matters here has.
fn modified_utf8(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
