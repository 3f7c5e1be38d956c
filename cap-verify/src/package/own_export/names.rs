//! Classes of the package by the names that the export file has for them, and types by the descriptors with these names.

use std::collections::HashMap;

use cap_format::export_file::ExportedClass;

use crate::model::{Signature, ValueType};
use crate::types::{Origin, TypeId, Types};

/// Which class has which name. Of a class that is not exported the first use tells.
pub(super) struct Names<'f> {
    package: &'f str,
    by_name: HashMap<String, TypeId>,
    by_class: HashMap<TypeId, String>,
}

impl<'f> Names<'f> {
    pub(super) fn new(package: &'f str, exported: &[(TypeId, &ExportedClass)]) -> Self {
        let names = exported.iter().map(|(id, class)| (class.name.clone(), *id));
        let classes = exported.iter().map(|(id, class)| (*id, class.name.clone()));
        Self {
            package,
            by_name: names.collect(),
            by_class: classes.collect(),
        }
    }

    /// Whether the name that the export file has for a class is one of the package, and of no other class.
    pub(super) fn is_its_own(&self, id: TypeId, name: &str) -> bool {
        self.is_of_package(name) && self.by_name.get(name) == Some(&id)
    }

    fn is_of_package(&self, name: &str) -> bool {
        name.rsplit_once('/')
            .is_some_and(|(package, _)| package == self.package)
    }

    /// Whether a class has this name.
    pub(super) fn is_named(&mut self, types: &Types, id: TypeId, name: &str) -> bool {
        let info = types.get(id);
        let Origin::Own { .. } = info.origin else {
            return info.name == name;
        };
        if let Some(known) = self.by_class.get(&id) {
            return known == name;
        }
        if !self.is_of_package(name) || self.by_name.contains_key(name) {
            return false;
        }
        self.by_name.insert(name.to_owned(), id);
        self.by_class.insert(id, name.to_owned());
        true
    }

    /// The name of a class; `None` of one of the package whose name is not known.
    pub(super) fn name<'n>(&'n self, types: &'n Types, id: TypeId) -> Option<&'n str> {
        let info = types.get(id);
        match info.origin {
            Origin::Own { .. } => self.by_class.get(&id).map(String::as_str),
            Origin::Exported { .. } | Origin::NameOnly => Some(&info.name),
        }
    }

    /// Whether a descriptor is that of a field of this type.
    pub(super) fn is_value(&mut self, types: &Types, value: ValueType, text: &str) -> bool {
        self.after_value(types, value, text) == Some("")
    }

    /// Whether a descriptor is that of a method with these types.
    pub(super) fn is_signature(&mut self, types: &Types, signature: &Signature, text: &str) -> bool {
        let mut rest = text.strip_prefix('(');
        for parameter in &*signature.parameters {
            rest = rest.and_then(|text| self.after_value(types, *parameter, text));
        }
        let result = rest.and_then(|text| text.strip_prefix(')'));
        match (result, signature.result) {
            (Some(text), Some(value)) => self.is_value(types, value, text),
            (Some(text), None) => text == "V",
            (None, _) => false,
        }
    }

    /// What follows the descriptor of this type; `None` when another one stands there.
    fn after_value<'t>(&mut self, types: &Types, value: ValueType, text: &'t str) -> Option<&'t str> {
        match value {
            ValueType::Boolean => text.strip_prefix('Z'),
            ValueType::Byte => text.strip_prefix('B'),
            ValueType::Short => text.strip_prefix('S'),
            ValueType::Int => text.strip_prefix('I'),
            ValueType::Object(class) => {
                let (name, rest) = text.strip_prefix('L')?.split_once(';')?;
                self.is_named(types, class, name).then_some(rest)
            }
            ValueType::Array(element) => self.after_value(types, element.value(), text.strip_prefix('[')?),
        }
    }
}
