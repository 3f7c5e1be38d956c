//! What can be called from outside of the card (JCVM §6.9.2.5).

use std::collections::{BTreeSet, HashMap};

use cap_format::component::Tag;
use cap_format::component::class::{ClassInfo, ClassItem, RemoteInfo};

use crate::classes::method_tables::MethodTables;
use crate::finding::{Place, Report};
use crate::model::members::Members;
use crate::model::{Element, Signature, ValueType, Visibility};
use crate::rule::Rule;
use crate::scope::Scope;
use crate::types::{REMOTE, TypeId, Types};

/// The virtual tokens of the methods of all remote interfaces of a class.
#[derive(Debug, Clone, Default)]
struct Offered {
    tokens: BTreeSet<u8>,
    /// There may be others: the tables of a superclass of another package are not known.
    more: bool,
}

pub(crate) fn check(scope: &mut Scope<'_>, members: &Members, tables: &MethodTables, report: &mut Report) {
    let layout = scope.layout;
    let descriptors = layout.cap.classes.signature_pool.offsets();
    let signatures: HashMap<usize, Option<Signature>> = descriptors
        .map(|(offset, descriptor)| (offset, scope.signature(descriptor)))
        .collect();
    let mut known: HashMap<TypeId, Offered> = HashMap::new();
    for (offset, item) in &layout.items {
        let Some(class) = scope.types.own(*offset) else {
            continue;
        };
        let ClassItem::Class(info) = item else {
            check_interface(
                &scope.types,
                class,
                Place::at(Tag::Class, usize::from(*offset)),
                report,
            );
            continue;
        };
        let offered = offered(scope, class, info, &known);
        if let Some(remote) = &info.remote {
            let place = Place::at(Tag::Class, usize::from(*offset));
            check_interfaces(scope, class, remote, place, report);
            check_list(remote, &offered, place, report);
            for method in &remote.methods {
                let signature = signatures.get(&usize::from(method.signature_offset));
                let signature = signature.and_then(Option::as_ref);
                if let Some(signature) = signature {
                    check_types(&scope.types, signature, place, report);
                }
                let found = tables.find(class, method.token, members, scope);
                let fits = found.map(|method| method.callee).is_some_and(|callee| {
                    callee.visibility == Visibility::Public && Some(&callee.signature) == signature
                });
                if !fits {
                    let found = format!("the remote method with token {:02X}", method.token);
                    report.add(
                        Rule::RemoteMethod,
                        place,
                        found,
                        "a public virtual method of that signature",
                    );
                }
            }
        }
        known.insert(class, offered);
    }
}

/// JCRE §8.1: who is outside of the card is in no package of it.
fn check_interface(types: &Types, interface: TypeId, place: Place, report: &mut Report) {
    if is_remote(types, interface) && !types.get(interface).public {
        let found = "a remote interface that only its package sees";
        report.add(Rule::RemoteTypes, place, found, "a public one");
    }
}

/// JCRE §8.1: what is sent to the card and back are numbers, arrays of them, and references to remote objects.
fn check_types(types: &Types, signature: &Signature, place: Place, report: &mut Report) {
    let is_reference =
        |value: &ValueType| matches!(value, ValueType::Object(_) | ValueType::Array(Element::Object(_)));
    if let Some(value) = signature.parameters.iter().find(|value| is_reference(value)) {
        let name = value.name(types).replace('/', ".");
        let found = format!("a remote method with a parameter of type {name}");
        report.add(Rule::RemoteTypes, place, found, "numbers and arrays of numbers");
    }
    let is_remote_interface = |value: &ValueType| matches!(value, ValueType::Object(class) if types.get(*class).interface && is_remote(types, *class));
    if let Some(value) = signature
        .result
        .filter(is_reference)
        .filter(|value| !is_remote_interface(value))
    {
        let name = value.name(types).replace('/', ".");
        let found = format!("a remote method with a result of type {name}");
        let wanted = "a number, an array of numbers, nothing, or a remote interface";
        report.add(Rule::RemoteTypes, place, found, wanted);
    }
}

/// `java.rmi.Remote`, or an interface or class below.
fn is_remote(types: &Types, id: TypeId) -> bool {
    let remote = types.named(REMOTE);
    remote.is_some_and(|remote| types.is_subtype(id, remote))
}

/// The methods of the remote interfaces that a class lists, and those that its superclass offers.
fn offered(
    scope: &mut Scope<'_>,
    class: TypeId,
    info: &ClassInfo,
    known: &HashMap<TypeId, Offered>,
) -> Offered {
    let mut offered = Offered::default();
    if let Some(above) = scope.types.superclass(class) {
        match known.get(&above) {
            Some(inherited) => {
                offered.more = inherited.more;
                let tokens = inherited.tokens.iter();
                offered.tokens = tokens.filter_map(|token| own_token(info, *token)).collect();
            }
            None => offered.more = is_remote(&scope.types, above),
        }
    }
    for table in &info.interfaces {
        let interface = scope.class(table.interface);
        if interface.is_some_and(|interface| is_remote(&scope.types, interface)) {
            offered.tokens.extend(&table.methods);
        }
    }
    offered
}

/// The token in a class of the method that has `above` in the superclass: in format 2.3 it may be another.
fn own_token(info: &ClassInfo, above: u8) -> Option<u8> {
    let Some(mapping) = &info.token_mapping else {
        return Some(above);
    };
    let mut tokens = (0..=u8::MAX).zip(&mapping.public_tokens);
    let own = tokens.find(|(_, token)| **token == above);
    own.map(|(own, _)| own)
}

/// All remote interfaces of the class, those of its superclass included: its table of interfaces does not list these.
fn check_interfaces(
    scope: &mut Scope<'_>,
    class: TypeId,
    remote: &RemoteInfo,
    place: Place,
    report: &mut Report,
) {
    let stated = remote.interfaces.iter().map(|reference| scope.class(*reference));
    let stated: BTreeSet<Option<TypeId>> = stated.collect();
    let types = &scope.types;
    let interfaces = types.get(class).interfaces.iter();
    let remote: BTreeSet<Option<TypeId>> = interfaces
        .filter(|interface| is_remote(types, *interface))
        .map(Some)
        .collect();
    // `java.rmi.Remote` itself has no methods; converters leave it out.
    let above_all = types.named(REMOTE);
    let lacking = remote
        .difference(&stated)
        .any(|interface| *interface != above_all);
    if lacking || !stated.is_subset(&remote) {
        let found = "another list of remote interfaces than the class has";
        report.add(
            Rule::RemoteMethod,
            place,
            found,
            "each remote interface of the class",
        );
    }
}

/// Every method stands there once, by its hash.
fn check_list(remote: &RemoteInfo, offered: &Offered, place: Place, report: &mut Report) {
    let pairs = remote.methods.iter().zip(remote.methods.iter().skip(1));
    if pairs.into_iter().any(|(method, next)| method.hash >= next.hash) {
        let found = "remote methods whose hashes do not ascend";
        report.add(Rule::RemoteMethod, place, found, "ascending hashes, each once");
    }
    let stated: BTreeSet<u8> = remote.methods.iter().map(|method| method.token).collect();
    let lacking = !offered.tokens.is_subset(&stated);
    let excess = !offered.more && !stated.is_subset(&offered.tokens);
    if lacking || excess || stated.len() < remote.methods.len() {
        let found = format!(
            "{} remote methods, with the tokens {stated:?}",
            remote.methods.len()
        );
        let wanted = format!("those of the remote interfaces once: {:?}", offered.tokens);
        report.add(Rule::RemoteMethod, place, found, wanted);
    }
}
