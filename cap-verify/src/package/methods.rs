//! The methods of classes and interfaces (JCVM §6.14.3).

use std::collections::{BTreeMap, BTreeSet};

use cap_format::component::Tag;
use cap_format::component::class::ClassItem;
use cap_format::component::descriptor::{MethodAccess, MethodDescriptor};
use cap_format::component::method::{ExceptionHandler, MethodFlags};

use crate::finding::{Place, Report};
use crate::model::members::{Members, OwnMethod};
use crate::model::{Callee, MethodKind, Signature, Visibility};
use crate::rule::Rule;
use crate::scope::{OwnClass, Scope};
use crate::types::TypeId;

/// "No token".
const NO_TOKEN: u8 = 0xFF;
/// The bit of the token of a package-visible virtual method (JCVM §4.3.7.6).
pub(crate) const PACKAGE_VISIBLE: u8 = 0x80;

/// Reads the methods of all classes and interfaces into `members`.
pub(crate) fn read(scope: &mut Scope<'_>, members: &mut Members, report: &mut Report) {
    let layout = scope.layout;
    for OwnClass {
        description,
        class,
        item,
        ..
    } in scope.own_classes()
    {
        let mut tokens = BTreeSet::new();
        let mut of_interface = BTreeMap::new();
        for (place, method) in description.methods() {
            let Some(signature) = signature(scope, method, place, report) else {
                continue;
            };
            if let ClassItem::Interface(_) = item {
                check_interface_method(method, place, report);
                if of_interface
                    .insert(method.token, interface_method(class, signature))
                    .is_some()
                {
                    second_token(method, place, report);
                }
                continue;
            }
            let own = own_method(class, method, signature, place);
            check_class_method(scope, &own, method, report);
            if own.kind == MethodKind::Virtual && !tokens.insert(method.token) {
                second_token(method, place, report);
            }
            if members.methods.insert(method.method_offset, own).is_some() {
                let found = "a second description of the method";
                report.add(Rule::MethodListed, place, found, "one of each method");
            }
        }
        if let ClassItem::Interface(_) = item {
            members.interface_methods.insert(class, of_interface);
        }
    }
    for offset in layout
        .methods
        .keys()
        .filter(|offset| !members.methods.contains_key(offset))
    {
        let place = Place::code(*offset, (*offset).into());
        let found = "a method that the Descriptor does not have";
        report.add(Rule::MethodListed, place, found, "a description of each method");
    }
    check_handlers(scope, members, report);
    check_order_of_handlers(&layout.cap.methods.handlers, report);
}

fn second_token(method: &MethodDescriptor, place: Place, report: &mut Report) {
    let found = format!("a second virtual method with the token {:02X}", method.token);
    report.add(Rule::MethodToken, place, found, "different tokens");
}

/// JCVM §6.14.3, §6.14.4: the types of a method.
fn signature(
    scope: &mut Scope<'_>,
    method: &MethodDescriptor,
    place: Place,
    report: &mut Report,
) -> Option<Signature> {
    if scope.layout.type_at(method.type_offset).is_none() {
        let found = format!("no type at offset {:04X}", method.type_offset);
        report.add(Rule::TypeOffset, place, found, "the beginning of a type");
        return None;
    }
    let signature = scope.signature_at(method.type_offset);
    if signature.is_none() {
        let found = format!("the type at offset {:04X}", method.type_offset);
        report.add(Rule::MethodType, place, found, "known types, void as result only");
    }
    signature
}

fn kind(access: MethodAccess) -> MethodKind {
    match () {
        () if access.contains(MethodAccess::INIT) => MethodKind::Constructor,
        () if access.contains(MethodAccess::STATIC) => MethodKind::Static,
        () if access.contains(MethodAccess::PRIVATE) => MethodKind::Private,
        () => MethodKind::Virtual,
    }
}

fn own_method(class: TypeId, method: &MethodDescriptor, signature: Signature, place: Place) -> OwnMethod {
    let access = method.access;
    OwnMethod {
        class,
        token: method.token,
        kind: kind(access),
        signature,
        visibility: match () {
            () if access.contains(MethodAccess::PUBLIC) => Visibility::Public,
            () if access.contains(MethodAccess::PROTECTED) => Visibility::Protected,
            () if access.contains(MethodAccess::PRIVATE) => Visibility::Private,
            () => Visibility::Package,
        },
        is_abstract: access.contains(MethodAccess::ABSTRACT),
        is_final: access.contains(MethodAccess::FINAL),
        first_handler: method.handler_index.into(),
        handler_count: method.handler_count.into(),
        place,
    }
}

fn interface_method(class: TypeId, signature: Signature) -> Callee {
    Callee {
        class,
        declared_in: class,
        kind: MethodKind::Virtual,
        signature,
        visibility: Visibility::Public,
        is_abstract: true,
        own: true,
    }
}

/// JCVM §6.14.3: methods of interfaces have no code, and are not in the Method component.
fn check_interface_method(method: &MethodDescriptor, place: Place, report: &mut Report) {
    let wanted = MethodAccess::PUBLIC | MethodAccess::ABSTRACT;
    if method.access != wanted
        || [
            method.method_offset,
            method.bytecode_count,
            method.handler_count,
            method.handler_index,
        ] != [0; 4]
    {
        let found = format!(
            "{:?} with {} octets of code at {:04X}",
            method.access, method.bytecode_count, method.method_offset
        );
        report.add(
            Rule::InterfaceMember,
            place,
            found,
            "a public abstract method without code",
        );
    }
}

fn check_class_method(scope: &Scope<'_>, own: &OwnMethod, method: &MethodDescriptor, report: &mut Report) {
    check_access(method.access, own.place, report);
    check_token(own, report);
    if own.kind == MethodKind::Constructor && own.signature.result.is_some() {
        report.add(Rule::MethodType, own.place, "a constructor with a result", "void");
    }
    let Some(code) = scope.layout.methods.get(&method.method_offset) else {
        let found = format!("no method at offset {:04X}", method.method_offset);
        report.add(Rule::MethodListed, own.place, found, "the beginning of a method");
        return;
    };
    // JCVM §6.10.2: the flag of the header.
    let (stated, header) = (own.is_abstract, code.header.flags.contains(MethodFlags::ABSTRACT));
    if stated != header {
        let found = match header {
            true => "a method that only its header says to be abstract",
            false => "an abstract method whose header says that it has code",
        };
        report.add(Rule::MethodAbstract, own.place, found, "the same in both places");
    }
    let class = scope.types.get(own.class);
    if stated && !class.is_abstract {
        let found = format!("an abstract method of {}, which is not abstract", class.name);
        report.add(Rule::MethodAbstract, own.place, found, "an abstract class");
    }
    // JCVM §6.10.2: words, `this` included.
    let words = own.signature.argument_words(own.kind);
    if usize::from(code.header.nargs) != words {
        let found = format!("{} words of arguments, the type has {words}", code.header.nargs);
        report.add(Rule::MethodArguments, own.place, found, "the words of the type");
    }
}

/// JCVM §6.14.3, table 6-24.
fn check_access(access: MethodAccess, place: Place, report: &mut Report) {
    let known = MethodAccess::PUBLIC
        | MethodAccess::PRIVATE
        | MethodAccess::PROTECTED
        | MethodAccess::STATIC
        | MethodAccess::FINAL
        | MethodAccess::ABSTRACT
        | MethodAccess::INIT;
    let visibilities = [
        MethodAccess::PUBLIC,
        MethodAccess::PRIVATE,
        MethodAccess::PROTECTED,
    ];
    let visibilities = visibilities.iter().filter(|flag| access.contains(**flag)).count();
    let together = [
        MethodAccess::INIT | MethodAccess::STATIC,
        MethodAccess::INIT | MethodAccess::FINAL,
        MethodAccess::INIT | MethodAccess::ABSTRACT,
        MethodAccess::ABSTRACT | MethodAccess::STATIC,
        MethodAccess::ABSTRACT | MethodAccess::FINAL,
        MethodAccess::ABSTRACT | MethodAccess::PRIVATE,
    ];
    let contradiction = together.iter().any(|flags| access.contains(*flags));
    if !known.contains(access) || visibilities > 1 || contradiction {
        let wanted = "flags of table 6-24 that go together";
        report.add(Rule::MethodAccess, place, format!("{access:?}"), wanted);
    }
}

/// JCVM §4.3.7.5, §4.3.7.6: public and protected virtual methods have tokens below 80, package-visible ones from 80 on, private
/// ones none. Tokens of static methods and constructors are another matter.
fn check_token(own: &OwnMethod, report: &mut Report) {
    let (fits, wanted) = match (own.kind, own.visibility) {
        (MethodKind::Private, _) => (own.token == NO_TOKEN, "FF for a private method"),
        (MethodKind::Virtual, Visibility::Package) => (
            own.token & PACKAGE_VISIBLE != 0,
            "80 to FF for a package-visible method",
        ),
        (MethodKind::Virtual, _) => (
            own.token & PACKAGE_VISIBLE == 0,
            "00 to 7F for a public or protected method",
        ),
        (MethodKind::Static | MethodKind::Constructor, _) => (true, ""),
    };
    if !fits {
        let found = format!("the token {:02X}", own.token);
        report.add(Rule::MethodToken, own.place, found, wanted);
    }
}

/// JCVM §6.14.3: the handlers of the methods are those of the Method component, each once.
fn check_handlers(scope: &Scope<'_>, members: &Members, report: &mut Report) {
    let count = scope.layout.cap.methods.handlers.len();
    let mut owned = vec![false; count];
    for method in members.methods.values() {
        // JCVM §6.14.3: without handlers both fields are 0.
        if method.handler_count == 0 {
            if method.first_handler != 0 {
                let found = format!("no handlers from {} on", method.first_handler);
                report.add(
                    Rule::HandlerRange,
                    method.place,
                    found,
                    "0 for a method without handlers",
                );
            }
            continue;
        }
        let end = method.first_handler + method.handler_count;
        let Some(owned) = owned.get_mut(method.first_handler..end) else {
            let found = format!("handlers {} to {end} of {count}", method.first_handler);
            report.add(Rule::HandlerRange, method.place, found, "handlers that are there");
            continue;
        };
        if owned.contains(&true) {
            let found = "an exception handler that another method has too";
            report.add(Rule::HandlerRange, method.place, found, "handlers of one method");
        }
        owned.fill(true);
    }
    if let Some(index) = owned.iter().position(|owned| !owned) {
        let found = format!("exception handler {index} belongs to no method");
        report.add(
            Rule::HandlerRange,
            Place::at(Tag::Method, 1 + 8 * index),
            found,
            "a method of each handler",
        );
    }
}

/// JCVM §6.10.1: by the offset of the handler, those of all methods.
fn check_order_of_handlers(handlers: &[ExceptionHandler], report: &mut Report) {
    let later = handlers.iter().skip(1);
    let mut pairs = handlers.iter().zip(later).enumerate();
    let unordered = pairs.find(|(_, (one, next))| next.handler_offset < one.handler_offset);
    if let Some((index, (one, next))) = unordered {
        let found = format!(
            "the handler at {:04X} behind that at {:04X}",
            next.handler_offset, one.handler_offset
        );
        let place = Place::at(Tag::Method, 1 + 8 * (index + 1));
        report.add(Rule::HandlerOrder, place, found, "handlers by ascending offset");
    }
}
