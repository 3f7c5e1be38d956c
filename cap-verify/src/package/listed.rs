//! Classes as the Class component and the Descriptor list them (JCVM §6.9, §6.14.1).

use std::collections::{BTreeSet, HashMap};

use cap_format::component::Tag;
use cap_format::component::class::ClassItem;
use cap_format::component::descriptor::ClassAccess;
use cap_format::reference::ClassRef;

use crate::finding::{Place, Report};
use crate::layout::{Description, Layout};
use crate::rule::Rule;

/// "No token".
const NO_TOKEN: u8 = 0xFF;

/// Checks that both components list the same classes; false when they do not, and nothing can be said of the classes.
pub(crate) fn check(layout: &Layout<'_>, report: &mut Report) -> bool {
    let mut described = BTreeSet::new();
    let mut agree = true;
    for description in &layout.descriptions {
        let ClassRef::Internal { offset } = description.class.this_class else {
            let found = "the description of a class of another package";
            report.add(
                Rule::ClassListed,
                description.place(),
                found,
                "classes of this package",
            );
            agree = false;
            continue;
        };
        if !layout.items.contains_key(&offset) {
            let found = format!("a class at offset {offset:04X} of the Class component");
            report.add(
                Rule::ClassListed,
                description.place(),
                found,
                "the offset of a class or interface",
            );
            agree = false;
        }
        if !described.insert(offset) {
            let found = format!("a second description of the class at offset {offset:04X}");
            report.add(Rule::ClassListed, description.place(), found, "one of each class");
            agree = false;
        }
    }
    for offset in layout.items.keys().filter(|offset| !described.contains(offset)) {
        let place = Place::at(Tag::Class, usize::from(*offset));
        report.add(
            Rule::ClassListed,
            place,
            "a class that the Descriptor does not have",
            "a description of each class",
        );
        agree = false;
    }
    if agree {
        check_tokens(layout, report);
        layout
            .descriptions
            .iter()
            .for_each(|description| check_class(layout, description, report));
    }
    agree
}

/// JCVM §4.3.7.2: public classes and interfaces have tokens.
fn check_tokens(layout: &Layout<'_>, report: &mut Report) {
    let mut tokens = HashMap::new();
    for description in &layout.descriptions {
        let (token, access) = (description.class.token, description.class.access);
        let public = access.contains(ClassAccess::PUBLIC);
        if public == (token == NO_TOKEN) {
            let found = format!("the token {token:02X} of a class {access:?}");
            let wanted = "a token for a public class, FF for another one";
            report.add(Rule::ClassToken, description.place(), found, wanted);
        }
        let twice = token != NO_TOKEN && tokens.insert(token, ()).is_some();
        if twice {
            let found = format!("a second class with the token {token:02X}");
            report.add(Rule::ClassToken, description.place(), found, "different tokens");
        }
    }
}

fn check_class(layout: &Layout<'_>, description: &Description<'_>, report: &mut Report) {
    let class = description.class;
    let ClassRef::Internal { offset } = class.this_class else {
        return;
    };
    let Some(item) = layout.items.get(&offset) else {
        return;
    };
    let access = class.access;
    // JCVM §6.14.1, table 6-21.
    let known = ClassAccess::PUBLIC | ClassAccess::FINAL | ClassAccess::INTERFACE | ClassAccess::ABSTRACT;
    let contradiction = access.contains(ClassAccess::FINAL | ClassAccess::ABSTRACT)
        || access.contains(ClassAccess::FINAL | ClassAccess::INTERFACE)
        || (access.contains(ClassAccess::INTERFACE) && !access.contains(ClassAccess::ABSTRACT));
    if !known.contains(access) || contradiction {
        let found = format!("{access:?}");
        let wanted = "public; final or abstract; an interface abstract";
        report.add(Rule::ClassAccess, description.place(), found, wanted);
    }
    let (interface, mut listed) = match item {
        ClassItem::Interface(_) => (true, Vec::new()),
        ClassItem::Class(info) => {
            let interfaces = info.interfaces.iter().map(|table| table.interface);
            (false, interfaces.collect())
        }
    };
    if interface != access.contains(ClassAccess::INTERFACE) {
        let found = match interface {
            true => "an interface of the Class component without the flag",
            false => "a class of the Class component with the flag of an interface",
        };
        report.add(
            Rule::ClassAccess,
            description.place(),
            found,
            "the flag interface with interfaces",
        );
    }
    // JCVM §6.14.1: the interfaces that this class implements.
    let mut stated = class.interfaces.clone();
    listed.sort_unstable();
    stated.sort_unstable();
    if listed != stated {
        let found = format!(
            "{} interfaces that are not the {} of the Class component",
            stated.len(),
            listed.len()
        );
        report.add(
            Rule::ClassInterfaces,
            description.place(),
            found,
            "the same interfaces",
        );
    }
}
