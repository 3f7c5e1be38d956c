//! Types of fields and methods with the classes that they name; each is made once.

use cap_format::type_descriptor::{Type, TypeDescriptor};

use super::{Scope, descriptor};
use crate::model::{Element, Signature, ValueType};

impl<'a> Scope<'a> {
    /// A type; `None` for `void` and for a reference that leads to nothing.
    pub(crate) fn value_type(&mut self, kind: Type) -> Option<ValueType> {
        Some(match kind {
            Type::Void => return None,
            Type::Boolean => ValueType::Boolean,
            Type::Byte => ValueType::Byte,
            Type::Short => ValueType::Short,
            Type::Int => ValueType::Int,
            Type::Reference(class) => ValueType::Object(self.class(class)?),
            Type::BooleanArray => ValueType::Array(Element::Boolean),
            Type::ByteArray => ValueType::Array(Element::Byte),
            Type::ShortArray => ValueType::Array(Element::Short),
            Type::IntArray => ValueType::Array(Element::Int),
            Type::ReferenceArray(class) => ValueType::Array(Element::Object(self.class(class)?)),
        })
    }

    /// As [`Scope::signature`] of the type at an offset that [`Layout::type_at`] has; each is made once.
    pub(crate) fn signature_at(&mut self, offset: u16) -> Option<Signature> {
        if let Some(known) = self.signatures.get(&offset) {
            return known.clone();
        }
        let signature = self.signature(self.layout.type_at(offset)?);
        self.signatures.insert(offset, signature.clone());
        signature
    }

    /// The types of a method of an export file; each is made once.
    pub(super) fn exported_signature(&mut self, text: &'a str) -> Option<Signature> {
        if let Some(known) = self.exported_signatures.get(text) {
            return known.clone();
        }
        let signature = descriptor::method(text, self);
        self.exported_signatures.insert(text, signature.clone());
        signature
    }

    /// The types of a method (JCVM §6.14.4): its parameters, then its result.
    pub(crate) fn signature(&mut self, descriptor: &TypeDescriptor) -> Option<Signature> {
        let (result, parameters) = descriptor.0.split_last()?;
        let parameters = parameters
            .iter()
            .map(|kind| self.value_type(*kind))
            .collect::<Option<_>>()?;
        let result = match result {
            Type::Void => None,
            kind => Some(self.value_type(*kind)?),
        };
        Some(Signature { parameters, result })
    }

    /// The type of a field: a descriptor of one type.
    pub(crate) fn field_type(&mut self, descriptor: &TypeDescriptor) -> Option<ValueType> {
        match descriptor.0.as_slice() {
            [kind] => self.value_type(*kind),
            _ => None,
        }
    }
}
