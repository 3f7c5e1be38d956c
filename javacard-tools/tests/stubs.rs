//! `cap stubs` as a person calls it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use cap_format::export_file::ExportFile;
use tempfile::TempDir;

fn cap(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cap"));
    command
        .arg("stubs")
        .args(arguments)
        .env("COLUMNS", "110")
        .output()
        .unwrap()
}

fn text(octets: &[u8]) -> String {
    String::from_utf8_lossy(octets).into_owned()
}

/// Runs `cap stubs` with these arguments and `--output`; what it says.
fn write(folder: &Path, arguments: &[&str]) -> String {
    let output = cap(&[arguments, &["--output", folder.to_str().unwrap()]].concat());
    let words = text(&output.stderr);
    assert!(output.status.success(), "{words}");
    assert_eq!(text(&output.stdout), "");
    words
}

/// What is refused, and in which words.
fn refused(arguments: &[&str], words: &str) {
    let output = cap(arguments);
    let found = text(&output.stderr);
    assert!(
        !output.status.success() && found.contains(words),
        "{arguments:?}: {found}"
    );
}

fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => found.push(path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned()),
            }
        }
    }
    found.sort();
    found
}

#[test]
fn class_files_and_export_files_of_a_platform() {
    let folder = TempDir::new().unwrap();
    let words = write(folder.path(), &["--platform", "2.2.1"]);
    assert!(words.starts_with("7 packages, "), "{words}");
    assert!(
        words.contains("\ncompile with: javac -source 8 -target 8 "),
        "{words}"
    );
    let export_file = fs::read(folder.path().join("javacard/framework/javacard/framework.exp")).unwrap();
    let export_file = ExportFile::read(&export_file).unwrap();
    assert_eq!(export_file.package.info.version.to_string(), "1.2");
    let classes = files(folder.path());
    for class in [
        "java/lang/Object.class",
        "java/lang/String.class",
        "javacard/framework/Applet.class",
    ] {
        assert!(classes.iter().any(|file| file == class), "{class}");
    }
    assert_eq!(classes.iter().filter(|file| file.ends_with(".exp")).count(), 7);
}

#[test]
fn one_kind_of_files_only() {
    let folder = TempDir::new().unwrap();
    write(folder.path(), &["--platform", "2.2.1", "--export-files-only"]);
    assert!(!files(folder.path()).iter().any(|file| file.ends_with(".class")));
    write(folder.path(), &["--platform", "2.2.1", "--classes-only"]);
    assert!(!files(folder.path()).iter().any(|file| file.ends_with(".exp")));
    write(folder.path(), &["--platform", "2.2.1", "--classes-only", "--jar"]);
    assert_eq!(files(folder.path()), ["cap-stubs.txt", "stubs.jar"]);
    let jar = fs::read(folder.path().join("stubs.jar")).unwrap();
    write(folder.path(), &["--platform", "2.2.1", "--classes-only", "--jar"]);
    assert_eq!(fs::read(folder.path().join("stubs.jar")).unwrap(), jar);
}

/// With the very options that are printed.
#[test]
fn the_jar_is_a_boot_class_path() {
    let folder = TempDir::new().unwrap();
    let path = folder.path();
    let words = write(path, &["--platform", "2.2.1", "--platform", "uicc-7.9", "--jar"]);
    let source =
        "class A implements uicc.toolkit.ToolkitInterface { public void processToolkit(short event) { } }";
    fs::write(path.join("A.java"), source).unwrap();
    let options = words.lines().last().unwrap().trim_start_matches("compile with: ");
    let run = Command::new("sh")
        .args(["-c", &options.replace("...", "A.java")])
        .current_dir(path)
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", text(&run.stderr));
    assert!(path.join("A.class").is_file());
}

#[test]
fn a_later_run_replaces_what_an_earlier_one_wrote() {
    let folder = TempDir::new().unwrap();
    write(folder.path(), &["--platform", "3.0.5"]);
    let nested = folder
        .path()
        .join("javacard/security/MessageDigest$OneShot.class");
    assert!(nested.is_file());
    fs::write(folder.path().join("mine.txt"), "mine").unwrap();
    write(folder.path(), &["--platform", "2.2.1"]);
    assert!(!nested.exists());
    assert!(folder.path().join("mine.txt").is_file());
    let export_file = fs::read(folder.path().join("javacard/framework/javacard/framework.exp")).unwrap();
    let export_file = ExportFile::read(&export_file).unwrap();
    assert_eq!(export_file.package.info.version.to_string(), "1.2");
}

#[test]
fn foreign_files_stay_as_they_are() {
    let folder = TempDir::new().unwrap();
    let foreign = folder.path().join("java/lang/Object.class");
    fs::create_dir_all(foreign.parent().unwrap()).unwrap();
    fs::write(&foreign, "mine").unwrap();
    refused(
        &["--platform", "2.2.1", "--output", folder.path().to_str().unwrap()],
        "Object.class would be overwritten and did not come from here; nothing was written, choose another --output",
    );
    assert_eq!(files(folder.path()), ["java/lang/Object.class"]);
    assert_eq!(fs::read(&foreign).unwrap(), b"mine");
}

#[test]
fn a_list_that_leads_out_of_the_folder_is_refused() {
    let folder = TempDir::new().unwrap();
    let inner = folder.path().join("inner");
    fs::create_dir(&inner).unwrap();
    fs::write(folder.path().join("mine.txt"), "mine").unwrap();
    fs::write(inner.join("cap-stubs.txt"), "../mine.txt\n").unwrap();
    refused(
        &["--platform", "2.2.1", "--output", inner.to_str().unwrap()],
        "lists \"../mine.txt\", which is not in its folder",
    );
    assert!(folder.path().join("mine.txt").is_file());
}

#[test]
fn lists() {
    let all = text(&cap(&["--list"]).stdout);
    assert!(
        all.contains("\n  2.2.1\n") && all.contains("\n  uicc-7.9\n"),
        "{all}"
    );
    assert!(
        all.contains("  javacard.framework                          1.0 1.2 1.3 "),
        "{all}"
    );
    let chosen = text(&cap(&["--list", "--platform", "2.2.1", "--package", "sim.access@2.2"]).stdout);
    assert_eq!(
        chosen,
        "java.io@1.0  A0000000620002\n\
         java.lang@1.0  A0000000620001\n\
         java.rmi@1.0  A0000000620003\n\
         javacard.framework@1.2  A0000000620101\n\
         javacard.framework.service@1.0  A000000062010101\n\
         javacard.security@1.2  A0000000620102\n\
         javacardx.crypto@1.2  A0000000620201\n\
         sim.access@2.2  A0000000090003FFFFFFFF8910710001\n"
    );
}

#[test]
fn arguments_that_cannot_be() {
    refused(&["--platform", "2.2.1"], "--output <DIR>");
    refused(
        &["--output", "x"],
        "cap: a --platform or a --package is missing\nhint: `cap stubs --list` shows",
    );
    refused(
        &["--platform", "2.2", "--output", "x"],
        "cap: there is no platform 2.2; known are 2.1.1, ",
    );
    refused(
        &["--package", "java.lang", "--list"],
        "`java.lang` is not of the form NAME@VERSION, for example javacard.framework@1.2",
    );
    refused(&["--list", "--jar"], "cannot be used with");
    refused(
        &["--package", "uicc.toolkit@1.0", "--output", "x"],
        ", which no chosen package has; add its package or a platform\nhint: ",
    );
    assert!(!Path::new("x").exists());
}
