//! What is measured, against what. `cargo run --release -p benches` prints the table of `docs/benchmarks.md`.

pub mod apdus;
pub mod cap;
pub mod packets;
mod timing;
pub mod verify;

/// A figure: calls per second, and its ratio to the reference measured in the same run.
#[derive(Debug)]
pub struct Row {
    what: String,
    per_second: f64,
    ratio: f64,
    how: String,
}

impl Row {
    /// A row; `ratio` is 1 for the reference itself.
    pub fn new(what: &str, per_second: f64, ratio: f64, how: &str) -> Self {
        Self {
            what: what.to_owned(),
            per_second,
            ratio,
            how: how.to_owned(),
        }
    }
}

impl std::fmt::Display for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            what,
            per_second,
            ratio,
            how,
        } = self;
        write!(f, "| {what} | {per_second:.1} | {ratio:.2} | {how} |")
    }
}
