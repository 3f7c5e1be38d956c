//! What the description of a package and its classes must agree on, and which imports are taken.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::cast_possible_truncation,
    reason = "a test fails by panicking, and a machine cuts words off"
)]

mod support;

use cap_convert::{AppletDescription, Finding, ImportRequest, PackageDescription, Rule};
use cap_format::version::{FormatVersion, PackageVersion};
use card_proto::aid::Aid;

/// Converts the case `language` with a changed description.
fn findings(change: impl FnOnce(&mut PackageDescription)) -> Vec<Finding> {
    let sources = support::files(&support::cases("packages").join("language"), "java");
    let classes = support::compile(&sources, "", &[]);
    let mut package = support::with_applet(support::library("language"), "LanguageApplet");
    change(&mut package);
    support::convert_folder(classes.path(), &package, &[])
        .err()
        .unwrap_or_default()
}

fn check(change: impl FnOnce(&mut PackageDescription), rule: Rule, construct: &str) {
    let findings = findings(change);
    let found = findings
        .iter()
        .any(|finding| finding.rule == rule && finding.construct.contains(construct));
    assert!(found, "{construct}: {}", support::text(&findings));
}

#[test]
fn applets_are_those_of_the_package() {
    let applet = |aid: &[u8], class: &str| AppletDescription {
        aid: Aid::new(aid).unwrap(),
        class: class.to_owned(),
    };
    let foreign = applet(&[0xF1, 0x11, 0x22, 0x33, 0x44, 1], "language.LanguageApplet");
    check(
        |package| package.applets = vec![foreign],
        Rule::Description,
        "F11122334401",
    );
    let missing = applet(&[0xF0, 0x11, 0x22, 0x33, 0x44, 1], "language.Missing");
    check(
        |package| package.applets = vec![missing],
        Rule::Description,
        "language.Missing",
    );
    let none = applet(&[0xF0, 0x11, 0x22, 0x33, 0x44, 1], "language.Square");
    check(
        |package| package.applets = vec![none],
        Rule::Description,
        "install",
    );
}

/// JCRE §4.3: some applets that can be selected on several channels at once, and some that cannot, are no package.
#[test]
fn all_applets_are_multiselectable_or_none() {
    let classes = support::compile(
        &support::files(&support::cases("packages").join("channels"), "java"),
        "",
        &[],
    );
    let convert = |applets: &[&str]| {
        let package = support::library("channels");
        let package = applets.iter().copied().fold(package, support::with_applet);
        support::convert_folder(classes.path(), &package, &[])
    };
    assert!(convert(&["Many"]).is_ok() && convert(&["One"]).is_ok());
    let findings = convert(&["Many", "One"]).unwrap_err();
    let [finding] = &findings[..] else {
        panic!("{}", support::text(&findings));
    };
    assert_eq!(finding.rule, Rule::Description);
    assert!(
        finding.construct.contains("MultiSelectable, as channels.Many"),
        "{finding}"
    );
}

#[test]
fn a_library_initializes_no_arrays() {
    check(
        |package| package.applets.clear(),
        Rule::LibraryArray,
        "initialized static array",
    );
}

#[test]
fn formats_that_can_be_written() {
    check(
        |package| package.format = FormatVersion::V2_3,
        Rule::Description,
        "2.3",
    );
    assert_eq!(
        findings(|package| package.format = FormatVersion::V2_2),
        Vec::new()
    );
}

#[test]
fn imports_are_taken_in_the_version_that_is_asked_for() {
    let request = |major, minor| ImportRequest {
        package: "javacard.framework".to_owned(),
        version: Some(PackageVersion { major, minor }),
    };
    // Java Card 3.0.4 has version 1.5 of the package.
    assert_eq!(
        findings(|package| package.imports = vec![request(1, 5)]),
        Vec::new()
    );
    check(
        |package| package.imports = vec![request(1, 2)],
        Rule::Import,
        "javacard.framework in version 1.2",
    );
}
