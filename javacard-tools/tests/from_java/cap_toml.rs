//! Mistakes in `cap.toml`: each names the file and the field.

use crate::sources::{MONEY_TOML, Sources, WALLET_TOML};

#[track_caller]
fn refused(part: &str, by: &str, words: &[&str]) {
    let sources = Sources::wallet();
    sources.replace("wallet/cap.toml", part, by);
    let told = sources.cap("build wallet -o out").refused(words);
    assert!(told.err.contains("wallet/cap.toml"), "{}", told.err);
    assert!(sources.files("out").is_empty());
}

#[test]
fn fields_that_are_wrong() {
    for (part, by, words) in [
        (
            "\"com.example.wallet\"",
            "\"../../wallet\"",
            ["package.name", "is no name of a Java package"],
        ),
        (
            "\"com.example.wallet\"",
            "\"\"",
            ["package.name", "is no name of a Java package"],
        ),
        (
            "\"F000000002\"",
            "\"F0\"",
            ["package.aid", "AID of 1 octets; ISO 7816-4 allows 5 to 16"],
        ),
        (
            "\"F000000002\"",
            "\"F00000000\"",
            ["package.aid", "is not hexadecimal"],
        ),
        (
            "\"1.1\"",
            "\"1.256\"",
            ["package.version", "is no version: write 1.0"],
        ),
        ("\"1.1\"", "1.1", ["version = 1.1", "expected a string"]),
        (
            "[target]",
            "[target]\nformat = \"3\"",
            ["target.format", "there are 2.1 and 2.2"],
        ),
        (
            "[target]",
            "[target]\npackages = [\"sim.access\"]",
            ["target.packages", "NAME@VERSION"],
        ),
        (
            "[target]",
            "[target]\nstyle = \"large\"",
            ["style = \"large\"", "smallest"],
        ),
        (
            "[target]",
            "[target]\ninteger = true",
            ["integer", "unknown field"],
        ),
        (
            "\"F00000000201\"",
            "\"F0 00\"",
            ["applet.aid", "com.example.wallet.Wallet"],
        ),
        ("class =", "klass =", ["klass", "unknown field"]),
        (
            "[dependencies]",
            "[imports]\n\"javacard.framework\" = \"one\"\n[dependencies]",
            ["imports", "javacard.framework"],
        ),
        (
            "[target]\nplatforms = [\"2.2.1\"]\n",
            "",
            ["target", "missing field"],
        ),
        ("[package]", "[package", ["[package", "TOML"]),
    ] {
        refused(part, by, &words);
    }
}

#[test]
fn what_a_platform_or_package_is_called() {
    let hint = "hint: `cap stubs --list` shows all platforms and packages";
    refused("\"2.2.1\"", "\"2.2\"", &["there is no platform 2.2", hint]);
    refused("\"2.2.1\"", "\"2.2.1\", \"3.0.5\"", &[hint]);
    refused(
        "[target]",
        "[target]\npackages = [\"sim.none@1.0\"]",
        &["sim.none", hint],
    );
    refused("[\"2.2.1\"]", "[]", &["target.platforms"]);
}

#[test]
fn dependencies_that_are_not_there() {
    let packages = "packages = [\"../money\"]";
    refused(
        packages,
        "classes = [\"none.jar\"]",
        &["wallet/cap.toml: dependencies.classes: there is no wallet/none.jar"],
    );
    refused(
        packages,
        "packages = [\"../money\"]\nexports = [\"none\"]",
        &["wallet/cap.toml: dependencies.exports: cannot read wallet/none"],
    );
}

#[test]
fn folders_without_one() {
    let sources = Sources::new(&[]);
    sources
        .cap("build")
        .refused(&["cannot find cap.toml; `cap build --help` shows one"]);
    sources.cap("build none").refused(&["cannot find none"]);
    let sources = Sources::wallet();
    sources.replace("wallet/cap.toml", "../money", "../none");
    sources
        .cap("build wallet")
        .refused(&["wallet/cap.toml: dependencies.packages: cannot find wallet/../none"]);
}

#[test]
fn a_circle() {
    let sources = Sources::wallet();
    let toml = format!("{MONEY_TOML}[dependencies]\npackages = [\"../wallet\"]\n");
    sources.write("money/cap.toml", toml.as_bytes());
    sources.cap("build wallet").refused(&[
        "packages depend on each other in a circle: com.example.wallet, com.example.money, and again",
        "wallet/cap.toml: dependencies.packages",
    ]);
    sources.write("money/cap.toml", MONEY_TOML.as_bytes());
    sources.replace("wallet/cap.toml", "../money", ".");
    sources
        .cap("build wallet")
        .refused(&["in a circle: com.example.wallet, and again"]);
}

#[test]
fn two_packages_of_one_name() {
    let sources = Sources::wallet();
    sources.write("other/cap.toml", WALLET_TOML.as_bytes());
    sources
        .cap("build wallet other -o out")
        .refused(&["wallet and other are both the package com.example.wallet"]);
    // One folder, named twice, is one package.
    sources
        .cap("build money money/ ./money/cap.toml -o out")
        .succeeded();
    assert_eq!(sources.files("out").len(), 2);
}
