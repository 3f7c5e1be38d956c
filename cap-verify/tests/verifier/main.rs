//! The cases of `tests/cases` and the document that is made of them. `tests/cases/README.md` explains how a case is written.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod assembler;
mod case;
mod document;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use cap_verify::{Rule, verify_file};

use case::{Case, Variant};

/// What is wrong with a case; `None`: it is as it says.
fn mistake(case: &Case, variant: Variant) -> Option<String> {
    let assembled = match case.assemble(variant) {
        Ok(assembled) => assembled,
        Err(trouble) => return Some(trouble.to_string()),
    };
    write(case, variant, &assembled);
    let wanted: BTreeSet<String> = match variant {
        Variant::Keeps => BTreeSet::new(),
        Variant::Breaks => case.rule.iter().chain(&case.also).cloned().collect(),
    };
    let findings = verify_file(&assembled.bytes, &assembled.environment())
        .err()
        .unwrap_or_default();
    let found: BTreeSet<String> = findings
        .iter()
        .map(|finding| finding.rule.code().to_owned())
        .collect();
    let unknown: Vec<_> = wanted
        .iter()
        .filter(|code| Rule::from_code(code).is_none())
        .collect();
    if found == wanted {
        return None;
    }
    let list = |codes: &BTreeSet<String>| match codes.is_empty() {
        true => "accepted".to_owned(),
        false => codes.iter().cloned().collect::<Vec<_>>().join(" "),
    };
    let mut text = format!(
        "{} ({variant:?}): found {}, wanted {}",
        case.name,
        list(&found),
        list(&wanted)
    );
    if !unknown.is_empty() {
        text += &format!("; no such rule: {unknown:?}");
    }
    for finding in findings.iter().take(3) {
        text += &format!("\n    {finding}");
    }
    Some(text)
}

/// With `CASES_OUT=DIR` in the environment, writes the CAP files of all cases and their export files there: for other verifiers.
fn write(case: &Case, variant: Variant, assembled: &assembler::Assembled) {
    let Some(folder) = std::env::var_os("CASES_OUT").map(PathBuf::from) else {
        return;
    };
    let ending = match variant {
        Variant::Keeps => "keeps",
        Variant::Breaks => "breaks",
    };
    let folder = folder.join(ending);
    fs::create_dir_all(&folder).unwrap();
    let path = |ending: &str| folder.join(format!("{}.{ending}", case.stem()));
    fs::write(path("cap"), &assembled.bytes).unwrap();
    fs::create_dir_all(path("exports")).unwrap();
    for file in &assembled.for_others {
        let name = file.package.name.rsplit('/').next().unwrap_or_default();
        fs::write(path("exports").join(format!("{name}.exp")), file.write().unwrap()).unwrap();
    }
}

#[test]
fn every_case_is_as_it_says() {
    let cases = case::all().unwrap_or_else(|trouble| panic!("{trouble}"));
    assert!(!cases.is_empty(), "no cases");
    let all = cases
        .iter()
        .flat_map(|case| case.variants().iter().map(move |variant| (case, *variant)));
    let mistakes: Vec<String> = all.filter_map(|(case, variant)| mistake(case, variant)).collect();
    assert!(
        mistakes.is_empty(),
        "{} mistakes:\n{}",
        mistakes.len(),
        mistakes.join("\n")
    );
}

#[test]
fn every_rule_has_a_case() {
    let cases = case::all().unwrap_or_else(|trouble| panic!("{trouble}"));
    let broken: BTreeSet<&str> = cases.iter().filter_map(|case| case.rule.as_deref()).collect();
    let codes = Rule::ALL.iter().map(|rule| rule.code());
    let without: Vec<&str> = codes.filter(|code| !broken.contains(code)).collect();
    assert!(without.is_empty(), "rules without a case: {without:?}");
}

#[test]
fn the_name_of_a_case_begins_with_its_rule() {
    for case in case::all().unwrap_or_else(|trouble| panic!("{trouble}")) {
        let rule = case.rule.as_deref().unwrap_or("accepted");
        assert!(
            case.stem().starts_with(&format!("{rule}-")),
            "{} breaks {rule}",
            case.name
        );
    }
}

/// With `BLESS=1` in the environment, writes the document.
#[test]
fn the_document_lists_the_rules_and_their_cases() {
    let cases = case::all().unwrap_or_else(|trouble| panic!("{trouble}"));
    let (stands, should) = document::stands_and_should(&cases);
    if std::env::var_os("BLESS").is_some() {
        document::write(&should);
    } else {
        assert!(
            stands == should,
            "docs/verifier.md is not of these rules and cases; BLESS=1 writes it"
        );
    }
}
