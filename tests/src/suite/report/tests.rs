#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use std::{collections::BTreeSet, time::Duration};

use super::*;
use crate::suite::{
    outcome::Failure,
    trace::{Field, Traced},
};

fn failure() -> Box<Failure> {
    let field = Field::new(1, "<i>", &[0x01], "a < b & c");
    Box::new(Failure {
        line: 2,
        text: "> 00 # <b>".into(),
        message: "\"<script>\" & so\u{1}".into(),
        expected: Some("<expected>".into()),
        found: None,
        trace: vec![Traced {
            name: "<name>".into(),
            command: "8000".into(),
            command_fields: vec![field],
            response: "9000".into(),
            status: "<status>".into(),
            response_fields: Vec::new(),
        }],
        left_out: 3,
    })
}

fn case(name: &str, text: &str, verdict: Verdict) -> CaseReport {
    let effort = Effort {
        duration: Duration::from_millis(2),
        commands: 5,
    };
    CaseReport::new(name.to_owned(), &CaseFile::new(name, text), effort, verdict)
}

fn report() -> Report {
    let reason = "<reason>".to_owned();
    let (one, other) = ("# TS 102 225 §5.1: <u>.\n> 00 # <b>\n", "# GPCS §5.3, §5.10.\n");
    Report {
        card: CardFacts {
            target: "jcardsim".into(),
            reader: "<reader>".into(),
            profile: "<profile>".into(),
            atr: "3B00".into(),
            first_stage: "version 2.0".into(),
            second_stage: "version 2.0".into(),
        },
        date: "<date>".into(),
        cases: vec![
            case("ota/a", one, Verdict::Passed),
            case("ota/b", one, Verdict::Failed { failure: failure() }),
            case(
                "applets/x/c",
                other,
                Verdict::Skipped {
                    reason: reason.clone(),
                },
            ),
            case(
                "ota/d",
                one,
                Verdict::FailedAsExpected {
                    reason: reason.clone(),
                    failure: failure(),
                },
            ),
            case("e", other, Verdict::PassedUnexpectedly { reason }),
        ],
    }
}

#[test]
fn counts_are_those_of_all_and_of_each_section() {
    let report = report();
    let counts = |passed, failed, skipped, expected| Counts {
        passed,
        failed,
        skipped,
        expected,
    };
    assert_eq!(report.counts(), counts(1, 2, 1, 1));
    let sections = report.sections();
    let sections: Vec<_> = sections
        .iter()
        .map(|(section, counts)| (section.to_string(), *counts))
        .collect();
    assert_eq!(
        sections,
        [
            ("GPCS §5.3".to_owned(), counts(0, 1, 1, 0)),
            ("GPCS §5.10".to_owned(), counts(0, 1, 1, 0)),
            ("TS 102 225 §5.1".to_owned(), counts(1, 1, 0, 1)),
        ]
    );
    assert!(!report.ok());
}

#[test]
fn the_summary_tells_why_each_case_failed() {
    let summary = text::summary(&report());
    for part in [
        "TS 102 225 §5.1       1       1        0                 1\n",
        "failed: ota/b\n  line 2: \"<script>\" & so",
        "  3 exchanges before these are left out\n",
        "  → 8000  <name>\n      <i>: 01  a < b & c\n  ← 9000  <status>\n",
        "failed: e\n  passes now, take it off the list of expected failures (<reason>)",
        "5 cases: 1 passed, 2 failed, 1 skipped, 1 expected to fail; 25 commands in 0.01 s",
    ] {
        assert!(summary.contains(part), "{part:?} is not in\n{summary}");
    }
}

#[test]
fn junit_xml_parses_and_has_the_right_counts() {
    let xml = junit::document(&report()).expect("a document");
    let read = quick_junit::Report::deserialize_from_str(&xml).expect("well-formed XML");
    assert_eq!((read.tests, read.failures, read.errors), (5, 2, 0));
    let suites: Vec<_> = read
        .test_suites
        .iter()
        .map(|suite| (suite.name.as_str(), suite.tests, suite.skipped, suite.failures))
        .collect();
    assert_eq!(
        suites,
        [("applets/x", 1, 1, 0), ("cases", 1, 0, 1), ("ota", 3, 1, 1)]
    );
    let ota = &read.test_suites[2];
    assert!(
        ota.properties
            .iter()
            .any(|p| p.name.as_str() == "ATR" && p.value.as_str() == "3B00")
    );
    assert_eq!(
        ota.test_cases[1].classname.as_ref().map(|name| name.as_str()),
        Some("ota")
    );
}

#[test]
fn the_page_escapes_everything_and_needs_nothing_else() {
    let page = html::page(&report());
    let tags: BTreeSet<_> = [
        "<script",
        "<u>",
        "<b>",
        "<i>",
        "<reader>",
        "<profile>",
        "<date>",
        "<reason>",
        "<name>",
        "<status>",
        "<expected>",
    ]
    .into();
    for tag in tags {
        assert!(!page.contains(tag), "{tag} stands in the page as it is");
    }
    for part in [
        "&lt;u&gt;",
        "a &lt; b &amp; c",
        "&quot;&lt;script&gt;&quot; &amp; so",
        "&lt;reader&gt;",
    ] {
        assert!(page.contains(part), "{part} is not in the page");
    }
    for resource in ["src=", "http:", "https:", "@import", "url("] {
        assert!(!page.contains(resource), "the page fetches something: {resource}");
    }
    for part in [
        "name=\"viewport\"",
        "prefers-color-scheme: dark",
        "href=\"#case-2\"",
        "id=\"case-2\" open",
    ] {
        assert!(page.contains(part), "{part} is not in the page");
    }
}

#[test]
fn json_has_counts_sections_and_cases() {
    let json = report().to_json();
    assert_eq!(json["ok"], false);
    assert_eq!(json["counts"]["failed"], 2);
    assert_eq!(json["sections"][2]["section"], "TS 102 225 §5.1");
    assert_eq!(json["cases"][1]["verdict"], "failed");
    assert_eq!(json["cases"][1]["failure"]["line"], 2);
    assert_eq!(json["cases"][2]["reason"], "<reason>");
}
