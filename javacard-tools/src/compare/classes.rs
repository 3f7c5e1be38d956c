//! Differences of classes and interfaces.

use std::collections::BTreeSet;

use crate::compare::graph::Item;
use crate::compare::{Difference, Pair, Subject, change, or_none};
use crate::names::MemberKind;
use crate::package::{Class, ClassTarget, FieldPlace, Package};

pub(super) fn differences(pair: &Pair<'_>) -> Vec<Difference> {
    let mut all = Vec::new();
    for index in 0..pair.packages[0].classes.len() {
        match pair.second_of(Item::Class(index)) {
            Some(second) => all.extend(changed(pair, [index, second])),
            None => all.push(only(&pair.shown[0], index, "only in the first")),
        }
    }
    let second = 0..pair.packages[1].classes.len();
    let new = second.filter(|index| !pair.is_in_first(Item::Class(*index)));
    all.extend(new.map(|index| only(&pair.shown[1], index, "only in the second")));
    all
}

fn only(package: &Package, index: usize, what: &str) -> Difference {
    Difference::new(Subject::Class, package.class_name(ClassTarget::Own(index)), what)
}

fn changed(pair: &Pair<'_>, indices: [usize; 2]) -> Vec<Difference> {
    let classes = [0, 1].map(|side| pair.packages[side].classes.get(indices[side]));
    let [Some(first), Some(second)] = classes else {
        return Vec::new();
    };
    let name = pair.shown[0].class_name(ClassTarget::Own(indices[0]));
    let mut all = Vec::new();
    let mut row = |what: &str, first: String, second: String| {
        if first != second {
            let what = format!("{what} {}", change(first, second));
            all.push(Difference::new(Subject::Class, &name, what));
        }
    };
    if first.name.is_known && second.name.is_known {
        row("name", first.name.text.clone(), second.name.text.clone());
    }
    row("flags", flags(first), flags(second));
    row("token", or_none(first.token), or_none(second.token));
    row(
        "words of fields",
        first.declared_words.to_string(),
        second.declared_words.to_string(),
    );
    let mut relation = |what: &str, of: fn(&Package, &Class) -> Vec<String>| {
        let [one, two] = relations(pair, [first, second], of);
        if one.0 != two.0 {
            row(what, list(one.1), list(two.1));
        }
    };
    relation("superclass", superclass);
    relation("interfaces", interfaces);
    relation("virtual methods", virtual_methods);
    relation("implementations", implementations);
    relation("fields that hold references", references);
    all
}

/// What `of` finds in both classes: with the names that decide, and with those that are shown.
fn relations(
    pair: &Pair<'_>,
    classes: [&Class; 2],
    of: fn(&Package, &Class) -> Vec<String>,
) -> [(BTreeSet<String>, BTreeSet<String>); 2] {
    [0, 1].map(|side| {
        let find = |package| of(package, classes[side]).into_iter().collect();
        (find(&pair.keyed[side]), find(&pair.shown[side]))
    })
}

fn list(names: BTreeSet<String>) -> String {
    match names.is_empty() {
        true => "none".to_owned(),
        false => names.into_iter().collect::<Vec<_>>().join(", "),
    }
}

fn flags(class: &Class) -> String {
    let access = class.access.iter().flat_map(|access| access.names());
    let all: BTreeSet<_> = access.chain(class.flags.names()).collect();
    all.into_iter().collect::<Vec<_>>().join(" ")
}

fn superclass(package: &Package, class: &Class) -> Vec<String> {
    class
        .super_class
        .iter()
        .map(|of| package.class_name(*of))
        .collect()
}

fn interfaces(package: &Package, class: &Class) -> Vec<String> {
    class
        .interfaces
        .iter()
        .map(|of| package.class_name(*of))
        .collect()
}

/// The instance fields that the class says hold references.
fn references(package: &Package, class: &Class) -> Vec<String> {
    let name = |token: usize| {
        let of_token = |index: &&usize| match package.fields.get(**index).map(|field| field.place) {
            Some(FieldPlace::Instance(of)) => usize::from(of) == token,
            _ => false,
        };
        match class.fields.iter().find(of_token) {
            Some(field) => package.field_name(*field),
            None => format!("field {token}"),
        }
    };
    class.references.clone().map(name).collect()
}

/// Each entry of the virtual method tables: whose place it takes, and the method. Places of methods that the package introduces
/// itself are called by the first such method, because their numbers may change.
fn virtual_methods(package: &Package, class: &Class) -> Vec<String> {
    let of_class = package
        .classes
        .iter()
        .position(|other| other.offset == class.offset);
    let Some(index) = of_class else { return Vec::new() };
    let entry = |(token, method): &(u8, Option<usize>)| {
        let method = method.map(|method| package.method_name(method));
        format!("{} is {}", place(package, index, *token), or_none(method))
    };
    class.table.iter().map(entry).collect()
}

fn place(package: &Package, class: usize, token: u8) -> String {
    let (chain, above) = package.ancestry(class);
    if let Some(ClassTarget::Imported {
        package: import,
        class,
    }) = above
        && token & 0x80 == 0
        && is_outside(package, import, class, token)
    {
        return format!("{token}");
    }
    let introduced = chain.iter().rev().find_map(|class| {
        let table = &package.classes.get(*class)?.table;
        table.iter().find(|(of, _)| *of == token)?.1
    });
    introduced.map_or_else(|| format!("{token}"), |method| package.method_name(method))
}

/// Whether a class outside has a virtual method with this token; of an unknown class each may be one.
fn is_outside(package: &Package, import: u8, class: u8, token: u8) -> bool {
    let names = &package.names;
    names.class(import, class).is_none()
        || names
            .member(import, class, MemberKind::VirtualMethod, token)
            .is_some()
}

/// Which methods implement those of interfaces.
fn implementations(package: &Package, class: &Class) -> Vec<String> {
    let of_class = package
        .classes
        .iter()
        .position(|other| other.offset == class.offset);
    let Some(index) = of_class else { return Vec::new() };
    let mut all = Vec::new();
    for (interface, methods) in &class.implemented {
        for (method, token) in methods.iter().zip(0..=u8::MAX) {
            let implementation = package.find_virtual(index, *method);
            let implementation = match implementation {
                Some(method) => package.method_name(method),
                None => format!("inherited {method}"),
            };
            all.push(format!(
                "{} is {implementation}",
                interface_method(package, *interface, token)
            ));
        }
    }
    all
}

fn interface_method(package: &Package, interface: ClassTarget, token: u8) -> String {
    if let ClassTarget::Own(index) = interface {
        let methods = package.classes.get(index).map(|class| class.methods.as_slice());
        let of_token = |method: &&usize| {
            package
                .methods
                .get(**method)
                .is_some_and(|method| method.token == Some(token))
        };
        if let Some(method) = methods.unwrap_or_default().iter().find(of_token) {
            return package.method_name(*method);
        }
    }
    format!("{} {token}", package.class_name(interface))
}
