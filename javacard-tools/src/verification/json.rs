//! Verdicts for programs, as `javacard-tools/README.md` describes them.

use serde::Serialize;

use crate::verification::{Named, Verdict};

/// The version of the form.
const SCHEMA: &str = "cap-verify/1";

#[derive(Serialize)]
struct Verification<'a> {
    schema: &'static str,
    accepted: bool,
    files: Vec<File<'a>>,
}

#[derive(Serialize)]
struct File<'a> {
    file: &'a str,
    accepted: bool,
    verified: Option<Verified<'a>>,
    findings: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Verified<'a> {
    package: &'a str,
    aid: String,
    version: String,
    classes: usize,
    methods: usize,
    instructions: usize,
}

#[derive(Serialize)]
struct Row<'a> {
    rule: &'static str,
    what: &'static str,
    section: &'static str,
    component: Option<&'static str>,
    offset: Option<u32>,
    method: Option<&'a str>,
    method_offset: Option<u16>,
    found: &'a str,
    wanted: &'a str,
}

/// One object for all files.
pub(crate) fn json(verdicts: &[Verdict]) -> serde_json::Result<String> {
    let verification = Verification {
        schema: SCHEMA,
        accepted: verdicts.iter().all(|verdict| verdict.result.is_ok()),
        files: verdicts.iter().map(file).collect(),
    };
    Ok(serde_json::to_string_pretty(&verification)? + "\n")
}

fn file(verdict: &Verdict) -> File<'_> {
    let verified = verdict.result.as_ref().ok().map(|extent| Verified {
        package: &extent.package,
        aid: extent.info.aid.to_string(),
        version: extent.info.version.to_string(),
        classes: extent.classes,
        methods: extent.methods,
        instructions: extent.instructions,
    });
    File {
        file: &verdict.file,
        accepted: verdict.result.is_ok(),
        verified,
        findings: verdict.findings().iter().map(row).collect(),
    }
}

fn row(Named { finding, method, .. }: &Named) -> Row<'_> {
    Row {
        rule: finding.rule.code(),
        what: finding.rule.what(),
        section: finding.rule.section(),
        component: finding.place.component.map(|component| component.name()),
        offset: finding.place.offset,
        method: method.as_deref(),
        method_offset: finding.place.method,
        found: &finding.found,
        wanted: &finding.wanted,
    }
}
