//! Where things stand in a CAP file: maps from offsets to what begins there, each made once.

use std::collections::{BTreeMap, HashMap};

use cap_format::cap::Cap;
use cap_format::component::Tag;
use cap_format::component::class::ClassItem;
use cap_format::component::descriptor::{
    ClassDescriptor, DescriptorComponent, FieldDescriptor, MethodDescriptor,
};
use cap_format::component::method::Method;
use cap_format::type_descriptor::TypeDescriptor;

use crate::finding::Place;

/// Octets of a `class_descriptor_info` before its lists, of an interface in it, of a field, of a method (JCVM §6.14).
const CLASS_OCTETS: usize = 9;
const INTERFACE_OCTETS: usize = 2;
const FIELD_OCTETS: usize = 7;
const METHOD_OCTETS: usize = 12;

/// What the Descriptor says of a class, and where.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Description<'a> {
    /// The class.
    pub(crate) class: &'a ClassDescriptor,
    /// Its offset in the Descriptor component.
    pub(crate) offset: usize,
}

impl<'a> Description<'a> {
    /// Where the class stands.
    pub(crate) fn place(&self) -> Place {
        Place::at(Tag::Descriptor, self.offset)
    }

    /// Its fields, and where they stand.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (Place, &'a FieldDescriptor)> + use<'a> {
        let begin = self.offset + CLASS_OCTETS + INTERFACE_OCTETS * self.class.interfaces.len();
        let fields = self.class.fields.iter().enumerate();
        fields.map(move |(index, field)| (Place::at(Tag::Descriptor, begin + FIELD_OCTETS * index), field))
    }

    /// Its methods, and where they stand.
    pub(crate) fn methods(&self) -> impl Iterator<Item = (Place, &'a MethodDescriptor)> + use<'a> {
        let before = INTERFACE_OCTETS * self.class.interfaces.len() + FIELD_OCTETS * self.class.fields.len();
        let begin = self.offset + CLASS_OCTETS + before;
        let methods = self.class.methods.iter().enumerate();
        methods.map(move |(index, method)| {
            let place = Place {
                method: Some(method.method_offset),
                ..Place::at(Tag::Descriptor, begin + METHOD_OCTETS * index)
            };
            (place, method)
        })
    }

    fn octets(&self) -> usize {
        CLASS_OCTETS
            + INTERFACE_OCTETS * self.class.interfaces.len()
            + FIELD_OCTETS * self.class.fields.len()
            + METHOD_OCTETS * self.class.methods.len()
    }
}

/// A CAP file with a Descriptor, and where its parts stand.
#[derive(Debug)]
pub(crate) struct Layout<'a> {
    /// The file.
    pub(crate) cap: &'a Cap,
    /// Its Descriptor.
    pub(crate) descriptor: &'a DescriptorComponent,
    /// Interfaces and classes, by offset in the Class component.
    pub(crate) items: BTreeMap<u16, ClassItem<'a>>,
    /// What the Descriptor says of them, in its order.
    pub(crate) descriptions: Vec<Description<'a>>,
    /// Methods, by offset in the Method component.
    pub(crate) methods: BTreeMap<u16, &'a Method>,
    types: HashMap<u16, &'a TypeDescriptor>,
}

impl<'a> Layout<'a> {
    pub(crate) fn new(cap: &'a Cap, descriptor: &'a DescriptorComponent) -> Self {
        let small = |offset: usize| u16::try_from(offset).ok();
        let items = cap.classes.items(cap.header.format);
        let begin = descriptor.types_begin();
        let types = descriptor.types.offsets();
        let methods = cap.methods.offsets();
        Self {
            cap,
            descriptor,
            items: items
                .filter_map(|(offset, item)| Some((small(offset)?, item)))
                .collect(),
            descriptions: descriptions(descriptor),
            methods: methods
                .filter_map(|(offset, method)| Some((small(offset)?, method)))
                .collect(),
            types: types
                .filter_map(|(offset, kind)| Some((small(begin + offset)?, kind)))
                .collect(),
        }
    }

    /// The type at an offset from the beginning of `type_descriptor_info` (JCVM §6.14.4).
    pub(crate) fn type_at(&self, offset: u16) -> Option<&'a TypeDescriptor> {
        self.types.get(&offset).copied()
    }
}

fn descriptions(descriptor: &DescriptorComponent) -> Vec<Description<'_>> {
    // The first octet counts the classes.
    let mut offset = 1;
    let classes = descriptor.classes.iter();
    classes
        .map(|class| {
            let description = Description { class, offset };
            offset += description.octets();
            description
        })
        .collect()
}
