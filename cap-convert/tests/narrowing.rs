//! Int expressions on 16 bits: what converts computes what Java computes, seen by running both; the rest is refused with its line.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::cast_possible_truncation,
    reason = "a test fails by panicking, and a machine cuts words off"
)]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use cap_convert::{Converted, IntSupport};
use support::machine::{Machine, Thrown, Word};

/// What Java computes: a line for each call, as `class.method arguments = result`.
fn java(classes: &Path, class: &str) -> String {
    let runner = tempfile::TempDir::new().unwrap();
    let source = support::cases("exact").join("Run.java");
    let compiled = Command::new("javac")
        .arg("-d")
        .arg(runner.path())
        .arg(source)
        .status()
        .unwrap();
    assert!(compiled.success());
    let path = std::env::join_paths([runner.path(), classes]).unwrap();
    let output = Command::new("java")
        .arg("-cp")
        .arg(path)
        .args(["Run", class])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

/// The converted method: its offset, and the descriptor.
fn method<'a>(converted: &'a Converted, class: &str, name: &str) -> (u16, &'a str) {
    let exported = converted.export_file.class(&class.replace('.', "/")).unwrap();
    let method = exported
        .methods
        .iter()
        .find(|method| method.name == name)
        .unwrap();
    let exports = converted.cap.exports.as_ref().unwrap();
    let offset = exports.classes[usize::from(exported.token)].static_methods[usize::from(method.token)];
    (offset, &method.descriptor)
}

/// Arguments as words of the card.
fn words(arguments: &[&str], descriptor: &str) -> Vec<Word> {
    let kinds = descriptor[1..].split(')').next().unwrap().chars();
    let values = arguments.iter().map(|value| value.parse::<i32>().unwrap());
    let words = values.zip(kinds).flat_map(|(value, kind)| match kind {
        'I' => vec![(value >> 16) as i16, value as i16],
        _ => vec![value as i16],
    });
    words.collect()
}

fn result_text(result: Result<Vec<Word>, Thrown>) -> String {
    match result {
        Ok(words) => match words[..] {
            [word] => format!("= {word}"),
            [high, low] => format!("= {}", i32::from(high) << 16 | i32::from(low) & 0xFFFF),
            _ => "= ?".to_owned(),
        },
        Err(Thrown::Arithmetic) => "! ArithmeticException".to_owned(),
        Err(Thrown::Index) => "! ArrayIndexOutOfBoundsException".to_owned(),
        Err(Thrown::NegativeSize) => "! NegativeArraySizeException".to_owned(),
    }
}

/// Converts a class of the cases and compares every call.
fn check_results(name: &str, int: IntSupport) -> usize {
    let source = support::cases("exact").join(format!("{name}.java"));
    check_classes(support::compile(&[source], "", &[]).path(), name, int)
}

fn check_classes(classes: &Path, name: &str, int: IntSupport) -> usize {
    let mut package = support::library("exact");
    package.int = int;
    let converted = support::convert_folder(classes, &package, &[])
        .unwrap_or_else(|findings| panic!("{}", support::text(&findings)));
    let class = format!("exact.{name}");
    let calls = java(classes, &class);
    for line in calls.lines() {
        let split = line.find([' ', '=']).unwrap();
        let (called, rest) = (&line[class.len() + 1..split], &line[split..]);
        let end = rest.find(['=', '!']).unwrap();
        let arguments: Vec<&str> = rest[..end].split_whitespace().collect();
        let (offset, descriptor) = method(&converted, &class, called);
        let result = Machine::new(&converted.cap).run(offset, &words(&arguments, descriptor));
        assert_eq!(result_text(result), rest[end..], "{line} with {int:?}");
    }
    calls.lines().count()
}

/// Class files of Java 1.1 to 1.4: `finally` is a subroutine.
#[test]
fn subroutines_compute_what_java_computes() {
    let classes = tempfile::TempDir::new().unwrap();
    let folder = classes.path().join("exact");
    fs::create_dir(&folder).unwrap();
    let class = support::cases("subroutines").join("Subroutines.class");
    fs::copy(class, folder.join("Subroutines.class")).unwrap();
    for int in [IntSupport::Refused, IntSupport::Allowed] {
        assert!(check_classes(classes.path(), "Subroutines", int) > 250);
    }
}

#[test]
fn shorts_compute_what_java_computes() {
    let calls = check_results("Narrow", IntSupport::Refused);
    assert!(calls > 15_000, "{calls}");
}

#[test]
fn int_support_changes_no_result() {
    check_results("Narrow", IntSupport::Allowed);
}

#[test]
fn ints_compute_what_java_computes() {
    let calls = check_results("Wide", IntSupport::Allowed);
    assert!(calls > 5_000, "{calls}");
}

/// Lines and codes that the comments of a source announce, with the advice.
fn announced(source: &str) -> Vec<(u16, String, String)> {
    let mut all = Vec::new();
    for (line, text) in (1..).zip(source.lines()) {
        for comment in text.split("// ").skip(1) {
            let (code, advice) = comment.trim().split_once(' ').unwrap();
            all.push((line, code.to_owned(), advice.to_owned()));
        }
    }
    all
}

#[test]
fn what_does_not_fit_is_refused_with_line_and_advice() {
    for path in support::files(&support::cases("refused"), "java") {
        let source = fs::read_to_string(&path).unwrap();
        let classes = support::compile(std::slice::from_ref(&path), "", &[]);
        let findings =
            support::convert_folder(classes.path(), &support::library("refused"), &[]).unwrap_err();
        let expected = announced(&source);
        let places: BTreeSet<(u16, &str)> = expected
            .iter()
            .map(|(line, code, _)| (*line, code.as_str()))
            .collect();
        let found: BTreeSet<(u16, &str)> = findings
            .iter()
            .map(|finding| (finding.line.unwrap_or(0), finding.rule.code()))
            .collect();
        assert_eq!(found, places, "{}:\n{}", path.display(), support::text(&findings));
        for (line, code, advice) in &expected {
            let helps = findings.iter().any(|finding| {
                finding.line == Some(*line)
                    && finding.rule.code() == code
                    && finding.instead.contains(advice.as_str())
            });
            assert!(
                helps,
                "{}:{line}: no {code} with «{advice}»:\n{}",
                path.display(),
                support::text(&findings)
            );
        }
    }
}
