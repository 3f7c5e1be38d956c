//! Class files as values: names resolved, branch targets as instruction indexes, source lines beside the code.
//!
//! Nothing after this module sees a constant-pool index or a byte offset of a class file. What the Java Card
//! language does not have (long, `invokedynamic` …) is still here, so that [`crate::subset`] can name it with its line.

mod code;
mod constants;
mod descriptor;
mod opcodes;
mod reader;

pub(crate) use code::{
    ArrayElement, BinaryOperator, Code, Comparison, FieldAccess, Handler, Instruction, InvokeKind,
    MemberName, StackShuffle, Switch, ValueKind,
};
pub(crate) use descriptor::{MethodType, Type};
pub(crate) use reader::read_class;

/// Access flags of classes, fields and methods (JVMS §4.1, §4.5, §4.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Access(pub(crate) u16);

impl Access {
    pub(crate) const PUBLIC: u16 = 0x0001;
    pub(crate) const PRIVATE: u16 = 0x0002;
    pub(crate) const PROTECTED: u16 = 0x0004;
    pub(crate) const STATIC: u16 = 0x0008;
    pub(crate) const FINAL: u16 = 0x0010;
    pub(crate) const SYNCHRONIZED: u16 = 0x0020;
    pub(crate) const VOLATILE: u16 = 0x0040;
    pub(crate) const TRANSIENT: u16 = 0x0080;
    pub(crate) const NATIVE: u16 = 0x0100;
    pub(crate) const INTERFACE: u16 = 0x0200;
    pub(crate) const ABSTRACT: u16 = 0x0400;
    pub(crate) const STRICT: u16 = 0x0800;
    pub(crate) const ANNOTATION: u16 = 0x2000;
    pub(crate) const ENUM: u16 = 0x4000;

    /// Whether any flag of `mask` is set.
    pub(crate) fn has(self, mask: u16) -> bool {
        self.0 & mask != 0
    }

    /// Takes the flags of `mask` away.
    pub(crate) fn remove(&mut self, mask: u16) {
        self.0 &= !mask;
    }

    /// Whether code outside the package can name the member: public or protected.
    pub(crate) fn is_visible_outside(self) -> bool {
        self.has(Self::PUBLIC | Self::PROTECTED)
    }
}

/// A class or an interface.
#[derive(Debug)]
pub(crate) struct Class {
    /// Binary name with slashes, as `com/example/Applet`.
    pub(crate) name: String,
    pub(crate) access: Access,
    pub(crate) super_name: Option<String>,
    pub(crate) interfaces: Vec<String>,
    pub(crate) source_file: Option<String>,
    /// The outermost class that shares its private members with this one (JVMS §4.7.28).
    pub(crate) nest_host: Option<String>,
    pub(crate) fields: Vec<Field>,
    pub(crate) methods: Vec<Method>,
}

impl Class {
    pub(crate) fn is_interface(&self) -> bool {
        self.access.has(Access::INTERFACE)
    }

    pub(crate) fn is_public(&self) -> bool {
        self.access.has(Access::PUBLIC)
    }

    /// The package part of the name, with slashes; empty for the unnamed package.
    pub(crate) fn package(&self) -> &str {
        package_of(&self.name)
    }

    /// The host of the nest the class belongs to: itself when it names none.
    pub(crate) fn nest(&self) -> &str {
        self.nest_host.as_deref().unwrap_or(&self.name)
    }

    pub(crate) fn field(&self, name: &str, descriptor: &Type) -> Option<usize> {
        self.fields
            .iter()
            .position(|field| field.name == name && field.kind == *descriptor)
    }

    pub(crate) fn method(&self, name: &str, descriptor: &MethodType) -> Option<usize> {
        self.methods
            .iter()
            .position(|method| method.name == name && method.kind == *descriptor)
    }
}

/// The package part of a binary name.
pub(crate) fn package_of(name: &str) -> &str {
    name.rsplit_once('/').map_or("", |(package, _)| package)
}

/// The class part of a binary name.
pub(crate) fn simple_name(name: &str) -> &str {
    name.rsplit_once('/').map_or(name, |(_, simple)| simple)
}

/// A compile-time constant of a field or an operand of `ldc`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Literal {
    Int(i32),
    /// A constant of a type the Java Card language does not have, by the type's name in Java.
    Foreign(&'static str),
}

#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) access: Access,
    pub(crate) name: String,
    pub(crate) kind: Type,
    pub(crate) constant: Option<Literal>,
}

impl Field {
    pub(crate) fn is_static(&self) -> bool {
        self.access.has(Access::STATIC)
    }

    /// The value of a static final field that javac has already put in the place of every use.
    pub(crate) fn compile_time_constant(&self) -> Option<i32> {
        match self.constant {
            Some(Literal::Int(value)) if self.is_static() && self.access.has(Access::FINAL) => Some(value),
            _ => None,
        }
    }
}

#[derive(Debug)]
pub(crate) struct Method {
    pub(crate) access: Access,
    pub(crate) name: String,
    pub(crate) kind: MethodType,
    /// The exceptions that its declaration names (JVMS §4.7.5).
    pub(crate) exceptions: Vec<String>,
    pub(crate) code: Option<Code>,
}

impl Method {
    pub(crate) fn is_static(&self) -> bool {
        self.access.has(Access::STATIC)
    }

    pub(crate) fn is_abstract(&self) -> bool {
        self.access.has(Access::ABSTRACT)
    }

    pub(crate) fn is_constructor(&self) -> bool {
        self.name == "<init>"
    }

    pub(crate) fn is_class_initializer(&self) -> bool {
        self.name == "<clinit>"
    }

    /// Whether calls go straight to the code: static, private, or a constructor (JCVM §4.3.7.4).
    pub(crate) fn is_called_directly(&self) -> bool {
        self.is_static() || self.is_constructor() || self.access.has(Access::PRIVATE)
    }
}
