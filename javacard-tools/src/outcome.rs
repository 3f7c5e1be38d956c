//! What a command made of class files, or why it made nothing: words for people, JSON for programs.

use std::io::{IsTerminal as _, stderr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use cap_convert::Finding;
use serde_json::{Value, json};

use crate::commands::print;
use crate::diagnostics;

/// How results and refusals are told.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Format {
    /// Results on standard output, anything else on standard error.
    Words,
    /// One JSON object on standard output.
    Json,
}

/// A package that was made.
#[derive(Debug)]
pub(crate) struct Made {
    /// Its name, with dots.
    pub(crate) package: String,
    /// Its version, as `1.0`.
    pub(crate) version: String,
    /// The octets of its load file: what is sent to a card.
    pub(crate) load_octets: usize,
    /// Its CAP file below the output folder.
    pub(crate) cap: PathBuf,
    /// Its export file below the output folder.
    pub(crate) export_file: PathBuf,
    /// Its disassembly below the output folder, if one was asked for.
    pub(crate) disassembly: Option<PathBuf>,
}

/// Why a package was not made.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The compiler's own words.
    Java(String),
    /// The mistakes that keep the package from a card.
    Findings(Vec<Finding>),
}

impl Format {
    pub(crate) fn of_flag(json: bool) -> Self {
        match json {
            true => Self::Json,
            false => Self::Words,
        }
    }

    /// Tells what was made and written to the output folder.
    pub(crate) fn made(self, output: &Path, packages: &[&Made]) -> Result<ExitCode> {
        let text = match self {
            Self::Words => packages.iter().map(|made| made.line(output)).collect(),
            Self::Json => {
                let rows: Vec<_> = packages.iter().map(|made| made.row(output)).collect();
                object(&json!({ "built": rows }))
            }
        };
        print(&text)?;
        Ok(ExitCode::SUCCESS)
    }

    /// Tells why a package was not made; source lines are looked for below `sources`.
    pub(crate) fn refused(self, package: &str, sources: &[PathBuf], refusal: &Refusal) -> Result<ExitCode> {
        match self {
            Self::Words => refusal.say(package, sources)?,
            Self::Json => print(&object(&refusal.row(package, sources)?))?,
        }
        Ok(ExitCode::FAILURE)
    }

    /// Tells anything else that went wrong, such as a file that cannot be read.
    pub(crate) fn failed(self, error: &anyhow::Error) -> Result<ExitCode> {
        match self {
            Self::Words => eprintln!("cap: {}", diagnostics::printable(&format!("{error:#}"))),
            Self::Json => print(&object(&json!({ "error": format!("{error:#}") })))?,
        }
        Ok(ExitCode::FAILURE)
    }
}

impl Made {
    fn line(&self, output: &Path) -> String {
        format!(
            "{} {}: {} octets to load, {}\n",
            self.package,
            self.version,
            self.load_octets,
            output.join(&self.cap).display()
        )
    }

    fn row(&self, output: &Path) -> Value {
        let disassembly = self.disassembly.as_ref();
        json!({
            "package": self.package,
            "version": self.version,
            "load_octets": self.load_octets,
            "cap": output.join(&self.cap).display().to_string(),
            "export_file": output.join(&self.export_file).display().to_string(),
            "disassembly": disassembly.map(|file| output.join(file).display().to_string()),
        })
    }
}

impl Refusal {
    fn say(&self, package: &str, sources: &[PathBuf]) -> Result<()> {
        let mistakes = match self {
            Self::Java(messages) => {
                eprint!("{messages}");
                "mistakes in Java".to_owned()
            }
            Self::Findings(findings) => {
                eprint!(
                    "{}",
                    diagnostics::text(findings, sources, stderr().is_terminal())?
                );
                count(findings.len())
            }
        };
        eprintln!("cap: {package}: nothing was written: {mistakes}");
        Ok(())
    }

    fn row(&self, package: &str, sources: &[PathBuf]) -> Result<Value> {
        Ok(match self {
            Self::Java(messages) => json!({ "package": package, "javac": messages }),
            Self::Findings(findings) => {
                json!({ "package": package, "findings": diagnostics::json(findings, sources)? })
            }
        })
    }
}

/// `1 mistake`, `2 mistakes`.
fn count(mistakes: usize) -> String {
    match mistakes {
        1 => "1 mistake".to_owned(),
        several => format!("{several} mistakes"),
    }
}

fn object(value: &Value) -> String {
    format!("{value:#}\n")
}
