//! Java sources → class files → CAP files, each made once, and a way to say which rule a change breaks.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use cap_convert::{
    AppletDescription, ClassFile, CodeStyle, Converted, Input, IntSupport, PackageDescription, convert,
};
use cap_format::cap::Cap;
use cap_format::component::class::{ClassInfo, ClassItem};
use cap_format::component::descriptor::{ClassDescriptor, DescriptorComponent, MethodDescriptor};
use cap_format::export_file::ExportFile;
use cap_format::reference::ClassRef;
use cap_format::version::{FormatVersion, PackageVersion};
use cap_verify::{Environment, Finding, Rule, verify};
use card_api::api::Api;
use card_proto::aid::Aid;
use tempfile::TempDir;

/// A library, and a package with an applet that uses it.
pub(crate) struct Packages {
    pub(crate) figures: Converted,
    pub(crate) counting: Converted,
    /// The export files of the API and of the library.
    pub(crate) exports: Vec<ExportFile>,
}

/// The packages of the folder `java`.
pub(crate) fn packages() -> &'static Packages {
    static PACKAGES: OnceLock<Packages> = OnceLock::new();
    PACKAGES.get_or_init(|| {
        let api = Api::embedded().unwrap().choose(&["3.0.4"], &[]).unwrap();
        let stubs = TempDir::new().unwrap();
        for stub in api.class_files() {
            let path = stubs.path().join(format!("{}.class", stub.class));
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, stub.bytes).unwrap();
        }
        let classes = TempDir::new().unwrap();
        compile(stubs.path(), classes.path());
        let mut exports: Vec<ExportFile> = api.export_files().collect();
        let figures = converted(classes.path(), &description("figures", 0x10), &exports);
        exports.push(figures.export_file.clone());
        let mut counting = description("counting", 0x20);
        counting.applets.push(AppletDescription {
            aid: aid(&[0x20, 1]),
            class: "counting.CountApplet".to_owned(),
        });
        let counting = converted(classes.path(), &counting, &exports);
        Packages {
            figures,
            counting,
            exports,
        }
    })
}

/// An AID under the RID of the tests.
pub(crate) fn aid(rest: &[u8]) -> Aid {
    Aid::new(&[&[0xF0, 0x11, 0x22, 0x33, 0x44], rest].concat()).unwrap()
}

fn compile(stubs: &Path, out: &Path) {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/packages/java");
    let files = ["figures", "counting"].map(|package| {
        let entries = fs::read_dir(sources.join(package)).unwrap();
        entries.map(|entry| entry.unwrap().path()).collect::<Vec<_>>()
    });
    let output = Command::new("javac")
        .args(card_api::stub::javac_options(
            stubs.to_str().unwrap(),
            "",
            "UTF-8",
        ))
        .args(["-g", "-nowarn", "-d"])
        .arg(out)
        .args(files.concat())
        .output()
        .expect("javac runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

fn description(name: &str, number: u8) -> PackageDescription {
    PackageDescription {
        name: name.to_owned(),
        aid: aid(&[number]),
        version: PackageVersion { major: 1, minor: 0 },
        applets: Vec::new(),
        format: FormatVersion::V2_1,
        int: IntSupport::Refused,
        style: CodeStyle::Smallest,
        imports: Vec::new(),
    }
}

fn converted(classes: &Path, package: &PackageDescription, exports: &[ExportFile]) -> Converted {
    let entries = fs::read_dir(classes.join(&package.name)).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let files: Vec<(String, Vec<u8>)> = paths
        .iter()
        .map(|path| (path.display().to_string(), fs::read(path).unwrap()))
        .collect();
    let classes: Vec<ClassFile<'_>> = files
        .iter()
        .map(|(name, bytes)| ClassFile { name, bytes })
        .collect();
    let input = Input {
        classes: &classes,
        package,
        exports,
    };
    convert(&input).expect("the package converts")
}

/// Verifies a file without its own export file.
pub(crate) fn findings(cap: Cap) -> Vec<Finding> {
    let environment = Environment {
        exports: &packages().exports,
        ..Environment::default()
    };
    verify(cap, &environment).err().unwrap_or_default()
}

/// The library breaks `rule` after the change.
pub(crate) fn figures_breaks(rule: Rule, change: impl FnOnce(&mut Cap)) {
    breaks(packages().figures.cap.clone(), rule, change);
}

/// The package with the applet breaks `rule` after the change.
pub(crate) fn counting_breaks(rule: Rule, change: impl FnOnce(&mut Cap)) {
    breaks(packages().counting.cap.clone(), rule, change);
}

fn breaks(mut cap: Cap, rule: Rule, change: impl FnOnce(&mut Cap)) {
    change(&mut cap);
    let findings = findings(cap);
    let text: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert!(
        findings.iter().any(|finding| finding.rule == rule),
        "{rule} is not among {text:#?}"
    );
}

/// The Descriptor.
pub(crate) fn descriptor(cap: &mut Cap) -> &mut DescriptorComponent {
    cap.descriptor.as_mut().expect("a Descriptor")
}

/// The offset of the class with this place among the classes.
pub(crate) fn offset_of(cap: &Cap, index: usize) -> u16 {
    let items = cap.classes.items(cap.header.format);
    let mut classes = items.filter(|(_, item)| matches!(item, ClassItem::Class(_)));
    u16::try_from(classes.nth(index).expect("a class").0).unwrap()
}

/// The class with this place among the classes, superclasses first.
pub(crate) fn class(cap: &mut Cap, index: usize) -> &mut ClassInfo {
    &mut cap.classes.classes[index]
}

/// What the Descriptor says of the same class.
pub(crate) fn described(cap: &mut Cap, index: usize) -> &mut ClassDescriptor {
    let offset = offset_of(cap, index);
    let this = ClassRef::Internal { offset };
    let mut classes = descriptor(cap).classes.iter_mut();
    classes
        .find(|class| class.this_class == this)
        .expect("a description")
}

/// The first method of a class for which a condition holds.
pub(crate) fn method(
    cap: &mut Cap,
    class: usize,
    wanted: impl Fn(&MethodDescriptor) -> bool,
) -> &mut MethodDescriptor {
    let mut methods = described(cap, class).methods.iter_mut();
    methods.find(|method| wanted(method)).expect("a method")
}
