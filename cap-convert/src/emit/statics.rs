//! The StaticField component (JCVM §6.11): where each static field is in the image, and what it begins with.

use cap_format::component::static_field::{ArrayInit, ArrayInitType, StaticFieldComponent};

use crate::class_model::{Class, Field, Type};
use crate::finding::Rule;
use crate::report::{Place, Report};
use crate::static_init::Initial;

use super::Package;

/// The segments of the image, in their order (JCVM table 6-14).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Segment {
    Arrays,
    NullReferences,
    DefaultPrimitives,
    Primitives,
}

const SEGMENTS: [Segment; 4] = [
    Segment::Arrays,
    Segment::NullReferences,
    Segment::DefaultPrimitives,
    Segment::Primitives,
];

/// The component, and the offset of each field by class and place.
pub(super) fn build(
    package: &Package<'_>,
    report: &mut Report,
) -> (StaticFieldComponent, Vec<Vec<Option<u16>>>) {
    let classes = &package.program.classes;
    let mut offsets: Vec<Vec<Option<u16>>> = classes
        .iter()
        .map(|class| vec![None; class.fields.len()])
        .collect();
    let mut component = StaticFieldComponent::default();
    let mut next: usize = 0;
    for segment in SEGMENTS {
        for (index, class) in classes.iter().enumerate() {
            for (place, field) in visible_first(class) {
                let initial = package.initial[index].get(&place);
                if !has_place(field) || segment_of(field, initial) != segment {
                    continue;
                }
                offsets[index][place] = u16::try_from(next).ok();
                next += octets(&field.kind);
                match initial {
                    Some(Initial::Array(element, values)) => {
                        if package.description.applets.is_empty() {
                            report.add(
                                Rule::LibraryArray,
                                Place::field(class, field),
                                "an initialized static array in a package without applets",
                                "make the array in a constructor or method",
                            );
                        }
                        component.array_inits.push(array(element, values));
                    }
                    Some(Initial::Number(value)) if segment == Segment::Primitives => {
                        push_value(&mut component.non_default_values, &field.kind, *value);
                    }
                    _ => {}
                }
                match segment {
                    Segment::Arrays | Segment::NullReferences => {
                        component.reference_count = component.reference_count.saturating_add(1);
                    }
                    Segment::DefaultPrimitives => {
                        let more = u16::try_from(octets(&field.kind)).unwrap_or(0);
                        component.default_value_count = component.default_value_count.saturating_add(more);
                    }
                    Segment::Primitives => {}
                }
            }
        }
    }
    if next > usize::from(u16::MAX) {
        let construct = format!("{next} octets of static fields");
        report.add(Rule::Limit, Place::PACKAGE, construct, "use at most 65,535");
    }
    (component, offsets)
}

/// Fields that other packages see come first in each segment.
fn visible_first(class: &Class) -> impl Iterator<Item = (usize, &Field)> {
    let fields = |visible: bool| {
        let fields = class.fields.iter().enumerate();
        fields.filter(move |(_, field)| field.access.is_visible_outside() == visible)
    };
    fields(true).chain(fields(false))
}

/// Compile-time constants stand in the code, not in the image.
fn has_place(field: &Field) -> bool {
    field.is_static() && field.compile_time_constant().is_none()
}

fn segment_of(field: &Field, initial: Option<&Initial>) -> Segment {
    match (field.kind.is_reference(), initial) {
        (true, Some(Initial::Array(..))) => Segment::Arrays,
        (true, _) => Segment::NullReferences,
        (false, Some(Initial::Number(value))) if *value != 0 => Segment::Primitives,
        (false, _) => Segment::DefaultPrimitives,
    }
}

/// Octets of a field in the image.
fn octets(kind: &Type) -> usize {
    match kind {
        Type::Boolean | Type::Byte => 1,
        Type::Int => 4,
        _ => 2,
    }
}

fn array(element: &Type, elements: &[i32]) -> ArrayInit {
    let mut values = Vec::new();
    for value in elements {
        push_value(&mut values, element, *value);
    }
    let element = match element {
        Type::Boolean => ArrayInitType::Boolean,
        Type::Byte => ArrayInitType::Byte,
        Type::Int => ArrayInitType::Int,
        _ => ArrayInitType::Short,
    };
    ArrayInit { element, values }
}

/// The low octets of a value, as many as its type has in the image.
fn push_value(out: &mut Vec<u8>, kind: &Type, value: i32) {
    let bytes = value.to_be_bytes();
    out.extend(&bytes[bytes.len() - octets(kind)..]);
}
