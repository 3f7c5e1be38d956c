//! CV6xx: the subset of the language, kinds of packages, the card.

use cap_format::cap::Cap;
use cap_format::component::Tag;
use cap_format::component::header::HeaderFlags;
use cap_format::version::PackageInfo;

use crate::environment::{CardProfile, Environment};
use crate::finding::{Place, Report};
use crate::model::members::Members;
use crate::model::{Element, Signature, ValueType};
use crate::rule::Rule;

/// What the components say without being resolved.
pub(crate) fn check(cap: &Cap, environment: &Environment<'_>, report: &mut Report) {
    // JCVM §2.2.4.6: a library has no applet that could own the arrays.
    if cap.applets.is_none() && !cap.static_fields.array_inits.is_empty() {
        let found = format!("{} initialized arrays", cap.static_fields.array_inits.len());
        let place = Place::of(Tag::StaticField);
        report.add(
            Rule::LibraryArray,
            place,
            found,
            "none in a package without applets",
        );
    }
    if let Some(card) = environment.card {
        check_card(cap, card, report);
    }
}

fn check_card(cap: &Cap, card: &CardProfile, report: &mut Report) {
    let place = Place::of(Tag::Import);
    for import in &cap.imports.packages {
        // JCVM §4.5.2: same major version, minor version not below.
        let serves = |have: &&PackageInfo| {
            let (have, want) = (have.version, import.version);
            have.major == want.major && have.minor >= want.minor
        };
        let of_package: Vec<&PackageInfo> = card
            .packages
            .iter()
            .filter(|have| have.aid == import.aid)
            .collect();
        if of_package.iter().any(serves) {
            continue;
        }
        let versions: Vec<String> = of_package.iter().map(|have| have.version.to_string()).collect();
        let found = match versions.is_empty() {
            true => format!("{} has no package {}", card.name, import.aid),
            false => format!(
                "{} has package {} in version {}",
                card.name,
                import.aid,
                versions.join(", ")
            ),
        };
        let wanted = format!("version {} of {}", import.version, import.aid);
        report.add(Rule::CardPackage, place, found, wanted);
    }
    if cap.header.flags.contains(HeaderFlags::INT) && !card.int {
        let found = format!("a package with int, {} has none", card.name);
        report.add(
            Rule::CardInt,
            Place::of(Tag::Header),
            found,
            "a package without int",
        );
    }
}

/// JCVM §6.4: a package whose fields or methods have int in their types says so. Of the methods of interfaces only parameters
/// count: converters leave the flag out for results.
pub(crate) fn check_int(cap: &Cap, members: &Members, report: &mut Report) {
    if cap.header.flags.contains(HeaderFlags::INT) {
        return;
    }
    let is_int = |kind: &ValueType| matches!(kind, ValueType::Int | ValueType::Array(Element::Int));
    let uses_int = |signature: &Signature| signature.parameters.iter().chain(&signature.result).any(is_int);
    let fields = members
        .fields
        .values()
        .chain(members.statics.values().map(|described| &described.field));
    let in_fields = fields.clone().any(|field| is_int(&field.value));
    let in_methods = members.methods.values().any(|method| uses_int(&method.signature));
    let of_interfaces = members
        .interface_methods
        .values()
        .flat_map(|methods| methods.values());
    let own = of_interfaces.filter(|method| method.own);
    let in_interfaces = own.flat_map(|method| &*method.signature.parameters).any(is_int);
    for (uses, what) in [
        (in_fields, "a field of type int"),
        (in_methods, "a method with int in its type"),
        (
            in_interfaces,
            "a method of an interface with int in its parameters",
        ),
    ] {
        if uses {
            report.add(Rule::IntFlag, Place::of(Tag::Header), what, "the flag int");
        }
    }
}
