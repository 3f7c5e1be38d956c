//! What is built, and that it does not depend on where and how.

use cap_format::container::CapFile;
use cap_format::export_file::ExportFile;
use serde_json::json;

use crate::sources::{MONEY, MONEY_TOML, Sources};

#[test]
fn a_library_and_then_an_applet() {
    let sources = Sources::wallet();
    let told = sources.cap("build wallet --output out").succeeded();
    let lines: Vec<_> = told
        .out
        .lines()
        .map(|line| line.split(':').next().unwrap())
        .collect();
    assert_eq!(lines, ["com.example.money 1.0", "com.example.wallet 1.1"]);
    assert_eq!(
        sources.files("out"),
        [
            "com.example.money.cap",
            "com.example.wallet.cap",
            "com/example/money/javacard/money.exp",
            "com/example/wallet/javacard/wallet.exp",
        ]
    );
    let cap = CapFile::read(&sources.read("out/com.example.wallet.cap")).unwrap();
    assert_eq!(cap.package_name, "com/example/wallet");
    let imports: Vec<_> = cap
        .cap
        .imports
        .packages
        .iter()
        .map(|import| import.aid.to_string())
        .collect();
    assert!(imports.contains(&"F000000001".to_owned()), "{imports:?}");
    let export_file = ExportFile::read(&sources.read("out/com/example/money/javacard/money.exp")).unwrap();
    assert_eq!(export_file.classes.len(), 1);
}

/// Octet for octet, wherever the sources are and in whichever order the folders are named.
#[test]
fn the_same_sources_give_the_same_octets() {
    let (one, other) = (Sources::wallet(), Sources::wallet());
    one.cap("build money wallet -o out").succeeded();
    other
        .cap_with("build .. ../../money/cap.toml -o ../../out", |command| {
            command.current_dir(other.path("wallet/src"));
            command
                .env("TZ", "Asia/Tokyo")
                .env("LC_ALL", "C")
                .env("JDK_JAVAC_OPTIONS", "-g:none");
        })
        .succeeded();
    assert_eq!(one.files("out"), other.files("out"));
    for file in one.files("out") {
        let file = format!("out/{file}");
        assert!(one.read(&file) == other.read(&file), "{file} differs");
    }
}

#[test]
fn only_what_is_named_as_a_dependency_is_seen() {
    let sources = Sources::wallet();
    sources.replace("wallet/cap.toml", "[\"../money\"]", "[]");
    sources
        .cap("build money wallet -o out")
        .refused(&["package com.example.money does not exist"]);
    // Nor what lies in the folder in which it is called.
    sources.write("com/example/money/Money.java", MONEY.as_bytes());
    sources
        .cap("build wallet")
        .refused(&["package com.example.money does not exist"]);
    assert!(sources.files("out").is_empty());
}

/// The applet does not name the package of the superclass of its class's superclass.
#[test]
fn dependencies_of_dependencies_are_seen() {
    let sources = Sources::wallet();
    let coin = "package com.example.coin; public class Coin { public short value() { return 1; } }";
    sources.write("coin/src/com/example/coin/Coin.java", coin.as_bytes());
    let toml = MONEY_TOML
        .replace("money", "coin")
        .replace("F000000001", "F000000003");
    sources.write("coin/cap.toml", toml.as_bytes());
    sources.replace(
        "money/src/com/example/money/Money.java",
        "class Money",
        "class Money extends com.example.coin.Coin",
    );
    sources.write(
        "money/cap.toml",
        format!("{MONEY_TOML}[dependencies]\npackages = [\"../coin\"]\n").as_bytes(),
    );
    sources.replace(
        "wallet/src/com/example/wallet/Wallet.java",
        "Money.add(balance, (short) 1)",
        "Money.add(balance, new Money().value())",
    );
    sources.cap("build wallet -o out").succeeded();
    assert_eq!(sources.files("out").len(), 6);
    // The same when the lowest one is not built here.
    sources.javac("", &["coin/src/com/example/coin/Coin.java"]);
    sources.replace(
        "money/cap.toml",
        "packages = [\"../coin\"]",
        "classes = [\"../classes\"]\nexports = [\"../out/com/example/coin\"]",
    );
    sources.cap("build wallet -o out2").succeeded();
    for file in sources.files("out2") {
        assert!(
            sources.read(&format!("out2/{file}")) == sources.read(&format!("out/{file}")),
            "{file}"
        );
    }
}

#[test]
fn json_says_what_was_built() {
    let sources = Sources::money();
    let told = sources.cap("build --json").succeeded();
    let octets = CapFile::read(&sources.read("target/cap/com.example.money.cap"))
        .unwrap()
        .cap
        .to_load_file()
        .unwrap()
        .len();
    let built = json!({
        "package": "com.example.money",
        "version": "1.0",
        "load_octets": octets,
        "cap": "target/cap/com.example.money.cap",
        "export_file": "target/cap/com/example/money/javacard/money.exp",
        "disassembly": null,
    });
    assert_eq!(told.json(), json!({ "built": [built] }));
}

/// javac makes a class file of it in some settings; a card has none.
#[test]
fn package_info_is_left_out() {
    let sources = Sources::money();
    let text = b"/** Amounts. */\npackage com.example.money;\n";
    sources.cap("build -o without").succeeded();
    sources.write("src/com/example/money/package-info.java", text);
    sources.cap("build -o with").succeeded();
    for file in sources.files("with") {
        assert!(
            sources.read(&format!("with/{file}")) == sources.read(&format!("without/{file}")),
            "{file}"
        );
    }
}

/// Class files and export files of a package that is not built here; the class files are older than what javac writes for a card.
#[test]
fn a_dependency_made_elsewhere() {
    let sources = Sources::wallet();
    sources.cap("build money -o lib").succeeded();
    sources.javac("", &["money/src/com/example/money/Money.java"]);
    let class = sources.path("classes/com/example/money/Money.class");
    let mut octets = std::fs::read(&class).unwrap();
    // JVMS §4.1: the major version; 49 is Java 5.
    octets[7] = 49;
    std::fs::write(&class, octets).unwrap();
    let made_elsewhere = "classes = [\"../classes\"]\nexports = [\"../lib\"]";
    sources.replace("wallet/cap.toml", "packages = [\"../money\"]", made_elsewhere);
    sources.cap("build wallet -o out").succeeded();
    let here = Sources::wallet();
    here.cap("build wallet -o out").succeeded();
    let cap = "out/com.example.wallet.cap";
    assert!(sources.read(cap) == here.read(cap));
}

/// What is built verifies, on a card that gets the library first; without its export file the applet has an import that no one knows.
#[test]
fn what_is_built_verifies() {
    let sources = Sources::wallet();
    sources.cap("build wallet -o out").succeeded();
    let files = "out/com.example.money.cap out/com.example.wallet.cap";
    let told = sources.cap(&format!("verify {files} --export-path out --platform 2.2.1"));
    assert!(told.succeeded().out.contains("2 files: 2 accepted"));
    let told = sources.cap("verify out/com.example.wallet.cap");
    assert_eq!(told.code, Some(1));
    assert!(told.out.contains("CV204"), "{}", told.out);
}

/// Two export files of one package and version: nobody shall wonder which one counts.
#[test]
fn export_files_that_contradict_each_other_are_told() {
    let sources = Sources::wallet();
    sources.cap("build wallet -o out").succeeded();
    let built = sources.files("out");
    let export_file = built.iter().find(|file| file.ends_with("money.exp")).unwrap();
    let mut octets = sources.read(&format!("out/{export_file}"));
    sources.write("again/same.exp", &octets);
    let verify = "verify out/com.example.wallet.cap --export-path out --export-path again";
    sources.cap(verify).succeeded();
    // A digit in the name of a member: still an export file, and not the same.
    let place = octets.windows(3).position(|octets| octets == b"add").unwrap();
    octets[place + 2] = b'0';
    sources.write("again/other.exp", &octets);
    let told = sources.cap(verify);
    assert_eq!(told.code, Some(0));
    assert!(
        told.err.contains("differ") && told.err.contains("com.example.money 1"),
        "{}",
        told.err
    );
}

#[test]
fn a_version_of_an_import_may_be_chosen() {
    let sources = Sources::money();
    sources.write(
        "cap.toml",
        format!("{MONEY_TOML}[imports]\n\"javacard.framework\" = \"1.9\"\n").as_bytes(),
    );
    sources
        .cap("build")
        .refused(&["no export file of javacard.framework in version 1.9"]);
}

/// With the names of the other package, and the same as of the class files alone.
#[test]
fn a_disassembly() {
    let sources = Sources::wallet();
    sources.cap("build wallet -o out --disassembly").succeeded();
    let text = String::from_utf8(sources.read("out/com.example.wallet.txt")).unwrap();
    for part in [
        "Package com.example.wallet 1.1",
        "com.example.money.Money.add(short, short)",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    let told = sources
        .cap("inspect out/com.example.wallet.cap --export-path out")
        .succeeded();
    assert_eq!(told.out, text);
    let files = [
        "money/src/com/example/money/Money.java",
        "wallet/src/com/example/wallet/Wallet.java",
    ];
    sources.javac("", &files);
    sources
        .cap("convert classes --config wallet/cap.toml --export-path out --disassembly -o out2")
        .succeeded();
    assert_eq!(sources.read("out2/com.example.wallet.txt"), text.as_bytes());
    assert_eq!(sources.files("out2").len(), 3);
}

/// At the width of a small terminal, too.
#[test]
fn help_shows_a_cap_toml_that_works() {
    let sources = Sources::wallet();
    let told = sources.cap_with("build --help", |command| {
        command.env("COLUMNS", "80");
    });
    let help = told.succeeded().out;
    let example = help.split_once("A cap.toml:\n").unwrap().1;
    sources.write("wallet/cap.toml", example.as_bytes());
    // It is whole; what it names is not all there.
    sources.cap("build wallet").refused(&["lib/purse.jar"]);
}
