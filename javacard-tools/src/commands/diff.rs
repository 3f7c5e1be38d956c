//! `cap diff`: whether two CAP files mean the same, and what differs.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use card_api::api::Api;
use clap::Args;

use crate::commands::input::{self, NameOptions};
use crate::commands::print;
use crate::compare::{compare, make_comparable, text};

/// Compares two CAP files by meaning
///
/// Numbers of constants, the order of methods, classes, fields and imports, tokens that no other package sees, and the wide or
/// narrow forms of instructions that follow from them make no difference. Everything else is told in words, changed code as a
/// unified diff of its instructions with names in place of numbers and labels in place of distances.
///
/// The status is 0 when both mean the same, 1 when they differ, 2 when a file cannot be read.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Options {
    /// The first CAP file or load file
    first: PathBuf,

    /// The second one
    second: PathBuf,

    /// Tell as well which components are the same octet for octet; the status stays that of the meaning
    #[arg(long)]
    bytes: bool,

    /// Write JSON; its form is described in javacard-tools/README.md
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    names: NameOptions,
}

const EXAMPLES: &str = "Examples:
  cap diff wallet-1.0.cap wallet-1.1.cap
  cap diff --bytes ours.cap theirs.cap
  cap diff old.cap new.cap --json | jq '.differences[] | select(.subject == \"method\") | .name'";

/// The exit status of an error; 1 says that the files differ.
pub(crate) const FAILURE: u8 = 2;

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let api = Api::embedded()?;
    let export_files = options.names.read()?;
    let (raw_first, mut first) = input::read(&options.first)?;
    let (raw_second, mut second) = input::read(&options.second)?;
    let notes = make_comparable([&mut first, &mut second]);
    let first = input::package(&raw_first, first, &api, &export_files)?;
    let second = input::package(&raw_second, second, &api, &export_files)?;
    let components = [&raw_first.components, &raw_second.components];
    let comparison = compare([&first, &second], notes, options.bytes.then_some(components));
    match options.json {
        true => print(&(serde_json::to_string_pretty(&comparison)? + "\n"))?,
        false => print(&text(&comparison)?)?,
    }
    Ok(match comparison.equal {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}
