//! Packages that the project's converter makes of Java: they are accepted as they are, and refused by the right rule after each
//! change that breaks one.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod accepted;
mod classes;
mod environment;
mod package;
mod references;
mod structure;
mod support;
