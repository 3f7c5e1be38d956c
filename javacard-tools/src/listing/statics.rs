//! The section `statics`.

use serde::Serialize;

use crate::package::{FieldPlace, Package, initial_value};

/// Static fields and the image of their initial values.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Statics {
    /// Octets of the image.
    pub(super) image: usize,
    pub(super) references: u16,
    pub(super) initialized_arrays: usize,
    /// Octets of the elements of those arrays.
    pub(super) array_octets: usize,
    pub(super) fields: Vec<StaticField>,
}

/// A static field.
#[derive(Debug, Clone, Serialize)]
pub(super) struct StaticField {
    pub(super) name: String,
    pub(super) is_named: bool,
    #[serde(rename = "type")]
    pub(super) field_type: Option<String>,
    pub(super) flags: Vec<&'static str>,
    /// The token under which other packages know it.
    pub(super) token: Option<u8>,
    /// Offset in the image.
    pub(super) offset: u16,
    /// What it holds when the package is loaded.
    pub(super) value: String,
}

pub(super) fn statics(package: &Package) -> Statics {
    let component = &package.cap.static_fields;
    let fields = package.fields.iter().zip(0..);
    let mut fields: Vec<_> = fields
        .filter_map(|(field, index)| {
            let FieldPlace::Image(offset) = field.place else {
                return None;
            };
            Some(StaticField {
                name: package.field_name(index),
                is_named: field.name.is_known,
                field_type: field.field_type.as_ref().map(|of| package.type_name(of)),
                flags: field
                    .access
                    .iter()
                    .flat_map(|access| access.names())
                    .filter(|flag| *flag != "static")
                    .collect(),
                token: field.token,
                offset,
                value: initial_value(package, field),
            })
        })
        .collect();
    fields.sort_by_key(|field| field.offset);
    Statics {
        image: component.image_size(),
        references: component.reference_count,
        initialized_arrays: component.array_inits.len(),
        array_octets: component.array_init_size(),
        fields,
    }
}
