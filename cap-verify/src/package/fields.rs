//! The fields of classes (JCVM §6.14.2, §6.9.2.3).

use std::collections::{BTreeMap, HashMap};

use cap_format::component::Tag;
use cap_format::component::class::{ClassInfo, ClassItem};
use cap_format::component::descriptor::{
    FieldAccess, FieldDescriptor, FieldLocation, FieldType, PrimitiveType,
};
use cap_format::reference::StaticRef;

use crate::finding::{Place, Report};
use crate::model::members::{Members, OwnStatic};
use crate::model::{Field, ValueType, Visibility};
use crate::rule::Rule;
use crate::scope::{OwnClass, Scope};
use crate::types::TypeId;

/// Reads the fields of all classes into `members`.
pub(crate) fn read(scope: &mut Scope<'_>, members: &mut Members, report: &mut Report) {
    for OwnClass {
        description,
        offset,
        class,
        item,
    } in scope.own_classes()
    {
        let mut instance = BTreeMap::new();
        for (place, field) in description.fields() {
            check_access(field, place, report);
            let Some(value) = value_type(scope, field, place, report) else {
                continue;
            };
            let described = Field {
                class,
                value,
                visibility: visibility(field.access),
                is_final: field.access.contains(FieldAccess::FINAL),
                own: true,
            };
            match field.location {
                FieldLocation::Static(location) => {
                    add_static(location, field.token, described, place, members, report);
                }
                FieldLocation::Instance { class: of, token } => {
                    // JCVM §6.14.2: the same class and token as the description.
                    if of != description.class.this_class || token != field.token {
                        let found =
                            format!("a field with the token {token} of another class or with another token");
                        report.add(
                            Rule::FieldLocation,
                            place,
                            found,
                            "the class and token of the description",
                        );
                    } else if instance.insert(token, described).is_some() {
                        let found = format!("a second field with the token {token}");
                        report.add(Rule::FieldToken, place, found, "different tokens");
                    }
                }
            }
        }
        match item {
            ClassItem::Class(info) => {
                check_instance(info, &instance, Place::at(Tag::Class, offset.into()), report)
            }
            ClassItem::Interface(_) if !instance.is_empty() => report.add(
                Rule::InterfaceMember,
                description.place(),
                "an interface with instance fields",
                "static fields",
            ),
            ClassItem::Interface(_) => {}
        }
        let fields = instance.into_iter().map(|(token, field)| ((class, token), field));
        members.fields.extend(fields);
    }
}

/// Words of the fields of an object, those of superclasses of this package included (JCVM §2.2.4.3).
const MAX_INSTANCE: usize = 255;

/// JCVM §2.2.4.3: the fields of an object are counted in an octet.
pub(crate) fn check_size(scope: &Scope<'_>, report: &mut Report) {
    let mut sizes: HashMap<TypeId, usize> = HashMap::new();
    for (offset, item) in &scope.layout.items {
        let (ClassItem::Class(info), Some(class)) = (item, scope.types.own(*offset)) else {
            continue;
        };
        let above = scope.types.superclass(class).and_then(|above| sizes.get(&above));
        let size = above.copied().unwrap_or(0) + usize::from(info.declared_instance_size);
        if size > MAX_INSTANCE {
            let found = format!("objects of {size} words");
            let place = Place::at(Tag::Class, usize::from(*offset));
            report.add(Rule::Limit, place, found, "at most 255");
        }
        sizes.insert(class, size);
    }
}

/// JCVM §6.14.2, table 6-22.
fn check_access(field: &FieldDescriptor, place: Place, report: &mut Report) {
    let access = field.access;
    let known = FieldAccess::PUBLIC
        | FieldAccess::PRIVATE
        | FieldAccess::PROTECTED
        | FieldAccess::STATIC
        | FieldAccess::FINAL;
    let visibilities = [FieldAccess::PUBLIC, FieldAccess::PRIVATE, FieldAccess::PROTECTED];
    let set = visibilities.iter().filter(|flag| access.contains(**flag));
    if !known.contains(access) || set.count() > 1 {
        let wanted = "one of public, protected, private or none; static; final";
        report.add(Rule::FieldAccess, place, format!("{access:?}"), wanted);
    }
    // JCVM §6.14.2: a constant is no field, its value stands in the code.
    let constant = access.contains(FieldAccess::STATIC | FieldAccess::FINAL);
    if constant && matches!(field.field_type, FieldType::Primitive(_)) {
        let found = format!("{access:?} of a primitive type");
        report.add(Rule::FieldAccess, place, found, "no description of a constant");
    }
}

fn visibility(access: FieldAccess) -> Visibility {
    match () {
        () if access.contains(FieldAccess::PUBLIC) => Visibility::Public,
        () if access.contains(FieldAccess::PROTECTED) => Visibility::Protected,
        () if access.contains(FieldAccess::PRIVATE) => Visibility::Private,
        () => Visibility::Package,
    }
}

/// The type of a field; `None` when it leads to none.
pub(crate) fn field_type(scope: &mut Scope<'_>, field: &FieldDescriptor) -> Option<ValueType> {
    match field.field_type {
        FieldType::Primitive(PrimitiveType::Boolean) => Some(ValueType::Boolean),
        FieldType::Primitive(PrimitiveType::Byte) => Some(ValueType::Byte),
        FieldType::Primitive(PrimitiveType::Short) => Some(ValueType::Short),
        FieldType::Primitive(PrimitiveType::Int) => Some(ValueType::Int),
        FieldType::Reference(offset) => scope.field_type(scope.layout.type_at(offset)?),
    }
}

/// JCVM §6.14.2: a primitive type, or the place of a type that is a class or an array.
fn value_type(
    scope: &mut Scope<'_>,
    field: &FieldDescriptor,
    place: Place,
    report: &mut Report,
) -> Option<ValueType> {
    let value = field_type(scope, field);
    let FieldType::Reference(offset) = field.field_type else {
        return value;
    };
    if scope.layout.type_at(offset).is_none() {
        let found = format!("no type at offset {offset:04X}");
        report.add(Rule::TypeOffset, place, found, "the beginning of a type");
        return None;
    }
    let reference = value.filter(|value| is_reference(*value));
    if reference.is_none() {
        report.add(
            Rule::FieldType,
            place,
            format!("the type at offset {offset:04X}"),
            "one class or array that is known",
        );
    }
    reference
}

fn add_static(
    location: StaticRef,
    token: u8,
    field: Field,
    place: Place,
    members: &mut Members,
    report: &mut Report,
) {
    let StaticRef::Internal { offset } = location else {
        report.add(
            Rule::FieldLocation,
            place,
            "a static field of another package",
            "an offset in the static field image",
        );
        return;
    };
    let described = OwnStatic { field, token, place };
    if members.statics.insert(offset, described).is_some() {
        let found = format!("a second static field at offset {offset:04X} of the image");
        report.add(Rule::StaticPlaces, place, found, "a place for each field");
    }
}

/// JCVM §4.3.7.4: what other packages see comes first, primitives before references; then the rest, references before primitives.
fn check_groups(fields: &BTreeMap<u8, Field>, place: Place, report: &mut Report) {
    let group = |field: &Field| {
        let visible = matches!(field.visibility, Visibility::Public | Visibility::Protected);
        match (visible, is_reference(field.value)) {
            (true, false) => 0,
            (true, true) => 1,
            (false, true) => 2,
            (false, false) => 3,
        }
    };
    let mut last = 0;
    for (token, field) in fields {
        if group(field) < last {
            let found = format!(
                "the field with token {token}, {:?}, behind fields that come later",
                field.visibility
            );
            let wanted =
                "public and protected primitives, then references; other references, then primitives";
            report.add(Rule::FieldToken, place, found, wanted);
            return;
        }
        last = group(field);
    }
}

fn is_reference(value: ValueType) -> bool {
    matches!(value, ValueType::Object(_) | ValueType::Array(_))
}

/// JCVM §4.3.7.4, §6.9.2.3: the fields of a class lie from 0 on, references next to each other.
fn check_instance(info: &ClassInfo, fields: &BTreeMap<u8, Field>, place: Place, report: &mut Report) {
    let mut next = 0;
    for (token, field) in fields {
        if usize::from(*token) != next {
            let found = format!("the token {token} after {next} words of fields");
            report.add(Rule::FieldToken, place, found, "tokens that follow each other");
            next = (*token).into();
        }
        next += field.value.words();
    }
    check_groups(fields, place, report);
    let stated = usize::from(info.declared_instance_size);
    if stated != next {
        let found = format!("a size of {stated} words, {next} words of fields");
        report.add(Rule::InstanceSize, place, found, "the size of the fields");
    }
    let references: Vec<u8> = fields
        .iter()
        .filter(|(_, field)| is_reference(field.value))
        .map(|(token, _)| *token)
        .collect();
    let computed = references.first().copied();
    let span = match (references.first(), references.last()) {
        (Some(first), Some(last)) => usize::from(last - first) + 1,
        _ => 0,
    };
    let count = usize::from(info.reference_count);
    if info.first_reference_token != computed || count != references.len() || span != count {
        let found = format!(
            "{count} reference fields from token {:02X} on, {} of the fields are references",
            info.first_reference_token.unwrap_or(u8::MAX),
            references.len()
        );
        report.add(
            Rule::ReferenceFields,
            place,
            found,
            "exactly the reference fields, which follow each other",
        );
    }
}
