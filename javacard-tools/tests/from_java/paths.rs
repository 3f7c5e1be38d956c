//! Names of folders that programs stumble over, and folders that cannot be written to.

use std::fs;
use std::os::unix::fs::symlink;

use crate::sources::{Sources, argument};

/// The locale C has no such letters; javac is run in another one.
#[test]
fn blanks_and_letters_beyond_ascii() {
    let sources = Sources::wallet();
    fs::rename(sources.path("money"), sources.path("Geldbörse, alt \"€\" \\ #1")).unwrap();
    let toml = String::from_utf8(sources.read("wallet/cap.toml")).unwrap();
    let toml = toml
        .replace("'", "\"")
        .replace("\"../money\"", "'../Geldbörse, alt \"€\" \\ #1'");
    sources.write("wallet/cap.toml", toml.as_bytes());
    fs::rename(sources.path("wallet"), sources.path("Mein Applet é")).unwrap();
    sources
        .cap_with("build", |command| {
            argument(command, &["Mein Applet é", "-o", "Ausgabe ü"]);
            command.env("LC_ALL", "C");
        })
        .succeeded();
    let plain = Sources::wallet();
    plain.cap("build wallet -o out").succeeded();
    for file in plain.files("out") {
        assert!(
            plain.read(&format!("out/{file}")) == sources.read(&format!("Ausgabe ü/{file}")),
            "{file}"
        );
    }
    // A message shows them as they are.
    sources.replace(
        "Mein Applet é/src/com/example/wallet/Wallet.java",
        "(short) 1",
        "1",
    );
    sources
        .cap_with("build", |command| {
            argument(command, &["Mein Applet é"]);
            command.env("LC_ALL", "C");
        })
        .refused(&["Mein Applet é/src/com/example/wallet/Wallet.java:9: error:"]);
}

#[test]
fn a_class_path_has_separators() {
    let sources = Sources::wallet();
    fs::create_dir(sources.path("a:b")).unwrap();
    sources.replace(
        "wallet/cap.toml",
        "packages = [\"../money\"]",
        "classes = [\"../a:b\"]",
    );
    sources
        .cap("build wallet")
        .refused(&["javac cannot be given such a path", "separator"]);
}

#[test]
fn links() {
    let sources = Sources::wallet();
    fs::rename(sources.path("wallet/src"), sources.path("elsewhere")).unwrap();
    symlink(sources.path("elsewhere"), sources.path("wallet/src")).unwrap();
    symlink("..", sources.path("elsewhere/com/up")).unwrap();
    symlink("../../elsewhere", sources.path("elsewhere/com/again")).unwrap();
    symlink("money", sources.path("money-too")).unwrap();
    sources.cap("build money-too wallet -o out").succeeded();
    assert_eq!(sources.files("out").len(), 4);
}

#[test]
fn a_source_folder_in_another() {
    let sources = Sources::money();
    sources.replace(
        "cap.toml",
        "[target]",
        "sources = [\"src\", \"src/com\"]\n[target]",
    );
    sources.cap("build").succeeded();
}

/// A file is where the folder would have to be, or a folder where a file.
#[test]
fn output_that_cannot_be_written() {
    let sources = Sources::money();
    sources.write("file", b"mine");
    sources
        .cap("build -o file")
        .refused(&["cannot make the folder file"]);
    assert_eq!(sources.read("file"), b"mine");
    sources
        .cap("build -o file/below")
        .refused(&["cannot make the folder file/below"]);
    sources.cap("build -o out").succeeded();
    let before = sources.read("out/com.example.money.cap");
    let export_file = sources.path("out/com/example/money/javacard/money.exp");
    fs::remove_file(&export_file).unwrap();
    fs::create_dir(&export_file).unwrap();
    sources.replace("src/com/example/money/Money.java", "a + b", "a - b");
    sources
        .cap("build -o out")
        .refused(&["money.exp is a folder and would have to be a file"]);
    assert!(sources.read("out/com.example.money.cap") == before);
    assert_eq!(sources.files("out"), ["com.example.money.cap"]);
}

#[test]
fn no_room_on_the_disk_or_no_right() {
    let sources = Sources::money();
    sources
        .cap("build -o /proc/out")
        .refused(&["cannot make the folder /proc/out"]);
    sources
        .cap_with("build -o out", |command| {
            command.env("TMPDIR", "/nowhere");
        })
        .refused(&["cannot make a folder for class files"]);
}

/// Many at once: what is there is whole.
#[test]
fn runs_at_once_into_one_folder() {
    let sources = Sources::money();
    sources.javac("", &["src/com/example/money/Money.java"]);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                sources
                    .cap("convert classes --config cap.toml -o out")
                    .succeeded()
            });
        }
    });
    assert_eq!(sources.files("out").len(), 2);
    sources
        .cap("convert classes --config cap.toml -o alone")
        .succeeded();
    for file in sources.files("alone") {
        assert!(
            sources.read(&format!("out/{file}")) == sources.read(&format!("alone/{file}")),
            "{file}"
        );
    }
}
