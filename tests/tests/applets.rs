//! The applets' class files, the very ones that jCardSim runs, against the rules of the target: Java Card 2.2.1, no int, nothing
//! allocated after install. And proof that each rule can fail: classes that break it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{collections::BTreeMap, fs, path::Path, process::Command};

use conformance::applet_rules::{Applets, api_table::ApiTable};
use host_harness::{
    jcardsim::{JcardsimCard, JcardsimOptions, Via, compile_applets, install_specs},
    profile::CardProfile,
    project::Project,
};
use secure_channel::scp80::Counter;

fn api() -> ApiTable {
    ApiTable::of_target().unwrap()
}

fn class_files(folder: &Path) -> Vec<Vec<u8>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(class_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "class") {
            files.push(fs::read(path).unwrap());
        }
    }
    files
}

fn findings(files: &[Vec<u8>]) -> Vec<String> {
    let parsed = files.iter().map(|file| cafebabe::parse_class(file).unwrap());
    let classes: BTreeMap<_, _> = parsed
        .map(|class| (class.this_class.to_string(), class))
        .collect();
    Applets { classes, api: api() }.findings()
}

#[test]
fn the_applets_keep_to_the_target() {
    let files = class_files(
        &compile_applets(&JcardsimOptions::default())
            .unwrap()
            .join("twofold"),
    );
    assert!(files.len() > 10, "only {} class files were found", files.len());
    let findings = findings(&files);
    assert!(
        findings.is_empty(),
        "{} breaches:\n{}",
        findings.len(),
        findings.join("\n")
    );
}

/// The classes that may know the APDU object. All else takes buffers as parameters, so that a toolkit shell can call it.
const SHELLS: [&str; 3] = [
    "twofold/first/FirstStage",
    "twofold/second/SecondStage",
    "twofold/link/IncomingData",
];

#[test]
fn only_the_shells_know_apdus() {
    let folder = compile_applets(&JcardsimOptions::default()).unwrap();
    let mut shells = 0;
    for file in class_files(&folder.join("twofold")) {
        let class = cafebabe::parse_class(&file).unwrap();
        // A class that is used stands in the constant pool by its name.
        let uses = |name: &[u8]| file.windows(name.len()).any(|window| window == name);
        let is_shell = SHELLS.contains(&class.this_class.as_ref());
        assert!(
            is_shell || !uses(b"javacard/framework/APDU"),
            "{} knows the APDU object",
            class.this_class
        );
        assert!(
            !uses(b"uicc/") && !uses(b"sim/toolkit"),
            "{} knows a toolkit",
            class.this_class
        );
        shells += usize::from(is_shell);
    }
    assert_eq!(shells, SHELLS.len());
}

/// What a class body should bring up; `None` for one that is right.
type Expectation<'a> = (&'a str, Option<&'a str>);

/// Compiles each body as a class of the package twofold, all in one run, and looks at the findings of each. In a body `Sample`
/// is the class itself.
fn check(expectations: &[Expectation<'_>]) {
    let folder = tempfile::tempdir().unwrap();
    let mut javac = Command::new("javac");
    javac.args(["--release", "8", "-Xlint:-options", "-g", "-classpath"]);
    javac
        .arg(Project::of_this_build().jcardsim_jar())
        .arg("-d")
        .arg(folder.path());
    for (index, (body, _)) in expectations.iter().enumerate() {
        let source = folder.path().join(format!("Sample{index}.java"));
        let class = format!("final class Sample {{ {body} }}").replace("Sample", &format!("Sample{index}"));
        fs::write(
            &source,
            format!("package twofold; import javacard.framework.*; {class}"),
        )
        .unwrap();
        javac.arg(source);
    }
    let output = javac.output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let findings = findings(&class_files(folder.path()));
    for (index, (body, expected)) in expectations.iter().enumerate() {
        let class = format!("twofold/Sample{index}");
        let of_class = |finding: &&String| {
            finding
                .strip_prefix(&class)
                .is_some_and(|rest| rest.starts_with(['.', ':']))
        };
        let found: Vec<_> = findings.iter().filter(of_class).collect();
        match expected {
            None => assert!(found.is_empty(), "{body}: {found:?}"),
            Some(expected) => assert!(
                found.iter().any(|finding| finding.contains(expected)),
                "{body}: {found:?} does not speak of {expected:?}"
            ),
        }
    }
}

#[test]
fn what_is_right_is_not_refused() {
    check(&[
        (
            "short f(byte[] b, short i) { return (short) (((b[i] & 0xFF) << 8) | (b[(short) (i + 1)] & 0xFF)); }",
            None,
        ),
        (
            "boolean f(byte a) { return (byte) (a & 0xF0) == (byte) 0x80; }",
            None,
        ),
        (
            "byte[] b; Sample() { b = JCSystem.makeTransientByteArray((short) 8, JCSystem.CLEAR_ON_RESET); }",
            None,
        ),
        (
            "void f(short a) { if (a < 0) ISOException.throwIt(ISO7816.SW_WRONG_DATA); }",
            None,
        ),
        ("short f(boolean c, short a) { return c ? a : (short) -a; }", None),
    ]);
}

#[test]
fn int_is_refused() {
    check(&[
        ("int f;", Some("does not fit 16 bits")),
        ("short f(int a) { return 0; }", Some("does not fit 16 bits")),
        (
            "short f(short a) { int b = a; return (short) b; }",
            Some("local variable b is I"),
        ),
        (
            "boolean f(short a, short b) { return a + b > 0; }",
            Some("a comparison takes"),
        ),
        (
            "short f(short a, short b) { return (short) ((a + b) / 2); }",
            Some("a division takes"),
        ),
        (
            "short f(short a, short b) { return (short) ((a + b) >> 1); }",
            Some("a shift to the right takes"),
        ),
        (
            "byte f(byte[] a, short b) { return a[b + 1]; }",
            Some("an array index takes"),
        ),
        (
            "short f(short a) { char c = (char) a; return (short) c; }",
            Some("local variable c is C"),
        ),
        (
            "boolean f(short a) { return a == 0xFFFF; }",
            Some("a comparison takes"),
        ),
    ]);
}

#[test]
fn what_java_card_does_not_have_is_refused() {
    check(&[
        ("String f;  void g() { f = \"a\"; }", Some("java/lang/String")),
        ("void f() { System.gc(); }", Some("java/lang/System")),
        ("void f(byte[] a) { a.notify(); }", Some("notify()V is not in")),
        (
            "void f(APDU a) { javacardx.apdu.ExtendedLength e = null; g(e); } void g(Object o) { if (o instanceof javacardx.apdu.ExtendedLength) return; }",
            Some("ExtendedLength"),
        ),
    ]);
}

#[test]
fn allocation_after_install_is_refused() {
    check(&[
        (
            "byte[] f() { return new byte[2]; }",
            Some("allocates after install"),
        ),
        (
            "Object f() { return new Sample(); }",
            Some("allocates after install"),
        ),
        (
            "byte[] f() { return JCSystem.makeTransientByteArray((short) 8, (byte) 1); }",
            Some("allocates after install"),
        ),
        (
            "static short a; void f() { a = 1; }",
            Some("writes the static field a"),
        ),
    ]);
}

/// Both stages together take at most 3 kB of a card's RAM (real SIM cards have 6 to 10 kB).
const RAM_BUDGET: u32 = 3072;

#[test]
fn both_stages_fit_the_ram_of_a_card() {
    let profile = CardProfile::read(&Project::of_this_build().keys().join("test-card.toml")).unwrap();
    let mut card = JcardsimCard::start(&Via::Direct).unwrap();
    assert_eq!(card.transient_octets().unwrap(), 0);
    for spec in install_specs(&profile, [Counter::default(); 2]) {
        card.install(&spec).unwrap();
    }
    let octets = card.transient_octets().unwrap();
    println!("both stages take {octets} octets of RAM, of {RAM_BUDGET}");
    assert!(
        (2 * 936..=RAM_BUDGET).contains(&octets),
        "{octets} octets of RAM, the budget is {RAM_BUDGET}"
    );
}
