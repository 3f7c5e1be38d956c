//! Java Card RMI: remote interfaces, the classes that implement them, and what may not be remote.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::cast_possible_truncation,
    reason = "a test fails by panicking, and a machine cuts words off"
)]

mod support;

use std::collections::BTreeSet;
use std::fs;

use cap_convert::{Converted, PackageDescription};
use cap_format::cap::Cap;
use cap_format::component::class::{ClassFlags, ClassInfo, RemoteInfo};
use cap_format::export_file::{ExportAccess, ExportFile};
use cap_format::reference::ClassRef;
use cap_format::version::FormatVersion;
use tempfile::TempDir;

/// A converted package and the folder of its class files, which others are compiled against.
type Library = (TempDir, Converted);

/// Compiles and converts a package of the cases.
fn convert(package: &PackageDescription, libraries: &[&Library]) -> Library {
    let folder = support::cases("packages").join(&package.name);
    let paths = libraries
        .iter()
        .map(|(classes, _)| classes.path().to_str().unwrap());
    let class_path = paths.collect::<Vec<&str>>().join(":");
    let classes = support::compile(&support::files(&folder, "java"), &class_path, &[]);
    let exports = libraries.iter().map(|(_, made)| made.export_file.clone());
    let exports: Vec<ExportFile> = exports.collect();
    let converted = support::convert_folder(classes.path(), package, &exports)
        .unwrap_or_else(|findings| panic!("{}", support::text(&findings)));
    // What was made can be written, and reads as the same.
    let components = converted.cap.to_components().unwrap();
    assert_eq!(Cap::from_components(&components).unwrap(), converted.cap);
    let export_file = converted.export_file.write().unwrap();
    assert_eq!(ExportFile::read(&export_file).unwrap(), converted.export_file);
    check_offsets(&converted.cap);
    (classes, converted)
}

fn remote() -> Library {
    convert(&support::library("remote"), &[])
}

/// Every class is where the Descriptor component says, behind the signature pool.
fn check_offsets(cap: &Cap) {
    for class in &cap.descriptor.as_ref().unwrap().classes {
        let ClassRef::Internal { offset } = class.this_class else {
            panic!("a class of another package");
        };
        let item = cap.classes.at(cap.header.format, offset);
        assert!(item.is_some(), "nothing begins at {offset:04X}");
    }
}

fn remote_class<'a>(converted: &'a Converted, name: &str) -> (&'a ClassInfo, &'a RemoteInfo) {
    let classes = converted.cap.classes.classes.iter();
    let mut remote = classes.filter_map(|class| Some((class, class.remote.as_ref()?)));
    remote.find(|(_, remote)| remote.class_name == name).unwrap()
}

/// Hash, half octets of the type and token of each method.
fn methods(converted: &Converted, remote: &RemoteInfo) -> Vec<(u16, String, u8)> {
    let pool = &converted.cap.classes.signature_pool;
    let method = |method: &cap_format::component::class::RemoteMethod| {
        let mut types = pool.offsets();
        let (_, descriptor) = types
            .find(|(offset, _)| *offset == usize::from(method.signature_offset))
            .unwrap();
        (method.hash, format!("{:?}", descriptor.0), method.token)
    };
    remote.methods.iter().map(method).collect()
}

/// Hashes, tokens and orders are those that the vendor's converters of 2.2.2 and 3.0.5 give to such classes.
#[test]
fn a_remote_class_lists_what_can_be_called() {
    let (_, converted) = remote();
    assert_eq!(converted.cap.header.format, FormatVersion::V2_2);
    let interfaces = converted.cap.classes.interfaces.iter();
    let (remote, others): (Vec<_>, Vec<_>) =
        interfaces.partition(|interface| interface.flags.contains(ClassFlags::REMOTE));
    let names: BTreeSet<&str> = remote
        .iter()
        .map(|interface| interface.remote_name.as_str())
        .collect();
    assert_eq!(names, BTreeSet::from(["Account", "Alike", "Meter", "Purse"]));
    assert!(matches!(others[..], [lockable] if lockable.remote_name.is_empty()));

    let (class, remote) = remote_class(&converted, "SimplePurse");
    assert!(class.flags.contains(ClassFlags::REMOTE));
    let wanted = [
        (0x0677, "[ByteArray, ShortArray, BooleanArray, ByteArray]", 4),
        (0x38B7, "[Short, Byte, Void]", 3),
        (0xC7DC, "[Short]", 2),
        (0xE1DA, "[Boolean, Boolean]", 5),
    ];
    assert_eq!(
        methods(&converted, remote),
        wanted.map(|(hash, kind, token)| (hash, kind.to_owned(), token))
    );
    assert_eq!((remote.hash_modifier.as_str(), remote.interfaces.len()), ("", 1));
}

/// A subclass lists what it inherits too, interfaces of its superclass first; a method of two interfaces stands there once.
#[test]
fn a_class_below_a_remote_class_lists_all() {
    let (_, converted) = remote();
    let (_, above) = remote_class(&converted, "SimplePurse");
    let (_, remote) = remote_class(&converted, "Bank");
    let hashes: Vec<u16> = remote.methods.iter().map(|method| method.hash).collect();
    assert!(hashes.is_sorted_by(|a, b| a < b));
    assert_eq!(hashes.len(), 7);
    assert!(above.methods.iter().all(|method| remote.methods.contains(method)));
    assert!(
        hashes.contains(&0x4C53),
        "any, with its descriptor: {hashes:04X?}"
    );
    assert_eq!(remote.interfaces.len(), 3);
    assert_eq!(remote.interfaces.first(), above.interfaces.first());
}

#[test]
fn a_modifier_keeps_hashes_apart() {
    let (_, converted) = remote();
    let (_, remote) = remote_class(&converted, "Different");
    let hashes: Vec<u16> = remote.methods.iter().map(|method| method.hash).collect();
    assert_eq!(
        (remote.hash_modifier.as_str(), hashes),
        ("\0", vec![0x731A, 0xE246])
    );
}

#[test]
fn an_export_file_says_what_is_remote() {
    let (_, converted) = remote();
    let file = &converted.export_file;
    assert_eq!(file.format, FormatVersion::V2_2);
    for (name, is_remote) in [
        ("Purse", true),
        ("Account", true),
        ("Bank", true),
        ("Lockable", false),
    ] {
        let class = file.class(&format!("remote/{name}")).unwrap();
        assert_eq!(class.access.contains(ExportAccess::REMOTE), is_remote, "{name}");
    }
    let bank = file.class("remote/Bank").unwrap();
    let wanted = [
        "java/rmi/Remote",
        "remote/Purse",
        "remote/Lockable",
        "remote/Account",
        "remote/Meter",
    ];
    assert_eq!(bank.interfaces, wanted);
}

#[test]
fn a_class_below_a_remote_class_of_another_package() {
    let library = remote();
    let package = support::with_applet(support::library("terminal"), "TerminalApplet");
    let (_, converted) = convert(&package, &[&library]);
    let (_, above) = remote_class(&library.1, "SimplePurse");
    let (_, remote) = remote_class(&converted, "Wallet");
    assert_eq!(methods(&converted, remote), methods(&library.1, above));
    assert!(matches!(remote.interfaces[..], [ClassRef::External { .. }]));
    // Nothing remote is visible outside.
    assert_eq!(converted.cap.header.format, FormatVersion::V2_2);
    assert_eq!(converted.export_file.format, FormatVersion::V2_1);
}

#[test]
fn a_package_without_remote_classes_keeps_its_format() {
    let library = remote();
    let mut package = support::library("calling");
    let (_, converted) = convert(&package, &[&library]);
    assert_eq!(converted.cap.header.format, FormatVersion::V2_1);
    assert_eq!(converted.export_file.format, FormatVersion::V2_1);
    // Or takes the one that is asked for.
    package.format = FormatVersion::V2_2;
    let (_, converted) = convert(&package, &[&library]);
    assert_eq!(converted.cap.header.format, FormatVersion::V2_2);
}

/// The member or interface of a line of source.
fn declared(line: &str) -> Option<String> {
    let words = |text: &str| text.split([' ', '{']).map(str::to_owned).collect::<Vec<_>>();
    match line.split_once('(') {
        Some((before, _)) => words(before).pop(),
        None => words(line.split_once("interface ")?.1).into_iter().next(),
    }
}

#[test]
fn what_cannot_be_remote_is_refused() {
    let path = support::cases("remote").join("Refused.java");
    let source = fs::read_to_string(&path).unwrap();
    let classes = support::compile(&[path], "", &[]);
    let findings = support::convert_folder(classes.path(), &support::library("refused"), &[]).unwrap_err();
    let wanted: BTreeSet<(String, String, String)> = source
        .lines()
        .filter_map(|line| {
            let (code, comment) = line.split_once(" // ")?;
            let (rule, advice) = comment.split_once(' ')?;
            Some((declared(code)?, rule.to_owned(), advice.to_owned()))
        })
        .collect();
    let places: BTreeSet<(&str, &str)> = wanted
        .iter()
        .map(|(place, rule, _)| (place.as_str(), rule.as_str()))
        .collect();
    let found: BTreeSet<(&str, &str)> = findings
        .iter()
        .map(|finding| {
            let class = finding
                .class
                .as_deref()
                .and_then(|class| class.rsplit('$').next());
            let member = finding
                .member
                .as_deref()
                .and_then(|member| member.split('(').next());
            (member.or(class).unwrap(), finding.rule.code())
        })
        .collect();
    assert_eq!(found, places, "{}", support::text(&findings));
    for (place, rule, advice) in &wanted {
        let helps = findings
            .iter()
            .any(|finding| finding.rule.code() == rule && finding.instead.contains(advice.as_str()));
        assert!(
            helps,
            "{place}: no {rule} with «{advice}»:\n{}",
            support::text(&findings)
        );
    }
}
