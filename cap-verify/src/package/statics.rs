//! The static field image, and the fields in it (JCVM §6.11).

use cap_format::cap::Cap;
use cap_format::component::Tag;
use cap_format::component::static_field::ArrayInitType;

use crate::finding::{Place, Report};
use crate::model::members::Members;
use crate::model::{Element, ValueType};
use crate::rule::Rule;

/// Octets of a reference in the image.
const REFERENCE_OCTETS: usize = 2;

pub(crate) fn check(cap: &Cap, members: &Members, report: &mut Report) {
    let component = &cap.static_fields;
    let references = usize::from(component.reference_count) * REFERENCE_OCTETS;
    let zeros = references + usize::from(component.default_value_count);
    let mut end_before = 0;
    for (offset, described) in &members.statics {
        let begin = usize::from(*offset);
        let end = begin + octets(described.field.value);
        // JCVM §6.11: references, primitives that begin as zero, other primitives; a field lies in one part.
        let fits = match described.field.value {
            ValueType::Object(_) | ValueType::Array(_) => begin % REFERENCE_OCTETS == 0 && end <= references,
            _ => begin >= references && (end <= zeros || (begin >= zeros && end <= component.image_size())),
        };
        if !fits {
            let found = format!(
                "{:?} at {begin:04X} to {end:04X} of the image",
                described.field.value
            );
            let wanted = format!(
                "references below {references:04X}, numbers below {zeros:04X} or from there to {:04X}",
                component.image_size()
            );
            report.add(Rule::StaticLocation, described.place, found, wanted);
        }
        if begin < end_before {
            let found = format!("a field at {begin:04X}, the one before ends at {end_before:04X}");
            report.add(
                Rule::StaticPlaces,
                described.place,
                found,
                "a place for each field",
            );
        }
        gap(end_before, begin, described.place, report);
        end_before = end_before.max(end);
    }
    gap(
        end_before,
        component.image_size(),
        Place::of(Tag::StaticField),
        report,
    );
    check_arrays(cap, members, report);
}

/// JCVM §6.11: the image consists of the fields.
fn gap(end_before: usize, next: usize, place: Place, report: &mut Report) {
    if next > end_before {
        let found = format!("no field at {end_before:04X} to {next:04X} of the image");
        report.add(Rule::StaticPlaces, place, found, "fields that follow each other");
    }
}

/// Octets of a field in the image.
fn octets(value: ValueType) -> usize {
    match value {
        ValueType::Boolean | ValueType::Byte => 1,
        ValueType::Int => 4,
        ValueType::Short | ValueType::Object(_) | ValueType::Array(_) => 2,
    }
}

/// JCVM §6.11: the first references are those of the initialized arrays.
fn check_arrays(cap: &Cap, members: &Members, report: &mut Report) {
    let place = Place::of(Tag::StaticField);
    let offsets = (0..=u16::MAX).step_by(REFERENCE_OCTETS);
    for (offset, array) in offsets.zip(&cap.static_fields.array_inits) {
        let (element, octets) = match array.element {
            ArrayInitType::Boolean => (Element::Boolean, 1),
            ArrayInitType::Byte => (Element::Byte, 1),
            ArrayInitType::Short => (Element::Short, 2),
            ArrayInitType::Int => (Element::Int, 4),
        };
        if array.values.len() % octets != 0 {
            let found = format!("{} octets of {element:?}", array.values.len());
            report.add(Rule::ArrayInitSize, place, found, "whole elements");
        }
        let field = members
            .statics
            .get(&offset)
            .map(|described| described.field.value);
        if field.is_some_and(|value| value != ValueType::Array(element)) {
            let found = format!(
                "an array of {element:?} in the field at offset {offset:04X}, which is of another type"
            );
            report.add(
                Rule::ArrayInitType,
                place,
                found,
                "an array of the type of the field",
            );
        }
    }
}
