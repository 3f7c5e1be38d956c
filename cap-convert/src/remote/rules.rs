//! What a remote interface may look like (JCVM §2.2.6).

use crate::class_model::{Class, Method, Type, simple_name};
use crate::finding::Rule;
use crate::hierarchy::{ClassId, Program};
use crate::input::with_dots;
use crate::report::{Place, Report};

/// `java.rmi.RemoteException` and what is above it (JCVM §2.2.6.1).
const REMOTE_EXCEPTIONS: [&str; 4] = [
    "java/rmi/RemoteException",
    "java/io/IOException",
    "java/lang/Exception",
    "java/lang/Throwable",
];
/// Octets of a name in the Class component (JCVM §6.9.2.2, §6.9.2.5).
const MAX_NAME: usize = 255;

/// Checks the remote interfaces of the package, and those above them that are in it.
pub(crate) fn check(program: &Program<'_>, report: &mut Report) {
    for (index, class) in program.classes.iter().enumerate() {
        let id = ClassId::Own(index);
        if !program.is_remote(id) {
            continue;
        }
        check_name(class, report);
        if class.is_interface() {
            check_visibility(class, report);
            // JCVM §2.2.6.1: the methods of superinterfaces are remote too, whatever these are.
            let above = program.all_interfaces(id);
            for interface in above.into_iter().chain([id]) {
                match program.own(interface) {
                    Some(interface) => check_methods(program, interface, report),
                    None => check_imported(program, class, interface, report),
                }
            }
        }
    }
}

fn check_name(class: &Class, report: &mut Report) {
    let octets = simple_name(&class.name).len();
    if octets > MAX_NAME {
        let construct = format!("a name of {octets} octets of a remote class or interface");
        report.add(
            Rule::Limit,
            Place::class(class),
            construct,
            "use at most 255 octets",
        );
    }
}

/// JCVM §2.2.6.2: clients outside of the package call it.
fn check_visibility(class: &Class, report: &mut Report) {
    if !class.is_public() {
        let construct = "a remote interface that is not public";
        report.add(
            Rule::RemoteAccess,
            Place::class(class),
            construct,
            "make it public",
        );
    }
}

fn check_methods(program: &Program<'_>, interface: &Class, report: &mut Report) {
    for method in interface.methods.iter().filter(|method| method.is_abstract()) {
        let place = Place::method(interface, method);
        check_exceptions(method, place, report);
        check_types(program, method, place, report);
    }
}

/// An export file does not say which exceptions a method declares; those of a remote interface were checked when it was made.
fn check_imported(program: &Program<'_>, class: &Class, interface: ClassId, report: &mut Report) {
    let has_methods = program
        .external(interface)
        .is_some_and(|above| !above.methods.is_empty());
    if has_methods && !program.is_remote(interface) {
        let name = with_dots(program.name(interface));
        report.add(
            Rule::RemoteException,
            Place::class(class),
            format!("a remote interface that extends {name}, which is imported and not remote"),
            "extend remote interfaces only, or let the class implement the other one",
        );
    }
}

fn check_exceptions(method: &Method, place: Place<'_>, report: &mut Report) {
    let mut exceptions = method.exceptions.iter();
    if !exceptions.any(|name| REMOTE_EXCEPTIONS.contains(&name.as_str())) {
        report.add(
            Rule::RemoteException,
            place,
            "a remote method that does not declare java.rmi.RemoteException",
            "write `throws java.rmi.RemoteException` behind it",
        );
    }
}

/// JCVM §2.2.6.3. Types that the language does not have, and names of nothing, are reported elsewhere.
fn check_types(program: &Program<'_>, method: &Method, place: Place<'_>, report: &mut Report) {
    let is_copied = |kind: &Type| is_copied(kind) || kind.unsupported().is_some();
    for kind in method.kind.parameters.iter().filter(|kind| !is_copied(kind)) {
        report.add(
            Rule::RemoteType,
            place,
            format!("a parameter of type {kind} of a remote method"),
            "pass boolean, byte, short, or an array of these",
        );
    }
    let is_result = |kind: &Type| is_copied(kind) || is_remote_interface(program, kind);
    let result = method.kind.result.as_ref();
    if let Some(kind) = result.filter(|kind| !is_result(kind)) {
        report.add(
            Rule::RemoteType,
            place,
            format!("a result of type {kind} of a remote method"),
            "return nothing, boolean, byte, short, an array of these, or a remote interface",
        );
    }
}

/// A number, or an array of numbers.
fn is_copied(kind: &Type) -> bool {
    match kind {
        Type::Array(element) => !element.is_reference(),
        kind => !kind.is_reference(),
    }
}

/// A class of which nothing is known is reported where the class that implements the method is converted.
fn is_remote_interface(program: &Program<'_>, kind: &Type) -> bool {
    let Type::Class(name) = kind else {
        return false;
    };
    let found = program.find(name);
    found.is_none_or(|id| program.is_interface(id) && program.is_remote(id))
}
