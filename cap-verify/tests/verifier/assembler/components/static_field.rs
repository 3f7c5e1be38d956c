//! The StaticField component (JCVM §6.11).

use cap_format::component::static_field::{ArrayInit, ArrayInitType, StaticFieldComponent};

use crate::assembler::declarations::FieldText;
use crate::assembler::layout::is_reference;
use crate::assembler::text::Trouble;
use crate::assembler::world::World;

/// The offsets of the static fields of each class.
pub(super) type StaticPlaces = Vec<Vec<Option<u16>>>;

/// JCVM §6.11: arrays with values, other references, primitives that are zero, those that are not.
pub(super) fn component(world: &World<'_>) -> Result<(StaticFieldComponent, StaticPlaces), Trouble> {
    let mut component = StaticFieldComponent::default();
    let mut places: StaticPlaces = world
        .source
        .types
        .iter()
        .map(|class| vec![None; class.fields.len()])
        .collect();
    let mut next = 0;
    for (references, values) in [(true, true), (true, false), (false, false), (false, true)] {
        for (class, places) in world.source.types.iter().zip(&mut places) {
            for (field, place) in class.fields.iter().zip(places) {
                let fits = is_reference(&field.kind) == references && field.value.is_some() == values;
                if field.flags.has("static") && fits {
                    *place = Some(next);
                    next += add_static(&mut component, field)?;
                }
            }
        }
    }
    Ok((component, places))
}

/// The octets it takes.
fn add_static(component: &mut StaticFieldComponent, field: &FieldText) -> Result<u16, Trouble> {
    let octets = match field.kind.as_str() {
        "boolean" | "byte" => 1,
        "int" => 4,
        _ => 2,
    };
    match (&field.value, is_reference(&field.kind)) {
        (None, false) => component.default_value_count += octets,
        (Some(value), false) => component.non_default_values.extend(value),
        (None, true) => component.reference_count += 1,
        (Some(values), true) => {
            component.reference_count += 1;
            let element = match field.kind.as_str() {
                "boolean[]" => ArrayInitType::Boolean,
                "byte[]" => ArrayInitType::Byte,
                "short[]" => ArrayInitType::Short,
                "int[]" => ArrayInitType::Int,
                other => return Err(field.line.trouble(format!("{other} cannot have values"))),
            };
            component.array_inits.push(ArrayInit {
                element,
                values: values.clone(),
            });
        }
    }
    Ok(octets)
}
