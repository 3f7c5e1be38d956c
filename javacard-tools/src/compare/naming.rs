//! Both packages with the same names for what is matched: names that decide whether two things are the same, and names that are
//! shown.

use crate::compare::graph::{Graph, Item};
use crate::compare::matching::Matching;
use crate::names::{MemberKind, NameTables};
use crate::package::{ClassTarget, MemberTarget, Name, Package, Reference};

/// Both packages with names by number: what is matched has the same one, what is not has one that the other package has not.
/// Things outside have their AIDs and tokens.
pub(super) fn keyed(packages: [&Package; 2], graphs: [&Graph; 2], matching: &Matching) -> [Package; 2] {
    [0, 1].map(|side| {
        let mut package = packages[side].clone();
        package.names = NameTables::default();
        for method in &mut package.methods {
            method.signature = None;
        }
        rename(&mut package, graphs[side], |node, _| {
            let number = match side {
                0 => format!("{node}"),
                _ => match matching.to_first.get(node).copied().flatten() {
                    Some(first) => format!("{first}"),
                    None => format!("second {node}"),
                },
            };
            Some(Name::made_up(format!("#{number}")))
        });
        package
    })
}

/// Both packages with names for people: what is matched has the known name of either, or the one made up in the first.
pub(super) fn shown(packages: [&Package; 2], graphs: [&Graph; 2], matching: &Matching) -> [Package; 2] {
    let others = [&matching.to_second, &matching.to_first];
    [0, 1].map(|side| {
        let mut package = packages[side].clone();
        rename(&mut package, graphs[side], |node, own| {
            let Some(other) = others[side].get(node).copied().flatten() else {
                // The first package may have made up the same name for something else.
                let is_ambiguous = side == 1 && !own.is_known;
                return is_ambiguous.then(|| Name::made_up(format!("new_{}", own.text)));
            };
            let other = name_of(packages[1 - side], graphs[1 - side].nodes.get(other)?.item)?;
            let takes_other = match side {
                0 => !own.is_known && other.is_known,
                _ => other.is_known || !own.is_known,
            };
            takes_other.then(|| other.clone())
        });
        package
    })
}

fn name_of(package: &Package, item: Item) -> Option<&Name> {
    match item {
        Item::Class(index) => package.classes.get(index).map(|class| &class.name),
        Item::Method(index) => package.methods.get(index).map(|method| &method.name),
        Item::Field(index) => package.fields.get(index).map(|field| &field.name),
    }
}

/// Gives each thing the name that `name` finds for its node.
fn rename(package: &mut Package, graph: &Graph, name: impl Fn(usize, &Name) -> Option<Name>) {
    let give = |place: &mut Name, item| {
        if let Some(name) = name(graph.node_of(item), place) {
            *place = name;
        }
    };
    for (class, index) in package.classes.iter_mut().zip(0..) {
        give(&mut class.name, Item::Class(index));
    }
    for (method, index) in package.methods.iter_mut().zip(0..) {
        give(&mut method.name, Item::Method(index));
    }
    for (field, index) in package.fields.iter_mut().zip(0..) {
        give(&mut field.name, Item::Field(index));
    }
}

/// What a reference is, as far as it leads outside: AID and tokens; of this package only the kind.
pub(super) fn outside_key(package: &Package, reference: Reference) -> String {
    match reference {
        Reference::Class(class) => class_key(package, class),
        Reference::Field(member) => member_key(package, member),
        Reference::Method { of, method, call } => {
            let of = of.map(|of| class_key(package, of));
            format!(
                "{call:?} {} {}",
                of.unwrap_or_default(),
                member_key(package, method)
            )
        }
    }
}

fn class_key(package: &Package, class: ClassTarget) -> String {
    match class {
        ClassTarget::Own(_) => "own".to_owned(),
        ClassTarget::Imported {
            package: import,
            class,
        } => match package.import(import) {
            Some(info) => format!("{}.{class}", info.aid),
            None => format!("nowhere.{class}"),
        },
        ClassTarget::Nowhere(_) => "nowhere".to_owned(),
    }
}

fn member_key(package: &Package, member: MemberTarget) -> String {
    match member {
        MemberTarget::Own(_) => "own".to_owned(),
        MemberTarget::Nowhere(_) => "nowhere".to_owned(),
        MemberTarget::Imported {
            package: import,
            class,
            token,
            kind,
            ..
        } => {
            let class = class_key(
                package,
                ClassTarget::Imported {
                    package: import,
                    class,
                },
            );
            let kind = match kind {
                MemberKind::StaticField => "static",
                MemberKind::InstanceField => "field",
                MemberKind::StaticMethod => "static method",
                MemberKind::VirtualMethod => "method",
            };
            format!("{class} {kind} {token}")
        }
    }
}
