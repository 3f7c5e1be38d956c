//! The command line of `deploy`.

use std::{net::SocketAddr, path::PathBuf};

use clap::Parser;
use host_harness::project::Project;

use crate::target::Target;

/// Puts the two applets' card, the OTA server and a terminal together, delivers the samples, and shows what happened.
#[derive(Debug, Clone, Parser)]
#[command(version, after_help = AFTER_HELP)]
pub struct Options {
    /// The card: `jcardsim`, a simulated card behind a private PC/SC daemon; `jcardsim-direct`, the same without
    /// PC/SC; or `pcsc:<reader>`, a card that already holds the applets, in the reader of this name or part of a name
    #[arg(long, value_name = "TARGET", default_value = "jcardsim")]
    pub target: Target,

    /// List the PC/SC readers of this system and stop
    #[arg(long)]
    pub list_readers: bool,

    /// Leave card, reader and server up until Ctrl-C; the page's buttons keep working
    #[arg(long)]
    pub keep: bool,

    /// Print the result as JSON on stdout
    #[arg(long)]
    pub json: bool,

    /// Card profile: addresses and keys of the card [default: keys/test-card.toml of the project]
    #[arg(long, value_name = "FILE", default_value_os_t = in_project("keys/test-card.toml"), hide_default_value = true)]
    pub card: PathBuf,

    /// Folder of the data items to deliver [default: samples of the project]
    #[arg(long, value_name = "FOLDER", default_value_os_t = in_project("samples"), hide_default_value = true)]
    pub samples: PathBuf,

    /// The OTA server's database; it also keeps the counters from run to run [default: target/deploy/ota.sqlite of the
    /// project]
    #[arg(long, value_name = "FILE", default_value_os_t = in_project("target/deploy/ota.sqlite"), hide_default_value = true)]
    pub database: PathBuf,

    /// Where the OTA server listens, on loopback; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    pub listen: SocketAddr,

    /// Send ENVELOPE data under the proprietary INS D0, as a real UICC needs it
    #[arg(long)]
    pub proprietary_envelope: bool,

    /// Allow the published test keys on a card in a reader: anyone can send commands to such a card
    #[arg(long)]
    pub published_test_keys: bool,
}

/// A file of the checkout this program was built from, wherever it is started.
fn in_project(file: &str) -> PathBuf {
    Project::of_this_build().root().join(file)
}

const AFTER_HELP: &str = "\
Exit status: 0 everything was right; 1 a step was not (the table says which); 2 it could not be run.

Examples:
  deploy                                    the simulated card
  deploy --keep                             … and leave it up for other PC/SC programs and the browser
  deploy --target 'pcsc:ACS ACR38' --card keys/local/card.toml --proprietary-envelope";
