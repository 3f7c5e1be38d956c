//! Java types → type descriptors (JCVM §6.9.1), each once in a table.

use std::collections::HashMap;

use cap_format::reference::ClassRef;
use cap_format::type_descriptor::{Type as CardType, TypeDescriptor, TypeDescriptors};

use crate::class_model::{MethodType, Type};

use super::Numbers;

/// The types in the order of first use, each once.
pub(super) struct TypeTable<'a> {
    numbers: &'a Numbers<'a>,
    /// Octets before the first type.
    begin: usize,
    next: usize,
    pub(super) table: TypeDescriptors,
    offsets: HashMap<TypeDescriptor, u16>,
    /// Classes whose package is not known.
    pub(super) missing: Vec<String>,
}

impl<'a> TypeTable<'a> {
    pub(super) fn new(numbers: &'a Numbers<'a>, begin: usize) -> Self {
        Self {
            numbers,
            begin,
            next: 0,
            table: TypeDescriptors::default(),
            offsets: HashMap::new(),
            missing: Vec::new(),
        }
    }

    /// Where the types end.
    pub(super) fn end(&self) -> usize {
        self.begin + self.next
    }

    pub(super) fn field_offset(&mut self, kind: &Type) -> u16 {
        let card = card_type(kind, &mut |name| self.class_ref(name));
        self.intern(TypeDescriptor(vec![card]))
    }

    pub(super) fn method_offset(&mut self, kind: &MethodType) -> u16 {
        let descriptor = method_descriptor(kind, |name| self.class_ref(name));
        self.intern(descriptor)
    }

    fn intern(&mut self, descriptor: TypeDescriptor) -> u16 {
        if let Some(offset) = self.offsets.get(&descriptor) {
            return *offset;
        }
        let offset = u16::try_from(self.end()).unwrap_or(u16::MAX);
        self.next += descriptor.octets();
        self.offsets.insert(descriptor.clone(), offset);
        self.table.0.push(descriptor);
        offset
    }

    fn class_ref(&mut self, name: &str) -> ClassRef {
        match self.numbers.program.find(name) {
            Some(class) => self.numbers.class(class),
            None => {
                if !self.missing.iter().any(|known| known == name) {
                    self.missing.push(name.to_owned());
                }
                ClassRef::Internal { offset: 0 }
            }
        }
    }
}

/// Octets of the descriptor of a method; they do not depend on the references in it.
pub(super) fn method_octets(kind: &MethodType) -> usize {
    method_descriptor(kind, |_| ClassRef::Internal { offset: 0 }).octets()
}

fn method_descriptor(kind: &MethodType, mut class_ref: impl FnMut(&str) -> ClassRef) -> TypeDescriptor {
    let parameters = kind.parameters.iter();
    let mut types: Vec<CardType> = parameters.map(|kind| card_type(kind, &mut class_ref)).collect();
    let result = kind.result.as_ref();
    types.push(result.map_or(CardType::Void, |kind| card_type(kind, &mut class_ref)));
    TypeDescriptor(types)
}

fn card_type(kind: &Type, class_ref: &mut impl FnMut(&str) -> ClassRef) -> CardType {
    match kind {
        Type::Boolean => CardType::Boolean,
        Type::Byte => CardType::Byte,
        Type::Short => CardType::Short,
        Type::Int => CardType::Int,
        Type::Class(name) => CardType::Reference(class_ref(name)),
        Type::Array(element) => match &**element {
            Type::Boolean => CardType::BooleanArray,
            Type::Byte => CardType::ByteArray,
            Type::Short => CardType::ShortArray,
            Type::Int => CardType::IntArray,
            element => CardType::ReferenceArray(class_ref(element.class_name().unwrap_or_default())),
        },
        // Refused before.
        Type::Char | Type::Long | Type::Float | Type::Double => CardType::Void,
    }
}
