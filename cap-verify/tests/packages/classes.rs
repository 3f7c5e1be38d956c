//! CV4xx: superclasses, method tables, interfaces.

use cap_format::component::class::{ClassFlags, RemoteInfo, RemoteMethod};
use cap_format::component::descriptor::{ClassAccess, MethodAccess, MethodDescriptor};
use cap_format::reference::ClassRef;
use cap_verify::Rule;

use crate::support::{class, counting_breaks, described, figures_breaks, method, offset_of};

/// Places among the classes of the library and of the package with the applet.
const FIGURE: usize = 0;
const SQUARE: usize = 1;
const CUBE: usize = 2;
const BOX: usize = 0;
const APPLET: usize = 1;

#[test]
fn every_class_extends_a_class_that_stands_before_it() {
    figures_breaks(Rule::Root, |cap| class(cap, SQUARE).super_class = None);
    figures_breaks(Rule::ClassOrder, |cap| {
        let offset = offset_of(cap, CUBE);
        class(cap, SQUARE).super_class = Some(ClassRef::Internal { offset });
    });
    figures_breaks(Rule::ClassOrder, |cap| {
        let offset = offset_of(cap, FIGURE);
        class(cap, FIGURE).super_class = Some(ClassRef::Internal { offset });
    });
    figures_breaks(Rule::Superclass, |cap| {
        class(cap, SQUARE).super_class = Some(ClassRef::Internal { offset: 0 });
    });
    figures_breaks(Rule::Superclass, |cap| {
        described(cap, SQUARE).access |= ClassAccess::FINAL
    });
}

#[test]
fn what_is_implemented_is_an_interface_with_all_above_it() {
    figures_breaks(Rule::Interface, |cap| {
        let offset = offset_of(cap, FIGURE);
        class(cap, SQUARE).interfaces[0].interface = ClassRef::Internal { offset };
        described(cap, SQUARE).interfaces[0] = ClassRef::Internal { offset };
    });
    figures_breaks(Rule::Interface, |cap| {
        let again = class(cap, CUBE).interfaces[0].clone();
        described(cap, CUBE).interfaces.push(again.interface);
        class(cap, CUBE).interfaces.push(again);
    });
    counting_breaks(Rule::InterfaceClosure, |cap| {
        for interface in &mut cap.classes.interfaces {
            // The interface that is extended, twice, without the one above it.
            if let [above, direct] = interface.superinterfaces.as_mut_slice() {
                *above = *direct;
            }
        }
    });
}

#[test]
fn the_flag_shareable_stands_with_what_the_firewall_lets_pass() {
    figures_breaks(Rule::ShareableFlag, |cap| {
        class(cap, SQUARE).flags = ClassFlags::default()
    });
    figures_breaks(Rule::ShareableFlag, |cap| {
        class(cap, FIGURE).flags = ClassFlags::SHAREABLE
    });
}

#[test]
fn the_flag_remote_stands_with_what_is_called_from_outside() {
    figures_breaks(Rule::RemoteFlag, |cap| {
        class(cap, CUBE).flags |= ClassFlags::REMOTE;
        class(cap, CUBE).remote = Some(RemoteInfo::default());
    });
    figures_breaks(Rule::RemoteMethod, |cap| {
        class(cap, CUBE).flags |= ClassFlags::REMOTE;
        class(cap, CUBE).remote = Some(RemoteInfo {
            methods: vec![RemoteMethod {
                hash: 1,
                signature_offset: 0,
                token: 0,
            }],
            ..RemoteInfo::default()
        });
    });
}

#[test]
fn method_tables_continue_those_of_the_superclass() {
    figures_breaks(Rule::PublicTable, |cap| class(cap, CUBE).public_methods.base += 1);
    figures_breaks(Rule::PublicTable, |cap| {
        class(cap, SQUARE).public_methods.base = 0
    });
    figures_breaks(Rule::PackageTable, |cap| {
        class(cap, CUBE).package_methods.base += 1
    });
}

#[test]
fn an_entry_is_the_method_with_its_token() {
    figures_breaks(Rule::TableEntry, |cap| {
        class(cap, SQUARE).public_methods.methods.swap(0, 1)
    });
    figures_breaks(Rule::TableEntry, |cap| {
        class(cap, SQUARE).public_methods.methods[0] = None
    });
    figures_breaks(Rule::MethodNotInTable, |cap| {
        let inherited = class(cap, FIGURE).package_methods.methods[0];
        class(cap, SQUARE).package_methods.methods[0] = inherited;
    });
}

#[test]
fn a_method_that_overrides_keeps_to_the_one_above() {
    let is_protected = |method: &MethodDescriptor| method.access == MethodAccess::PROTECTED;
    figures_breaks(Rule::OverrideType, |cap| {
        let is_area = |method: &MethodDescriptor| method.access.contains(MethodAccess::ABSTRACT);
        let other = method(cap, FIGURE, is_area).type_offset;
        method(cap, FIGURE, is_protected).type_offset = other;
    });
    figures_breaks(Rule::OverrideFinal, |cap| {
        method(cap, FIGURE, is_protected).access |= MethodAccess::FINAL;
    });
    figures_breaks(Rule::OverrideAccess, |cap| {
        method(cap, FIGURE, is_protected).access = MethodAccess::PUBLIC;
    });
}

#[test]
fn a_class_with_objects_has_code_for_its_methods() {
    counting_breaks(Rule::AbstractEntry, |cap| {
        // Without its own `process` the applet has the abstract one.
        let table = &mut class(cap, APPLET).public_methods;
        for entry in &mut table.methods {
            *entry = None;
        }
    });
}

#[test]
fn a_method_of_an_interface_is_a_public_method_of_the_same_type() {
    figures_breaks(Rule::InterfaceTable, |cap| {
        for table in &mut class(cap, CUBE).interfaces {
            table.methods.truncate(1);
        }
    });
    figures_breaks(Rule::InterfaceTable, |cap| {
        for table in &mut class(cap, FIGURE).interfaces {
            table.methods.fill(0x40);
        }
    });
    figures_breaks(Rule::InterfaceMethod, |cap| {
        class(cap, FIGURE).interfaces[0].methods.swap(0, 1)
    });
    counting_breaks(Rule::InterfaceMethod, |cap| {
        let is_mark = |method: &MethodDescriptor| method.access == MethodAccess::PUBLIC;
        method(cap, BOX, is_mark).access = MethodAccess::PROTECTED;
    });
}

#[test]
fn an_interface_has_the_methods_of_those_above_it() {
    figures_breaks(Rule::InterfaceInheritance, |cap| {
        let classes = cap.descriptor.as_mut().unwrap().classes.iter_mut();
        for interface in classes.filter(|class| class.access.contains(ClassAccess::INTERFACE)) {
            if interface.methods.len() == 3 {
                interface.methods[2].token = 7;
            }
        }
    });
}
