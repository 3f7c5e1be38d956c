//! Descriptor: what a verifier needs to know of classes, fields and methods (JCVM §6.14).

use card_proto::reader::Reader;

use crate::component::{Tag, read_whole, write_whole};
use crate::error::{CapError, ErrorKind, Fault};
use crate::flags::flags;
use crate::reference::{ClassRef, StaticRef};
use crate::type_descriptor::{TypeDescriptor, TypeDescriptors};
use crate::writer::Writer;

flags! {
    /// Of a class or interface (JCVM §6.14.1).
    ClassAccess(u8) {
        /// Visible outside the package.
        PUBLIC = 0x01, "public";
        /// Has no subclasses.
        FINAL = 0x10, "final";
        /// An interface.
        INTERFACE = 0x40, "interface";
        /// Has no instances.
        ABSTRACT = 0x80, "abstract";
    }
}

flags! {
    /// Of a field (JCVM §6.14.2).
    FieldAccess(u8) {
        /// Visible everywhere.
        PUBLIC = 0x01, "public";
        /// Visible in its class.
        PRIVATE = 0x02, "private";
        /// Visible in subclasses.
        PROTECTED = 0x04, "protected";
        /// One for all instances.
        STATIC = 0x08, "static";
        /// Assigned once.
        FINAL = 0x10, "final";
    }
}

flags! {
    /// Of a method (JCVM §6.14.3).
    MethodAccess(u8) {
        /// Visible everywhere.
        PUBLIC = 0x01, "public";
        /// Visible in its class.
        PRIVATE = 0x02, "private";
        /// Visible in subclasses.
        PROTECTED = 0x04, "protected";
        /// Without `this`.
        STATIC = 0x08, "static";
        /// Is not overridden.
        FINAL = 0x10, "final";
        /// Without code.
        ABSTRACT = 0x40, "abstract";
        /// A constructor.
        INIT = 0x80, "init";
    }
}

/// Where a field is (JCVM §6.14.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldLocation {
    /// A static field; with [`FieldAccess::STATIC`].
    Static(StaticRef),
    /// An instance field.
    Instance {
        /// The class that declares it.
        class: ClassRef,
        /// Its token there.
        token: u8,
    },
}

/// A primitive type of a field (JCVM §6.14.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PrimitiveType {
    /// `boolean`.
    Boolean = 2,
    /// `byte`.
    Byte = 3,
    /// `short`.
    Short = 4,
    /// `int`.
    Int = 5,
}

/// The type of a field (JCVM §6.14.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FieldType {
    /// A primitive type.
    Primitive(PrimitiveType),
    /// A class or an array: offset of its type descriptor from the beginning of `type_descriptor_info`
    /// (see [`DescriptorComponent::type_at`]).
    Reference(u16),
}

/// `field_descriptor_info` (JCVM §6.14.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldDescriptor {
    /// The token; `FF` for a static field that is neither public nor protected.
    pub token: u8,
    /// The flags.
    pub access: FieldAccess,
    /// Where it is.
    pub location: FieldLocation,
    /// Its type.
    pub field_type: FieldType,
}

/// `method_descriptor_info` (JCVM §6.14.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MethodDescriptor {
    /// The token; `FF` for a private method, and for a static method or constructor that is neither public nor protected.
    pub token: u8,
    /// The flags.
    pub access: MethodAccess,
    /// Offset in the Method component; 0 for a method of an interface.
    pub method_offset: u16,
    /// Offset of its type descriptor from the beginning of `type_descriptor_info` (see [`DescriptorComponent::type_at`]).
    pub type_offset: u16,
    /// Octets of its code, without the header.
    pub bytecode_count: u16,
    /// How many exception handlers it has.
    pub handler_count: u16,
    /// The index of the first of them.
    pub handler_index: u16,
}

/// `class_descriptor_info` (JCVM §6.14.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassDescriptor {
    /// The token; `FF` for a class that is not public. A public class has one even when the package does not export it.
    pub token: u8,
    /// The flags.
    pub access: ClassAccess,
    /// Where it stands in the Class component.
    pub this_class: ClassRef,
    /// The interfaces a class implements; an interface lists none here.
    pub interfaces: Vec<ClassRef>,
    /// Its fields, without compile-time constants.
    pub fields: Vec<FieldDescriptor>,
    /// Its methods, without inherited ones.
    pub methods: Vec<MethodDescriptor>,
}

/// The Descriptor component.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DescriptorComponent {
    /// All interfaces and classes.
    pub classes: Vec<ClassDescriptor>,
    /// By constant: offset of the type of the field or method from the beginning of `type_descriptor_info`; `None` for a class
    /// (JCVM §6.14.4).
    pub constant_types: Vec<Option<u16>>,
    /// The types.
    pub types: TypeDescriptors,
}

/// "No type": the constant is a class.
const NO_TYPE: u16 = 0xFFFF;
/// The bit of the type of a field that says that it is primitive.
const PRIMITIVE: u16 = 0x8000;

impl DescriptorComponent {
    /// Octets of `type_descriptor_info` before its first type: offsets of types begin here.
    pub fn types_begin(&self) -> usize {
        2 + 2 * self.constant_types.len()
    }

    /// The type at an offset from the beginning of `type_descriptor_info`.
    pub fn type_at(&self, offset: u16) -> Option<&TypeDescriptor> {
        self.types
            .at(usize::from(offset).checked_sub(self.types_begin())?)
    }

    /// Reads the component.
    ///
    /// # Errors
    /// [`CapError`] when it is malformed.
    pub fn read(info: &[u8]) -> Result<Self, CapError> {
        read_whole(Tag::Descriptor, info, Self::read_fields)
    }

    fn read_fields(reader: &mut Reader<'_>) -> Result<Self, Fault> {
        let classes = reader.u8()?;
        let classes = (0..classes)
            .map(|_| ClassDescriptor::read(reader))
            .collect::<Result<_, _>>()?;
        let constants = reader.u16()?;
        let mut constant_type =
            || -> Result<_, Fault> { Ok(Some(reader.u16()?).filter(|offset| *offset != NO_TYPE)) };
        let constant_types = (0..constants)
            .map(|_| constant_type())
            .collect::<Result<_, _>>()?;
        Ok(Self {
            classes,
            constant_types,
            types: TypeDescriptors::read(reader)?,
        })
    }

    /// Writes the component.
    ///
    /// # Errors
    /// [`CapError`] when there is too much of something, or flags and location of a field contradict each other.
    pub fn write(&self) -> Result<Vec<u8>, CapError> {
        write_whole(Tag::Descriptor, |out| {
            out.count8(self.classes.len(), "classes")?;
            self.classes.iter().try_for_each(|class| class.write(out))?;
            out.count16(self.constant_types.len(), "types of constants")?;
            for offset in &self.constant_types {
                if *offset == Some(NO_TYPE) {
                    return Err(value_fault(
                        "an offset below FFFF, which means none",
                        NO_TYPE,
                        out,
                    ));
                }
                out.u16(offset.unwrap_or(NO_TYPE));
            }
            self.types.write(out)
        })
    }
}

impl ClassDescriptor {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Fault> {
        let token = reader.u8()?;
        let access = ClassAccess(reader.u8()?);
        let this_class = ClassRef::read(reader)?;
        let interfaces = reader.u8()?;
        let (fields, methods) = (reader.u16()?, reader.u16()?);
        Ok(Self {
            token,
            access,
            this_class,
            interfaces: (0..interfaces)
                .map(|_| ClassRef::read(reader))
                .collect::<Result<_, _>>()?,
            fields: (0..fields)
                .map(|_| FieldDescriptor::read(reader))
                .collect::<Result<_, _>>()?,
            methods: (0..methods)
                .map(|_| MethodDescriptor::read(reader))
                .collect::<Result<_, _>>()?,
        })
    }

    fn write(&self, out: &mut Writer) -> Result<(), Fault> {
        out.u8(self.token);
        out.u8(self.access.0);
        self.this_class.write(out)?;
        out.count8(self.interfaces.len(), "interfaces")?;
        out.count16(self.fields.len(), "fields")?;
        out.count16(self.methods.len(), "methods")?;
        self.interfaces.iter().try_for_each(|class| class.write(out))?;
        self.fields.iter().try_for_each(|field| field.write(out))?;
        self.methods.iter().for_each(|method| method.write(out));
        Ok(())
    }
}

impl FieldDescriptor {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Fault> {
        let token = reader.u8()?;
        let access = FieldAccess(reader.u8()?);
        let location = if access.contains(FieldAccess::STATIC) {
            FieldLocation::Static(StaticRef::read(reader)?)
        } else {
            FieldLocation::Instance {
                class: ClassRef::read(reader)?,
                token: reader.u8()?,
            }
        };
        Ok(Self {
            token,
            access,
            location,
            field_type: FieldType::read(reader)?,
        })
    }

    fn write(&self, out: &mut Writer) -> Result<(), Fault> {
        out.u8(self.token);
        out.u8(self.access.0);
        match (self.location, self.access.contains(FieldAccess::STATIC)) {
            (FieldLocation::Static(reference), true) => reference.write(out)?,
            (FieldLocation::Instance { class, token }, false) => {
                class.write(out)?;
                out.u8(token);
            }
            _ => {
                let wanted = "the flag `static` exactly with a static location";
                return Err(value_fault(wanted, self.access.0.into(), out));
            }
        }
        self.field_type.write(out)
    }
}

impl FieldType {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Fault> {
        let before = reader.clone();
        let value = reader.u16()?;
        if value & PRIMITIVE == 0 {
            return Ok(Self::Reference(value));
        }
        Ok(Self::Primitive(match value & !PRIMITIVE {
            2 => PrimitiveType::Boolean,
            3 => PrimitiveType::Byte,
            4 => PrimitiveType::Short,
            5 => PrimitiveType::Int,
            _ => {
                return Err(before
                    .reject("a field type of 8002 to 8005 or an offset", value.into())
                    .into());
            }
        }))
    }

    fn write(self, out: &mut Writer) -> Result<(), Fault> {
        match self {
            Self::Primitive(primitive) => out.u16(PRIMITIVE | primitive as u16),
            Self::Reference(offset) if offset & PRIMITIVE == 0 => out.u16(offset),
            Self::Reference(offset) => {
                return Err(value_fault("an offset of a type of at most 7FFF", offset, out));
            }
        }
        Ok(())
    }
}

impl MethodDescriptor {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Fault> {
        Ok(Self {
            token: reader.u8()?,
            access: MethodAccess(reader.u8()?),
            method_offset: reader.u16()?,
            type_offset: reader.u16()?,
            bytecode_count: reader.u16()?,
            handler_count: reader.u16()?,
            handler_index: reader.u16()?,
        })
    }

    fn write(&self, out: &mut Writer) {
        out.u8(self.token);
        out.u8(self.access.0);
        out.u16s(&[
            self.method_offset,
            self.type_offset,
            self.bytecode_count,
            self.handler_count,
            self.handler_index,
        ]);
    }
}

fn value_fault(wanted: &'static str, found: u16, out: &Writer) -> Fault {
    let found = found.into();
    out.fault(ErrorKind::Value { wanted, found })
}
