//! A package with everything resolved: what stands behind every constant and every method.
//!
//! Made once, by [`Model::new`], from components that contradict neither each other nor the export files; the rules for code work
//! on it alone.

mod build;
pub(crate) mod members;

use std::sync::Arc;

use cap_format::cap::Cap;
use cap_format::component::method::ExceptionHandler;

use crate::types::{TypeId, Types};

/// The type of a field, a parameter or a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum ValueType {
    /// `boolean`.
    Boolean,
    /// `byte`.
    Byte,
    /// `short`.
    Short,
    /// `int`: two words.
    Int,
    /// An object of a class or of one that implements an interface.
    Object(TypeId),
    /// An array.
    Array(Element),
}

impl ValueType {
    /// The words that a value has on the stack or in local variables.
    pub(crate) fn words(self) -> usize {
        if self == Self::Int { 2 } else { 1 }
    }

    /// The type as Java writes it, names with slashes.
    pub(crate) fn name(self, types: &Types) -> String {
        match self {
            Self::Boolean => "boolean".to_owned(),
            Self::Byte => "byte".to_owned(),
            Self::Short => "short".to_owned(),
            Self::Int => "int".to_owned(),
            Self::Object(class) => types.get(class).name.clone(),
            Self::Array(element) => format!("{}[]", element.value().name(types)),
        }
    }
}

/// What an array holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Element {
    /// `boolean[]`.
    Boolean,
    /// `byte[]`.
    Byte,
    /// `short[]`.
    Short,
    /// `int[]`.
    Int,
    /// References to a class or interface.
    Object(TypeId),
}

impl Element {
    /// The type of one of them.
    pub(crate) fn value(self) -> ValueType {
        match self {
            Self::Boolean => ValueType::Boolean,
            Self::Byte => ValueType::Byte,
            Self::Short => ValueType::Short,
            Self::Int => ValueType::Int,
            Self::Object(class) => ValueType::Object(class),
        }
    }
}

/// The types of a method; `this` is not among the parameters. A copy shares them: many methods and constants may have one type.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Signature {
    /// The parameters in their order.
    pub(crate) parameters: Arc<[ValueType]>,
    /// The result; `None` for `void`.
    pub(crate) result: Option<ValueType>,
}

impl Signature {
    /// The words that a caller leaves for a method of this kind: its parameters, and `this` if it has one.
    pub(crate) fn argument_words(&self, kind: MethodKind) -> usize {
        let this = usize::from(kind != MethodKind::Static);
        this + self.parameters.iter().map(|value| value.words()).sum::<usize>()
    }
}

/// Who may use a member (JCVM §6.14.2, §6.14.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Visibility {
    /// Everyone.
    Public,
    /// Its package, and subclasses on objects of their own kind.
    Protected,
    /// Its package.
    Package,
    /// Its class.
    Private,
}

/// A field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field {
    /// The class that declares it.
    pub(crate) class: TypeId,
    /// Its type.
    pub(crate) value: ValueType,
    /// Who may use it.
    pub(crate) visibility: Visibility,
    /// Only its own class may assign it, in a constructor.
    pub(crate) is_final: bool,
    /// Declared in this package.
    pub(crate) own: bool,
}

/// What kind of method stands behind a CONSTANT_StaticMethodref.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum MethodKind {
    /// Without `this`: for `invokestatic`.
    Static,
    /// A constructor: for `invokespecial`.
    Constructor,
    /// A private method: for `invokespecial`.
    Private,
    /// A virtual method: for `invokevirtual`, `invokeinterface`, and through `super` for `invokespecial`.
    Virtual,
}

/// A method that can be called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Callee {
    /// The class it is called on: of a static method the one that declares it, of a virtual one the one that the constant names.
    pub(crate) class: TypeId,
    /// The class that declares it, for access to protected members.
    pub(crate) declared_in: TypeId,
    /// What kind.
    pub(crate) kind: MethodKind,
    /// Its types.
    pub(crate) signature: Signature,
    /// Who may call it.
    pub(crate) visibility: Visibility,
    /// Has no code: cannot be called through `super`.
    pub(crate) is_abstract: bool,
    /// Declared in this package.
    pub(crate) own: bool,
}

/// What a constant stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Constant {
    /// CONSTANT_Classref.
    Class(TypeId),
    /// CONSTANT_InstanceFieldref: the constant names the class that declares the field (JCVM §6.8.2).
    InstanceField(Field),
    /// CONSTANT_VirtualMethodref.
    VirtualMethod(Callee),
    /// CONSTANT_SuperMethodref: `class` of the callee is the class whose code may call it.
    SuperMethod(Callee),
    /// CONSTANT_StaticFieldref.
    StaticField(Field),
    /// CONSTANT_StaticMethodref.
    StaticMethod(Callee),
}

/// A method of this package.
#[derive(Debug, Clone)]
pub(crate) struct Method<'a> {
    /// Offset of its header in the Method component.
    pub(crate) offset: u16,
    /// Offset of its first instruction in the Method component: behind the header of two or four octets.
    pub(crate) code_offset: u16,
    /// Words of the operand stack.
    pub(crate) max_stack: u8,
    /// Words of the arguments, `this` included.
    pub(crate) nargs: u8,
    /// Words of the local variables without the arguments.
    pub(crate) max_locals: u8,
    /// The class it belongs to.
    pub(crate) class: TypeId,
    /// What kind.
    pub(crate) kind: MethodKind,
    /// Its types.
    pub(crate) signature: Signature,
    /// Its code; empty when `is_abstract`.
    pub(crate) code: &'a [u8],
    /// Has no code.
    pub(crate) is_abstract: bool,
    /// Index in the Method component of its first exception handler.
    pub(crate) first_handler: usize,
    /// Its exception handlers, in their order.
    pub(crate) handlers: &'a [ExceptionHandler],
}

/// A package with everything resolved.
#[derive(Debug)]
pub(crate) struct Model<'a> {
    /// The file.
    pub(crate) cap: &'a Cap,
    /// All classes and interfaces.
    pub(crate) types: Types,
    /// By index in the constant pool.
    pub(crate) constants: Vec<Constant>,
    /// Methods of interfaces, by interface and token: for `invokeinterface`. Inherited ones are found under the interface that
    /// inherits them too.
    pub(crate) interface_methods: std::collections::HashMap<(TypeId, u8), Callee>,
    /// The methods, in the order of the Method component.
    pub(crate) methods: Vec<Method<'a>>,
    /// The class `java.lang.Object`.
    pub(crate) object: TypeId,
    /// The class `java.lang.Throwable`.
    pub(crate) throwable: Option<TypeId>,
}
