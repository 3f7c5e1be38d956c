//! `cap inspect`: what stands in a CAP file.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail};
use card_api::api::Api;
use clap::Args;

use crate::commands::input::{self, NameOptions};
use crate::commands::print;
use crate::listing::{Request, Section, list, salvage, text};

/// Shows what stands in a CAP file, with names
///
/// FILE is a CAP file (a ZIP archive) or a load file (the components one after another). Names of other packages come from the
/// tables of this tool and from export files; names of the package itself from its Debug component, its export file, its
/// manifest, and from what it overrides. What has no name is called by its place: method_01A3 stands at offset 01A3 of the
/// Method component, static_0004 at offset 4 of the static field image.
///
/// Of a file that is not in order it says component, offset and reason, shows what can be read, and ends with status 1.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Options {
    /// The CAP file or load file
    file: PathBuf,

    /// Show these sections only, separated by commas
    #[arg(long, value_enum, value_delimiter = ',', value_name = "SECTIONS")]
    only: Vec<Section>,

    /// Show the methods whose name contains NAME, and nothing else
    #[arg(long, value_name = "NAME", conflicts_with = "only")]
    method: Option<String>,

    /// Write JSON; its form is described in javacard-tools/README.md
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    names: NameOptions,
}

const EXAMPLES: &str = "Examples:
  cap inspect wallet.cap
  cap inspect wallet.cap --only header,imports,api
  cap inspect wallet.cap --method Wallet.process
  cap inspect wallet.cap --export-path sdk/exports --json | jq .memory";

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let api = Api::embedded()?;
    let export_files = options.names.read()?;
    let raw = input::read_raw(&options.file)?;
    let (cap, problems) = match raw.cap() {
        Ok(cap) => (cap, Vec::new()),
        Err(error) => salvage(&raw.components, error)?,
    };
    let package = input::package(&raw, cap, &api, &export_files)?;
    let sections = match (&options.method, options.only.as_slice()) {
        (Some(_), _) => &[Section::Methods],
        (None, []) => Section::USUAL.as_slice(),
        (None, chosen) => chosen,
    };
    let request = Request {
        sections,
        method: options.method.as_deref().unwrap_or_default(),
    };
    let listing = list(&package, &raw.components, &api, request, &problems)?;
    let found_none = listing.methods.as_ref().is_some_and(Vec::is_empty);
    if let Some(method) = options.method.as_ref().filter(|_| found_none) {
        bail!(
            "no method of {} has `{method}` in its name",
            options.file.display()
        );
    }
    match options.json {
        true => print(&(serde_json::to_string_pretty(&listing)? + "\n"))?,
        false => print(&text(&listing)?)?,
    }
    Ok(match problems.is_empty() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}
