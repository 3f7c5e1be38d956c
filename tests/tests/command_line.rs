//! The binary `conformance` as a person calls it: what it says, and its exit status. `BLESS=1` writes the transcripts anew.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use serde_json::Value;

fn conformance(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_conformance"));
    command
        .args(arguments)
        .env("COLUMNS", "110")
        .env_remove("ENVELOPE_INS");
    command.output().expect("conformance starts")
}

fn text(octets: &[u8]) -> String {
    String::from_utf8_lossy(octets).into_owned()
}

/// Command line, exit status and output are those of the transcript.
fn check(name: &str, arguments: &[&str]) {
    let output = conformance(arguments);
    let (code, words, errors) = (output.status.code(), text(&output.stdout), text(&output.stderr));
    let found = format!(
        "$ conformance {}\n{words}{errors}exit status: {code:?}\n",
        arguments.join(" ")
    );
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/transcripts/{name}.txt"));
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, &found).expect("the transcript can be written");
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(found, expected, "{}", path.display());
}

/// A folder of cases with this one case and this list of expected failures, played without PC/SC.
fn play(case: &str, list: &str, more: &[&str]) -> (Option<i32>, String, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let cases = folder.path().join("cases");
    fs::create_dir(&cases).expect("a folder");
    fs::write(cases.join("one.apdu"), case).expect("a case");
    fs::write(folder.path().join("expected-failures.toml"), list).expect("a list");
    let cases = cases.display().to_string();
    let output = conformance(&[&["--target", "jcardsim-direct", "--cases", &cases], more].concat());
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

const PASSES: &str = "# A tag it does not have, ISO 7816-4 §11.5.4.\n> 80CA000000\n< 6A88\n";
const FAILS: &str = "# A tag it does not have, ISO 7816-4 §11.5.4.\n> 80CA000000\n< 9000\n";
const LISTED: &str =
    "[[expected]]\ntargets = [\"jcardsim-direct\"]\ncases = \"one\"\nreason = \"so it is\"\n";

#[test]
fn help() {
    check("help", &["--help"]);
}

#[test]
fn a_wrong_target() {
    check("wrong-target", &["--target", "virtual"]);
}

#[test]
fn a_filter_that_fits_nothing() {
    check("no-such-case", &["--filter", "no such case"]);
}

#[test]
fn cases_are_listed_without_a_card() {
    check("list", &["--list", "--filter", "readme"]);
}

#[test]
fn the_exit_status_tells_passed_from_failed_from_not_played() {
    let (status, summary, _) = play(PASSES, "", &[]);
    assert_eq!(status, Some(0), "{summary}");
    let (status, summary, progress) = play(FAILS, "", &[]);
    assert_eq!(status, Some(1), "{summary}");
    assert!(
        summary.contains("failed: one\n  line 2: the response is 6A88, expected 9000"),
        "{summary}"
    );
    assert!(progress.contains("✗ one ("), "{progress}");
    let (status, _, errors) = play(PASSES, LISTED.replace("one", "two").as_str(), &[]);
    assert_eq!(status, Some(2), "{errors}");
    assert!(errors.contains("the entry for two matches no case"), "{errors}");
}

#[test]
fn the_list_of_expected_failures_holds_in_both_directions() {
    let (status, summary, _) = play(FAILS, LISTED, &[]);
    assert_eq!(status, Some(0), "{summary}");
    assert!(summary.contains("1 expected to fail"), "{summary}");
    let (status, summary, _) = play(PASSES, LISTED, &[]);
    assert_eq!(status, Some(1), "{summary}");
    assert!(summary.contains("passes now, take it off the list"), "{summary}");
}

#[test]
fn the_reports_are_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str| folder.path().join(name).display().to_string();
    let (html, junit) = (file("report.html"), file("report.xml"));
    let more = [
        "--html", &html, "--junit", &junit, "--json", "--twice", "--date", "today",
    ];
    let (status, json, errors) = play(FAILS, "", &more);
    assert_eq!(status, Some(1), "{errors}");
    let json: Value = serde_json::from_str(&json).expect("JSON on stdout");
    assert_eq!(json["counts"]["failed"], 2);
    assert_eq!(json["cases"][1]["name"], "again: one");
    assert_eq!(json["date"], "today");
    let failure = &json["cases"][0]["failure"];
    assert_eq!(failure["trace"][0]["command"], "80CA000000");
    let page = fs::read_to_string(html).expect("a page");
    assert!(page.contains("80CA000000") && page.contains("today"), "{page}");
    let xml = fs::read_to_string(junit).expect("a document");
    assert_eq!(
        quick_junit::Report::deserialize_from_str(&xml)
            .expect("JUnit XML")
            .failures,
        2
    );
}
