//! The Class component: interfaces and classes with their tables (JCVM §6.9).

use cap_format::component::class::{
    ClassComponent, ClassFlags, ClassInfo, ImplementedInterface, InterfaceInfo, MethodTable, TokenMapping,
};
use cap_format::version::FormatVersion;

use super::format;
use super::method::{BuiltMethod, place_of};
use super::remote::{self, Signatures};
use crate::assembler::layout::{Layout, Table};
use crate::assembler::pool::Places;
use crate::assembler::text::Trouble;
use crate::assembler::world::{ClassId, World};

/// The token in the superclass of a method that a class introduces.
const NOT_INHERITED: u8 = 0xFF;

/// JCVM §6.9: interfaces before classes.
pub(super) fn order(world: &World<'_>) -> impl Iterator<Item = usize> {
    let all = || world.source.types.iter().enumerate();
    let interfaces = all().filter(|(_, class)| class.is_interface);
    interfaces
        .chain(all().filter(|(_, class)| !class.is_interface))
        .map(|(index, _)| index)
}

pub(super) fn component(places: &Places<'_>, methods: &[BuiltMethod]) -> Result<ClassComponent, Trouble> {
    let mut signatures = Signatures::default();
    let mut component = ClassComponent::default();
    for index in order(places.world) {
        match places.world.own(index).is_interface {
            true => component.interfaces.push(interface(places, index)),
            false => {
                let class = class(places, methods, index, &mut signatures)?;
                component.classes.push(class);
            }
        }
    }
    component.signature_pool = signatures.types;
    Ok(component)
}

fn interface(places: &Places<'_>, index: usize) -> InterfaceInfo {
    let layout = &places.layouts[index];
    let above = layout.interfaces.iter();
    InterfaceInfo {
        flags: ClassFlags::INTERFACE | flags(layout),
        superinterfaces: above.map(|(id, _)| places.class_ref(*id)).collect(),
        remote_name: match layout.is_remote {
            true => places.world.own(index).name.clone(),
            false => String::new(),
        },
    }
}

fn class(
    places: &Places<'_>,
    methods: &[BuiltMethod],
    index: usize,
    signatures: &mut Signatures,
) -> Result<ClassInfo, Trouble> {
    let layout = &places.layouts[index];
    let above = places.world.superclass(ClassId::Own(index));
    let interfaces = layout.interfaces.iter().map(|(id, tokens)| ImplementedInterface {
        interface: places.class_ref(*id),
        methods: tokens.clone(),
    });
    let remote = layout.is_remote.then(|| remote::info(places, index, signatures));
    Ok(ClassInfo {
        flags: flags(layout),
        super_class: above.map(|above| places.class_ref(above)),
        declared_instance_size: layout.instance_size,
        first_reference_token: layout.first_reference,
        reference_count: layout.reference_count,
        public_methods: table(&layout.public, methods),
        package_methods: table(&layout.package, methods),
        interfaces: interfaces.collect(),
        remote: remote.transpose()?,
        token_mapping: (format(places.world) == FormatVersion::V2_3).then(|| mapping(&layout.public)),
    })
}

fn flags(layout: &Layout) -> ClassFlags {
    let table = [
        (layout.is_shareable, ClassFlags::SHAREABLE),
        (layout.is_remote, ClassFlags::REMOTE),
    ];
    let set = table.into_iter().filter(|(holds, _)| *holds);
    set.map(|(_, flag)| flag).collect()
}

/// JCVM 3.1 §6.10.2.3: the tokens that the methods have in the superclass, which are the same.
fn mapping(table: &Table) -> TokenMapping {
    let own = table.slots.len() - table.above;
    let inherited = (0..NOT_INHERITED).take(table.above);
    TokenMapping {
        public_tokens: inherited.chain(vec![NOT_INHERITED; own]).collect(),
        cap22_inheritable_methods: u8::try_from(table.slots.len()).unwrap_or(u8::MAX),
    }
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
