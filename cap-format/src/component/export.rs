//! Export: where the classes and static members stand that other packages may use (JCVM §6.13).

use card_proto::reader::Reader;

use crate::component::{Tag, read_whole, write_whole};
use crate::error::{CapError, Fault};
use crate::writer::Writer;

/// An exported class or interface; its index in the component is its token.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClassExport {
    /// Offset of its `interface_info` or `class_info` in the Class component.
    pub class_offset: u16,
    /// Offsets in the static field image, by token of the static field.
    pub static_fields: Vec<u16>,
    /// Offsets in the Method component, by token of the static method or constructor.
    pub static_methods: Vec<u16>,
}

/// The Export component.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ExportComponent {
    /// The exported classes, by class token.
    pub classes: Vec<ClassExport>,
}

impl ExportComponent {
    /// Reads the component.
    ///
    /// # Errors
    /// [`CapError`] when it is malformed.
    pub fn read(info: &[u8]) -> Result<Self, CapError> {
        read_whole(Tag::Export, info, |reader| {
            let count = reader.u8()?;
            let classes = (0..count).map(|_| read_class(reader)).collect::<Result<_, _>>()?;
            Ok(Self { classes })
        })
    }

    /// Writes the component.
    ///
    /// # Errors
    /// [`CapError`] when there are more than 255 classes, or static members of a class.
    pub fn write(&self) -> Result<Vec<u8>, CapError> {
        write_whole(Tag::Export, |out| self.write_fields(out))
    }

    fn write_fields(&self, out: &mut Writer) -> Result<(), Fault> {
        out.count8(self.classes.len(), "exported classes")?;
        for class in &self.classes {
            out.u16(class.class_offset);
            out.count8(class.static_fields.len(), "exported static fields")?;
            out.count8(class.static_methods.len(), "exported static methods")?;
            out.u16s(&class.static_fields);
            out.u16s(&class.static_methods);
        }
        Ok(())
    }
}

fn read_class(reader: &mut Reader<'_>) -> Result<ClassExport, Fault> {
    let class_offset = reader.u16()?;
    let (fields, methods) = (reader.u8()?, reader.u8()?);
    Ok(ClassExport {
        class_offset,
        static_fields: (0..fields).map(|_| reader.u16()).collect::<Result<_, _>>()?,
        static_methods: (0..methods).map(|_| reader.u16()).collect::<Result<_, _>>()?,
    })
}
