//! The classes and interfaces of the Debug component (JCVM §6.15.2).

use std::collections::{BTreeSet, HashMap, HashSet};

use cap_format::component::Tag;
use cap_format::component::class::ClassFlags;
use cap_format::component::debug::{DebugClass, DebugClassAccess, DebugComponent};
use cap_format::component::descriptor::ClassAccess;
use cap_format::reference::ClassRef;

use super::names::Names;
use super::place;
use crate::finding::{Place, Report};
use crate::rule::Rule;
use crate::scope::{OwnClass, Scope};
use crate::types::{OBJECT, TypeId};

/// A class, as the Debug component describes it and as the others do.
pub(super) struct Described<'a, 'd> {
    pub(super) own: OwnClass<'a>,
    pub(super) debug: &'d DebugClass<'d>,
}

impl Described<'_, '_> {
    pub(super) fn place(&self) -> Place {
        place(self.debug.offset)
    }
}

/// The classes that both describe, in the order of the Descriptor. One that only one of them has is a finding.
pub(super) fn described<'a, 'd>(
    scope: &Scope<'a>,
    debug: &'d DebugComponent<'d>,
    report: &mut Report,
) -> Vec<Described<'a, 'd>> {
    let mut by_offset = HashMap::new();
    for class in &debug.classes {
        if by_offset.insert(class.location, class).is_some() {
            let found = format!("a second description of the class at {:?}", class.location);
            report.add(
                Rule::DebugClasses,
                place(class.offset),
                found,
                "one of each class",
            );
        }
    }
    let mut both = Vec::new();
    for own in scope.own_classes() {
        match by_offset.remove(&ClassRef::Internal { offset: own.offset }) {
            Some(debug) => both.push(Described { own, debug }),
            None => {
                let found = format!(
                    "nothing about the class at offset {:04X} of the Class component",
                    own.offset
                );
                report.add(Rule::DebugClasses, Place::of(Tag::Debug), found, "every class");
            }
        }
    }
    // Those that are left describe nothing.
    let left: BTreeSet<usize> = by_offset.values().map(|class| class.offset).collect();
    for offset in left {
        report.add(
            Rule::DebugClasses,
            place(offset),
            "a class that the Descriptor does not have",
            "the place of a class in the Class component",
        );
    }
    both
}

/// Flags, superclass and interfaces of a class.
pub(super) fn check(scope: &Scope<'_>, names: &Names<'_>, class: &Described<'_, '_>, report: &mut Report) {
    let mut differ = |found: String, wanted: String| {
        report.add(Rule::DebugClasses, class.place(), found, wanted);
    };
    let wanted = access(class);
    if class.debug.access != wanted {
        differ(format!("{:?}", class.debug.access), format!("{wanted:?}"));
    }
    let types = &scope.types;
    let info = types.get(class.own.class);
    // An interface stands below java.lang.Object.
    let above = types
        .superclass(class.own.class)
        .map_or(OBJECT, |above| names.class(types, above));
    if class.debug.superclass != above {
        differ(
            format!("the superclass {}", class.debug.superclass),
            above.to_owned(),
        );
    }
    let name = |id: TypeId| names.class(types, id);
    let stated: HashSet<&str> = class.debug.interfaces.iter().copied().collect();
    let same = stated.len() == class.debug.interfaces.len()
        && stated.len() == info.interfaces.len()
        && info.interfaces.iter().all(|id| stated.contains(name(id)));
    if !same {
        let wanted = info.interfaces.iter().take(NAMED).map(name).collect();
        let found = class.debug.interfaces.iter().take(NAMED).copied().collect();
        let list = |count: usize, names: Vec<&str>| format!("{count} interfaces: {}", names.join(", "));
        differ(
            list(class.debug.interfaces.len(), found),
            list(info.interfaces.len(), wanted),
        );
    }
}

/// Interfaces that a finding names.
const NAMED: usize = 8;

/// The flags that a class has in the Descriptor and in the Class component.
fn access(class: &Described<'_, '_>) -> DebugClassAccess {
    let (described, flags) = (class.own.description.class.access, class.own.item.flags());
    let pairs = [
        (DebugClassAccess::PUBLIC, described.contains(ClassAccess::PUBLIC)),
        (DebugClassAccess::FINAL, described.contains(ClassAccess::FINAL)),
        (DebugClassAccess::REMOTE, flags.contains(ClassFlags::REMOTE)),
        (DebugClassAccess::INTERFACE, flags.contains(ClassFlags::INTERFACE)),
        (
            DebugClassAccess::ABSTRACT,
            described.contains(ClassAccess::ABSTRACT),
        ),
        (DebugClassAccess::SHAREABLE, flags.contains(ClassFlags::SHAREABLE)),
    ];
    let set = pairs.into_iter().filter(|(_, set)| *set);
    set.map(|(flag, _)| flag).collect()
}
