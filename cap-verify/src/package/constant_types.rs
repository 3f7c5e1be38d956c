//! The types that the Descriptor gives for constants (JCVM §6.14.4).

use cap_format::component::Tag;
use cap_format::component::descriptor::DescriptorComponent;

use crate::finding::{Place, Report};
use crate::model::{Callee, Constant, Field};
use crate::references;
use crate::rule::Rule;
use crate::scope::Scope;

pub(crate) fn check(scope: &mut Scope<'_>, constants: &[Option<Constant>], report: &mut Report) {
    check_list(scope.layout.descriptor, report);
    let types = &scope.layout.descriptor.constant_types;
    if types.len() != constants.len() {
        let found = format!("types for {} constants of {}", types.len(), constants.len());
        report.add(
            Rule::ConstantTypes,
            Place::of(Tag::Descriptor),
            found,
            "a place for each constant",
        );
    }
    for (index, (offset, constant)) in types.iter().zip(constants).enumerate() {
        let Some(constant) = constant else { continue };
        check_constant(scope, constant, *offset, references::place(index), report);
    }
}

/// JCVM §6.14.4: a type that nothing refers to is one nevertheless.
fn check_list(descriptor: &DescriptorComponent, report: &mut Report) {
    let mut types = descriptor.types.offsets();
    if let Some((offset, _)) = types.find(|(_, types)| types.0.is_empty()) {
        let offset = descriptor.types_begin() + offset;
        let found = format!("an empty type at offset {offset:04X} of the Descriptor's types");
        report.add(
            Rule::TypeOffset,
            Place::of(Tag::Descriptor),
            found,
            "one type or more",
        );
    }
}

fn check_constant(
    scope: &mut Scope<'_>,
    constant: &Constant,
    offset: Option<u16>,
    place: Place,
    report: &mut Report,
) {
    let is_class = matches!(constant, Constant::Class(_));
    let Some(offset) = offset.filter(|_| !is_class) else {
        if is_class != offset.is_none() {
            let found = if is_class {
                "a type for a class"
            } else {
                "no type for a field or method"
            };
            report.add(Rule::ConstantTypes, place, found, "a type for fields and methods");
        }
        return;
    };
    let Some(descriptor) = scope.layout.type_at(offset) else {
        let found = format!("no type at offset {offset:04X} of the Descriptor's types");
        report.add(Rule::TypeOffset, place, found, "the beginning of a type");
        return;
    };
    let agree = match constant {
        Constant::Class(_) => true,
        Constant::InstanceField(Field { value, .. }) | Constant::StaticField(Field { value, .. }) => {
            scope.field_type(descriptor) == Some(*value)
        }
        Constant::VirtualMethod(Callee { signature, .. })
        | Constant::SuperMethod(Callee { signature, .. })
        | Constant::StaticMethod(Callee { signature, .. }) => {
            scope.signature_at(offset).as_ref() == Some(signature)
        }
    };
    if !agree {
        let found = format!("another type at offset {offset:04X} than that of the field or method");
        report.add(
            Rule::ConstantType,
            place,
            found,
            "the type of the field or method",
        );
    }
}
