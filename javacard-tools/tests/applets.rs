//! The applets of this project as CAP files: what a card gets of them.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use cap_format::cap::Cap;
use cap_format::component::header::HeaderFlags;
use cap_format::version::{FormatVersion, PackageVersion};

/// The newest version of each imported API package that a card of Java Card 2.2.1 has.
const IMPORTS: &[(&str, u8, u8)] = &[
    ("A0000000620001", 1, 0),     // java.lang
    ("A0000000620101", 1, 2),     // javacard.framework
    ("A0000000620102", 1, 2),     // javacard.security
    ("A0000000620201", 1, 2),     // javacardx.crypto
    ("F054574F464F4C4400", 1, 0), // twofold.link
];
/// AID of the package, AIDs of its applets.
const PACKAGES: &[(&str, &str, &[&str])] = &[
    ("twofold.link", "F054574F464F4C4400", &[]),
    (
        "twofold.first",
        "F054574F464F4C4410",
        &["F054574F464F4C4410010000BFFF1000"],
    ),
    (
        "twofold.second",
        "F054574F464F4C4420",
        &["F054574F464F4C4420010000BFFF2000"],
    ),
];

fn applets() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../applets")
}

/// Builds all three packages into this folder.
fn build(output: &Path) {
    let run = Command::new(env!("CARGO_BIN_EXE_cap"))
        .arg("build")
        .args(["first-stage", "second-stage"].map(|applet| applets().join(applet)))
        .arg("--output")
        .arg(output)
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
}

#[test]
fn they_are_for_java_card_2_2_1_without_int() {
    let folder = tempfile::tempdir().unwrap();
    build(folder.path());
    for (name, aid, applet_aids) in PACKAGES {
        let octets = fs::read(folder.path().join(format!("{name}.cap"))).unwrap();
        let cap = Cap::read(&octets).unwrap();
        assert_eq!(cap.header.format, FormatVersion::V2_1, "{name}");
        assert!(!cap.header.flags.contains(HeaderFlags::INT), "{name}");
        assert_eq!(hex::encode_upper(cap.header.package.aid.as_bytes()), *aid);
        let found: Vec<_> = cap
            .applets
            .iter()
            .flat_map(|component| &component.applets)
            .map(|applet| hex::encode_upper(applet.aid.as_bytes()))
            .collect();
        assert_eq!(found, *applet_aids, "{name}");
        for import in &cap.imports.packages {
            let aid = hex::encode_upper(import.aid.as_bytes());
            let newest = IMPORTS.iter().find(|(known, ..)| *known == aid);
            let Some((_, major, minor)) = newest else {
                panic!("{name} imports {aid}");
            };
            let newest = PackageVersion {
                major: *major,
                minor: *minor,
            };
            let version = import.version;
            assert!(
                version.major == newest.major && version.minor <= newest.minor,
                "{name} imports {aid} in version {version}"
            );
        }
        println!("{name}: {} octets to load", cap.to_load_file().unwrap().len());
    }
}

#[test]
fn two_builds_are_the_same_octets() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    for folder in &folders {
        build(folder.path());
    }
    for (name, ..) in PACKAGES {
        let [one, other] = [0, 1].map(|n| fs::read(folders[n].path().join(format!("{name}.cap"))).unwrap());
        assert_eq!(one, other, "{name}");
    }
}
