//! The Class component (JCVM §6.9).

use std::collections::HashSet;

use cap_format::component::class::{
    ClassComponent, ClassFlags, ClassInfo, ImplementedInterface, InterfaceInfo, MethodTable, RemoteInfo,
    RemoteMethod,
};
use cap_format::reference::ClassRef;
use cap_format::version::FormatVersion;

use crate::class_model::{MethodType, simple_name};
use crate::hierarchy::ClassId;
use crate::remote::RemoteClass;
use crate::tokens::{Implementation, Layout, VirtualTable};

use super::types::{TypeTable, method_octets};
use super::{Numbers, Package};

/// Where each interface and class begins; its size does not depend on the references in it.
pub(super) fn offsets(package: &Package<'_>) -> Vec<u16> {
    let nowhere = |_: ClassId| ClassRef::Internal { offset: 0 };
    let no_method = |_: Implementation| None;
    let mut offsets = Vec::new();
    let mut next = pool_octets(package);
    for index in 0..package.program.classes.len() {
        // A component of more than 65,535 octets is refused when it is written.
        offsets.push(u16::try_from(next).unwrap_or(u16::MAX));
        next += match package.program.classes[index].is_interface() {
            true => interface_info(package, index, nowhere).octets(),
            false => class_info(package, index, nowhere, no_method, &mut |_| 0).octets(),
        };
    }
    offsets
}

/// Octets before the first interface: the signature pool with its length, which format 2.1 does not have (JCVM §6.9).
fn pool_octets(package: &Package<'_>) -> usize {
    if package.format() == FormatVersion::V2_1 {
        return 0;
    }
    let methods = package.remote.iter().flatten().flat_map(|remote| &remote.methods);
    let kinds: HashSet<&MethodType> = methods.map(|method| &method.signature.kind).collect();
    2 + kinds.into_iter().map(method_octets).sum::<usize>()
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
    let mut signatures = TypeTable::new(numbers, 0);
    let mut component = ClassComponent::default();
    for index in 0..package.program.classes.len() {
        match package.program.classes[index].is_interface() {
            true => component.interfaces.push(interface_info(package, index, class)),
            false => {
                let signature = &mut |kind: &MethodType| signatures.method_offset(kind);
                let info = class_info(package, index, class, method, signature);
                component.classes.push(info);
            }
        }
    }
    component.signature_pool = signatures.table;
    component
}

fn flags(layout: &Layout, is_interface: bool) -> ClassFlags {
    let mut flags = ClassFlags::default();
    for (is_set, flag) in [
        (is_interface, ClassFlags::INTERFACE),
        (layout.is_shareable, ClassFlags::SHAREABLE),
        (layout.is_remote, ClassFlags::REMOTE),
    ] {
        if is_set {
            flags |= flag;
        }
    }
    flags
}

fn interface_info(package: &Package<'_>, index: usize, class: impl Fn(ClassId) -> ClassRef) -> InterfaceInfo {
    let layout = &package.layouts[index];
    let name = simple_name(&package.program.classes[index].name);
    InterfaceInfo {
        flags: flags(layout, true),
        superinterfaces: layout.interfaces.iter().map(|(id, _)| class(*id)).collect(),
        remote_name: if layout.is_remote {
            name.to_owned()
        } else {
            String::new()
        },
    }
}

fn class_info(
    package: &Package<'_>,
    index: usize,
    class: impl Fn(ClassId) -> ClassRef,
    method: impl Fn(Implementation) -> Option<u16>,
    signature: &mut impl FnMut(&MethodType) -> u16,
) -> ClassInfo {
    let layout = &package.layouts[index];
    let interfaces = layout.interfaces.iter().map(|(id, tokens)| ImplementedInterface {
        interface: class(*id),
        methods: tokens.clone(),
    });
    let name = simple_name(&package.program.classes[index].name);
    let remote = package.remote[index].as_ref();
    ClassInfo {
        flags: flags(layout, false),
        super_class: package.program.superclass(ClassId::Own(index)).map(&class),
        declared_instance_size: layout.instance_size,
        first_reference_token: layout.first_reference,
        reference_count: layout.reference_count,
        public_methods: table(&layout.public_methods, &method),
        package_methods: table(&layout.package_methods, &method),
        interfaces: interfaces.collect(),
        remote: remote.map(|remote| remote_info(remote, name, class, signature)),
        token_mapping: None,
    }
}

/// JCVM §6.9.2.5.
fn remote_info(
    remote: &RemoteClass,
    name: &str,
    class: impl Fn(ClassId) -> ClassRef,
    signature: &mut impl FnMut(&MethodType) -> u16,
) -> RemoteInfo {
    let methods = remote.methods.iter().map(|method| RemoteMethod {
        hash: method.hash,
        signature_offset: signature(&method.signature.kind),
        token: method.token,
    });
    RemoteInfo {
        methods: methods.collect(),
        hash_modifier: remote.hash_modifier.clone(),
        class_name: name.to_owned(),
        interfaces: remote.interfaces.iter().map(|id| class(*id)).collect(),
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
