//! A folder with packages, and what `cap` makes of it.

use std::ffi::OsStr;
use std::fs;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// A library with a constant, a method and an interface.
pub(crate) const MONEY: &str = "package com.example.money;
public class Money {
    public static final short LIMIT = (short) 500;
    public static short add(short a, short b) { return (short) (a + b); }
}
";

/// An applet that uses it.
pub(crate) const WALLET: &str = "package com.example.wallet;
import com.example.money.Money;
import javacard.framework.APDU;
import javacard.framework.Applet;
public class Wallet extends Applet {
    private short balance;
    public static void install(byte[] buffer, short offset, byte length) { new Wallet().register(); }
    public void process(APDU apdu) {
        if (balance < Money.LIMIT) balance = Money.add(balance, (short) 1);
    }
}
";

pub(crate) const MONEY_TOML: &str = "[package]
name = \"com.example.money\"
aid = \"F000000001\"
version = \"1.0\"
[target]
platforms = [\"2.2.1\"]
";

pub(crate) const WALLET_TOML: &str = "[package]
name = \"com.example.wallet\"
aid = \"F000000002\"
version = \"1.1\"
[target]
platforms = [\"2.2.1\"]
[[applet]]
class = \"com.example.wallet.Wallet\"
aid = \"F00000000201\"
[dependencies]
packages = [\"../money\"]
";

/// A folder that is removed afterwards; `cap` runs in it.
pub(crate) struct Sources {
    folder: TempDir,
}

impl Sources {
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let sources = Self {
            folder: TempDir::new().unwrap(),
        };
        for (path, text) in files {
            sources.write(path, text.as_bytes());
        }
        sources
    }

    /// The library and the applet.
    pub(crate) fn wallet() -> Self {
        Self::new(&[
            ("money/cap.toml", MONEY_TOML),
            ("money/src/com/example/money/Money.java", MONEY),
            ("wallet/cap.toml", WALLET_TOML),
            ("wallet/src/com/example/wallet/Wallet.java", WALLET),
        ])
    }

    /// The library alone, in the folder itself.
    pub(crate) fn money() -> Self {
        Self::new(&[
            ("cap.toml", MONEY_TOML),
            ("src/com/example/money/Money.java", MONEY),
        ])
    }

    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    pub(crate) fn write(&self, path: &str, content: &[u8]) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> Vec<u8> {
        fs::read(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Writes a file with something else in the place of a part of it.
    pub(crate) fn replace(&self, path: &str, part: &str, by: &str) {
        let text = String::from_utf8(self.read(path)).unwrap();
        assert!(text.contains(part), "{path} has no {part:?}");
        self.write(path, text.replace(part, by).as_bytes());
    }

    /// `cap`, with these words as arguments.
    pub(crate) fn cap(&self, arguments: &str) -> Told {
        self.cap_with(arguments, |_| {})
    }

    pub(crate) fn cap_with(&self, arguments: &str, adjust: impl FnOnce(&mut Command)) -> Told {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cap"));
        command
            .args(arguments.split_whitespace())
            .current_dir(self.folder.path());
        adjust(&mut command);
        Told::of(&command.output().unwrap())
    }

    /// Compiles with javac and the class files of a platform, as a build tool does; into `classes`.
    pub(crate) fn javac(&self, options: &str, files: &[&str]) {
        let told = self.cap("stubs --platform 2.2.1 --classes-only --output stubs");
        assert_eq!(told.code, Some(0), "{}", told.err);
        fs::create_dir_all(self.path("classes")).unwrap();
        let output = Command::new("javac")
            .args("-source 8 -target 8 -Xlint:-options -bootclasspath stubs -g -d classes".split(' '))
            .args(options.split_whitespace())
            .args(files)
            .current_dir(self.folder.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
    }

    /// A JAR with these files of the folder, or others.
    pub(crate) fn jar(&self, name: &str, files: &[(&str, &[u8])]) {
        let mut jar = ZipWriter::new(Cursor::new(Vec::new()));
        for (file, content) in files {
            jar.start_file(*file, SimpleFileOptions::default()).unwrap();
            jar.write_all(content).unwrap();
        }
        self.write(name, &jar.finish().unwrap().into_inner());
    }

    /// The files below a folder, by name; none if it is not there.
    pub(crate) fn files(&self, folder: &str) -> Vec<String> {
        let mut found = Vec::new();
        let mut folders = vec![self.path(folder)];
        while let Some(next) = folders.pop() {
            for entry in fs::read_dir(next).into_iter().flatten() {
                let path = entry.unwrap().path();
                match path.is_dir() {
                    true => folders.push(path),
                    false => found.push(below(&path, &self.path(folder))),
                }
            }
        }
        found.sort();
        found
    }
}

fn below(path: &Path, folder: &Path) -> String {
    path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned()
}

/// What `cap` said.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Told {
    fn of(output: &Output) -> Self {
        let text = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
        Self {
            code: output.status.code(),
            out: text(&output.stdout),
            err: text(&output.stderr),
        }
    }

    #[track_caller]
    pub(crate) fn succeeded(self) -> Self {
        assert_eq!((self.code, self.err.as_str()), (Some(0), ""), "{}", self.out);
        self
    }

    /// It failed and said all this on standard error.
    #[track_caller]
    pub(crate) fn refused(self, words: &[&str]) -> Self {
        assert_eq!((self.code, self.out.as_str()), (Some(1), ""), "{}", self.err);
        for word in words {
            assert!(self.err.contains(word), "{word:?} is not in\n{}", self.err);
        }
        self
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// Adds arguments that have blanks.
pub(crate) fn argument(command: &mut Command, words: &[impl AsRef<OsStr>]) {
    command.args(words);
}
