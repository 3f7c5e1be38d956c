//! What is said of mistakes, and that nothing is written then.

use serde_json::json;

use crate::sources::{self, MONEY_TOML, Sources, WALLET};

const MONEY: &str = "money/src/com/example/money/Money.java";
const SOURCE: &str = "wallet/src/com/example/wallet/Wallet.java";

/// Both packages, built; then an applet with something else in the place of its statement.
fn built_and_then(statement: &str) -> Sources {
    let sources = Sources::wallet();
    sources.cap("build wallet -o out").succeeded();
    sources.write(
        SOURCE,
        WALLET
            .replace("balance = Money.add(balance, (short) 1)", statement)
            .as_bytes(),
    );
    // A change of the library must not be written either, since the applet behind it fails.
    sources.replace(MONEY, "500", "600");
    sources
}

/// The octets of all files in the output folder.
fn written(sources: &Sources) -> Vec<Vec<u8>> {
    let files = sources.files("out");
    files
        .iter()
        .map(|file| sources.read(&format!("out/{file}")))
        .collect()
}

#[test]
fn in_java() {
    let sources = built_and_then("balance = Money.subtract(balance)");
    let before = written(&sources);
    sources.cap("build wallet -o out").refused(&[
        "wallet/src/com/example/wallet/Wallet.java:9: error: cannot find symbol",
        "symbol:   method subtract(short)",
        "\n1 error\ncap: com.example.wallet: nothing was written: mistakes in Java\n",
    ]);
    let told = sources.cap("build wallet -o out --json");
    assert_eq!((told.code, told.err.as_str()), (Some(1), ""));
    let json = &told.json()["refused"][0];
    assert_eq!(json["package"], json!("com.example.wallet"));
    assert!(json["javac"].as_str().unwrap().contains("cannot find symbol"));
    assert_eq!(written(&sources), before);
}

/// All in one run, each with its line.
#[test]
fn for_a_card() {
    let sources = built_and_then(
        "balance = (short) ((balance + Money.LIMIT) / 2);\n    }\n    void read() {\n        long far = 5",
    );
    let before = written(&sources);
    let told = sources.cap("build wallet -o out").refused(&[
        "wallet/src/com/example/wallet/Wallet.java:9:",
        "balance = (short) ((balance + Money.LIMIT) / 2);",
        "wallet/src/com/example/wallet/Wallet.java:12:",
        "long far = 5;",
        "Help: ",
        "in com.example.wallet.Wallet.process(",
        "\ncap: com.example.wallet: nothing was written: ",
    ]);
    assert!(!told.err.contains('\u{1b}'), "no colors where no one sees them");
    let told = sources.cap("build wallet -o out --json");
    assert_eq!((told.code, told.err.as_str()), (Some(1), ""));
    let json = &told.json()["refused"][0];
    assert_eq!(json["package"], json!("com.example.wallet"));
    let lines: Vec<_> = json["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["line"].clone())
        .collect();
    assert!(
        lines.contains(&json!(9)) && lines.contains(&json!(12)),
        "{json:#}"
    );
    for key in [
        "code",
        "source_file",
        "path",
        "class",
        "member",
        "construct",
        "why",
        "instead",
    ] {
        assert!(json["findings"][0][key].is_string(), "{key}: {json:#}");
    }
    assert_eq!(written(&sources), before);
}

/// Packages that do not depend on each other: what is wrong with each is told; the one behind them has nothing of its own.
#[test]
fn of_all_packages() {
    let sources = built_and_then("long far = 5");
    sources.replace(MONEY, "return ", "assert a > 0; return ");
    sources.write("other/cap.toml", OTHER_TOML.as_bytes());
    sources.write(
        "other/src/com/example/other/Other.java",
        b"package com.example.other;\npublic class Other {\n    static String name;\n}\n",
    );
    let before = written(&sources);
    sources.cap("build wallet other -o out").refused(&[
        "CC205",
        "cap: com.example.money: nothing was written: ",
        "cap: com.example.wallet: nothing was written: mistakes in a package that it depends on\n",
        "CC201",
        "cap: com.example.other: nothing was written: ",
    ]);
    let json = sources.cap("build wallet other -o out --json").json();
    let refused = json["refused"].as_array().unwrap();
    let names: Vec<_> = refused
        .iter()
        .map(|row| row["package"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        ["com.example.money", "com.example.wallet", "com.example.other"]
    );
    assert_eq!(refused[1]["dependency"], json!(true));
    assert_eq!(written(&sources), before);
}

const OTHER_TOML: &str = r#"
[package]
name = "com.example.other"
aid = "F0 00 00 00 09"
version = "1.0"
[target]
platforms = ["2.2.1"]
"#;

/// Sources of other times are in other encodings.
#[test]
fn in_the_encoding_of_a_source() {
    let money = [b"/* \xA9 */ ", sources::MONEY.as_bytes()].concat();
    let sources = Sources::money();
    sources.write("src/com/example/money/Money.java", &money);
    sources.cap("build").refused(&[
        "unmappable character (0xA9) for encoding UTF-8",
        "package.encoding",
    ]);
    let toml = MONEY_TOML.replace("[target]", "encoding = \"ISO-8859-1\"\n[target]");
    sources.write("cap.toml", toml.as_bytes());
    sources.cap("build").succeeded();
    sources.write("cap.toml", toml.replace("ISO-8859-1", "no such").as_bytes());
    sources.cap("build").refused(&["no such"]);
}

#[test]
fn without_a_compiler() {
    let sources = Sources::money();
    sources.cap("build --javac /nowhere -o out").refused(&[
        "cap: com.example.money: /nowhere is not there: install a JDK 17 or later, or say --javac FILE",
    ]);
    let told = sources.cap("build --javac /nowhere --json");
    assert!(
        told.json()["error"]
            .as_str()
            .unwrap()
            .contains("/nowhere is not there")
    );
    assert_eq!((told.code, told.err.as_str()), (Some(1), ""));
    sources
        .cap_with("build -o out", |command| {
            command.env("PATH", "/nowhere").env_remove("JAVA_HOME");
        })
        .refused(&["javac is not there"]);
    sources
        .cap_with("build -o out --javac", |command| {
            command.arg(sources.path("cap.toml"));
        })
        .refused(&["cannot run "]);
    assert!(sources.files("out").is_empty());
}

/// It ends in its own way, or has nothing to show.
#[test]
fn with_something_else_for_a_compiler() {
    let sources = Sources::money();
    sources.write("compiler", b"#!/bin/sh\necho no compiler; exit 7\n");
    let compiler = sources.path("compiler");
    std::fs::set_permissions(&compiler, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    sources
        .cap("build --javac ./compiler")
        .refused(&["./compiler ended with exit status: 7", "no compiler"]);
    sources
        .cap("build --javac true")
        .refused(&["CC501", "no class of the package"]);
}

#[test]
fn without_sources() {
    let sources = Sources::money();
    sources.replace("cap.toml", "[target]", "sources = [\"java\", \"lib\"]\n[target]");
    sources
        .cap("build")
        .refused(&["`sources` in cap.toml: cannot list java"]);
    sources.write("java/readme.txt", b"");
    sources.write("lib/package-info.java", b"package a;");
    sources
        .cap("build")
        .refused(&["there is no Java file below java and lib; `sources` in cap.toml says where they are"]);
}

/// The sources are of another package than cap.toml says.
#[test]
fn in_the_name_of_the_package() {
    let sources = Sources::money();
    sources.replace("cap.toml", "com.example.money", "com.example.purse");
    sources
        .cap("build -o out")
        .refused(&["CC103", "com.example.money"]);
    assert!(sources.files("out").is_empty());
}
