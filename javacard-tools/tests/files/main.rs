//! `cap inspect`, `cap diff`, `cap size` and `cap verify` as a person calls them, on a small package that the tests put together.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod diff;
mod inspect;
mod size;
mod verify;
mod wallet;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// Files for a test.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    }
}

/// What a command answers.
struct Answer {
    status: i32,
    stdout: String,
    stderr: String,
}

fn cap(subcommand: &str, files: &[&Path], options: &[&str]) -> Answer {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cap"));
    command
        .arg(subcommand)
        .args(files)
        .args(options)
        .env("COLUMNS", "110");
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().unwrap();
    Answer {
        status: status.code().unwrap(),
        stdout: String::from_utf8(stdout).unwrap(),
        stderr: String::from_utf8(stderr).unwrap(),
    }
}

/// Compares with a file of `tests/expected`; with `BLESS=1` in the environment, writes it instead.
fn check(found: &str, name: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/expected")
        .join(name);
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, found).unwrap();
        return;
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert!(found == expected, "{name} differs; found:\n{found}");
}
