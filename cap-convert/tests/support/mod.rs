//! Java sources → class files → CAP files, with the JDK's javac and the project's own API tables.

#![allow(dead_code, reason = "each test uses a part")]

pub(crate) mod machine;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use cap_convert::{
    AppletDescription, ClassFile, CodeStyle, Converted, Finding, Input, IntSupport, PackageDescription,
    convert,
};
use cap_format::export_file::ExportFile;
use cap_format::version::{FormatVersion, PackageVersion};
use card_api::api::{Api, ApiSet};
use card_proto::aid::Aid;
use tempfile::TempDir;

/// The API that the cases are compiled against: Java Card 3.0.4.
pub(crate) fn api() -> &'static (ApiSet, TempDir) {
    static API: OnceLock<(ApiSet, TempDir)> = OnceLock::new();
    API.get_or_init(|| {
        let api = Api::embedded().unwrap().choose(&["3.0.4"], &[]).unwrap();
        let stubs = TempDir::new().unwrap();
        for stub in api.class_files() {
            let path = stubs.path().join(format!("{}.class", stub.class));
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, stub.bytes).unwrap();
        }
        (api, stubs)
    })
}

/// Compiles Java sources; the folder of the class files.
pub(crate) fn compile(sources: &[PathBuf], class_path: &str, more: &[&str]) -> TempDir {
    let out = TempDir::new().unwrap();
    let stubs = api().1.path().to_str().unwrap();
    let output = Command::new("javac")
        .args(card_api::stub::javac_options(stubs, class_path, "UTF-8"))
        .args(["-g", "-nowarn", "-d"])
        .arg(out.path())
        .args(more)
        .args(sources)
        .output()
        .expect("javac runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    out
}

/// All files below a folder with this ending, sorted.
pub(crate) fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.extension().is_some_and(|extension| extension == ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The folder of a group of cases.
pub(crate) fn cases(group: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/cases")
        .join(group)
}

/// A package without applets named `name`.
pub(crate) fn library(name: &str) -> PackageDescription {
    let aid = Aid::new(&[0xF0, 0x11, 0x22, 0x33, 0x44, u8::try_from(name.len()).unwrap()]).unwrap();
    PackageDescription {
        name: name.to_owned(),
        aid,
        version: PackageVersion { major: 1, minor: 0 },
        applets: Vec::new(),
        format: FormatVersion::V2_1,
        int: IntSupport::Refused,
        style: CodeStyle::Smallest,
        imports: Vec::new(),
    }
}

/// The same with the applet `class` too; the AIDs of applets are numbered.
pub(crate) fn with_applet(mut package: PackageDescription, class: &str) -> PackageDescription {
    let number = u8::try_from(package.applets.len() + 1).unwrap();
    let aid = [package.aid.as_bytes(), &[number]].concat();
    let class = format!("{}.{class}", package.name);
    package.applets.push(AppletDescription {
        aid: Aid::new(&aid).unwrap(),
        class,
    });
    package
}

/// Converts the class files of a package in a folder.
pub(crate) fn convert_folder(
    folder: &Path,
    package: &PackageDescription,
    more_exports: &[ExportFile],
) -> Result<Converted, Vec<Finding>> {
    let folder = folder.join(package.name.replace('.', "/"));
    let contents: Vec<(String, Vec<u8>)> = files(&folder, "class")
        .into_iter()
        .map(|path| (path.display().to_string(), fs::read(&path).unwrap()))
        .collect();
    let classes: Vec<ClassFile<'_>> = contents
        .iter()
        .map(|(name, bytes)| ClassFile { name, bytes })
        .collect();
    let mut exports: Vec<ExportFile> = api().0.export_files().collect();
    exports.extend_from_slice(more_exports);
    convert(&Input {
        classes: &classes,
        package,
        exports: &exports,
    })
}

/// The findings as text, one in a line.
pub(crate) fn text(findings: &[Finding]) -> String {
    findings.iter().map(|finding| format!("{finding}\n")).collect()
}
