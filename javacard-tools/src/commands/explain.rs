//! `cap explain`: what a rule of the verifier or of the converter says, and why.

use std::process::ExitCode;

use anyhow::{Result, bail};
use cap_verify::Rule;
use cap_verify::rule::Group;
use clap::Args;

use crate::commands::print;

/// Explains a rule of the verifier (CV…) or of the converter (CC…)
///
/// Without a rule, lists all. The status is 0, or 1 when there is no such rule.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Options {
    /// The code of a rule, as `cap verify`, `cap build` or `cap convert` names it
    #[arg(value_name = "RULE")]
    rule: Option<String>,
}

const EXAMPLES: &str = "Examples:
  cap explain CV501
  cap explain cc302
  cap explain | grep -i stack";

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    match &options.rule {
        None => print(&all())?,
        Some(code) => print(&one(code)?)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn one(code: &str) -> Result<String> {
    if let Some(rule) = Rule::from_code(code) {
        let (what, why, section) = (rule.what(), rule.why(), rule.section());
        return Ok(format!("{rule}: {what}\n\n{why}\n\nSource: {section}\n"));
    }
    let of_converter = cap_convert::Rule::ALL
        .iter()
        .find(|rule| rule.code().eq_ignore_ascii_case(code));
    match of_converter {
        Some(rule) => Ok(format!("{}: {}\n", rule.code(), rule.why())),
        None => bail!("there is no rule {code}\nhint: `cap explain` lists all"),
    }
}

fn all() -> String {
    let mut text = String::new();
    for group in Group::ALL {
        text += &format!("{}\n", group.title());
        for rule in Rule::ALL.iter().filter(|rule| rule.group() == group) {
            text += &format!("  {rule}  {}\n", rule.what());
        }
        text += "\n";
    }
    text += "Conversion\n";
    for rule in cap_convert::Rule::ALL {
        text += &format!("  {}  {}\n", rule.code(), rule.why());
    }
    text
}
