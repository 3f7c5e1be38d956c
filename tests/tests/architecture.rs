//! The arrows between the crates, as `docs/architecture.md` draws them.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};

/// What each crate may depend on inside the workspace. A crate that is not in this table fails the test.
const ARROWS: &[(&str, &[&str])] = &[
    ("card-proto", &[]),
    ("secure-channel", &["card-proto"]),
    ("cap-format", &["card-proto"]),
    ("card-api", &["card-proto", "cap-format"]),
    ("cap-convert", &["card-proto", "cap-format"]),
    ("cap-verify", &["card-proto", "cap-format"]),
    (
        "javacard-tools",
        &[
            "card-proto",
            "cap-format",
            "card-api",
            "cap-convert",
            "cap-verify",
        ],
    ),
    ("host-harness", &["card-proto", "secure-channel"]),
    (
        "ota-server",
        &[
            "card-proto",
            "secure-channel",
            "cap-format",
            "cap-verify",
            "card-api",
        ],
    ),
    (
        "twofold",
        &["card-proto", "secure-channel", "host-harness", "ota-server"],
    ),
    (
        "conformance",
        &[
            "card-proto",
            "secure-channel",
            "host-harness",
            "ota-server",
            "twofold",
            "card-api",
        ],
    ),
    (
        "benches",
        &[
            "card-proto",
            "cap-format",
            "card-api",
            "cap-convert",
            "cap-verify",
            "secure-channel",
            "host-harness",
        ],
    ),
    (
        "fuzz",
        &[
            "card-proto",
            "secure-channel",
            "cap-format",
            "card-api",
            "cap-convert",
            "cap-verify",
        ],
    ),
];

/// Cipher crates, and the crates that may import them: one place to audit. The suite forges hostile packets, the benchmarks
/// measure against the bare cipher.
const CIPHERS: &[&str] = &["aes", "des", "cbc", "cmac"];
const CIPHER_IMPORTERS: &[&str] = &["secure-channel", "conformance", "benches"];

/// Crates that bring an async runtime, and the only crate that may.
const ASYNC: &[&str] = &["tokio", "axum", "sqlx"];
const ASYNC_IMPORTERS: &[&str] = &["ota-server"];

fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let metadata: Metadata = MetadataCommand::new().no_deps().exec().expect("cargo metadata");
    let direct = |package: &cargo_metadata::Package| {
        package
            .dependencies
            .iter()
            .filter(|dependency| dependency.kind != DependencyKind::Development)
            .map(|dependency| dependency.name.clone())
            .collect()
    };
    metadata
        .packages
        .iter()
        .map(|package| (package.name.to_string(), direct(package)))
        .collect()
}

#[test]
fn arrows_point_down_only() {
    let members = dependencies();
    let table: BTreeMap<&str, &[&str]> = ARROWS.iter().copied().collect();
    assert_eq!(
        members.keys().map(String::as_str).collect::<BTreeSet<_>>(),
        table.keys().copied().collect::<BTreeSet<_>>(),
        "the workspace and the table of this test have different members"
    );
    for (name, dependencies) in &members {
        for dependency in dependencies
            .iter()
            .filter(|dependency| members.contains_key(*dependency))
        {
            assert!(
                table[name.as_str()].contains(&dependency.as_str()),
                "{name} must not depend on {dependency}: see docs/architecture.md"
            );
        }
    }
}

#[test]
fn card_proto_has_no_dependencies() {
    assert_eq!(dependencies()["card-proto"], BTreeSet::new());
}

#[test]
fn ciphers_and_async_stay_where_they_are() {
    for (name, dependencies) in dependencies() {
        for (crates, importers) in [(CIPHERS, CIPHER_IMPORTERS), (ASYNC, ASYNC_IMPORTERS)] {
            let imported: Vec<_> = dependencies
                .iter()
                .filter(|d| crates.contains(&d.as_str()))
                .collect();
            assert!(
                imported.is_empty() || importers.contains(&name.as_str()),
                "{name} imports {imported:?}; only {importers:?} may"
            );
        }
    }
}
