//! Verdicts in the Static Analysis Results Interchange Format (SARIF) 2.1.0, which code hosts and editors read.
//!
//! A component of an archive is an artifact inside of the archive (SARIF §3.24.3): offsets count from the first octet of its file.

use cap_verify::Rule;
use serde_json::{Value, json};

use crate::verification::{Named, Verdict};

/// Where the form of the file is described.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// One run over all files.
pub(crate) fn sarif(verdicts: &[Verdict]) -> serde_json::Result<String> {
    let mut artifacts = Artifacts::default();
    let mut results = Vec::new();
    for verdict in verdicts {
        artifacts.index(&verdict.file, None);
        for named in verdict.findings() {
            results.push(result(verdict, named, &mut artifacts));
        }
    }
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "cap verify",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": Rule::ALL.iter().map(rule).collect::<Vec<_>>(),
            } },
            "artifacts": artifacts.list,
            "results": results,
            "columnKind": "utf16CodeUnits",
        }],
    });
    Ok(serde_json::to_string_pretty(&log)? + "\n")
}

fn rule(rule: &Rule) -> Value {
    json!({
        "id": rule.code(),
        "name": format!("{rule:?}"),
        "shortDescription": { "text": rule.what() },
        "fullDescription": { "text": format!("{} {}", rule.what(), rule.why()) },
        "help": { "text": format!("{}\n\n{}\n\n{}", rule.what(), rule.why(), rule.section()) },
        "defaultConfiguration": { "level": "error" },
        "properties": { "section": rule.section(), "tags": [rule.group().title()] },
    })
}

fn result(verdict: &Verdict, named: &Named, artifacts: &mut Artifacts) -> Value {
    let finding = &named.finding;
    let mut physical = json!({ "artifactLocation": artifacts.location(verdict, named) });
    if let Some(octet) = named.octet {
        physical["region"] = json!({ "byteOffset": octet });
    }
    let mut location = json!({ "physicalLocation": physical });
    if let Some(method) = &named.method {
        location["logicalLocations"] = json!([{ "fullyQualifiedName": method, "kind": "function" }]);
    }
    let index = Rule::ALL.iter().position(|rule| *rule == finding.rule);
    json!({
        "ruleId": finding.rule.code(),
        "ruleIndex": index,
        "level": "error",
        "message": { "text": format!("{}; wanted: {}", finding.found, finding.wanted) },
        "locations": [location],
    })
}

/// The files and the components in them, each once.
#[derive(Default)]
struct Artifacts {
    list: Vec<Value>,
}

impl Artifacts {
    /// Its place in the list; `parent` is that of the archive.
    fn index(&mut self, path: &str, parent: Option<usize>) -> usize {
        let mut artifact = json!({ "location": { "uri": uri(path) } });
        if let Some(parent) = parent {
            artifact["parentIndex"] = json!(parent);
        }
        match self.list.iter().position(|known| *known == artifact) {
            Some(index) => index,
            None => {
                self.list.push(artifact);
                self.list.len() - 1
            }
        }
    }

    /// The component of a finding in its archive, or else the file.
    fn location(&mut self, verdict: &Verdict, named: &Named) -> Value {
        let file = self.index(&verdict.file, None);
        match (&verdict.folder, named.finding.place.component) {
            (Some(folder), Some(component)) => {
                let path = format!("/{folder}/{}", component.file_name());
                let index = self.index(&path, Some(file));
                json!({ "uri": uri(&path), "index": index })
            }
            _ => json!({ "uri": uri(&verdict.file), "index": file }),
        }
    }
}

/// A path as a URI reference (RFC 3986 §4.2): octets that have another meaning there are escaped.
fn uri(path: &str) -> String {
    let mut uri = String::new();
    for octet in path.bytes() {
        match octet {
            b'/' | b'-' | b'.' | b'_' | b'~' => uri.push(char::from(octet)),
            _ if octet.is_ascii_alphanumeric() => uri.push(char::from(octet)),
            _ => uri += &format!("%{octet:02X}"),
        }
    }
    uri
}
