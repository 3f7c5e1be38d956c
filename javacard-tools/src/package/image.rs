//! The initial values of static fields (JCVM §6.11).

use std::fmt::Write as _;

use cap_format::component::static_field::{ArrayInit, ArrayInitType};

use crate::package::{Field, FieldPlace, JavaType, Package};

/// Octets of a reference in the image.
const REFERENCE: usize = 2;

/// The value of a static field when the package is loaded, as Java writes it; empty for an instance field.
pub(crate) fn initial_value(package: &Package, field: &Field) -> String {
    let FieldPlace::Image(offset) = field.place else {
        return String::new();
    };
    let component = &package.cap.static_fields;
    let references = usize::from(component.reference_count) * REFERENCE;
    let offset = usize::from(offset);
    if offset < references {
        let array = component.array_inits.get(offset / REFERENCE);
        return array.map_or_else(|| "null".to_owned(), array_text);
    }
    let zeros = references + usize::from(component.default_value_count);
    let octets = match &field.field_type {
        Some(JavaType::Primitive("int")) => 4,
        Some(JavaType::Primitive("short")) => 2,
        Some(_) => 1,
        None => {
            return untyped(
                component.non_default_values.get(offset.saturating_sub(zeros)..),
                offset < zeros,
            );
        }
    };
    if offset < zeros {
        return "0".to_owned();
    }
    let begin = offset - zeros;
    match component.non_default_values.get(begin..begin + octets) {
        Some(value) => signed(value).to_string(),
        None => "outside the image".to_owned(),
    }
}

/// Of a field whose type is unknown: the octet at its offset.
fn untyped(values: Option<&[u8]>, is_zero: bool) -> String {
    match values.and_then(<[u8]>::first) {
        _ if is_zero => "0".to_owned(),
        Some(octet) => format!("{octet:02X}..."),
        None => "outside the image".to_owned(),
    }
}

fn signed(octets: &[u8]) -> i64 {
    let first = octets.first().map_or(0, |octet| i64::from(octet.cast_signed()));
    octets
        .iter()
        .skip(1)
        .fold(first, |value, octet| value << 8 | i64::from(*octet))
}

fn array_text(array: &ArrayInit) -> String {
    let (name, octets) = match array.element {
        ArrayInitType::Boolean => ("boolean", 1),
        ArrayInitType::Byte => ("byte", 1),
        ArrayInitType::Short => ("short", 2),
        ArrayInitType::Int => ("int", 4),
    };
    let mut text = format!("{name}[{}] {{", array.values.len() / octets);
    for (element, index) in array.values.chunks(octets).zip(0..) {
        let separator = if index == 0 { "" } else { ", " };
        let value = signed(element);
        // Writing to a String does not fail.
        let _ = write!(text, "{separator}{value}");
    }
    text + "}"
}
