//! The command line of `conformance`.

use std::path::PathBuf;

use anyhow::{Result, ensure};
use clap::Parser;
use host_harness::project::Project;
use twofold::target::Target;

use super::catalog::cases_folder;

/// Plays the conformance suite (tests/cases/**/*.apdu) against a card that holds both applets, and reports
/// which sections of the specifications hold on it.
#[derive(Debug, Clone, Parser)]
#[command(name = "conformance", version, max_term_width = 110, after_help = AFTER_HELP)]
pub struct Options {
    /// The card: `jcardsim`, a simulated card behind a private PC/SC daemon; `jcardsim-direct`, the same without
    /// PC/SC; or `pcsc:<reader>`, a card that already holds the applets, in the reader of this name or part of a name
    #[arg(long, value_name = "TARGET", default_value = "jcardsim")]
    pub target: Target,

    /// Card profile: AIDs, TARs and keys of the card [default: keys/test-card.toml of the project]
    #[arg(long, value_name = "FILE", default_value_os_t = published_profile(), hide_default_value = true)]
    pub profile: PathBuf,

    /// Folder of the cases; `expected-failures.toml` lies beside it [default: tests/cases of the project]
    #[arg(long, value_name = "FOLDER", default_value_os_t = cases_folder(), hide_default_value = true)]
    pub cases: PathBuf,

    /// Play only the cases whose name contains this text: `ota/`, `phonebook`
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub filter: String,

    /// List names and titles of the cases and stop; no card is needed
    #[arg(long)]
    pub list: bool,

    /// Play all cases, then all of them again on the same card: no case may need a fresh one
    #[arg(long)]
    pub twice: bool,

    /// Write the results as JUnit XML, for CI systems
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,

    /// Write the results as one HTML page for people: a table by section, every case, the annotated octets of failures
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,

    /// Print the results as JSON on stdout instead of the summary
    #[arg(long)]
    pub json: bool,

    /// The date that the reports bear, any text [default: the time of this machine, UTC]
    #[arg(long, value_name = "TEXT")]
    pub date: Option<String>,

    /// Say that the card in the reader is a test card: the cases overwrite its phonebook, authentication values,
    /// services and counters. Needed for `pcsc:<reader>`, without meaning for simulated cards
    #[arg(long)]
    pub dangerous_overwrite_test_card: bool,
}

impl Options {
    /// Whether the cases may be played on the target: on a card in a reader only if it was called a test card.
    ///
    /// # Errors
    /// It was not; the message says what would happen to the card.
    pub fn may_overwrite(&self) -> Result<()> {
        ensure!(
            self.dangerous_overwrite_test_card || !matches!(self.target, Target::Pcsc(_)),
            "the cases overwrite phonebook, authentication values, services and counters of this card: give \
             --dangerous-overwrite-test-card if it is a test card"
        );
        Ok(())
    }
}

fn published_profile() -> PathBuf {
    Project::of_this_build().keys().join("test-card.toml")
}

const AFTER_HELP: &str = "\
Progress goes to stderr, a line a case; the summary by section goes to stdout.

A case fails when a step went otherwise than its file says. It is skipped when the target cannot play it. It is \
expected to fail when tests/expected-failures.toml says why it cannot pass on this target; if it passes all the same, \
the run fails, so that the list stays true.

A card that keeps ENVELOPE for its own toolkit framework takes packets under the proprietary INS: \
ENVELOPE_INS=D0 in the environment.

Exit status: 0 no case failed; 1 a case failed; 2 the cases could not be played.

Examples:
  conformance                                            the simulated card
  conformance --html report.html --junit report.xml      … with reports
  conformance --target 'pcsc:ACS ACR38' --profile keys/local/card.toml --dangerous-overwrite-test-card";

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Options::command().debug_assert();
        assert!(published_profile().is_file(), "{}", published_profile().display());
    }

    #[test]
    fn a_card_in_a_reader_is_overwritten_only_if_it_is_called_a_test_card() {
        const FLAG: &str = "--dangerous-overwrite-test-card";
        for (arguments, allowed) in [
            (&["--target", "pcsc:x"][..], false),
            (&["--target", "pcsc:x", FLAG], true),
            (&["--target", "jcardsim-direct"], true),
            (&[], true),
        ] {
            let options = Options::try_parse_from([&["conformance"], arguments].concat());
            let may = options.is_ok_and(|options| options.may_overwrite().is_ok());
            assert_eq!(may, allowed, "{arguments:?}");
        }
    }
}
