//! The Class component: interfaces and classes with their tables (JCVM §6.9).

use cap_format::component::class::{
    ClassComponent, ClassFlags, ClassInfo, ImplementedInterface, InterfaceInfo, MethodTable,
};

use super::method::{BuiltMethod, place_of};
use crate::assembler::layout::Table;
use crate::assembler::pool::Places;
use crate::assembler::world::{ClassId, World};

/// JCVM §6.9: interfaces before classes.
pub(super) fn order(world: &World<'_>) -> impl Iterator<Item = usize> {
    let all = || world.source.types.iter().enumerate();
    let interfaces = all().filter(|(_, class)| class.is_interface);
    interfaces
        .chain(all().filter(|(_, class)| !class.is_interface))
        .map(|(index, _)| index)
}

pub(super) fn component(places: &Places<'_>, methods: &[BuiltMethod]) -> ClassComponent {
    let mut component = ClassComponent::default();
    for index in order(places.world) {
        let layout = &places.layouts[index];
        let shareable = if layout.is_shareable {
            ClassFlags::SHAREABLE
        } else {
            ClassFlags::default()
        };
        if places.world.own(index).is_interface {
            component.interfaces.push(InterfaceInfo {
                flags: ClassFlags::INTERFACE | shareable,
                superinterfaces: layout
                    .interfaces
                    .iter()
                    .map(|(id, _)| places.class_ref(*id))
                    .collect(),
                remote_name: String::new(),
            });
            continue;
        }
        let interfaces = layout.interfaces.iter().map(|(id, tokens)| ImplementedInterface {
            interface: places.class_ref(*id),
            methods: tokens.clone(),
        });
        component.classes.push(ClassInfo {
            flags: shareable,
            super_class: places
                .world
                .superclass(ClassId::Own(index))
                .map(|above| places.class_ref(above)),
            declared_instance_size: layout.instance_size,
            first_reference_token: layout.first_reference,
            reference_count: layout.reference_count,
            public_methods: table(&layout.public, methods),
            package_methods: table(&layout.package, methods),
            interfaces: interfaces.collect(),
            remote: None,
            token_mapping: None,
        });
    }
    component
}

fn table(table: &Table, methods: &[BuiltMethod]) -> MethodTable {
    let own = table.slots.iter().skip(table.base);
    MethodTable {
        base: u8::try_from(table.base).unwrap_or(u8::MAX),
        methods: own
            .map(|(_, own)| own.map(|own| place_of(methods, own)))
            .collect(),
    }
}
