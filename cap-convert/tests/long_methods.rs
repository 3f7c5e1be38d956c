//! Methods as long as a card takes: what is kept of them must not stand in the way.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::cast_possible_truncation,
    reason = "a test fails by panicking, and a machine cuts words off"
)]

mod support;

use std::fmt::Write as _;
use std::fs;

use tempfile::TempDir;

/// Converts a class with one static method of this body; the octets of its code.
fn octets_of(body: &str) -> usize {
    let folder = TempDir::new().unwrap();
    let source = folder.path().join("Long.java");
    let text = format!(
        "package longer; public class Long {{ static short run(byte[] bytes, short n) {{ {body} }} }}"
    );
    fs::write(&source, text).unwrap();
    let classes = support::compile(&[source], "", &[]);
    let package = support::library("longer");
    let converted = support::convert_folder(classes.path(), &package, &[])
        .unwrap_or_else(|findings| panic!("{}", support::text(&findings)));
    let methods = converted.cap.methods.methods.iter();
    methods.map(|method| method.octets()).max().unwrap()
}

/// 200 variables in 5,000 instructions: a million words of state, if it were kept for each instruction.
#[test]
fn many_variables_and_many_branches() {
    let mut body = String::new();
    for slot in 0..200 {
        write!(body, "short v{slot} = (short) (n + {slot});").unwrap();
    }
    for index in 0..700 {
        let (one, other) = (index % 200, index * 7 % 200);
        write!(
            body,
            "if (bytes[n] > v{one}) v{other} = (short) (v{other} + v{one});"
        )
        .unwrap();
    }
    body += "return v3;";
    assert!(octets_of(&body) > 10_000);
}

/// Each loop begins again whenever the one around it goes on.
#[test]
fn loops_in_loops() {
    let mut body = "n++;".to_owned();
    for depth in 0..40 {
        body = format!("for (short i{depth} = 0; i{depth} < n; i{depth}++) {{ {body} }}");
    }
    assert!(octets_of(&format!("{body} return n;")) > 500);
}

/// Every assignment under guard may be the last one before the handler.
#[test]
fn many_assignments_under_guard() {
    let mut body = "short sum = 0; try { try {".to_owned();
    for index in 0..1000 {
        write!(
            body,
            "if (bytes[{}] == {}) sum += {index}; else n = sum;",
            index % 90,
            index % 120
        )
        .unwrap();
    }
    body += "} catch (NullPointerException e) { sum = 3; } } finally { n++; } return sum;";
    assert!(octets_of(&body) > 15_000);
}
