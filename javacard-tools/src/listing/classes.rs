//! The section `classes`.

use serde::Serialize;

use crate::package::{self, ClassTarget, FieldPlace, Package};

/// A class or interface.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Class {
    pub(super) name: String,
    /// Whether something told the name; otherwise it is made up from a place in the file.
    pub(super) is_named: bool,
    pub(super) kind: &'static str,
    /// Access and kind, as far as the file tells them.
    pub(super) flags: Vec<&'static str>,
    /// The token under which other packages know it.
    pub(super) token: Option<u8>,
    pub(super) offset: usize,
    pub(super) superclass: Option<String>,
    pub(super) interfaces: Vec<String>,
    pub(super) source_file: Option<String>,
    /// Instance fields; static ones have a section of their own.
    pub(super) fields: Vec<Field>,
    /// Names of its methods.
    pub(super) methods: Vec<String>,
}

/// An instance field.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) is_named: bool,
    #[serde(rename = "type")]
    pub(super) field_type: Option<String>,
    pub(super) flags: Vec<&'static str>,
    pub(super) token: u8,
}

pub(super) fn classes(package: &Package) -> Vec<Class> {
    package
        .classes
        .iter()
        .map(|class| shown(package, class))
        .collect()
}

fn shown(package: &Package, class: &package::Class) -> Class {
    let access = class.access.iter().flat_map(|access| access.names());
    let mut flags: Vec<_> = access.collect();
    flags.extend(class.flags.names().filter(|flag| *flag != "interface"));
    flags.retain(|flag| *flag != "interface");
    Class {
        name: class.name.text.clone(),
        is_named: class.name.is_known,
        kind: if class.is_interface() {
            "interface"
        } else {
            "class"
        },
        flags,
        token: class.token,
        offset: class.offset,
        superclass: class.super_class.map(|of| package.class_name(of)),
        interfaces: names(package, &class.interfaces),
        source_file: class.source_file.clone(),
        fields: class
            .fields
            .iter()
            .filter_map(|field| instance_field(package, *field))
            .collect(),
        methods: class
            .methods
            .iter()
            .map(|method| package.method_head(*method))
            .collect(),
    }
}

fn names(package: &Package, classes: &[ClassTarget]) -> Vec<String> {
    classes.iter().map(|class| package.class_name(*class)).collect()
}

fn instance_field(package: &Package, field: usize) -> Option<Field> {
    let field = package.fields.get(field)?;
    let FieldPlace::Instance(token) = field.place else {
        return None;
    };
    Some(Field {
        name: field.name.text.clone(),
        is_named: field.name.is_known,
        field_type: field.field_type.as_ref().map(|of| package.type_name(of)),
        flags: field.access.iter().flat_map(|access| access.names()).collect(),
        token,
    })
}
