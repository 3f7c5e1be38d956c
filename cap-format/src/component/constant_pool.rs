//! ConstantPool: what the operands of instructions refer to (JCVM §6.8).

use std::fmt;

use card_proto::reader::Reader;

use crate::component::{Tag, read_whole, write_whole};
use crate::error::{CapError, ErrorKind, Fault};
use crate::reference::{ClassRef, StaticRef};
use crate::writer::Writer;

/// The kinds of constants (JCVM §6.8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConstantTag {
    /// A class or interface.
    Classref = 1,
    /// An instance field.
    InstanceFieldref = 2,
    /// A virtual method.
    VirtualMethodref = 3,
    /// A method of a superclass.
    SuperMethodref = 4,
    /// A static field.
    StaticFieldref = 5,
    /// A static method, a constructor or a private method.
    StaticMethodref = 6,
}

impl fmt::Display for ConstantTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CONSTANT_{self:?}")
    }
}

/// A constant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Constant {
    /// A class or interface (§6.8.1).
    Class(ClassRef),
    /// An instance field (§6.8.2).
    InstanceField {
        /// The class that declares it.
        class: ClassRef,
        /// Its token there.
        token: u8,
    },
    /// A virtual method (§6.8.2).
    VirtualMethod {
        /// The class it is called on.
        class: ClassRef,
        /// Its token; bit 8 set: package-visible, the lower bits index the package table.
        token: u8,
    },
    /// A method of the superclass (§6.8.2).
    SuperMethod {
        /// The class whose code calls: the search begins above it.
        class: ClassRef,
        /// The token of the method.
        token: u8,
    },
    /// A static field (§6.8.3).
    StaticField(StaticRef),
    /// A static method, a constructor or a private method (§6.8.3).
    StaticMethod(StaticRef),
}

impl Constant {
    /// The kind of the constant.
    pub fn tag(&self) -> ConstantTag {
        match self {
            Self::Class(_) => ConstantTag::Classref,
            Self::InstanceField { .. } => ConstantTag::InstanceFieldref,
            Self::VirtualMethod { .. } => ConstantTag::VirtualMethodref,
            Self::SuperMethod { .. } => ConstantTag::SuperMethodref,
            Self::StaticField(_) => ConstantTag::StaticFieldref,
            Self::StaticMethod(_) => ConstantTag::StaticMethodref,
        }
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, Fault> {
        let before = reader.clone();
        Ok(match reader.u8()? {
            1 => {
                let class = ClassRef::read(reader)?;
                reader.expect(0, "00 after a class reference")?;
                Self::Class(class)
            }
            2 => Self::InstanceField {
                class: ClassRef::read(reader)?,
                token: reader.u8()?,
            },
            3 => Self::VirtualMethod {
                class: ClassRef::read(reader)?,
                token: reader.u8()?,
            },
            4 => Self::SuperMethod {
                class: ClassRef::read(reader)?,
                token: reader.u8()?,
            },
            5 => Self::StaticField(StaticRef::read(reader)?),
            6 => Self::StaticMethod(StaticRef::read(reader)?),
            tag => return Err(before.reject("a constant with tag 1 to 6", tag.into()).into()),
        })
    }

    fn write(&self, out: &mut Writer) -> Result<(), Fault> {
        out.u8(self.tag() as u8);
        match *self {
            Self::Class(class) => {
                class.write(out)?;
                out.u8(0);
            }
            Self::InstanceField { class, token }
            | Self::VirtualMethod { class, token }
            | Self::SuperMethod { class, token } => {
                class.write(out)?;
                out.u8(token);
            }
            Self::StaticField(reference) | Self::StaticMethod(reference) => reference.write(out)?,
        }
        Ok(())
    }
}

/// The ConstantPool component.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ConstantPoolComponent {
    /// The constants, by index.
    pub constants: Vec<Constant>,
}

impl ConstantPoolComponent {
    /// The constant with this index.
    pub fn get(&self, index: u16) -> Option<&Constant> {
        self.constants.get(usize::from(index))
    }

    /// Reads the component.
    ///
    /// # Errors
    /// [`CapError`] when it is malformed.
    pub fn read(info: &[u8]) -> Result<Self, CapError> {
        read_whole(Tag::ConstantPool, info, Self::read_fields)
    }

    fn read_fields(reader: &mut Reader<'_>) -> Result<Self, Fault> {
        let offset = reader.offset();
        let count = usize::from(reader.u16()?);
        let wanted = count * OCTETS;
        if reader.remaining() < wanted {
            let left = reader.remaining();
            return Err(Fault::new(offset, ErrorKind::Ended { wanted, left }));
        }
        let constants = (0..count)
            .map(|_| Constant::read(reader))
            .collect::<Result<_, _>>()?;
        Ok(Self { constants })
    }

    /// Writes the component.
    ///
    /// # Errors
    /// [`CapError`] when there are too many constants, or a reference is out of its range.
    pub fn write(&self) -> Result<Vec<u8>, CapError> {
        write_whole(Tag::ConstantPool, |out| {
            out.count16(self.constants.len(), "constants")?;
            self.constants.iter().try_for_each(|constant| constant.write(out))
        })
    }
}

/// Octets of a constant.
const OCTETS: usize = 4;
