//! Octets to an export file.

use card_proto::reader::Reader;

use crate::error::{ErrorKind, Fault};
use crate::export_file::{
    CONSTANT_VALUE, CONSTANT_VALUE_OCTETS, ExportAccess, ExportFile, ExportedClass, ExportedField,
    ExportedMethod, ExportedPackage, MAGIC, tag,
};
use crate::limits;
use crate::version::{FormatVersion, PackageInfo, PackageVersion, read_aid};

pub(super) fn file(bytes: &[u8]) -> Result<ExportFile, Fault> {
    within(
        0,
        "octets of an export file",
        bytes.len(),
        limits::EXPORT_FILE_OCTETS,
    )?;
    let mut reader = Reader::new(bytes);
    let magic = u32::from_be_bytes(reader.array()?);
    if magic != MAGIC {
        return Err(Reader::new(bytes)
            .reject("the magic number 00FACADE", magic.into())
            .into());
    }
    let format = FormatVersion::read(&mut reader)?;
    let pool = Pool::read(&mut reader)?;
    let mut body = Body {
        reader,
        pool,
        format,
        text: 0,
    };
    let file = body.file()?;
    body.reader.finish()?;
    Ok(file)
}

/// A constant; indices are not yet followed.
enum Constant<'a> {
    Utf8(&'a str),
    Integer(i32),
    Classref {
        name: u16,
    },
    Package {
        library: bool,
        name: u16,
        info: PackageInfo,
    },
}

/// The constant pool (JCVM §5.6).
struct Pool<'a>(Vec<Constant<'a>>);

impl<'a> Pool<'a> {
    fn read(reader: &mut Reader<'a>) -> Result<Self, Fault> {
        let count = reader.u16()?;
        let constants = (0..count).map(|_| constant(reader)).collect::<Result<_, _>>()?;
        Ok(Self(constants))
    }

    fn get(&self, index: u16) -> Option<&Constant<'a>> {
        self.0.get(usize::from(index))
    }

    fn utf8(&self, index: u16) -> Option<&'a str> {
        match self.get(index)? {
            Constant::Utf8(text) => Some(text),
            _ => None,
        }
    }

    fn class_name(&self, index: u16) -> Option<&'a str> {
        match self.get(index)? {
            Constant::Classref { name } => self.utf8(*name),
            _ => None,
        }
    }
}

fn constant<'a>(reader: &mut Reader<'a>) -> Result<Constant<'a>, Fault> {
    let before = reader.clone();
    Ok(match reader.u8()? {
        tag::UTF8 => {
            let length = reader.u16()?;
            let octets = reader.take(length.into())?;
            let text = std::str::from_utf8(octets);
            Constant::Utf8(text.map_err(|_| Fault::new(before.offset(), ErrorKind::Text))?)
        }
        tag::INTEGER => Constant::Integer(i32::from_be_bytes(reader.array()?)),
        tag::CLASSREF => Constant::Classref { name: reader.u16()? },
        tag::PACKAGE => package_constant(reader)?,
        other => {
            return Err(before
                .reject("a constant with tag 1, 3, 7 or 13", other.into())
                .into());
        }
    })
}

fn package_constant<'a>(reader: &mut Reader<'a>) -> Result<Constant<'a>, Fault> {
    let before = reader.clone();
    let library = match reader.u8()? {
        0 => false,
        1 => true,
        flags => {
            return Err(before
                .reject("package flags 00 or 01 (library)", flags.into())
                .into());
        }
    };
    let name = reader.u16()?;
    let (minor, major) = (reader.u8()?, reader.u8()?);
    let info = PackageInfo {
        version: PackageVersion { major, minor },
        aid: read_aid(reader)?,
    };
    Ok(Constant::Package { library, name, info })
}

/// What follows the constant pool.
struct Body<'a> {
    reader: Reader<'a>,
    pool: Pool<'a>,
    format: FormatVersion,
    /// Octets of names taken so far.
    text: usize,
}

impl<'a> Body<'a> {
    fn file(&mut self) -> Result<ExportFile, Fault> {
        let package = self.package()?;
        let referenced = if self.has_2_3() { self.reader.u8()? } else { 0 };
        let referenced_packages = (0..referenced)
            .map(|_| self.package())
            .collect::<Result<_, _>>()?;
        let count = self.reader.u8()?;
        Ok(ExportFile {
            format: self.format,
            package,
            referenced_packages,
            classes: (0..count).map(|_| self.class()).collect::<Result<_, _>>()?,
        })
    }

    fn has_2_3(&self) -> bool {
        self.format >= FormatVersion::V2_3
    }

    /// JCVM §5.7.
    fn class(&mut self) -> Result<ExportedClass, Fault> {
        let token = self.reader.u8()?;
        let access = ExportAccess(self.reader.u16()?);
        let name = self.class_name()?;
        let offset = self.reader.offset();
        let superclasses = self.reader.u16()?;
        let what = "superclasses of a class";
        within(offset, what, superclasses.into(), limits::SUPERCLASSES)?;
        let superclasses = (0..superclasses)
            .map(|_| self.class_name())
            .collect::<Result<_, _>>()?;
        let interfaces = self.reader.u8()?;
        let interfaces = (0..interfaces)
            .map(|_| self.class_name())
            .collect::<Result<_, _>>()?;
        let fields = self.reader.u16()?;
        let fields = (0..fields).map(|_| self.field()).collect::<Result<_, _>>()?;
        let methods = self.reader.u16()?;
        let methods = (0..methods).map(|_| self.method()).collect::<Result<_, _>>()?;
        let cap22_inheritable_methods = if self.has_2_3() { self.reader.u8()? } else { 0 };
        Ok(ExportedClass {
            token,
            access,
            name,
            superclasses,
            interfaces,
            fields,
            methods,
            cap22_inheritable_methods,
        })
    }

    /// JCVM §5.8.
    fn field(&mut self) -> Result<ExportedField, Fault> {
        Ok(ExportedField {
            token: self.reader.u8()?,
            access: ExportAccess(self.reader.u16()?),
            name: self.utf8()?,
            descriptor: self.utf8()?,
            constant: self.constant_value()?,
        })
    }

    /// JCVM §5.10: the attributes of a field.
    fn constant_value(&mut self) -> Result<Option<i32>, Fault> {
        let before = self.reader.clone();
        match self.reader.u16()? {
            0 => return Ok(None),
            1 => {}
            count => {
                return Err(before
                    .reject("no or one attribute of a field", count.into())
                    .into());
            }
        }
        let before = self.reader.clone();
        let name = self.reader.u16()?;
        if self.pool.utf8(name) != Some(CONSTANT_VALUE) {
            return Err(before
                .reject("the index of the text `ConstantValue`", name.into())
                .into());
        }
        let before = self.reader.clone();
        let length = u32::from_be_bytes(self.reader.array()?);
        if length != CONSTANT_VALUE_OCTETS {
            return Err(before.reject("an attribute of 2 octets", length.into()).into());
        }
        let before = self.reader.clone();
        let index = self.reader.u16()?;
        match self.pool.get(index) {
            Some(Constant::Integer(value)) => Ok(Some(*value)),
            _ => Err(before.reject("the index of an integer", index.into()).into()),
        }
    }

    /// JCVM §5.9.
    fn method(&mut self) -> Result<ExportedMethod, Fault> {
        Ok(ExportedMethod {
            token: self.reader.u8()?,
            access: ExportAccess(self.reader.u16()?),
            name: self.utf8()?,
            descriptor: self.utf8()?,
        })
    }

    fn package(&mut self) -> Result<ExportedPackage, Fault> {
        let before = self.reader.clone();
        let index = self.reader.u16()?;
        let found = match self.pool.get(index) {
            Some(Constant::Package { library, name, info }) => Some((*library, self.pool.utf8(*name), *info)),
            _ => None,
        };
        match found {
            Some((library, Some(name), info)) => Ok(ExportedPackage {
                library,
                name: self.name(name)?,
                info,
            }),
            _ => Err(before
                .reject("the index of a package with a name", index.into())
                .into()),
        }
    }

    fn utf8(&mut self) -> Result<String, Fault> {
        let before = self.reader.clone();
        let index = self.reader.u16()?;
        match self.pool.utf8(index) {
            Some(text) => self.text(text),
            None => Err(before.reject("the index of a text", index.into()).into()),
        }
    }

    fn class_name(&mut self) -> Result<String, Fault> {
        let before = self.reader.clone();
        let index = self.reader.u16()?;
        match self.pool.class_name(index) {
            Some(text) => self.name(text),
            None => Err(before
                .reject("the index of a class with a name", index.into())
                .into()),
        }
    }

    /// A name of its own; a file may use one text a thousand times, but not fill the memory with it.
    fn text(&mut self, text: &'a str) -> Result<String, Fault> {
        self.text += text.len();
        let what = "octets of names in an export file";
        within(self.reader.offset(), what, self.text, limits::EXPORT_FILE_TEXT)?;
        Ok(text.to_owned())
    }

    /// The name of a class or package.
    fn name(&mut self, text: &'a str) -> Result<String, Fault> {
        let what = "octets of the name of a class or package";
        within(self.reader.offset(), what, text.len(), limits::NAME_OCTETS)?;
        self.text(text)
    }
}

fn within(offset: usize, what: &'static str, found: usize, limit: usize) -> Result<(), Fault> {
    match found <= limit {
        true => Ok(()),
        false => Err(Fault::new(offset, ErrorKind::Limit { what, found, limit })),
    }
}
