//! `docs/verifier.md`: words by hand, and between two marks the table of all rules with their cases.

use std::fs;
use std::path::{Path, PathBuf};

use cap_verify::Rule;
use cap_verify::rule::Group;

use crate::case::Case;

const BEGIN: &str = "<!-- The rules: written by the tests of cap-verify. -->\n";
const END: &str = "<!-- The end of the rules. -->\n";

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/verifier.md")
}

/// The document as it stands, and as it should.
///
/// # Panics
/// When it cannot be read, or a mark is missing.
pub(crate) fn stands_and_should(cases: &[Case]) -> (String, String) {
    let stands = fs::read_to_string(path()).expect("docs/verifier.md");
    let (head, rest) = stands.split_once(BEGIN).expect("the mark where the rules begin");
    let (_, tail) = rest.split_once(END).expect("the mark where the rules end");
    let should = format!("{head}{BEGIN}\n{}{END}{tail}", rules(cases));
    (stands, should)
}

pub(crate) fn write(text: &str) {
    fs::write(path(), text).expect("docs/verifier.md");
}

fn rules(cases: &[Case]) -> String {
    let mut text = String::new();
    for group in Group::ALL {
        let rules: Vec<_> = Rule::ALL.iter().filter(|rule| rule.group() == group).collect();
        text += &format!(
            "### {}\n| code | what a file keeps to | section | cases |\n|---|---|---|---|\n",
            group.title()
        );
        for rule in rules {
            let of_rule = cases
                .iter()
                .filter(|case| case.rule.as_deref() == Some(rule.code()));
            text += &row(&[rule.code(), rule.what(), rule.section(), &links(of_rule)]);
        }
        text += "\n";
    }
    let accepted = cases.iter().filter(|case| case.rule.is_none());
    text + &format!(
        "Files that break no rule, for what a verifier could refuse by mistake: {}\n\n",
        links(accepted)
    )
}

fn row(cells: &[&str]) -> String {
    format!("| {} |\n", cells.join(" | "))
}

fn links<'a>(cases: impl Iterator<Item = &'a Case>) -> String {
    let link = |case: &Case| {
        let stem = case.stem();
        let name = stem
            .split_once('-')
            .map_or(stem.as_str(), |(_, name)| name)
            .replace('-', " ");
        format!("[{name}](../cap-verify/tests/cases/{})", case.name)
    };
    cases.map(link).collect::<Vec<_>>().join(", ")
}
