//! CV3xx: what constants refer to.

use cap_format::cap::Cap;
use cap_format::component::constant_pool::Constant;
use cap_format::reference::{ClassRef, StaticRef};
use cap_verify::Rule;

use crate::support::{counting_breaks, figures_breaks, offset_of};

/// Changes the first constant for which `change` gives another one.
fn replace(cap: &mut Cap, change: impl Fn(&Constant) -> Option<Constant>) {
    let constants = cap.constant_pool.constants.iter_mut();
    let mut fitting = constants.filter_map(|constant| change(constant).map(|new| (constant, new)));
    let (constant, new) = fitting.next().expect("a constant of this kind");
    *constant = new;
}

#[test]
fn a_class_is_one_of_this_package_or_of_an_import() {
    for reference in [
        ClassRef::Internal { offset: 0x7000 },
        ClassRef::External {
            package: 99,
            class: 0,
        },
        ClassRef::External {
            package: 0,
            class: 200,
        },
    ] {
        counting_breaks(Rule::ClassReference, |cap| {
            replace(cap, |constant| match constant {
                Constant::Class(_) => Some(Constant::Class(reference)),
                _ => None,
            });
        });
    }
}

#[test]
fn an_instance_field_is_one_that_the_class_declares() {
    counting_breaks(Rule::InstanceFieldReference, |cap| {
        replace(cap, |constant| match *constant {
            Constant::InstanceField { class, .. } => Some(Constant::InstanceField { class, token: 77 }),
            _ => None,
        });
    });
    // The class Box inherits the field of Figure, but does not declare it.
    counting_breaks(Rule::InstanceFieldReference, |cap| {
        let class = ClassRef::Internal {
            offset: offset_of(cap, 0),
        };
        replace(cap, |constant| match *constant {
            Constant::InstanceField {
                class: ClassRef::External { .. },
                token,
            } => Some(Constant::InstanceField {
                class,
                token: token + 1,
            }),
            _ => None,
        });
    });
}

#[test]
fn a_virtual_method_is_one_that_the_class_has() {
    for token in [0x60, 0xE0] {
        counting_breaks(Rule::VirtualMethodReference, |cap| {
            replace(cap, |constant| match *constant {
                Constant::VirtualMethod { class, .. } => Some(Constant::VirtualMethod { class, token }),
                _ => None,
            });
        });
    }
    // The class Box inherits the methods of Square, but does not declare them.
    counting_breaks(Rule::VirtualMethodReference, |cap| {
        let offset = offset_of(cap, 0);
        replace(cap, |constant| match *constant {
            Constant::VirtualMethod {
                class: ClassRef::External { .. },
                token,
            } => Some(Constant::VirtualMethod {
                class: ClassRef::Internal { offset },
                token,
            }),
            _ => None,
        });
    });
    figures_breaks(Rule::VirtualMethodReference, |cap| {
        replace(cap, |constant| match *constant {
            Constant::VirtualMethod { token, .. } => Some(Constant::VirtualMethod {
                class: ClassRef::Internal { offset: 0 },
                token,
            }),
            _ => None,
        });
    });
}

#[test]
fn a_method_of_the_superclass_has_code_and_is_called_from_this_package() {
    figures_breaks(Rule::SuperMethodReference, |cap| {
        replace(cap, |constant| match *constant {
            Constant::SuperMethod { class, .. } => Some(Constant::SuperMethod { class, token: 0x50 }),
            _ => None,
        });
    });
    counting_breaks(Rule::SuperMethodReference, |cap| {
        replace(cap, |constant| match *constant {
            Constant::SuperMethod { token, .. } => Some(Constant::SuperMethod {
                class: ClassRef::External { package: 0, class: 0 },
                token,
            }),
            _ => None,
        });
    });
}

#[test]
fn a_static_member_is_one_where_the_constant_says() {
    for offset in [1, 999] {
        figures_breaks(Rule::StaticFieldReference, |cap| {
            replace(cap, |constant| match *constant {
                Constant::StaticField(_) => Some(Constant::StaticField(StaticRef::Internal { offset })),
                _ => None,
            });
        });
    }
    // A virtual method is not called without looking at the object.
    figures_breaks(Rule::StaticMethodReference, |cap| {
        let table = &cap.classes.classes[0].public_methods;
        let offset = table.methods.iter().flatten().next().copied().unwrap();
        replace(cap, |constant| match *constant {
            Constant::StaticMethod(_) => Some(Constant::StaticMethod(StaticRef::Internal { offset })),
            _ => None,
        });
    });
    counting_breaks(Rule::StaticMethodReference, |cap| {
        replace(cap, |constant| match *constant {
            Constant::StaticMethod(StaticRef::External { package, class, .. }) => {
                let token = 200;
                Some(Constant::StaticMethod(StaticRef::External {
                    package,
                    class,
                    token,
                }))
            }
            _ => None,
        });
    });
}
