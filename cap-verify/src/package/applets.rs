//! The applets of the package (JCVM §6.6).

use std::collections::HashSet;

use cap_format::component::Tag;
use cap_format::component::applet::Applet;

use crate::finding::{Place, Report};
use crate::model::members::Members;
use crate::model::{Element, MethodKind, ValueType, Visibility};
use crate::rule::Rule;
use crate::scope::Scope;
use crate::types::{APPLET, MULTI_SELECTABLE};

/// Octets of an AID that name its owner (ISO/IEC 7816-5).
const RID_OCTETS: usize = 5;
/// The parameters of an install method.
const INSTALL: [ValueType; 3] = [ValueType::Array(Element::Byte), ValueType::Short, ValueType::Byte];

pub(crate) fn check(scope: &Scope<'_>, members: &Members, report: &mut Report) {
    let cap = scope.layout.cap;
    let Some(component) = &cap.applets else { return };
    if component.applets.is_empty() {
        report.add(
            Rule::AppletCount,
            Place::of(Tag::Applet),
            "no applet",
            "an applet",
        );
    }
    let rid = cap.header.package.aid.as_bytes().get(..RID_OCTETS);
    let mut aids = HashSet::new();
    // The first octet counts the applets.
    let mut offset = 1;
    for applet in &component.applets {
        let place = Place::at(Tag::Applet, offset);
        offset += 3 + applet.aid.as_bytes().len();
        if applet.aid.as_bytes().get(..RID_OCTETS) != rid {
            let found = format!(
                "the applet {} in the package {}",
                applet.aid, cap.header.package.aid
            );
            report.add(Rule::AppletAid, place, found, "the RID of the package");
        }
        if !aids.insert(applet.aid) {
            let found = format!("a second applet {}", applet.aid);
            report.add(Rule::AppletAidTwice, place, found, "different AIDs");
        }
        if applet.aid == cap.header.package.aid {
            let found = format!("the applet {} with the AID of its package", applet.aid);
            report.add(Rule::AppletAidTwice, place, found, "an AID of its own");
        }
        check_install(scope, members, applet, place, report);
    }
    check_selection(scope, members, &component.applets, report);
}

/// JCRE §4.3: the applets of a package are all multiselectable, or none is.
fn check_selection(scope: &Scope<'_>, members: &Members, applets: &[Applet], report: &mut Report) {
    let Some(interface) = scope.types.named(MULTI_SELECTABLE) else {
        return;
    };
    let installs = applets
        .iter()
        .filter_map(|applet| members.methods.get(&applet.install_method_offset));
    let multi = installs.map(|method| scope.types.is_subtype(method.class, interface));
    let (multi, single): (Vec<bool>, Vec<bool>) = multi.partition(|multi| *multi);
    if !multi.is_empty() && !single.is_empty() {
        let found = format!(
            "{} applets that implement MultiSelectable, {} that do not",
            multi.len(),
            single.len()
        );
        report.add(
            Rule::AppletSelection,
            Place::of(Tag::Applet),
            found,
            "all or none",
        );
    }
}

fn check_install(scope: &Scope<'_>, members: &Members, applet: &Applet, place: Place, report: &mut Report) {
    let wanted = "a public static method install(byte[], short, byte) of an applet class";
    let offset = applet.install_method_offset;
    let Some(method) = members.methods.get(&offset) else {
        let found = format!("no method at offset {offset:04X}");
        report.add(Rule::AppletInstall, place, found, wanted);
        return;
    };
    let called_as_install = method.kind == MethodKind::Static
        && method.visibility == Visibility::Public
        && *method.signature.parameters == INSTALL
        && method.signature.result.is_none();
    let applet_class = scope.types.named(APPLET);
    let of_applet = applet_class.is_some_and(|above| scope.types.is_subtype(method.class, above));
    if !called_as_install || !of_applet {
        let found = match called_as_install {
            false => format!("another method at offset {offset:04X}"),
            true => format!("the method at offset {offset:04X} of a class that is no applet"),
        };
        report.add(Rule::AppletInstall, place, found, wanted);
    }
}
