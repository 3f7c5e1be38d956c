//! One release of an API package: what its tables say for one version.

use std::fmt;

use cap_format::version::PackageVersion;
use card_proto::aid::Aid;

/// A package in one version. Names of packages and classes are written as in class files, with `/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// For example `javacard/framework`.
    pub name: String,
    /// The AID of the package, the same in all versions.
    pub aid: Aid,
    /// The version of the package.
    pub version: PackageVersion,
    /// Its public classes and interfaces, by token.
    pub classes: Vec<Class>,
}

impl Package {
    /// The name as Java writes it, for example `javacard.framework`.
    pub fn java_name(&self) -> String {
        self.name.replace('/', ".")
    }
}

impl fmt::Display for Package {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.java_name(), self.version)
    }
}

/// A public class or interface with what it declares itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Class {
    /// For example `javacard/framework/AID`; a nested class has a `$` in its name.
    pub name: String,
    /// What the class is.
    pub head: Head,
    /// Compile-time constants.
    pub constants: Vec<Constant>,
    /// Fields that exist on the card.
    pub fields: Vec<Field>,
    /// Constructors and methods.
    pub methods: Vec<Method>,
}

/// The token, the kind and the supertypes of a class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The class token (JCVM §4.3.7.2).
    pub token: u8,
    /// Class or interface.
    pub kind: Kind,
    /// Has no subclasses.
    pub is_final: bool,
    /// Has no instances; always true of an interface.
    pub is_abstract: bool,
    /// The superclass; `None` of `java/lang/Object` and of interfaces.
    pub superclass: Option<String>,
    /// The superinterfaces it names itself, in this order.
    pub interfaces: Vec<String>,
}

impl Head {
    /// Whether this is an interface.
    pub fn is_interface(&self) -> bool {
        self.kind == Kind::Interface
    }
}

/// Class or interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A class.
    Class,
    /// An interface.
    Interface,
}

/// A compile-time constant: public, static, final, without a token and without a place on the card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constant {
    /// Its name.
    pub name: String,
    /// Its type as a descriptor (JVM §4.3.2).
    pub descriptor: String,
    /// Its value; a boolean is 0 or 1.
    pub value: i32,
}

/// A field that is not a compile-time constant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The token (JCVM §4.3.7.4, §4.3.7.5).
    pub token: u8,
    /// Public or protected.
    pub visibility: Visibility,
    /// Belongs to the class.
    pub is_static: bool,
    /// Does not change.
    pub is_final: bool,
    /// Its name.
    pub name: String,
    /// Its type as a descriptor (JVM §4.3.2).
    pub descriptor: String,
}

/// A constructor or a method.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Method {
    /// The token (JCVM §4.3.7.3, §4.3.7.6, §4.3.7.7).
    pub token: u8,
    /// Public or protected.
    pub visibility: Visibility,
    /// Belongs to the class.
    pub is_static: bool,
    /// Cannot be overridden.
    pub is_final: bool,
    /// Has no code; always true in an interface.
    pub is_abstract: bool,
    /// Listed in the export file and not declared by the class.
    pub is_hidden: bool,
    /// Its name; `<init>` of a constructor.
    pub name: String,
    /// Its parameter and result types (JVM §4.3.3).
    pub descriptor: String,
    /// The checked exceptions it declares.
    pub throws: Vec<String>,
}

impl Method {
    /// Whether this is a constructor.
    pub fn is_constructor(&self) -> bool {
        self.name == "<init>"
    }

    /// Whether its token counts with those of static methods: it is one, or a constructor (JCVM §4.3.7.3).
    pub fn has_static_token(&self) -> bool {
        self.is_static || self.is_constructor()
    }

    /// Whether both have the same name and the same types.
    pub fn is_same_as(&self, other: &Self) -> bool {
        self.name == other.name && self.descriptor == other.descriptor
    }
}

/// Who may use a member; others stand in no table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visibility {
    /// All.
    Public,
    /// Subclasses and the package.
    Protected,
}
