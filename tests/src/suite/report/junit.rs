//! A run as JUnit XML: a test suite a folder of cases, a test case a case.

use std::{collections::BTreeMap, time::Duration};

use quick_junit::{
    NonSuccessKind, Property, Report as JunitReport, SerializeError, TestCase, TestCaseStatus, TestSuite,
};

use super::{CaseReport, Report, text};
use crate::suite::expected::Verdict;

/// The XML document. Card and date stand in the properties of each suite, sections in those of each case; a failure expected
/// on this target counts as skipped, with its reason.
///
/// # Errors
/// The document cannot be written.
pub fn document(report: &Report) -> Result<String, SerializeError> {
    let mut folders = BTreeMap::<&str, Vec<&CaseReport>>::new();
    for case in &report.cases {
        folders.entry(folder(&case.name).0).or_default().push(case);
    }
    let mut document = JunitReport::new("conformance");
    document.set_time(Duration::from_secs_f64(report.effort().1));
    for (folder, cases) in folders {
        let mut suite = TestSuite::new(folder);
        suite.add_property(("date", report.date.as_str()));
        suite.add_properties(report.card.rows().map(Property::from));
        suite.set_time(
            cases
                .iter()
                .map(|case| Duration::from_secs_f64(case.seconds))
                .sum(),
        );
        suite.add_test_cases(cases.into_iter().map(test_case));
        document.add_test_suite(suite);
    }
    document.to_string()
}

fn test_case(case: &CaseReport) -> TestCase {
    let (folder, name) = folder(&case.name);
    let mut test = TestCase::new(name, status(case));
    test.set_classname(folder.replace('/', "."));
    test.set_time(Duration::from_secs_f64(case.seconds));
    test.add_properties(
        case.sections
            .iter()
            .map(|section| Property::new("section", section.to_string())),
    );
    test.add_property(("title", case.title.as_str()));
    test.add_property(("commands", case.commands.to_string().as_str()));
    test
}

fn status(case: &CaseReport) -> TestCaseStatus {
    match &case.verdict {
        Verdict::Passed => TestCaseStatus::success(),
        Verdict::Failed { .. } | Verdict::PassedUnexpectedly { .. } => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_type("failure").set_message(case.verdict.line());
            status.set_description(text::verdict(&case.verdict));
            status
        }
        Verdict::Skipped { .. } | Verdict::FailedAsExpected { .. } => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(case.verdict.line());
            status
        }
    }
}

/// Folder and file of a case name; `cases` where it has no folder.
fn folder(name: &str) -> (&str, &str) {
    name.rsplit_once('/').unwrap_or(("cases", name))
}
