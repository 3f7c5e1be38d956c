//! Changes of what the components state: each stays well formed, but they no longer agree, or they say something else.

use cap_format::cap::Cap;
use cap_format::component::class::ClassFlags;
use cap_format::component::constant_pool::Constant;
use cap_format::component::descriptor::{ClassAccess, FieldAccess, FieldType, MethodAccess};
use cap_format::component::header::HeaderFlags;
use cap_format::reference::{ClassRef, StaticRef};
use cap_format::type_descriptor::Type;
use fastrand::Rng;

use super::{index, near, near8};

/// The element of a list that the generator chooses.
fn pick<'a, T>(list: &'a mut [T], rng: &mut Rng) -> Option<&'a mut T> {
    index(list.len(), rng).and_then(|index| list.get_mut(index))
}

pub(super) fn change(cap: &mut Cap, rng: &mut Rng) {
    // A list that is empty gives nothing to change: then another one is tried.
    for _ in 0..8 {
        if attempt(cap, rng).is_some() {
            return;
        }
    }
}

fn attempt(cap: &mut Cap, rng: &mut Rng) -> Option<()> {
    match rng.u8(0..20) {
        0 => header(cap, rng),
        1 => import(cap, rng),
        2 => applet(cap, rng),
        3..=5 => constant(cap, rng),
        6..=9 => class(cap, rng),
        10 => interface(cap, rng),
        11 => export(cap, rng),
        12 => static_field(cap, rng),
        13 => class_descriptor(cap, rng),
        14 | 15 => field_descriptor(cap, rng),
        16 | 17 => method_descriptor(cap, rng),
        18 => constant_type(cap, rng),
        _ => type_descriptor(cap, rng),
    }
}

fn header(cap: &mut Cap, rng: &mut Rng) -> Option<()> {
    let header = &mut cap.header;
    match rng.u8(0..3) {
        0 => header.flags = HeaderFlags(header.flags.0 ^ (1 << rng.u8(0..8))),
        1 => header.package.version.minor = near8(header.package.version.minor, rng),
        _ => header.package.version.major = near8(header.package.version.major, rng),
    }
    Some(())
}

fn import(cap: &mut Cap, rng: &mut Rng) -> Option<()> {
    let packages = &mut cap.imports.packages;
    match rng.u8(0..4) {
        0 => {
            let version = &mut pick(packages, rng)?.version;
            version.minor = near8(version.minor, rng);
        }
        1 => {
            let version = &mut pick(packages, rng)?.version;
            version.major = near8(version.major, rng);
        }
        2 => {
            let (a, b) = (index(packages.len(), rng)?, index(packages.len(), rng)?);
            packages.swap(a, b);
        }
        _ => {
            packages.pop()?;
        }
    }
    Some(())
}

fn applet(cap: &mut Cap, rng: &mut Rng) -> Option<()> {
    let applet = pick(&mut cap.applets.as_mut()?.applets, rng)?;
    let starts: Vec<usize> = cap.methods.offsets().map(|(offset, _)| offset).collect();
    let other = rng.choice(&starts).and_then(|start| u16::try_from(*start).ok());
    applet.install_method_offset = match rng.bool() {
        true => other?,
        false => near(applet.install_method_offset, rng),
    };
    Some(())
}

fn class_reference(class: &mut ClassRef, rng: &mut Rng) {
    *class = match *class {
        ClassRef::Internal { offset } => ClassRef::from_u16(near(offset, rng)),
        ClassRef::External { package, class } => match rng.u8(0..4) {
            0 => ClassRef::Internal { offset: class.into() },
            1 => ClassRef::External {
                package: near8(package, rng) & 0x7F,
                class,
            },
            _ => ClassRef::External {
                package,
                class: near8(class, rng),
            },
        },
    };
}

fn static_reference(reference: &mut StaticRef, rng: &mut Rng) {
    match reference {
        StaticRef::Internal { offset } => *offset = near(*offset, rng),
        StaticRef::External {
            package,
            class,
            token,
        } => match rng.u8(0..3) {
            0 => *package = near8(*package, rng) & 0x7F,
            1 => *class = near8(*class, rng),
            _ => *token = near8(*token, rng),
        },
    }
}

fn constant(cap: &mut Cap, rng: &mut Rng) -> Option<()> {
    let constants = &mut cap.constant_pool.constants;
    if rng.u8(0..4) == 0 {
        let (a, b) = (index(constants.len(), rng)?, index(constants.len(), rng)?);
        constants.swap(a, b);
        return Some(());
    }
    match pick(constants, rng)? {
        Constant::Class(class) => class_reference(class, rng),
        Constant::InstanceField { class, token }
        | Constant::VirtualMethod { class, token }
        | Constant::SuperMethod { class, token } => match rng.bool() {
            true => class_reference(class, rng),
            false => *token = near8(*token, rng),
        },
        Constant::StaticField(reference) | Constant::StaticMethod(reference) => {
            static_reference(reference, rng);
        }
    }
    Some(())
}

fn class(cap: &mut Cap, rng: &mut Rng) -> Option<()> {
    let class = pick(&mut cap.classes.classes, rng)?;
    match rng.u8(0..12) {
        0 => class.flags = ClassFlags(class.flags.0 ^ ClassFlags::SHAREABLE.0),
        1 => match &mut class.super_class {
            Some(reference) => class_reference(reference, rng),
            none => *none = Some(ClassRef::from_u16(rng.u16(..))),
        },
        2 => class.declared_instance_size = near8(class.declared_instance_size, rng),
        3 => class.first_reference_token = class.first_reference_token.map(|token| near8(token, rng)),
        4 => class.reference_count = near8(class.reference_count, rng),
        5 => class.public_methods.base = near8(class.public_methods.base, rng),
        6 => class.package_methods.base = near8(class.package_methods.base, rng),
        7 => {
            let entry = pick(&mut class.public_methods.methods, rng)?;
            *entry = match entry {
                Some(offset) if rng.bool() => Some(near(*offset, rng)),
                _ => None,
            };
        }
        8 => {
            let methods = &mut class.public_methods.methods;
            let (a, b) = (index(methods.len(), rng)?, index(methods.len(), rng)?);
            methods.swap(a, b);
        }
        9 => {
            class.interfaces.pop()?;
        }
        10 => class_reference(&mut pick(&mut class.interfaces, rng)?.interface, rng),
        _ => {
            let token = pick(&mut pick(&mut class.interfaces, rng)?.methods, rng)?;
            *token = near8(*token, rng);
        }
    }
    Some(())
}

fn interface(cap: &mut Cap, rng: &mut Rng) -> Option<()> {
    let interface = pick(&mut cap.classes.interfaces, rng)?;
    match rng.bool() {
        true => interface.flags = ClassFlags(interface.flags.0 ^ ClassFlags::SHAREABLE.0),
        false => class_reference(pick(&mut interface.superinterfaces, rng)?, rng),
    }
    Some(())
}

fn export(cap: &mut Cap, rng: &mut Rng) -> Option<()> {
    let class = pick(&mut cap.exports.as_mut()?.classes, rng)?;
    let offset = match rng.u8(0..3) {
        0 => &mut class.class_offset,
        1 => pick(&mut class.static_fields, rng)?,
        _ => pick(&mut class.static_methods, rng)?,
    };
    *offset = near(*offset, rng);
    Some(())
}

fn static_field(cap: &mut Cap, rng: &mut Rng) -> Option<()> {
    let fields = &mut cap.static_fields;
    match rng.u8(0..4) {
        0 => fields.reference_count = near(fields.reference_count, rng),
        1 => fields.default_value_count = near(fields.default_value_count, rng),
        2 => {
            fields.non_default_values.pop()?;
        }
        _ => {
            let array = pick(&mut fields.array_inits, rng)?;
            array.values.pop()?;
        }
    }
    Some(())
}

fn class_descriptor(cap: &mut Cap, rng: &mut Rng) -> Option<()> {
    let classes = &mut cap.descriptor.as_mut()?.classes;
    match rng.u8(0..5) {
        0 => {
            classes.pop()?;
        }
        1 => {
            let class = pick(classes, rng)?;
            class.access = ClassAccess(class.access.0 ^ (1 << rng.u8(0..8)));
        }
        2 => class_reference(&mut pick(classes, rng)?.this_class, rng),
        3 => class_reference(pick(&mut pick(classes, rng)?.interfaces, rng)?, rng),
        _ => {
            let class = pick(classes, rng)?;
            class.token = near8(class.token, rng);
        }
    }
    Some(())
}

fn field_descriptor(cap: &mut Cap, rng: &mut Rng) -> Option<()> {
    let class = pick(&mut cap.descriptor.as_mut()?.classes, rng)?;
    let field = pick(&mut class.fields, rng)?;
    match rng.u8(0..3) {
        0 => field.access = FieldAccess(field.access.0 ^ (1 << rng.u8(0..8))),
        1 => field.token = near8(field.token, rng),
        _ => {
            field.field_type = match field.field_type {
                FieldType::Reference(offset) => FieldType::Reference(near(offset, rng)),
                FieldType::Primitive(_) => FieldType::Reference(rng.u16(..)),
            }
        }
    }
    Some(())
}

fn method_descriptor(cap: &mut Cap, rng: &mut Rng) -> Option<()> {
    let class = pick(&mut cap.descriptor.as_mut()?.classes, rng)?;
    let method = pick(&mut class.methods, rng)?;
    match rng.u8(0..6) {
        0 => method.access = MethodAccess(method.access.0 ^ (1 << rng.u8(0..8))),
        1 => method.token = near8(method.token, rng),
        2 => method.type_offset = near(method.type_offset, rng),
        3 => method.handler_count = near(method.handler_count, rng),
        4 => method.handler_index = near(method.handler_index, rng),
        _ => method.method_offset = near(method.method_offset, rng),
    }
    Some(())
}

fn constant_type(cap: &mut Cap, rng: &mut Rng) -> Option<()> {
    let types = &mut cap.descriptor.as_mut()?.constant_types;
    match rng.bool() {
        true => {
            let (a, b) = (index(types.len(), rng)?, index(types.len(), rng)?);
            types.swap(a, b);
        }
        false => {
            let offset = pick(types, rng)?;
            *offset = offset.map(|offset| near(offset, rng));
        }
    }
    Some(())
}

fn type_descriptor(cap: &mut Cap, rng: &mut Rng) -> Option<()> {
    const PRIMITIVES: [Type; 9] = [
        Type::Void,
        Type::Boolean,
        Type::Byte,
        Type::Short,
        Type::Int,
        Type::BooleanArray,
        Type::ByteArray,
        Type::ShortArray,
        Type::IntArray,
    ];
    let descriptor = pick(&mut cap.descriptor.as_mut()?.types.0, rng)?;
    match pick(&mut descriptor.0, rng)? {
        Type::Reference(class) | Type::ReferenceArray(class) => class_reference(class, rng),
        // One octet for any of these: the offsets of the others stay.
        primitive => *primitive = *rng.choice(&PRIMITIVES)?,
    }
    Some(())
}
