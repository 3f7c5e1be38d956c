//! A CAP file with its references resolved: classes, methods and fields refer to each other by index, and have names as far as
//! anything tells them.
//!
//! [`build()`] makes it from a [`Cap`] and [`NameTables`]; listing, comparison and sizes start from it. Whatever a hostile file
//! says, a reference that leads nowhere becomes [`ClassTarget::Nowhere`] and the like, never a panic.

mod build;
mod code;
mod image;
mod name;
mod text;

use cap_format::bytecode::Instruction;
use cap_format::cap::Cap;
use cap_format::component::class::ClassFlags;
use cap_format::component::descriptor::{ClassAccess, FieldAccess, MethodAccess};
use cap_format::component::method::MethodHeader;
use cap_format::version::PackageInfo;

use crate::names::{MemberKind, NameTables};

pub(crate) use build::build;
pub(crate) use code::{Handler, resolved_operand};
pub(crate) use image::initial_value;
pub(crate) use text::Operand;

/// A class or interface that something refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum ClassTarget {
    /// Index in [`Package::classes`].
    Own(usize),
    /// Package token and class token.
    Imported { package: u8, class: u8 },
    /// No class begins at this offset.
    Nowhere(u16),
}

/// A field or method that something refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum MemberTarget {
    /// Index in [`Package::methods`] or [`Package::fields`].
    Own(usize),
    /// A member of an imported class, or one that a class of this package inherits from there: `of` is the class in the
    /// reference.
    Imported {
        package: u8,
        class: u8,
        token: u8,
        kind: MemberKind,
        of: ClassTarget,
    },
    /// The reference leads nowhere; the number is an offset or a token.
    Nowhere(u16),
}

/// What a constant means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reference {
    Class(ClassTarget),
    Field(MemberTarget),
    /// A method; `of` is the class in the reference, where a virtual method is looked up.
    Method {
        of: Option<ClassTarget>,
        method: MemberTarget,
        call: Call,
    },
}

/// How a method is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    Direct,
    Virtual,
    Super,
}

/// A type of the language.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum JavaType {
    Primitive(&'static str),
    Class(ClassTarget),
    Array(Box<JavaType>),
    /// What an export file or a Debug component says.
    Text(String),
}

/// The types of a method.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Signature {
    pub(crate) parameters: Vec<JavaType>,
    pub(crate) result: JavaType,
}

/// A name, and whether something told it or it was made up from a place in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name {
    pub(crate) text: String,
    pub(crate) is_known: bool,
}

/// A class or interface of the package.
#[derive(Debug, Clone)]
pub(crate) struct Class {
    /// Without the package.
    pub(crate) name: Name,
    /// Offset in the Class component.
    pub(crate) offset: usize,
    /// Octets in the Class component.
    pub(crate) octets: usize,
    pub(crate) flags: ClassFlags,
    pub(crate) access: Option<ClassAccess>,
    /// The token under which other packages know it, if it is exported.
    pub(crate) token: Option<u8>,
    pub(crate) super_class: Option<ClassTarget>,
    /// Of a class, those of its superclass not included.
    pub(crate) interfaces: Vec<ClassTarget>,
    /// Words of the fields it declares; 0 of an interface.
    pub(crate) declared_words: u8,
    /// Tokens of its instance fields that hold references.
    pub(crate) references: std::ops::Range<usize>,
    /// Indices in [`Package::methods`].
    pub(crate) methods: Vec<usize>,
    /// Indices in [`Package::fields`].
    pub(crate) fields: Vec<usize>,
    /// Virtual methods by token; of package-visible ones bit 8 is set. `None`: in another package.
    pub(crate) table: Vec<(u8, Option<usize>)>,
    /// Interface, and by its method tokens the virtual method tokens of this class.
    pub(crate) implemented: Vec<(ClassTarget, Vec<u8>)>,
    pub(crate) source_file: Option<String>,
}

impl Class {
    pub(crate) fn is_interface(&self) -> bool {
        self.flags.contains(ClassFlags::INTERFACE)
    }
}

/// A method of the package.
#[derive(Debug, Clone)]
pub(crate) struct Method {
    /// The class, when it is known.
    pub(crate) class: Option<usize>,
    pub(crate) name: Name,
    /// Offset in the Method component; `None`: of an interface.
    pub(crate) offset: Option<usize>,
    /// The token of a virtual or interface method, or the one under which other packages know a static one.
    pub(crate) token: Option<u8>,
    pub(crate) access: Option<MethodAccess>,
    pub(crate) signature: Option<Signature>,
    pub(crate) header: MethodHeader,
    /// Octets of its code.
    pub(crate) code_octets: usize,
    /// Offset from the first instruction, instruction.
    pub(crate) code: Vec<(usize, Instruction)>,
    /// Why the rest of the code cannot be read.
    pub(crate) code_error: Option<String>,
    pub(crate) handlers: Vec<Handler>,
    /// Source lines: offset of the first instruction, line.
    pub(crate) lines: Vec<(u16, u16)>,
}

impl Method {
    /// Octets in the Method component, without its exception handlers.
    pub(crate) fn octets(&self) -> usize {
        match self.offset {
            Some(_) => self.header.octets() + self.code_octets,
            None => 0,
        }
    }
}

/// A field of the package.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub(crate) class: Option<usize>,
    pub(crate) name: Name,
    pub(crate) place: FieldPlace,
    /// The token under which other packages know a static field; of an instance field its number in the class.
    pub(crate) token: Option<u8>,
    pub(crate) access: Option<FieldAccess>,
    pub(crate) field_type: Option<JavaType>,
}

/// Where a field is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FieldPlace {
    /// Offset in the static field image.
    Image(u16),
    /// Number in the instances of its class.
    Instance(u8),
}

/// An applet of the package.
#[derive(Debug, Clone)]
pub(crate) struct Applet {
    pub(crate) aid: card_proto::aid::Aid,
    pub(crate) class: Option<usize>,
    /// Its `install`.
    pub(crate) method: Option<usize>,
    /// Offset of `install` in the Method component.
    pub(crate) offset: u16,
}

/// A CAP file with its references resolved.
#[derive(Debug, Clone)]
pub(crate) struct Package {
    pub(crate) cap: Cap,
    pub(crate) names: NameTables,
    /// Of the package, as Java writes it; empty when nothing tells it.
    pub(crate) name: String,
    pub(crate) applets: Vec<Applet>,
    pub(crate) classes: Vec<Class>,
    pub(crate) methods: Vec<Method>,
    pub(crate) fields: Vec<Field>,
    /// By constant pool index.
    pub(crate) constants: Vec<Reference>,
}

impl Package {
    pub(crate) fn import(&self, package: u8) -> Option<&PackageInfo> {
        self.cap.imports.packages.get(usize::from(package))
    }

    /// The class at the beginning of `class` and its superclasses in this package, nearest first, and what stands above them.
    pub(crate) fn ancestry(&self, class: usize) -> (Vec<usize>, Option<ClassTarget>) {
        let mut chain = Vec::new();
        let mut next = Some(ClassTarget::Own(class));
        while let Some(ClassTarget::Own(index)) = next {
            // A superclass stands before its subclasses; a file in which it does not must not make a circle here.
            if chain.last().is_some_and(|last| index >= *last) {
                return (chain, None);
            }
            chain.push(index);
            next = self.classes.get(index).and_then(|class| class.super_class);
        }
        (chain, next)
    }

    /// The virtual method with this token that instances of `class` run, when it stands in this package.
    pub(crate) fn find_virtual(&self, class: usize, token: u8) -> Option<usize> {
        let (chain, _) = self.ancestry(class);
        chain.into_iter().find_map(|class| {
            let table = &self.classes.get(class)?.table;
            table.iter().find(|(of, _)| *of == token)?.1
        })
    }
}
