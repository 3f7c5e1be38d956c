//! What can be called from outside of the card (JCVM §6.9.2.5).

use std::collections::{HashMap, HashSet};

use cap_format::component::Tag;
use cap_format::component::class::{ClassItem, RemoteInfo};
use cap_format::type_descriptor::TypeDescriptor;

use crate::classes::method_tables::MethodTables;
use crate::finding::{Place, Report};
use crate::model::Visibility;
use crate::model::members::Members;
use crate::rule::Rule;
use crate::scope::Scope;
use crate::types::TypeId;

pub(crate) fn check(scope: &mut Scope<'_>, members: &Members, tables: &MethodTables, report: &mut Report) {
    let layout = scope.layout;
    let signatures: HashMap<usize, &TypeDescriptor> = layout.cap.classes.signature_pool.offsets().collect();
    for (offset, item) in &layout.items {
        let (ClassItem::Class(info), Some(class)) = (item, scope.types.own(*offset)) else {
            continue;
        };
        let place = Place::at(Tag::Class, usize::from(*offset));
        if let Some(remote) = &info.remote {
            check_interfaces(scope, class, remote, place, report);
            for method in &remote.methods {
                let signature = signatures.get(&usize::from(method.signature_offset));
                let signature = signature.and_then(|descriptor| scope.signature(descriptor));
                let found = tables.find(class, method.token, members, scope);
                let fits = found.map(|method| method.callee).is_some_and(|callee| {
                    callee.visibility == Visibility::Public && Some(callee.signature) == signature
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
    }
}

/// The interfaces of a superclass are those of the class too: its table of interfaces does not list them.
fn check_interfaces(
    scope: &mut Scope<'_>,
    class: TypeId,
    remote: &RemoteInfo,
    place: Place,
    report: &mut Report,
) {
    for reference in &remote.interfaces {
        let interface = scope.class(*reference);
        if !interface.is_some_and(|interface| scope.types.get(class).interfaces.contains(&interface)) {
            let found = "a remote interface that the class does not implement";
            report.add(Rule::RemoteMethod, place, found, "interfaces of the class");
        }
    }
    let mut hashes = HashSet::new();
    if remote.methods.iter().any(|method| !hashes.insert(method.hash)) {
        report.add(
            Rule::RemoteMethod,
            place,
            "two remote methods with one hash",
            "different hashes",
        );
    }
}
