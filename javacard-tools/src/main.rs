//! `cap`: from Java to CAP files. One file for each subcommand; see `--help`.

mod class_files;
mod commands;
mod compare;
mod diagnostics;
mod export_files;
mod javac;
mod listing;
mod names;
mod outcome;
mod output_folder;
mod package;
mod product;
mod project;
mod sizes;
mod verification;
mod walk;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// From Java to CAP files.
#[derive(Debug, Parser)]
#[command(name = "cap", version, max_term_width = 110, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Stubs(commands::stubs::Options),
    Build(commands::build::Options),
    Convert(Box<commands::convert::Options>),
    Inspect(commands::inspect::Options),
    Diff(commands::diff::Options),
    Size(commands::size::Options),
    Verify(commands::verify::Options),
    Explain(commands::explain::Options),
}

impl Command {
    fn run(&self) -> Result<ExitCode> {
        match self {
            Self::Stubs(options) => commands::stubs::run(options),
            Self::Build(options) => commands::build::run(options),
            Self::Convert(options) => commands::convert::run(options),
            Self::Inspect(options) => commands::inspect::run(options),
            Self::Diff(options) => commands::diff::run(options),
            Self::Size(options) => commands::size::run(options).map(|()| ExitCode::SUCCESS),
            Self::Verify(options) => commands::verify::run(options),
            Self::Explain(options) => commands::explain::run(options),
        }
    }

    /// The exit status of an error.
    fn failure(&self) -> ExitCode {
        match self {
            Self::Diff(_) => ExitCode::from(commands::diff::FAILURE),
            Self::Verify(_) => ExitCode::from(commands::verify::FAILURE),
            _ => ExitCode::FAILURE,
        }
    }
}

fn main() -> ExitCode {
    let command = Cli::parse().command;
    command.run().unwrap_or_else(|error| {
        eprintln!("cap: {error:#}");
        command.failure()
    })
}
