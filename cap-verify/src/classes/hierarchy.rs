//! What is above each class and interface of the package (JCVM §6.9).

use std::collections::HashMap;

use cap_format::component::Tag;
use cap_format::component::class::{ClassFlags, ClassItem};
use cap_format::component::descriptor::{ClassAccess, ClassDescriptor};
use cap_format::reference::ClassRef;

use crate::finding::{Place, Report};
use crate::rule::Rule;
use crate::scope::Scope;
use crate::types::{Origin, REMOTE, SHAREABLE, TypeId, TypeInfo, TypeSet};

/// Adds the classes of the package to the types of its scope; both components list the same classes. False when what is above
/// them is not clear.
pub(crate) fn build(scope: &mut Scope<'_>, report: &mut Report) -> bool {
    let layout = scope.layout;
    let descriptions: HashMap<ClassRef, &ClassDescriptor> = layout
        .descriptions
        .iter()
        .map(|description| (description.class.this_class, description.class))
        .collect();
    let mut clear = true;
    for (offset, item) in &layout.items {
        let reference = ClassRef::Internal { offset: *offset };
        let Some(class) = descriptions.get(&reference) else {
            continue;
        };
        let place = Place::at(Tag::Class, usize::from(*offset));
        let above = match item {
            ClassItem::Interface(info) => {
                let interfaces = interfaces(scope, &info.superinterfaces, &TypeSet::default(), place, report);
                interfaces.map(|interfaces| (vec![scope.object], interfaces))
            }
            ClassItem::Class(info) => {
                superclasses(scope, info.super_class, place, report).and_then(|superclasses| {
                    let inherited = match superclasses.first() {
                        Some(above) => scope.types.get(*above).interfaces.clone(),
                        None => TypeSet::default(),
                    };
                    let listed: Vec<ClassRef> = info.interfaces.iter().map(|table| table.interface).collect();
                    let all = interfaces(scope, &listed, &inherited, place, report)?;
                    Some((superclasses, all))
                })
            }
        };
        clear &= above.is_some();
        let (superclasses, interfaces) = above.unwrap_or_else(|| (vec![scope.object], TypeSet::default()));
        check_flags(scope, item, &interfaces, place, report);
        let access = class.access;
        let interface = matches!(item, ClassItem::Interface(_));
        let is_root = !interface && superclasses.is_empty();
        let id = scope.types.add(TypeInfo {
            origin: Origin::Own { offset: *offset },
            name: format!("class@{offset:04X}"),
            interface,
            is_abstract: interface || access.contains(ClassAccess::ABSTRACT),
            is_final: access.contains(ClassAccess::FINAL),
            public: access.contains(ClassAccess::PUBLIC),
            shareable: item.flags().contains(ClassFlags::SHAREABLE),
            superclasses,
            interfaces,
        });
        match id {
            Some(id) if is_root => scope.object = id,
            Some(_) => {}
            None => clear = false,
        }
    }
    clear
}

/// The superclasses of a class, the direct one first.
fn superclasses(
    scope: &mut Scope<'_>,
    reference: Option<ClassRef>,
    place: Place,
    report: &mut Report,
) -> Option<Vec<TypeId>> {
    let Some(reference) = reference else {
        // JCVM §6.9.2.3: FFFF for java.lang.Object, which no other package defines.
        let is_root = scope.layout.cap.header.package.aid.as_bytes() == JAVA_LANG
            && scope.types.get(scope.object).origin == Origin::NameOnly;
        if is_root {
            return Some(Vec::new());
        }
        report.add(Rule::Root, place, "a class without superclass", "a superclass");
        return None;
    };
    let above = above(scope, reference, place, report)?;
    let info = scope.types.get(above);
    if info.interface || info.is_final {
        let kind = if info.interface {
            "an interface"
        } else {
            "a final class"
        };
        let found = format!("{}, {kind}, as superclass", info.name.replace('/', "."));
        report.add(Rule::Superclass, place, found, "a class that is not final");
        return None;
    }
    Some(
        [above]
            .into_iter()
            .chain(info.superclasses.iter().copied())
            .collect(),
    )
}

/// The AID of `java.lang`.
const JAVA_LANG: &[u8] = &[0xA0, 0x00, 0x00, 0x00, 0x62, 0x00, 0x01];

/// A class that another one inherits from; JCVM §6.9: it stands before.
fn above(scope: &mut Scope<'_>, reference: ClassRef, place: Place, report: &mut Report) -> Option<TypeId> {
    if let ClassRef::Internal { offset } = reference
        && scope.types.own(offset).is_none()
        && scope.layout.items.contains_key(&offset)
    {
        let found = format!("inherits from the class at offset {offset:04X}, which does not stand before");
        report.add(
            Rule::ClassOrder,
            place,
            found,
            "what a class inherits from stands before it",
        );
        return None;
    }
    scope.class_or_report(reference, place, report)
}

/// The interfaces that an interface or class lists and inherits. The list must include what is above them; a class need not list
/// what its superclass implements.
fn interfaces(
    scope: &mut Scope<'_>,
    listed: &[ClassRef],
    inherited: &TypeSet,
    place: Place,
    report: &mut Report,
) -> Option<TypeSet> {
    let mut all = Vec::with_capacity(listed.len());
    let mut clear = true;
    for reference in listed {
        let Some(id) = above(scope, *reference, place, report) else {
            clear = false;
            continue;
        };
        let info = scope.types.get(id);
        let name = || info.name.replace('/', ".");
        if !info.interface {
            let found = format!("{}, a class, among the interfaces", name());
            report.add(Rule::Interface, place, found, "interfaces");
            clear = false;
        } else if all.contains(&id) {
            let found = format!("the interface {} twice", name());
            report.add(Rule::Interface, place, found, "each interface once");
        } else {
            all.push(id);
        }
    }
    // JCVM §6.9.2.2, §6.9.2.3: direct and indirect ones.
    let known = inherited.and(&all);
    for id in &all {
        let info = scope.types.get(*id);
        let missing = info.interfaces.iter().find(|above| !known.contains(*above));
        if let Some(missing) = missing {
            let name = |id: TypeId| scope.types.get(id).name.replace('/', ".");
            let found = format!(
                "the interface {} without {}, which it extends",
                name(*id),
                name(missing)
            );
            report.add(Rule::InterfaceClosure, place, found, "indirect interfaces too");
            clear = false;
        }
    }
    clear.then_some(known)
}

/// JCVM §6.9.2.1: the flags of what can be reached from other packages and from outside.
fn check_flags(
    scope: &Scope<'_>,
    item: &ClassItem<'_>,
    interfaces: &TypeSet,
    place: Place,
    report: &mut Report,
) {
    let flags = item.flags();
    let known = ClassFlags::INTERFACE | ClassFlags::SHAREABLE | ClassFlags::REMOTE;
    if !known.contains(flags) {
        let found = format!("{flags:?}");
        report.add(
            Rule::FieldValue,
            place,
            found,
            "the flags interface, shareable and remote",
        );
    }
    for (flag, rule, name) in [
        (ClassFlags::SHAREABLE, Rule::ShareableFlag, SHAREABLE),
        (ClassFlags::REMOTE, Rule::RemoteFlag, REMOTE),
    ] {
        let below = scope.types.named(name).is_some_and(|id| interfaces.contains(id));
        if flags.contains(flag) == below {
            continue;
        }
        let (found, name) = (format!("{flags:?}"), name.replace('/', "."));
        let wanted = match below {
            true => format!("the flag, as {name} is above"),
            false => format!("the flag only with {name} above"),
        };
        report.add(rule, place, found, wanted);
    }
}
