//! CAP files, export files and bytecode: known octets, `read(write(x)) == x`, and arbitrary octets without a panic.
#![expect(
    clippy::unwrap_used,
    reason = "a value that is not there is a failure of the test"
)]

mod bytecode;
mod cap;
mod components;
mod container;
mod export_file;
mod fixture;
mod hostile;
mod refusals;
mod strategies;
mod vectors;

/// Octets of hexadecimal text; blanks are for the eye.
fn octets(text: &str) -> Vec<u8> {
    hex::decode(text.replace(char::is_whitespace, "")).unwrap()
}
