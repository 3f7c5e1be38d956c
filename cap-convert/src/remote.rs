//! Java Card RMI: what can be called from outside of the card (JCVM §2.2.6, §6.9.2.5).

mod hash;
mod rules;

use std::collections::HashSet;

pub(crate) use rules::check;

use crate::class_model::Class;
use crate::finding::Rule;
use crate::hierarchy::{ClassId, Program};
use crate::input::with_dots;
use crate::report::{Place, Report};
use crate::tokens::{Layout, Signature, interface_methods};

/// The interface above all remote interfaces; it has no methods.
pub(crate) const REMOTE: &str = "java/rmi/Remote";

/// What a remote class offers, its superclasses included.
#[derive(Debug)]
pub(crate) struct RemoteClass {
    /// By ascending hash, each hash once.
    pub(crate) methods: Vec<RemoteMethod>,
    /// The text that makes the hashes differ.
    pub(crate) hash_modifier: String,
    /// All remote interfaces without `java.rmi.Remote`, those of the superclass first.
    pub(crate) interfaces: Vec<ClassId>,
}

/// A method of a remote interface in the class that implements it.
#[derive(Debug)]
pub(crate) struct RemoteMethod {
    pub(crate) hash: u16,
    pub(crate) signature: Signature,
    /// The token of the virtual method.
    pub(crate) token: u8,
}

/// What each class offers, in the order of the program; `None` for interfaces and for classes that are not remote.
pub(crate) fn classes(
    program: &Program<'_>,
    layouts: &[Layout],
    report: &mut Report,
) -> Vec<Option<RemoteClass>> {
    let classes = program.classes.iter().zip(layouts).enumerate();
    classes
        .map(|(index, (class, layout))| {
            let is_remote = layout.is_remote && !class.is_interface();
            is_remote
                .then(|| remote_class(program, layouts, index, report))
                .flatten()
        })
        .collect()
}

fn remote_class(
    program: &Program<'_>,
    layouts: &[Layout],
    index: usize,
    report: &mut Report,
) -> Option<RemoteClass> {
    let class = &program.classes[index];
    let mut interfaces = program.implemented_interfaces(ClassId::Own(index));
    interfaces.retain(|interface| program.is_remote(*interface) && program.name(*interface) != REMOTE);
    let methods = methods(program, layouts, index, &interfaces);
    for (signature, _) in &methods {
        check_types_known(program, class, signature, report);
    }
    let Some((hash_modifier, hashes)) = hash::distinct(methods.iter().map(|(signature, _)| signature)) else {
        report.add(
            Rule::Limit,
            Place::class(class),
            "remote methods whose hashes no modifier makes differ",
            "give one of them another name",
        );
        return None;
    };
    let methods = hashes.into_iter().zip(methods);
    let mut methods: Vec<RemoteMethod> = methods
        .map(|(hash, (signature, token))| RemoteMethod {
            hash,
            signature,
            token,
        })
        .collect();
    methods.sort_by_key(|method| method.hash);
    Some(RemoteClass {
        methods,
        hash_modifier,
        interfaces,
    })
}

/// The methods of remote interfaces, each once, with its virtual token. One that the class does not implement was reported.
fn methods(
    program: &Program<'_>,
    layouts: &[Layout],
    index: usize,
    interfaces: &[ClassId],
) -> Vec<(Signature, u8)> {
    let all = interfaces
        .iter()
        .flat_map(|interface| interface_methods(program, *interface, layouts));
    let mut seen = HashSet::new();
    all.filter(|signature| seen.insert(signature.clone()))
        .filter_map(|signature| {
            let token = layouts[index].public_methods.find(&signature)?;
            Some((signature, u8::try_from(token).ok()?))
        })
        .collect()
}

/// A class may inherit a remote method whose result is of a package that nothing else needs.
fn check_types_known(program: &Program<'_>, class: &Class, signature: &Signature, report: &mut Report) {
    let names = signature.kind.types().filter_map(|kind| kind.class_name());
    for name in names.filter(|name| program.find(name).is_none()) {
        report.add(
            Rule::Unresolved,
            Place::class(class),
            format!(
                "the class {}, in the type of the remote method {}",
                with_dots(name),
                signature.name
            ),
            "give the export file of its package",
        );
    }
}
