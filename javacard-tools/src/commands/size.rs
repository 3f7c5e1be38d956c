//! `cap size`: where the octets of a CAP file go.

use std::path::{Path, PathBuf};

use anyhow::Result;
use card_api::api::Api;
use clap::Args;

use crate::commands::input::{self, NameOptions};
use crate::commands::print;
use crate::compare;
use crate::sizes::{self, Sizes};

/// Shows where the octets of a CAP file go, or what changes from one to another
///
/// By component, class, method, instruction, kind of instruction, constant and part of the Descriptor, the largest first.
/// Percentages are those of what is loaded, that is without Descriptor and Debug.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Options {
    /// The CAP file or load file
    file: PathBuf,

    /// A second one: show what changes from the first to it. Methods and classes without names are matched by meaning
    second: Option<PathBuf>,

    /// Show as many rows of each table; 0 shows all
    #[arg(long, value_name = "COUNT", default_value_t = 20)]
    rows: usize,

    /// Write JSON with all rows; its form is described in javacard-tools/README.md
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    names: NameOptions,
}

const EXAMPLES: &str = "Examples:
  cap size wallet.cap
  cap size wallet.cap --rows 0
  cap size wallet-1.0.cap wallet-1.1.cap
  cap size wallet.cap --json | jq '.tables[] | select(.table == \"methods\") | .rows[:5]'";

pub(crate) fn run(options: &Options) -> Result<()> {
    let text = match &options.second {
        None => one(options)?,
        Some(second) => two(options, second)?,
    };
    print(&text)
}

fn one(options: &Options) -> Result<String> {
    let api = Api::embedded()?;
    let export_files = options.names.read()?;
    let (raw, cap) = input::read(&options.file)?;
    let package = input::package(&raw, cap, &api, &export_files)?;
    let sizes = sizes::sizes(&package, &raw.components);
    Ok(match options.json {
        true => serde_json::to_string_pretty(&sizes)? + "\n",
        false => sizes::text(&sizes, options.rows)?,
    })
}

fn two(options: &Options, second: &Path) -> Result<String> {
    let api = Api::embedded()?;
    let export_files = options.names.read()?;
    let read = |file| -> Result<_> {
        let (raw, cap) = input::read(file)?;
        let package = input::package(&raw, cap, &api, &export_files)?;
        Ok((raw, package))
    };
    let (first, second) = (read(&options.file)?, read(second)?);
    let named = compare::with_common_names([&first.1, &second.1]);
    let of = |side: usize, components| -> Sizes { sizes::sizes(&named[side], components) };
    let change = sizes::change(&of(0, &first.0.components), &of(1, &second.0.components));
    Ok(match options.json {
        true => serde_json::to_string_pretty(&change)? + "\n",
        false => sizes::difference(&change, options.rows)?,
    })
}
