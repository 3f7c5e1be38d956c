//! An export file to octets.

use std::collections::HashMap;

use crate::error::{ErrorKind, Fault};
use crate::export_file::{
    CONSTANT_VALUE, CONSTANT_VALUE_OCTETS, ExportFile, ExportedClass, ExportedField, ExportedMethod,
    ExportedPackage, MAGIC, tag,
};
use crate::version::FormatVersion;
use crate::writer::Writer;

pub(super) fn file(file: &ExportFile) -> Result<Vec<u8>, Fault> {
    let mut pool = Pool::default();
    let classes = file
        .classes
        .iter()
        .map(|class| pool.class(class, file.format))
        .collect::<Result<Vec<_>, _>>()?;
    let package = pool.package(&file.package)?;
    let referenced = file
        .referenced_packages
        .iter()
        .map(|package| pool.package(package))
        .collect::<Result<Vec<_>, _>>()?;

    let mut out = Writer::new();
    out.u32(MAGIC);
    file.format.write(&mut out);
    out.count16(pool.count.into(), "constants")?;
    out.bytes(&pool.constants.into_bytes());
    out.u16(package);
    if file.format >= FormatVersion::V2_3 {
        out.count8(referenced.len(), "referenced packages")?;
        out.u16s(&referenced);
    } else if !referenced.is_empty() {
        return Err(not_in_format(&out, file.format, "list of referenced packages"));
    }
    out.count8(classes.len(), "exported classes")?;
    classes.iter().for_each(|class| out.bytes(class));
    Ok(out.into_bytes())
}

fn not_in_format(out: &Writer, format: FormatVersion, what: &'static str) -> Fault {
    out.fault(ErrorKind::NotInFormat { format, what })
}

/// A constant as it is looked up.
#[derive(PartialEq, Eq, Hash)]
enum Key {
    Utf8(String),
    Integer(i32),
    Classref(u16),
    Package(Vec<u8>),
}

/// The constant pool in the making: each constant once, in the order of first use.
#[derive(Default)]
struct Pool {
    constants: Writer,
    indices: HashMap<Key, u16>,
    count: u16,
}

impl Pool {
    /// The index of a constant; `body` writes its octets when it is new.
    fn index(&mut self, key: Key, body: impl FnOnce(&mut Writer) -> Result<(), Fault>) -> Result<u16, Fault> {
        if let Some(index) = self.indices.get(&key) {
            return Ok(*index);
        }
        let index = self.count;
        self.constants
            .checked(usize::from(index) + 1, "constants", u16::MAX.into())?;
        body(&mut self.constants)?;
        self.count += 1;
        self.indices.insert(key, index);
        Ok(index)
    }

    fn utf8(&mut self, text: &str) -> Result<u16, Fault> {
        self.index(Key::Utf8(text.to_owned()), |out| {
            out.u8(tag::UTF8);
            out.count16(text.len(), "octets of a name")?;
            out.bytes(text.as_bytes());
            Ok(())
        })
    }

    fn integer(&mut self, value: i32) -> Result<u16, Fault> {
        self.index(Key::Integer(value), |out| {
            out.u8(tag::INTEGER);
            out.bytes(&value.to_be_bytes());
            Ok(())
        })
    }

    fn class_name(&mut self, name: &str) -> Result<u16, Fault> {
        let name = self.utf8(name)?;
        self.index(Key::Classref(name), |out| {
            out.u8(tag::CLASSREF);
            out.u16(name);
            Ok(())
        })
    }

    fn package(&mut self, package: &ExportedPackage) -> Result<u16, Fault> {
        let name = self.utf8(&package.name)?;
        let mut body = Writer::new();
        body.u8(package.library.into());
        body.u16(name);
        package.info.write(&mut body);
        let body = body.into_bytes();
        self.index(Key::Package(body.clone()), |out| {
            out.u8(tag::PACKAGE);
            out.bytes(&body);
            Ok(())
        })
    }

    /// JCVM §5.7; the members come into the pool before the class.
    fn class(&mut self, class: &ExportedClass, format: FormatVersion) -> Result<Vec<u8>, Fault> {
        let mut members = Writer::new();
        members.count16(class.fields.len(), "exported fields")?;
        for field in &class.fields {
            self.field(field, &mut members)?;
        }
        members.count16(class.methods.len(), "exported methods")?;
        for method in &class.methods {
            self.method(method, &mut members)?;
        }
        let mut out = Writer::new();
        out.u8(class.token);
        out.u16(class.access.0);
        out.u16(self.class_name(&class.name)?);
        out.count16(class.superclasses.len(), "superclasses")?;
        for name in &class.superclasses {
            out.u16(self.class_name(name)?);
        }
        out.count8(class.interfaces.len(), "interfaces of an exported class")?;
        for name in &class.interfaces {
            out.u16(self.class_name(name)?);
        }
        out.bytes(&members.into_bytes());
        if format >= FormatVersion::V2_3 {
            out.u8(class.cap22_inheritable_methods);
        } else if class.cap22_inheritable_methods != 0 {
            return Err(not_in_format(&out, format, "count of inheritable methods"));
        }
        Ok(out.into_bytes())
    }

    fn field(&mut self, field: &ExportedField, out: &mut Writer) -> Result<(), Fault> {
        out.u8(field.token);
        out.u16(field.access.0);
        out.u16(self.utf8(&field.name)?);
        out.u16(self.utf8(&field.descriptor)?);
        let Some(value) = field.constant else {
            out.u16(0);
            return Ok(());
        };
        out.u16(1);
        out.u16(self.utf8(CONSTANT_VALUE)?);
        out.u32(CONSTANT_VALUE_OCTETS);
        out.u16(self.integer(value)?);
        Ok(())
    }

    fn method(&mut self, method: &ExportedMethod, out: &mut Writer) -> Result<(), Fault> {
        out.u8(method.token);
        out.u16(method.access.0);
        out.u16(self.utf8(&method.name)?);
        out.u16(self.utf8(&method.descriptor)?);
        Ok(())
    }
}
