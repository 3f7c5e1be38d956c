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
    /// A package that it depends on was refused.
    Dependency,
}

/// A package that was not made.
#[derive(Debug)]
pub(crate) struct Refused<'a> {
    /// Its name, with dots.
    pub(crate) package: String,
    /// The folders in which source lines are looked for.
    pub(crate) sources: &'a [PathBuf],
    /// Why.
    pub(crate) refusal: &'a Refusal,
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

    /// Tells why packages were not made.
    pub(crate) fn refused<'a>(self, packages: impl Iterator<Item = Refused<'a>>) -> Result<ExitCode> {
        match self {
            Self::Words => {
                for refused in packages {
                    refused.say()?;
                }
            }
            Self::Json => {
                let rows: Vec<_> = packages.map(|refused| refused.row()).collect::<Result<_>>()?;
                print(&object(&json!({ "refused": rows })))?;
            }
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

impl Refused<'_> {
    fn say(&self) -> Result<()> {
        let mistakes = match self.refusal {
            Refusal::Java(messages) => {
                eprint!("{messages}");
                "mistakes in Java".to_owned()
            }
            Refusal::Findings(findings) => {
                let color = stderr().is_terminal();
                eprint!("{}", diagnostics::text(findings, self.sources, color)?);
                count(findings.len())
            }
            Refusal::Dependency => "mistakes in a package that it depends on".to_owned(),
        };
        eprintln!("cap: {}: nothing was written: {mistakes}", self.package);
        Ok(())
    }

    fn row(&self) -> Result<Value> {
        let package = &self.package;
        Ok(match self.refusal {
            Refusal::Java(messages) => json!({ "package": package, "javac": messages }),
            Refusal::Findings(findings) => {
                json!({ "package": package, "findings": diagnostics::json(findings, self.sources)? })
            }
            Refusal::Dependency => json!({ "package": package, "dependency": true }),
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
