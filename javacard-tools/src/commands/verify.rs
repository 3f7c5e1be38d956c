//! `cap verify`: whether CAP files keep to the rules of the virtual machine.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, anyhow};
use cap_format::export_file::ExportFile;
use cap_format::version::PackageInfo;
use cap_verify::CardProfile;
use card_api::api::Api;
use clap::Args;

use crate::commands::input::NameOptions;
use crate::commands::print;
use crate::verification::{Verdict, Verifier, json, sarif, summary, words};

/// Verifies CAP files: whether a card can run them without harm
///
/// A card does not check what a verifier has checked. Every file is taken apart, its components are held against each other and
/// against the export files of the packages that it imports, and every method is followed on all its paths with the types of all
/// values. An import that has no export file among --export and --export-path is looked up in the tables of this tool: in exactly the
/// version that is imported, else in the lowest that satisfies it.
///
/// The status is 0 when all files are accepted, 1 when one is refused, 2 when one cannot be read.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Options {
    /// CAP files or load files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    #[command(flatten)]
    names: NameOptions,

    /// A platform that the card has, for example 2.2.1 or uicc-7.9: it must have what is imported, but for packages whose export files
    /// are given, which are loaded before; several may be given
    #[arg(long, value_name = "NAME")]
    platform: Vec<String>,

    /// The card has no instructions for int
    #[arg(long, requires = "platform")]
    no_int: bool,

    /// Write JSON; its form is described in javacard-tools/README.md
    #[arg(long, conflicts_with = "sarif")]
    json: bool,

    /// Write SARIF 2.1.0, for code hosts and editors
    #[arg(long)]
    sarif: bool,
}

const EXAMPLES: &str = "Examples:
  cap verify wallet.cap
  cap verify wallet.cap --platform 2.2.1 --platform uicc-7.9
  cap verify out/*.cap --export-path out --sarif > verify.sarif
  cap explain CV501";

/// The exit status of an error; 1 says that a file is refused.
pub(crate) const FAILURE: u8 = 2;

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let api = Api::embedded()?;
    let exports = options.names.read()?;
    let card = options.card(&api, &exports)?;
    let verifier = Verifier {
        api: &api,
        exports: &exports,
        card: card.as_ref(),
    };
    let says_words = !options.json && !options.sarif;
    let mut verdicts = Vec::new();
    let mut troubles = 0;
    for path in &options.files {
        let name = path.display().to_string();
        match fs::read(path) {
            Ok(bytes) => {
                let verdict = verifier.verify(&name, &bytes)?;
                if says_words {
                    print(&words(&verdict))?;
                }
                verdicts.push(verdict);
            }
            Err(error) => {
                eprintln!("cap: cannot read {name}: {error}");
                troubles += 1;
            }
        }
    }
    match (options.json, options.sarif) {
        (true, _) => print(&json(&verdicts)?)?,
        (_, true) => print(&sarif(&verdicts)?)?,
        _ if options.files.len() > 1 => print(&summary(&verdicts, troubles))?,
        _ => {}
    }
    Ok(status(&verdicts, troubles))
}

fn status(verdicts: &[Verdict], troubles: usize) -> ExitCode {
    match verdicts.iter().all(|verdict| verdict.result.is_ok()) {
        _ if troubles > 0 => ExitCode::from(FAILURE),
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

impl Options {
    /// What the card has, with the packages of `exports`; `None`: any card.
    fn card(&self, api: &Api, exports: &[ExportFile]) -> Result<Option<CardProfile>> {
        if self.platform.is_empty() {
            return Ok(None);
        }
        let platforms: Vec<_> = self.platform.iter().map(String::as_str).collect();
        let set = api
            .choose(&platforms, &[])
            .map_err(|error| anyhow!("{error}\nhint: `cap stubs --list` shows all platforms"))?;
        let packages = set.packages().map(|package| PackageInfo {
            version: package.version,
            aid: package.aid,
        });
        Ok(Some(CardProfile {
            name: self.platform.join(" with "),
            packages: packages
                .chain(exports.iter().map(|file| file.package.info))
                .collect(),
            int: !self.no_int,
        }))
    }
}
