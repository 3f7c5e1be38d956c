//! The Class component (JCVM §6.9).

use cap_format::component::class::{
    ClassComponent, ClassFlags, ClassInfo, ImplementedInterface, InterfaceInfo, MethodTable,
};
use cap_format::reference::ClassRef;

use crate::hierarchy::ClassId;
use crate::tokens::{Implementation, Layout, VirtualTable};

use super::{Numbers, Package};

/// Where each interface and class begins; its size does not depend on the references in it.
pub(super) fn offsets(package: &Package<'_>) -> Vec<u16> {
    let nowhere = |_: ClassId| ClassRef::Internal { offset: 0 };
    let no_method = |_: Implementation| None;
    let mut offsets = Vec::new();
    let mut next = 0;
    for index in 0..package.program.classes.len() {
        // A component of more than 65,535 octets is refused when it is written.
        offsets.push(u16::try_from(next).unwrap_or(u16::MAX));
        next += match package.program.classes[index].is_interface() {
            true => interface_info(package, index, nowhere).octets(),
            false => class_info(package, index, nowhere, no_method).octets(),
        };
    }
    offsets
}

pub(super) fn build(package: &Package<'_>, numbers: &Numbers<'_>) -> ClassComponent {
    let class = |id| numbers.class(id);
    let method = |implementation| match implementation {
        Implementation::Elsewhere => None,
        Implementation::Own { class, method } => Some(numbers.method_offset(class, method)),
        Implementation::Open { class, index } => {
            let declared = package.program.classes[class].methods.len();
            Some(numbers.method_offset(class, declared + index))
        }
    };
    let mut component = ClassComponent::default();
    for index in 0..package.program.classes.len() {
        match package.program.classes[index].is_interface() {
            true => component.interfaces.push(interface_info(package, index, class)),
            false => component.classes.push(class_info(package, index, class, method)),
        }
    }
    component
}

fn flags(layout: &Layout, is_interface: bool) -> ClassFlags {
    let mut flags = ClassFlags::default();
    if is_interface {
        flags |= ClassFlags::INTERFACE;
    }
    if layout.is_shareable {
        flags |= ClassFlags::SHAREABLE;
    }
    flags
}

fn interface_info(package: &Package<'_>, index: usize, class: impl Fn(ClassId) -> ClassRef) -> InterfaceInfo {
    let layout = &package.layouts[index];
    InterfaceInfo {
        flags: flags(layout, true),
        superinterfaces: layout.interfaces.iter().map(|(id, _)| class(*id)).collect(),
        remote_name: String::new(),
    }
}

fn class_info(
    package: &Package<'_>,
    index: usize,
    class: impl Fn(ClassId) -> ClassRef,
    method: impl Fn(Implementation) -> Option<u16>,
) -> ClassInfo {
    let layout = &package.layouts[index];
    let interfaces = layout.interfaces.iter().map(|(id, tokens)| ImplementedInterface {
        interface: class(*id),
        methods: tokens.clone(),
    });
    ClassInfo {
        flags: flags(layout, false),
        super_class: package.program.superclass(ClassId::Own(index)).map(&class),
        declared_instance_size: layout.instance_size,
        first_reference_token: layout.first_reference,
        reference_count: layout.reference_count,
        public_methods: table(&layout.public_methods, &method),
        package_methods: table(&layout.package_methods, &method),
        interfaces: interfaces.collect(),
        remote: None,
        token_mapping: None,
    }
}

/// From the lowest token that the class overrides or introduces on.
fn table(table: &VirtualTable, method: &impl Fn(Implementation) -> Option<u16>) -> MethodTable {
    MethodTable {
        base: u8::try_from(table.base).unwrap_or(u8::MAX),
        methods: table
            .slots
            .iter()
            .skip(table.base)
            .map(|(_, implementation)| method(*implementation))
            .collect(),
    }
}
