//! What the converter makes.

use cap_format::cap::Cap;
use cap_verify::{Environment, Rule, verify, verify_file};

use crate::support::{figures_breaks, packages};

#[test]
fn packages_of_the_converter_are_accepted_with_their_export_files() {
    let packages = packages();
    for converted in [&packages.figures, &packages.counting] {
        let environment = Environment {
            exports: &packages.exports,
            own_export: Some(&converted.export_file),
            ..Environment::default()
        };
        let verified = verify(converted.cap.clone(), &environment);
        assert_eq!(
            verified.map(|verified| verified.into_cap()).as_ref(),
            Ok(&converted.cap)
        );
    }
}

#[test]
fn a_load_file_without_descriptor_cannot_be_verified() {
    let octets = packages().figures.cap.to_load_file().unwrap();
    let environment = Environment {
        exports: &packages().exports,
        ..Environment::default()
    };
    let rules: Vec<Rule> = verify_file(&octets, &environment)
        .unwrap_err()
        .iter()
        .map(|finding| finding.rule)
        .collect();
    assert_eq!(rules, [Rule::DescriptorMissing]);
    figures_breaks(Rule::DescriptorMissing, |cap| cap.descriptor = None);
}

#[test]
fn a_load_file_with_descriptor_is_accepted() {
    let octets = packages().counting.cap.to_load_file_with_descriptor().unwrap();
    let environment = Environment {
        exports: &packages().exports,
        ..Environment::default()
    };
    let verified = verify_file(&octets, &environment).unwrap();
    assert_eq!(verified.cap(), &Cap::read(&octets).unwrap());
}
