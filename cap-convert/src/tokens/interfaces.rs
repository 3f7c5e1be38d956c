//! Interfaces: the tokens of their methods, and which virtual methods of a class implement them (JCVM §4.3.7.7, §6.9.2.3).

use crate::class_model::Access;
use crate::finding::Rule;
use crate::hierarchy::{ClassId, Program};
use crate::input::with_dots;
use crate::report::{Place, Report};

use super::{Implementation, Layout, OpenMethod, Signature, signature};

/// The methods of an interface by token; one of the package has its layout already.
pub(crate) fn interface_methods(
    program: &Program<'_>,
    interface: ClassId,
    layouts: &[Layout],
) -> Vec<Signature> {
    match interface {
        ClassId::Own(index) => layouts
            .get(index)
            .map_or(Vec::new(), |layout| layout.interface_methods.clone()),
        ClassId::External { .. } => exported_methods(program, interface),
    }
}

fn exported_methods(program: &Program<'_>, interface: ClassId) -> Vec<Signature> {
    let methods = program
        .external(interface)
        .map_or(&[][..], |exported| &exported.methods);
    let mut by_token: Vec<_> = methods.iter().collect();
    by_token.sort_by_key(|method| method.token);
    by_token.into_iter().filter_map(Signature::of_export).collect()
}

/// The methods of an interface of the package by token: those above it first, then its own.
pub(super) fn declared_methods(
    program: &Program<'_>,
    interface: usize,
    layouts: &[Layout],
) -> Vec<Signature> {
    let above = program.direct_interfaces(ClassId::Own(interface)).into_iter();
    let inherited = above.flat_map(|above| interface_methods(program, above, layouts));
    let declared = program.classes[interface].methods.iter();
    let declared = declared.filter(|method| method.is_abstract()).map(signature);
    let mut methods: Vec<Signature> = Vec::new();
    for method in inherited.chain(declared) {
        if !methods.contains(&method) {
            methods.push(method);
        }
    }
    methods
}

/// The superinterfaces of an interface: it implements nothing.
pub(super) fn without_tables(program: &Program<'_>, interface: usize) -> Vec<(ClassId, Vec<u8>)> {
    let all = program.all_interfaces(ClassId::Own(interface));
    all.into_iter().map(|above| (above, Vec::new())).collect()
}

/// The interface tables of a class; an abstract class gets entries for what it leaves open.
pub(super) fn assign(
    program: &Program<'_>,
    index: usize,
    layouts: &[Layout],
    layout: &mut Layout,
    report: &mut Report,
) {
    let class = &program.classes[index];
    for interface in program.all_interfaces(ClassId::Own(index)) {
        let methods = interface_methods(program, interface, layouts);
        let mut tokens = Vec::with_capacity(methods.len());
        for method in methods {
            let token = match layout.public_methods.find(&method) {
                Some(token) => u8::try_from(token).ok(),
                None if class.access.has(Access::ABSTRACT) => Some(leave_open(index, method, layout)),
                None => {
                    report.add(
                        Rule::Inheritance,
                        Place::class(class),
                        format!(
                            "the method {}{} of the interface {} is not implemented",
                            method.name,
                            method.kind,
                            with_dots(program.name(interface))
                        ),
                        "implement it as a public method, or make the class abstract",
                    );
                    None
                }
            };
            tokens.extend(token);
        }
        layout.interfaces.push((interface, tokens));
    }
}

/// Adds an abstract method that the class file does not have; its token.
fn leave_open(class: usize, method: Signature, layout: &mut Layout) -> u8 {
    let index = layout.open_methods.len();
    let implementation = Implementation::Open { class, index };
    let token = layout.public_methods.introduce(method.clone(), implementation);
    // The number of virtual methods is checked behind.
    let token = u8::try_from(token).unwrap_or(u8::MAX);
    layout.open_methods.push(OpenMethod {
        signature: method,
        token,
    });
    token
}
