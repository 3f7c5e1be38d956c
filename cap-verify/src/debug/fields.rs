//! The fields of the Debug component (JCVM §6.15.3): those of the Descriptor, and constants, which stand nowhere else.

use std::collections::HashMap;

use cap_format::component::debug::{DebugField, DebugMemberAccess};
use cap_format::component::descriptor::{FieldDescriptor, FieldLocation};
use cap_format::reference::StaticRef;

use super::names::Names;
use super::{Described, place};
use crate::finding::Report;
use crate::package::fields::field_type;
use crate::rule::Rule;
use crate::scope::Scope;

/// Where a field is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Location {
    /// The offset in the static field image.
    Static(u16),
    /// The token.
    Instance(u8),
}

impl Location {
    fn of(field: &FieldDescriptor) -> Option<Self> {
        match field.location {
            FieldLocation::Static(StaticRef::Internal { offset }) => Some(Self::Static(offset)),
            FieldLocation::Static(StaticRef::External { .. }) => None,
            FieldLocation::Instance { token, .. } => Some(Self::Instance(token)),
        }
    }

    /// JCVM §6.15.3: the last octets of the contents; the others are zero.
    fn stated(field: &DebugField<'_>) -> Option<Self> {
        match field.access.contains(DebugMemberAccess::STATIC) {
            true => u16::try_from(field.contents).ok().map(Self::Static),
            false => u8::try_from(field.contents).ok().map(Self::Instance),
        }
    }
}

/// The values that a constant of a type may have (JCVM §2.2.3.1); `None` of what is no constant.
fn constants(field: &DebugField<'_>) -> Option<std::ops::RangeInclusive<i32>> {
    if !field
        .access
        .contains(DebugMemberAccess::STATIC | DebugMemberAccess::FINAL)
    {
        return None;
    }
    match field.descriptor {
        "Z" => Some(0..=1),
        "B" => Some(i8::MIN.into()..=i8::MAX.into()),
        "S" => Some(i16::MIN.into()..=i16::MAX.into()),
        "I" => Some(i32::MIN..=i32::MAX),
        _ => None,
    }
}

/// The flags of a constant: nothing else tells them.
fn is_constant(access: DebugMemberAccess) -> bool {
    let constant = DebugMemberAccess::STATIC | DebugMemberAccess::FINAL;
    let visibilities = [
        DebugMemberAccess::default(),
        DebugMemberAccess::PUBLIC,
        DebugMemberAccess::PROTECTED,
        DebugMemberAccess::PRIVATE,
    ];
    visibilities
        .iter()
        .any(|visibility| access == constant | *visibility)
}

pub(super) fn check(
    scope: &mut Scope<'_>,
    names: &Names<'_>,
    class: &Described<'_, '_>,
    report: &mut Report,
) {
    let fields = class.own.description.fields();
    let mut left: HashMap<Location, &FieldDescriptor> = fields
        .filter_map(|(_, field)| Some((Location::of(field)?, field)))
        .collect();
    for field in &class.debug.fields {
        let name = field.name;
        let mut differ = |found: String, wanted: String| {
            report.add(Rule::DebugFields, place(field.offset), found, wanted);
        };
        if let Some(values) = constants(field) {
            if !is_constant(field.access) {
                let wanted = "static and final, and at most one of public, protected and private";
                differ(
                    format!("the constant {name} {:?}", field.access),
                    wanted.to_owned(),
                );
            }
            // The octets are those of a signed number.
            let value = field.contents.cast_signed();
            if !values.contains(&value) {
                differ(
                    format!("the constant {name} with the value {value}"),
                    format!("{values:?}"),
                );
            }
            continue;
        }
        let Some(described) = Location::stated(field).and_then(|location| left.remove(&location)) else {
            let found = format!("the field {name} at {:04X}", field.contents);
            differ(
                found,
                "the token or place of a field of the class, once".to_owned(),
            );
            continue;
        };
        if DebugMemberAccess(described.access.0.into()) != field.access {
            differ(
                format!("{name} {:?}", field.access),
                format!("{:?}", described.access),
            );
        }
        let of_type = field_type(scope, described).map(|value| names.value(&scope.types, value));
        if of_type.as_deref() != Some(field.descriptor) {
            let wanted = of_type.unwrap_or_default();
            differ(format!("the type {} of {name}", field.descriptor), wanted);
        }
    }
    if !left.is_empty() {
        let found = format!("nothing about {} fields of {}", left.len(), class.debug.name);
        report.add(
            Rule::DebugFields,
            class.place(),
            found,
            "every field of the Descriptor",
        );
    }
}
