//! Where methods begin in the Method component, which does not say so itself.

use crate::component::applet::AppletComponent;
use crate::component::class::ClassComponent;
use crate::component::constant_pool::{Constant, ConstantPoolComponent};
use crate::component::descriptor::{ClassAccess, DescriptorComponent, MethodDescriptor};
use crate::component::export::ExportComponent;
use crate::reference::StaticRef;

/// The offsets at which the other components say that a method begins, in no order.
pub(super) fn method_starts(
    constant_pool: &ConstantPoolComponent,
    classes: &ClassComponent,
    applets: Option<&AppletComponent>,
    exports: Option<&ExportComponent>,
    descriptor: Option<&DescriptorComponent>,
) -> Vec<u16> {
    let called = constant_pool
        .constants
        .iter()
        .filter_map(|constant| match constant {
            Constant::StaticMethod(StaticRef::Internal { offset }) => Some(*offset),
            _ => None,
        });
    let tables = classes
        .classes
        .iter()
        .flat_map(|class| [&class.public_methods, &class.package_methods]);
    let virtual_methods = tables.flat_map(|table| table.methods.iter().flatten().copied());
    let installs = applets
        .into_iter()
        .flat_map(|component| &component.applets)
        .map(|applet| applet.install_method_offset);
    let exported = exports
        .into_iter()
        .flat_map(|component| &component.classes)
        .flat_map(|class| class.static_methods.iter().copied());
    let listed = descriptor
        .into_iter()
        .flat_map(listed_methods)
        .map(|method| method.method_offset);
    called
        .chain(virtual_methods)
        .chain(installs)
        .chain(exported)
        .chain(listed)
        .collect()
}

/// The methods of classes in the Descriptor; those of interfaces are not in the Method component.
pub(super) fn listed_methods(descriptor: &DescriptorComponent) -> impl Iterator<Item = &MethodDescriptor> {
    let classes = descriptor
        .classes
        .iter()
        .filter(|class| !class.access.contains(ClassAccess::INTERFACE));
    classes.flat_map(|class| &class.methods)
}
