//! `cap convert`: class files that were made elsewhere.

use std::io::{Cursor, Write as _};

use serde_json::json;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::sources::{Sources, WALLET};

const MONEY: &str = "com/example/money/Money.class";
const OPTIONS: &str = "--platform 2.2.1 --aid F000000001 -o out";

/// Sources of the library, and its class file.
fn compiled() -> Sources {
    let sources = Sources::money();
    sources.javac("", &["src/com/example/money/Money.java"]);
    sources
}

#[test]
fn a_folder_a_jar_and_class_files_give_what_build_gives() {
    let sources = compiled();
    sources.cap("build -o built").succeeded();
    let class = sources.read(&format!("classes/{MONEY}"));
    sources.jar(
        "lib.jar",
        &[
            ("META-INF/MANIFEST.MF", b"Manifest-Version: 1.0\n\n"),
            (MONEY, &class),
            ("notes.txt", b""),
        ],
    );
    for classes in [
        "classes",
        "lib.jar",
        &format!("classes/{MONEY} --package com.example.money"),
    ] {
        sources.cap(&format!("convert {classes} {OPTIONS}")).succeeded();
        sources
            .cap(&format!("convert {classes} --config cap.toml -o out2"))
            .succeeded();
        for file in sources.files("built") {
            let built = sources.read(&format!("built/{file}"));
            for out in ["out", "out2"] {
                assert!(
                    sources.read(&format!("{out}/{file}")) == built,
                    "{classes}: {out}/{file}"
                );
            }
        }
        std::fs::remove_dir_all(sources.path("out")).unwrap();
    }
}

#[test]
fn an_applet_with_a_library_of_someone_else() {
    let sources = Sources::wallet();
    sources.cap("build wallet -o built").succeeded();
    let files = [
        "money/src/com/example/money/Money.java",
        "wallet/src/com/example/wallet/Wallet.java",
    ];
    sources.javac("", &files);
    let options = "--package com.example.wallet --platform 2.2.1 --aid F000000002 --package-version 1.1 \
                   --applet com.example.wallet.Wallet=F00000000201 -o out";
    sources
        .cap(&format!("convert classes {options}"))
        .refused(&["com.example.money", "give the export file"]);
    let export_file = "built/com/example/money/javacard/money.exp";
    for export_path in ["built", export_file] {
        sources
            .cap(&format!("convert classes {options} --export-path {export_path}"))
            .succeeded();
        let cap = "com.example.wallet.cap";
        assert!(sources.read(&format!("out/{cap}")) == sources.read(&format!("built/{cap}")));
    }
    sources.write("lib/broken.exp", b"no export file");
    sources
        .cap(&format!("convert classes {options} --export-path lib"))
        .refused(&["lib/broken.exp is no export file"]);
}

/// Findings have source lines where the sources are named.
#[test]
fn mistakes_show_the_source() {
    let sources = Sources::wallet();
    sources.replace(
        "money/src/com/example/money/Money.java",
        "(short) (a + b)",
        "(short) ((a + b) / 2)",
    );
    sources.javac("", &["money/src/com/example/money/Money.java"]);
    let told = sources.cap(&format!("convert classes {OPTIONS} --sources money/src"));
    told.refused(&[
        "CC302",
        "Money.java:4:",
        "return (short) ((a + b) / 2);",
        "cap: com.example.money: nothing was written: 1 mistake",
    ]);
    let told = sources.cap(&format!("convert classes {OPTIONS} --json"));
    assert_eq!(told.code, Some(1));
    assert_eq!(told.json()["refused"][0]["findings"][0]["line"], json!(4));
    assert!(sources.files("out").is_empty());
}

#[test]
fn a_jar_with_several_packages() {
    let sources = compiled();
    let class = sources.read(&format!("classes/{MONEY}"));
    sources.jar(
        "lib.jar",
        &[(MONEY, &class), ("com/example/other/Other.class", b"")],
    );
    let convert = |more: &str| sources.cap(&format!("convert lib.jar {OPTIONS} {more}"));
    convert("").refused(&["com.example.money, com.example.other; choose one with --package NAME"]);
    convert("--package com.example.none")
        .refused(&["no class file of the package com.example.none; there are those of com.example.money,"]);
    convert("--package com.example.money").succeeded();
    // The other one is empty.
    convert("--package com.example.other").refused(&["CC101", "Other.class"]);
}

#[test]
fn jar_files_that_are_none_or_hostile() {
    let sources = compiled();
    let class = sources.read(&format!("classes/{MONEY}"));
    let refused = |jar: &str, words: &[&str]| {
        sources.cap(&format!("convert {jar} {OPTIONS}")).refused(words);
        assert!(sources.files("out").is_empty());
    };
    refused("none.jar", &["none.jar: cannot open it"]);
    sources.write("text.jar", b"text");
    refused(
        "text.jar",
        &["text.jar: it is neither a folder nor a class file nor a JAR file"],
    );
    sources.jar("empty.jar", &[("notes.txt", b"")]);
    refused(
        "empty.jar",
        &["there is no class file; give the folder that javac writes to"],
    );
    for name in [
        "../Money.class",
        "/com/example/Money.class",
        "a/../../Money.class",
    ] {
        sources.jar("out-of-it.jar", &[(name, &class)]);
        refused("out-of-it.jar", &["is no path in a JAR file"]);
    }
    sources.jar("nameless.jar", &[("Money.class", &class)]);
    refused("nameless.jar", &["\"\" is no name of a Java package"]);
    sources.jar("terminal.jar", &[("a\u{1b}[31m/A.class", &class)]);
    refused("terminal.jar", &[r#""a\u{1b}[31m" is no name"#]);
    let packages = [("a\u{1b}[31m/A.class", &*class), (MONEY, &*class)];
    sources.jar("terminals.jar", &packages);
    refused("terminals.jar", &[r"packages a\u{1b}[31m, com.example.money"]);
    sources.jar("wrong.jar", &[("com/example/wrong/Money.class", &class)]);
    refused("wrong.jar", &["CC103", "com.example.money"]);
    sources.jar(
        "twice.jar",
        &[(MONEY, &class), ("com/example/money/Again.class", &class)],
    );
    refused("twice.jar", &["a second class of this name"]);
    sources.jar("cut.jar", &[(MONEY, &class[..class.len() - 1])]);
    refused("cut.jar", &["CC101", MONEY]);
}

/// 32 classes of 4 megabytes in a JAR of some kilobytes.
#[test]
fn a_jar_that_unpacks_to_too_much() {
    let sources = Sources::new(&[]);
    let mut jar = ZipWriter::new(Cursor::new(Vec::new()));
    let zeros = vec![0; 4 << 20];
    for number in 0..32 {
        jar.start_file(format!("a/A{number}.class"), SimpleFileOptions::default())
            .unwrap();
        jar.write_all(&zeros).unwrap();
    }
    let jar = jar.finish().unwrap().into_inner();
    assert!(jar.len() < 1 << 20);
    sources.write("bomb.jar", &jar);
    sources
        .cap(&format!("convert bomb.jar {OPTIONS}"))
        .refused(&["there are more octets in class files than any card could hold"]);
    sources.write("large/a/A.class", &[0; (4 << 20) + 1]);
    sources
        .cap(&format!("convert large {OPTIONS}"))
        .refused(&["large/a/A.class: there are more octets"]);
}

#[test]
fn arguments_that_cannot_be() {
    let sources = compiled();
    let convert = |more: &str| sources.cap(&format!("convert classes -o out {more}"));
    for (arguments, word) in [
        ("--platform 2.2.1 --aid F0", "--aid: AID of 1 octets"),
        ("--platform 2.2.1 --aid XY", "--aid: \"XY\" is not hexadecimal"),
        (
            "--platform 2.2 --aid F000000001",
            "there is no platform 2.2; known are 2.1.1, ",
        ),
        (
            "--platform 2.2.1 --aid F000000001 --applet A",
            "--applet A: write CLASS=AID",
        ),
        (
            "--platform 2.2.1 --aid F000000001 --applet A=F0",
            "--applet: the AID of A",
        ),
        (
            "--platform 2.2.1 --aid F000000001 --applet a.B=F00000000101",
            "CC501",
        ),
        (
            "--platform 2.2.1 --aid F000000001 --format 2.3",
            "--format: CAP files of format \"2.3\" are not written",
        ),
        (
            "--platform 2.2.1 --aid F000000001 --package-version 1",
            "--package-version: \"1\" is no version",
        ),
        (
            "--platform 2.2.1 --aid F000000001 --package ../x",
            "--package: \"../x\" is no name of a Java package",
        ),
        ("--config none.toml", "cannot read none.toml"),
    ] {
        convert(arguments).refused(&[word]);
    }
    assert_eq!(convert("--platform 2.2.1").code, Some(2));
    assert!(sources.files("out").is_empty());
}

/// Class files of a newer form than cap build asks javac for.
#[test]
fn class_files_of_the_newest_form() {
    let sources = Sources::new(&[(
        "src/com/example/wallet/Wallet.java",
        &WALLET
            .replace("Money.LIMIT", "5")
            .replace("Money.add(balance, (short) 1)", "(short) (balance + 1)")
            .replace("import com.example.money.Money;\n", ""),
    )]);
    sources.javac("", &["src/com/example/wallet/Wallet.java"]);
    let path = "classes/com/example/wallet/Wallet.class";
    let mut class = sources.read(path);
    class[7] = 69;
    sources.write(path, &class);
    sources
        .cap(&format!(
            "convert classes {OPTIONS} --applet com.example.wallet.Wallet=F00000000101"
        ))
        .succeeded();
}
