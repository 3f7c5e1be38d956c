//! References that several components hold: to a class, to a static field, to a static method (JCVM §6.8.1, §6.8.3).

use card_proto::reader::Reader;

use crate::error::{ErrorKind, Fault};
use crate::writer::Writer;

/// The largest offset an internal class reference can hold: its highest bit says "external".
const MAX_INTERNAL: u16 = 0x7FFF;
/// The largest package token an external reference can hold.
const MAX_PACKAGE: u8 = 0x7F;
/// "No class": the superclass of a class without one.
const NO_CLASS: u16 = 0xFFFF;

/// `class_ref`: a class or an interface of this package or of an imported one (JCVM §6.8.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClassRef {
    /// Defined in this package.
    Internal {
        /// Offset of its `interface_info` or `class_info` in the Class component, at most `7FFF`.
        offset: u16,
    },
    /// Defined in an imported package.
    External {
        /// Index in the Import component, at most `7F`.
        package: u8,
        /// The class token in that package.
        class: u8,
    },
}

impl ClassRef {
    /// The reference that two octets spell; every value is one.
    pub fn from_u16(value: u16) -> Self {
        let [high, low] = value.to_be_bytes();
        if value <= MAX_INTERNAL {
            Self::Internal { offset: value }
        } else {
            Self::External {
                package: high & MAX_PACKAGE,
                class: low,
            }
        }
    }

    /// The two octets of the reference; `None` when the offset or the package token is too large.
    pub fn to_u16(self) -> Option<u16> {
        match self {
            Self::Internal { offset } => (offset <= MAX_INTERNAL).then_some(offset),
            Self::External { package, class } => {
                (package <= MAX_PACKAGE).then(|| u16::from_be_bytes([0x80 | package, class]))
            }
        }
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, Fault> {
        Ok(Self::from_u16(reader.u16()?))
    }

    /// A reference where `FFFF` stands for none.
    pub(crate) fn read_optional(reader: &mut Reader<'_>) -> Result<Option<Self>, Fault> {
        let value = reader.u16()?;
        Ok((value != NO_CLASS).then(|| Self::from_u16(value)))
    }

    pub(crate) fn write(self, out: &mut Writer) -> Result<(), Fault> {
        let value = self.to_u16().ok_or_else(|| out.fault(self.too_large()))?;
        out.u16(value);
        Ok(())
    }

    pub(crate) fn write_optional(reference: Option<Self>, out: &mut Writer) -> Result<(), Fault> {
        match reference {
            None => {
                out.u16(NO_CLASS);
                Ok(())
            }
            Some(reference) if reference.to_u16() == Some(NO_CLASS) => Err(out.fault(ErrorKind::Value {
                wanted: "a class reference other than FFFF, which means none",
                found: NO_CLASS.into(),
            })),
            Some(reference) => reference.write(out),
        }
    }

    pub(crate) fn too_large(self) -> ErrorKind {
        let (what, found, limit) = match self {
            Self::Internal { offset } => ("as offset of a class", offset.into(), MAX_INTERNAL.into()),
            Self::External { package, .. } => ("as package token", package.into(), MAX_PACKAGE.into()),
        };
        ErrorKind::Limit { what, found, limit }
    }
}

/// `static_field_ref` or `static_method_ref`: a static member of this package or of an imported one (JCVM §6.8.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StaticRef {
    /// Defined in this package.
    Internal {
        /// Of a field: offset in the static field image; of a method: offset in the Method component.
        offset: u16,
    },
    /// Defined in an imported package.
    External {
        /// Index in the Import component, at most `7F`.
        package: u8,
        /// The class token in that package.
        class: u8,
        /// The token of the static field or static method in that class.
        token: u8,
    },
}

impl StaticRef {
    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, Fault> {
        let before = reader.clone();
        let [first, second, third] = reader.array()?;
        match first {
            0 => Ok(Self::Internal {
                offset: u16::from_be_bytes([second, third]),
            }),
            0x80..=0xFF => Ok(Self::External {
                package: first & MAX_PACKAGE,
                class: second,
                token: third,
            }),
            _ => Err(before
                .reject("00 (internal) or 80 to FF (external)", first.into())
                .into()),
        }
    }

    pub(crate) fn write(self, out: &mut Writer) -> Result<(), Fault> {
        match self {
            Self::Internal { offset } => {
                out.u8(0);
                out.u16(offset);
            }
            Self::External {
                package,
                class,
                token,
            } => {
                out.checked(package.into(), "as package token", MAX_PACKAGE.into())?;
                out.bytes(&[0x80 | package, class, token]);
            }
        }
        Ok(())
    }
}
