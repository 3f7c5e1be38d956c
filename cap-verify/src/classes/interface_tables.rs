//! The methods of interfaces, and what classes have for them (JCVM §4.3.7.7, §6.9.2.4).

use std::collections::{BTreeMap, HashMap, HashSet};

use cap_format::component::Tag;
use cap_format::component::class::{ClassItem, ImplementedInterface};

use crate::classes::method_tables::MethodTables;
use crate::finding::{Place, Report};
use crate::model::members::Members;
use crate::model::{Callee, Signature, Visibility};
use crate::package::methods::PACKAGE_VISIBLE;
use crate::rule::Rule;
use crate::scope::Scope;
use crate::types::{Origin, TypeId};

/// The methods of an interface by token.
pub(crate) fn methods_of(
    scope: &mut Scope<'_>,
    members: &Members,
    interface: TypeId,
) -> BTreeMap<u8, Callee> {
    if let Origin::Own { .. } = scope.types.get(interface).origin {
        return members
            .interface_methods
            .get(&interface)
            .cloned()
            .unwrap_or_default();
    }
    let methods = scope.exported(interface).virtual_methods.iter();
    methods
        .map(|(token, method)| (*token, method.callee.clone()))
        .collect()
}

/// The method of an interface with this token.
fn method_of(scope: &mut Scope<'_>, members: &Members, interface: TypeId, token: u8) -> Option<Callee> {
    if let Origin::Own { .. } = scope.types.get(interface).origin {
        return members.interface_methods.get(&interface)?.get(&token).cloned();
    }
    let method = scope.exported(interface).virtual_methods.get(&token)?;
    Some(method.callee.clone())
}

/// How many tokens an interface has: one more than the highest.
fn method_count(scope: &mut Scope<'_>, members: &Members, interface: TypeId) -> usize {
    if let Origin::Own { .. } = scope.types.get(interface).origin {
        let methods = members.interface_methods.get(&interface);
        let last = methods.and_then(|methods| methods.keys().next_back());
        return last.map_or(0, |token| usize::from(*token) + 1);
    }
    scope.exported(interface).virtual_count()
}

pub(crate) fn check(scope: &mut Scope<'_>, members: &Members, tables: &MethodTables, report: &mut Report) {
    let layout = scope.layout;
    let mut signatures = Signatures::default();
    for (offset, item) in &layout.items {
        let Some(id) = scope.types.own(*offset) else {
            continue;
        };
        let place = Place::at(Tag::Class, usize::from(*offset));
        match item {
            ClassItem::Interface(_) => check_interface(scope, members, (id, &mut signatures), place, report),
            ClassItem::Class(info) => {
                for table in &info.interfaces {
                    check_table(scope, members, tables, (id, table), place, report);
                }
            }
        }
    }
}

/// The different types that the methods of interfaces have. Each has a number, so that a long type is looked at once for a method and
/// not for every interface above.
#[derive(Debug, Default)]
struct Signatures {
    numbers: HashMap<Signature, usize>,
    of: HashMap<TypeId, HashSet<usize>>,
}

impl Signatures {
    fn number(&mut self, signature: Signature) -> usize {
        let next = self.numbers.len();
        *self.numbers.entry(signature).or_insert(next)
    }

    /// The types of these methods.
    fn set(&mut self, methods: BTreeMap<u8, Callee>) -> HashSet<usize> {
        let methods = methods.into_values();
        methods.map(|method| self.number(method.signature)).collect()
    }
}

/// An interface has its own methods and those above it, numbered from 0 on.
fn check_interface(
    scope: &mut Scope<'_>,
    members: &Members,
    (id, known): (TypeId, &mut Signatures),
    place: Place,
    report: &mut Report,
) {
    let methods = methods_of(scope, members, id);
    if let Some((_, token)) = (0..=u8::MAX)
        .zip(methods.keys())
        .find(|(index, token)| index != *token)
    {
        let found = format!("a method with the token {token} behind a gap");
        report.add(
            Rule::InterfaceInheritance,
            place,
            found,
            "tokens that follow each other from 0 on",
        );
    }
    if methods.len() > usize::from(PACKAGE_VISIBLE) {
        let found = format!("{} methods", methods.len());
        report.add(Rule::Limit, place, found, "at most 128");
    }
    let signatures = known.set(methods);
    let supers: Vec<TypeId> = scope.types.get(id).interfaces.iter().collect();
    for above in supers {
        if !known.of.contains_key(&above) {
            let inherited = known.set(methods_of(scope, members, above));
            known.of.insert(above, inherited);
        }
        if known
            .of
            .get(&above)
            .is_none_or(|inherited| inherited.is_subset(&signatures))
        {
            continue;
        }
        let inherited = methods_of(scope, members, above);
        let missing = inherited
            .into_iter()
            .find(|(_, method)| !signatures.contains(&known.number(method.signature.clone())));
        if let Some((token, _)) = missing {
            let name = scope.types.get(above).name.replace('/', ".");
            let found = format!("no method with the type of that with token {token} of {name}");
            report.add(
                Rule::InterfaceInheritance,
                place,
                found,
                "the methods of all superinterfaces",
            );
        }
    }
    known.of.insert(id, signatures);
}

fn check_table(
    scope: &mut Scope<'_>,
    members: &Members,
    tables: &MethodTables,
    (class, table): (TypeId, &ImplementedInterface),
    place: Place,
    report: &mut Report,
) {
    let Some(interface) = scope.class(table.interface) else {
        return;
    };
    let name = scope.types.get(interface).name.replace('/', ".");
    let count = method_count(scope, members, interface);
    if table.methods.len() != count {
        let found = format!(
            "{} entries for the interface {name}, which has {count} methods",
            table.methods.len()
        );
        report.add(Rule::InterfaceTable, place, found, "an entry for each method");
    }
    for (token, entry) in (0..=u8::MAX).zip(table.methods.iter().copied()) {
        let Some(method) = method_of(scope, members, interface, token) else {
            continue;
        };
        let implementation = match entry & PACKAGE_VISIBLE {
            0 => tables.find(class, entry, members, scope),
            _ => None,
        };
        let Some(implementation) = implementation else {
            let found =
                format!("token {entry:02X} for method {token} of {name}, which the class does not have");
            report.add(
                Rule::InterfaceTable,
                place,
                found,
                "the token of a public virtual method",
            );
            continue;
        };
        let implementation = implementation.callee;
        let same = implementation.signature == method.signature;
        if !same || implementation.visibility != Visibility::Public {
            let found = format!(
                "for method {token} of {name} the method with token {entry}, {:?}{}",
                implementation.visibility,
                if same { "" } else { ", of another type" }
            );
            report.add(
                Rule::InterfaceMethod,
                place,
                found,
                "a public method of the same type",
            );
        }
    }
}
