//! CV6xx: the subset of the language and the card.

use cap_format::component::header::HeaderFlags;
use cap_format::component::static_field::{ArrayInit, ArrayInitType};
use cap_format::type_descriptor::{Type, TypeDescriptor};
use cap_format::version::PackageInfo;
use cap_verify::{CardProfile, Environment, Rule, verify};

use crate::support::{descriptor, figures_breaks, packages};

#[test]
fn a_library_has_no_initialized_arrays() {
    figures_breaks(Rule::LibraryArray, |cap| {
        cap.static_fields.array_inits.push(ArrayInit {
            element: ArrayInitType::Byte,
            values: vec![1],
        });
    });
}

#[test]
fn a_package_with_int_in_its_types_says_so() {
    figures_breaks(Rule::IntFlag, |cap| {
        for kind in &mut descriptor(cap).types.0 {
            if kind.0 == [Type::Short, Type::Short] {
                *kind = TypeDescriptor(vec![Type::Int, Type::Short]);
            }
        }
    });
}

#[test]
fn the_card_has_what_the_package_needs() {
    let packages = packages();
    let mut cap = packages.counting.cap.clone();
    let all: Vec<PackageInfo> = cap.imports.packages.clone();
    let rules = |cap: &cap_format::cap::Cap, packages_of_card: &[PackageInfo], int: bool| -> Vec<Rule> {
        let card = CardProfile {
            name: "the card".to_owned(),
            packages: packages_of_card.to_vec(),
            int,
        };
        let environment = Environment {
            exports: &packages.exports,
            card: Some(&card),
            ..Environment::default()
        };
        let findings = verify(cap.clone(), &environment).err().unwrap_or_default();
        findings.iter().map(|finding| finding.rule).collect()
    };
    assert_eq!(rules(&cap, &all, false), []);
    assert_eq!(rules(&cap, &all[1..], false), [Rule::CardPackage]);
    let mut older = all.clone();
    for package in &mut older {
        package.version.major += 1;
    }
    assert_eq!(rules(&cap, &older, false), vec![Rule::CardPackage; all.len()]);
    cap.header.flags |= HeaderFlags::INT;
    assert_eq!(rules(&cap, &all, true), []);
    assert_eq!(rules(&cap, &all, false), [Rule::CardInt]);
}
