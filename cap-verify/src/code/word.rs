//! What a word of the operand stack or a local variable holds.

use cap_format::bytecode::ElementType;

use super::bounds::{Bound, Bounds};
use crate::model::{Element, ValueType};
use crate::types::TypeId;

/// A word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Word {
    /// Nothing that may be used: never set, or set differently on the paths that lead here.
    Unset,
    /// A `short`, or a `boolean` or `byte` extended to it.
    Short,
    /// The first word of an `int`; the second always follows it.
    IntHigh,
    /// The second word of an `int`.
    IntLow,
    /// `null`.
    Null,
    /// A reference to an object, or to an array as an object; or `null`.
    Object(Bound),
    /// A reference to an array, or `null`.
    Array(Elements),
    /// What `new` made, before its constructor has been called.
    New {
        /// Index of the instruction.
        at: u16,
        /// Its class.
        class: TypeId,
    },
    /// `this` of a constructor, before another constructor has been called on it.
    This,
    /// Where `ret` goes: the index of the instruction behind a `jsr`.
    ReturnAddress(u16),
}

/// What an array holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Elements {
    /// Numbers.
    Primitive(ElementType),
    /// References.
    References(Bound),
}

impl Word {
    /// A reference to an instance of `class`, or of a class that implements it.
    pub(super) fn object(class: TypeId) -> Self {
        Self::Object(Bound::Type(class))
    }

    /// The first word of a value of this type; of an `int`, [`Word::IntLow`] follows.
    pub(super) fn of(value: ValueType) -> Self {
        match value {
            ValueType::Boolean | ValueType::Byte | ValueType::Short => Self::Short,
            ValueType::Int => Self::IntHigh,
            ValueType::Object(class) => Self::object(class),
            ValueType::Array(element) => Self::Array(Elements::of(element)),
        }
    }

    /// Whether it is a reference that may be used: `null`, an object or an array.
    pub(super) fn is_reference(self) -> bool {
        matches!(self, Self::Null | Self::Object(_) | Self::Array(_))
    }

    /// Whether it is an object before its constructor has been called.
    pub(super) fn is_uninitialized(self) -> bool {
        matches!(self, Self::New { .. } | Self::This)
    }

    /// What it holds, in words; `bounds` has the names.
    pub(super) fn describe(self, bounds: &Bounds<'_>) -> String {
        match self {
            Self::Unset => "a word that not every path has set alike".to_owned(),
            Self::Short => "a short".to_owned(),
            Self::IntHigh | Self::IntLow => "a word of an int".to_owned(),
            Self::Null => "null".to_owned(),
            Self::Object(bound) => format!("a reference to {}", bounds.name(bound)),
            Self::Array(Elements::Primitive(element)) => format!("an array of {}", element.name()),
            Self::Array(Elements::References(bound)) => format!("an array of {}", bounds.name(bound)),
            Self::New { class, .. } => {
                let name = bounds.name(Bound::Type(class));
                format!("an object of {name} whose constructor has not been called")
            }
            Self::This => "`this` before the constructor of its superclass has been called".to_owned(),
            Self::ReturnAddress(_) => "a return address".to_owned(),
        }
    }
}

impl Elements {
    /// Of a declared type.
    pub(super) fn of(element: Element) -> Self {
        match element {
            Element::Boolean => Self::Primitive(ElementType::Boolean),
            Element::Byte => Self::Primitive(ElementType::Byte),
            Element::Short => Self::Primitive(ElementType::Short),
            Element::Int => Self::Primitive(ElementType::Int),
            Element::Object(class) => Self::References(Bound::Type(class)),
        }
    }
}
