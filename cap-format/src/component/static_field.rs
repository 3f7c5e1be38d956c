//! StaticField: the initial values of the static fields (JCVM §6.11).

use card_proto::reader::Reader;

use crate::component::{Tag, read_whole, write_whole};
use crate::error::{CapError, ErrorKind, Fault};
use crate::writer::Writer;

/// Octets of a reference in the static field image.
const REFERENCE_OCTETS: usize = 2;

/// The type of the elements of an initialized array (JCVM §6.11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ArrayInitType {
    /// `boolean[]`, an octet each.
    Boolean = 2,
    /// `byte[]`, an octet each.
    Byte = 3,
    /// `short[]`, two octets each.
    Short = 4,
    /// `int[]`, four octets each.
    Int = 5,
}

/// An array that exists with its contents once the package is loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArrayInit {
    /// The type of its elements.
    pub element: ArrayInitType,
    /// The elements, most significant octet first.
    pub values: Vec<u8>,
}

/// The StaticField component.
///
/// The static field image is: one reference of two octets for each of `array_inits`, null references up to
/// `reference_count`, `default_value_count` octets of zero, `non_default_values`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StaticFieldComponent {
    /// Fields that hold references, those of `array_inits` included.
    pub reference_count: u16,
    /// The arrays of the first fields.
    pub array_inits: Vec<ArrayInit>,
    /// Octets of the primitive fields that begin as zero.
    pub default_value_count: u16,
    /// The values of the other primitive fields, one after another.
    pub non_default_values: Vec<u8>,
}

impl StaticFieldComponent {
    /// Octets of the static field image.
    pub fn image_size(&self) -> usize {
        usize::from(self.reference_count) * REFERENCE_OCTETS
            + usize::from(self.default_value_count)
            + self.non_default_values.len()
    }

    /// Octets of the values of all initialized arrays.
    pub fn array_init_size(&self) -> usize {
        self.array_inits.iter().map(|array| array.values.len()).sum()
    }

    /// Reads the component.
    ///
    /// # Errors
    /// [`CapError`] when it is malformed, or the size of the image is not that of its parts.
    pub fn read(info: &[u8]) -> Result<Self, CapError> {
        read_whole(Tag::StaticField, info, Self::read_fields)
    }

    fn read_fields(reader: &mut Reader<'_>) -> Result<Self, Fault> {
        let image_size = reader.u16()?;
        let before = reader.clone();
        let reference_count = reader.u16()?;
        let array_count = reader.u16()?;
        // JCVM §6.11: arrays are references.
        if array_count > reference_count {
            return Err(before
                .reject(
                    "at least as many references as initialized arrays",
                    reference_count.into(),
                )
                .into());
        }
        let array_inits = (0..array_count)
            .map(|_| read_array(reader))
            .collect::<Result<_, _>>()?;
        let default_value_count = reader.u16()?;
        let non_default_count = reader.u16()?;
        let component = Self {
            reference_count,
            array_inits,
            default_value_count,
            non_default_values: reader.take(non_default_count.into())?.to_vec(),
        };
        let computed = component.image_size();
        if computed != usize::from(image_size) {
            let what = "the size of the static field image";
            let (stated, computed) = (image_size.into(), computed as u64);
            return Err(Fault::new(
                0,
                ErrorKind::Mismatch {
                    what,
                    stated,
                    computed,
                },
            ));
        }
        Ok(component)
    }

    /// Writes the component.
    ///
    /// # Errors
    /// [`CapError`] when the image or an array is too large.
    pub fn write(&self) -> Result<Vec<u8>, CapError> {
        write_whole(Tag::StaticField, |out| self.write_fields(out))
    }

    fn write_fields(&self, out: &mut Writer) -> Result<(), Fault> {
        out.count16(self.image_size(), "octets of static fields")?;
        out.u16(self.reference_count);
        out.checked(
            self.array_inits.len(),
            "initialized arrays",
            self.reference_count.into(),
        )?;
        out.count16(self.array_inits.len(), "initialized arrays")?;
        for array in &self.array_inits {
            out.u8(array.element as u8);
            out.count16(array.values.len(), "octets of an initialized array")?;
            out.bytes(&array.values);
        }
        out.u16(self.default_value_count);
        out.count16(
            self.non_default_values.len(),
            "octets of initialized static fields",
        )?;
        out.bytes(&self.non_default_values);
        Ok(())
    }
}

fn read_array(reader: &mut Reader<'_>) -> Result<ArrayInit, Fault> {
    let before = reader.clone();
    let element = match reader.u8()? {
        2 => ArrayInitType::Boolean,
        3 => ArrayInitType::Byte,
        4 => ArrayInitType::Short,
        5 => ArrayInitType::Int,
        other => {
            return Err(before
                .reject("an array of type 2, 3, 4 or 5", other.into())
                .into());
        }
    };
    let count = reader.u16()?;
    Ok(ArrayInit {
        element,
        values: reader.take(count.into())?.to_vec(),
    })
}
