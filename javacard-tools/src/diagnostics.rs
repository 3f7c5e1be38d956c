//! The converter's findings for people, with the source line under them, and for programs.

use std::fs;
use std::ops::Range;
use std::path::{Component, Path, PathBuf};

use anyhow::Result;
use ariadne::{Config, IndexType, Label, Report, ReportKind, Source};
use cap_convert::Finding;
use serde::Serialize;

/// Findings as text, each with its source line if the file is found below one of `sources`.
pub(crate) fn text(findings: &[Finding], sources: &[PathBuf], color: bool) -> Result<String> {
    let mut out = Vec::new();
    for finding in findings {
        let finding = &printable_finding(finding);
        match Excerpt::find(finding, sources) {
            Some(excerpt) => excerpt.report(finding, color, &mut out)?,
            None => out.extend(format!("{finding}\n\n").into_bytes()),
        }
    }
    Ok(String::from_utf8_lossy(&out).into_owned())
}

/// Text without control characters but new lines: names come from class files, which may be anyone's, and a terminal obeys them.
pub(crate) fn printable(text: &str) -> String {
    let is_plain = |c: char| c == '\n' || !c.is_control();
    let mut printable = String::with_capacity(text.len());
    for c in text.chars() {
        match is_plain(c) {
            true => printable.push(c),
            false => printable.extend(c.escape_default()),
        }
    }
    printable
}

fn printable_finding(finding: &Finding) -> Finding {
    let optional = |text: &Option<String>| text.as_deref().map(printable);
    Finding {
        rule: finding.rule,
        source_file: optional(&finding.source_file),
        line: finding.line,
        class: optional(&finding.class),
        member: optional(&finding.member),
        construct: printable(&finding.construct),
        instead: printable(&finding.instead),
    }
}

/// Findings as a JSON array of objects.
pub(crate) fn json(findings: &[Finding], sources: &[PathBuf]) -> Result<serde_json::Value> {
    let rows: Vec<_> = findings.iter().map(|finding| Row::of(finding, sources)).collect();
    Ok(serde_json::to_value(rows)?)
}

/// The form of a finding in JSON.
#[derive(Serialize)]
struct Row<'a> {
    code: &'static str,
    source_file: Option<&'a str>,
    path: Option<String>,
    line: Option<u16>,
    class: Option<&'a str>,
    member: Option<&'a str>,
    construct: &'a str,
    why: &'static str,
    instead: &'a str,
}

impl<'a> Row<'a> {
    fn of(finding: &'a Finding, sources: &[PathBuf]) -> Self {
        Self {
            code: finding.rule.code(),
            source_file: finding.source_file.as_deref(),
            path: source(finding, sources).map(|path| path.display().to_string()),
            line: finding.line,
            class: finding.class.as_deref(),
            member: finding.member.as_deref(),
            construct: &finding.construct,
            why: finding.rule.why(),
            instead: &finding.instead,
        }
    }
}

/// A source file, and the octets of the line that a finding is about.
struct Excerpt {
    name: String,
    text: String,
    line: Range<usize>,
}

impl Excerpt {
    fn find(finding: &Finding, sources: &[PathBuf]) -> Option<Self> {
        let path = source(finding, sources)?;
        let text = fs::read_to_string(&path).ok()?;
        let line = line_of(&text, finding.line?)?;
        Some(Self {
            name: path.display().to_string(),
            text,
            line,
        })
    }

    fn report(&self, finding: &Finding, color: bool, out: &mut Vec<u8>) -> Result<()> {
        let place = || (self.name.as_str(), self.line.clone());
        let mut report = Report::build(ReportKind::Error, place())
            .with_config(
                Config::default()
                    .with_color(color)
                    .with_index_type(IndexType::Byte),
            )
            .with_code(finding.rule.code())
            .with_message(&finding.construct)
            .with_label(Label::new(place()).with_message(finding.rule.why()))
            .with_help(&finding.instead);
        if let (Some(class), Some(member)) = (&finding.class, &finding.member) {
            report = report.with_note(format!("in {class}.{member}"));
        }
        report
            .finish()
            .write((self.name.as_str(), Source::from(self.text.as_str())), &mut *out)?;
        out.push(b'\n');
        Ok(())
    }
}

/// The source file of a finding, in the folder of its package or as it is.
fn source(finding: &Finding, sources: &[PathBuf]) -> Option<PathBuf> {
    let file = finding.source_file.as_deref()?;
    let class = finding.class.as_deref().unwrap_or_default();
    let package = class.rsplit_once('.').map_or("", |(package, _)| package);
    let beside = Path::new(&package.replace('.', "/")).join(file);
    // Both names come from a class file, which may be anyone's: they must not lead out of the folder.
    let stays = |path: &Path| path.components().all(|part| matches!(part, Component::Normal(_)));
    let candidates = [beside, PathBuf::from(file)];
    let candidates = candidates.iter().filter(|path| stays(path));
    let mut places = candidates.flat_map(|path| sources.iter().map(move |folder| folder.join(path)));
    places.find(|path| path.is_file())
}

/// The octets of a line, from 1, without the blanks around it.
fn line_of(text: &str, number: u16) -> Option<Range<usize>> {
    let index = usize::from(number).checked_sub(1)?;
    let line = text.split_inclusive('\n').nth(index)?;
    let start: usize = text.split_inclusive('\n').take(index).map(str::len).sum();
    let blanks = line.len() - line.trim_start().len();
    Some(start + blanks..start + blanks + line.trim().len())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use cap_convert::Rule;

    use super::*;

    fn finding(line: Option<u16>) -> Finding {
        Finding {
            rule: Rule::Overflow,
            source_file: Some("Wallet.java".into()),
            line,
            class: Some("com.example.Wallet".into()),
            member: Some("pay(short)".into()),
            construct: "(a + b) / 2".into(),
            instead: "write (short) ((short) (a + b) / 2)".into(),
        }
    }

    #[test]
    fn shows_the_line_where_the_source_is() {
        let folder = tempfile::tempdir().unwrap();
        let package = folder.path().join("com/example");
        fs::create_dir_all(&package).unwrap();
        fs::write(
            package.join("Wallet.java"),
            "class Wallet {\n    short h = (short) ((a + b) / 2);\n}\n",
        )
        .unwrap();
        let sources = [folder.path().to_owned()];
        let shown = text(&[finding(Some(2))], &sources, false).unwrap();
        for part in [
            "CC302",
            "Wallet.java:2:",
            "short h = (short) ((a + b) / 2);",
            "write (short)",
            "com.example.Wallet.pay(short)",
        ] {
            assert!(shown.contains(part), "{part} is not in\n{shown}");
        }
        // Without a line, or with one beyond the end, the words alone.
        for line in [None, Some(0), Some(9)] {
            assert!(text(&[finding(line)], &sources, false).unwrap().contains("CC302"));
        }
    }

    #[test]
    fn a_terminal_is_told_nothing_by_names() {
        let mut hostile = finding(None);
        hostile.class = Some("a.\u{1b}]0;title\u{7}".into());
        let shown = text(&[hostile], &[], false).unwrap();
        assert!(shown.contains(r"a.\u{1b}]0;title\u{7}"), "{shown}");
    }

    #[test]
    fn lines_are_counted_from_one() {
        let text = "a\n  bc \r\nd";
        assert_eq!(
            [1, 2, 3].map(|n| line_of(text, n).map(|range| &text[range])),
            [Some("a"), Some("bc"), Some("d")]
        );
        assert_eq!((line_of(text, 0), line_of(text, 4)), (None, None));
    }
}
