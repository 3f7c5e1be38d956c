//! Interfaces: the tokens of their methods, and which virtual methods of a class implement them (JCVM §4.3.7.7, §6.9.2.3).

use crate::class_model::Access;
use crate::finding::Rule;
use crate::hierarchy::{ClassId, Program};
use crate::input::with_dots;
use crate::report::{Place, Report};

use super::{Implementation, Layout, OpenMethod, Signature, signature};

/// The methods of an interface by token: those above it first, then its own.
pub(super) fn methods_of(program: &Program<'_>, interface: ClassId, layouts: &[Layout]) -> Vec<Signature> {
    let mut methods: Vec<Signature> = Vec::new();
    match (interface, program.external(interface)) {
        (ClassId::Own(index), _) => {
            for above in program.direct_interfaces(interface) {
                let inherited = match above {
                    ClassId::Own(above) => layouts
                        .get(above)
                        .map_or(Vec::new(), |layout| layout.interface_methods.clone()),
                    ClassId::External { .. } => methods_of(program, above, layouts),
                };
                for method in inherited {
                    if !methods.contains(&method) {
                        methods.push(method);
                    }
                }
            }
            for method in program.classes[index]
                .methods
                .iter()
                .filter(|method| method.is_abstract())
            {
                let method = signature(method);
                if !methods.contains(&method) {
                    methods.push(method);
                }
            }
        }
        (ClassId::External { .. }, Some(exported)) => {
            let mut by_token: Vec<_> = exported.methods.iter().collect();
            by_token.sort_by_key(|method| method.token);
            methods.extend(by_token.into_iter().filter_map(Signature::of_export));
        }
        (ClassId::External { .. }, None) => {}
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
        let methods = match interface {
            ClassId::Own(above) => layouts
                .get(above)
                .map_or(Vec::new(), |layout| layout.interface_methods.clone()),
            ClassId::External { .. } => methods_of(program, interface, layouts),
        };
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
