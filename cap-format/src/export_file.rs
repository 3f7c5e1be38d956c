//! Export files: the tokens by which other packages refer to the public things of one (JCVM ch. 5).
//!
//! Names are those of class files: `javacard/framework/APDU`, descriptors `([BSB)V`. A file's constant pool is not part of the
//! value; [`ExportFile::write`] makes one in the order of first use, as the vendor's converter does.

mod read;
mod write;

use crate::error::{CapError, Part};
use crate::flags::flags;
use crate::version::{FormatVersion, PackageInfo};

flags! {
    /// Access and kind of an exported class, field or method (JCVM §5.7 to §5.9).
    ExportAccess(u16) {
        /// Visible everywhere.
        PUBLIC = 0x0001, "public";
        /// Visible in subclasses.
        PROTECTED = 0x0004, "protected";
        /// One for all instances.
        STATIC = 0x0008, "static";
        /// Not extended, overridden or assigned.
        FINAL = 0x0010, "final";
        /// An interface.
        INTERFACE = 0x0200, "interface";
        /// Without instances, or without code.
        ABSTRACT = 0x0400, "abstract";
        /// A shareable interface, or a class that implements one.
        SHAREABLE = 0x0800, "shareable";
        /// A remote interface, or a class that implements one.
        REMOTE = 0x1000, "remote";
    }
}

/// A package by name: the one of the file, or one that it refers to (`CONSTANT_Package`, JCVM §5.6.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedPackage {
    /// True for a package without applets.
    pub library: bool,
    /// The name with slashes.
    pub name: String,
    /// Version and AID.
    pub info: PackageInfo,
}

/// An exported field (JCVM §5.8).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedField {
    /// The token; `FF` for a compile-time constant.
    pub token: u8,
    /// The flags.
    pub access: ExportAccess,
    /// The name.
    pub name: String,
    /// The type.
    pub descriptor: String,
    /// The value of a compile-time constant.
    pub constant: Option<i32>,
}

/// An exported method (JCVM §5.9).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedMethod {
    /// The token.
    pub token: u8,
    /// The flags.
    pub access: ExportAccess,
    /// The name.
    pub name: String,
    /// The types of parameters and result.
    pub descriptor: String,
}

/// An exported class or interface (JCVM §5.7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedClass {
    /// The token.
    pub token: u8,
    /// The flags.
    pub access: ExportAccess,
    /// The name with slashes.
    pub name: String,
    /// All superclasses; of an interface `java/lang/Object`.
    pub superclasses: Vec<String>,
    /// All interfaces it implements or extends.
    pub interfaces: Vec<String>,
    /// Public and protected fields.
    pub fields: Vec<ExportedField>,
    /// Public and protected methods, inherited virtual ones included.
    pub methods: Vec<ExportedMethod>,
    /// `CAP22_inheritable_public_method_token_count`; 0 before format 2.3, which has no such field.
    pub cap22_inheritable_methods: u8,
}

/// An export file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportFile {
    /// The version of the format.
    pub format: FormatVersion,
    /// The package.
    pub package: ExportedPackage,
    /// The packages it refers to; format 2.3 only.
    pub referenced_packages: Vec<ExportedPackage>,
    /// The exported classes and interfaces.
    pub classes: Vec<ExportedClass>,
}

impl ExportFile {
    /// Reads an export file. Its constant pool may have any order and unused constants.
    ///
    /// # Errors
    /// [`CapError`] when it is malformed, of a format this crate does not know, or larger than [`limits`](crate::limits) allow.
    pub fn read(bytes: &[u8]) -> Result<Self, CapError> {
        read::file(bytes).map_err(|fault| fault.of(Part::ExportFile))
    }

    /// Writes an export file.
    ///
    /// # Errors
    /// [`CapError`] when a count, a name or the constant pool is too long for its field, or the format has no such thing.
    pub fn write(&self) -> Result<Vec<u8>, CapError> {
        write::file(self).map_err(|fault| fault.of(Part::ExportFile))
    }

    /// The class or interface of this name (with slashes).
    pub fn class(&self, name: &str) -> Option<&ExportedClass> {
        self.classes.iter().find(|class| class.name == name)
    }
}

const MAGIC: u32 = 0x00FA_CADE;
/// The only attribute there is (JCVM §5.10): the value of a compile-time constant.
const CONSTANT_VALUE: &str = "ConstantValue";
/// Octets of that attribute: an index of the constant pool.
const CONSTANT_VALUE_OCTETS: u32 = 2;

/// The tags of constants (JCVM §5.6).
mod tag {
    pub(super) const UTF8: u8 = 1;
    pub(super) const INTEGER: u8 = 3;
    pub(super) const CLASSREF: u8 = 7;
    pub(super) const PACKAGE: u8 = 13;
}
