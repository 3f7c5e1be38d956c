//! `cap build` and `cap convert` as a person calls them: small packages, each in a folder of its own.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod build;
mod cap_toml;
mod class_files;
mod mistakes;
mod paths;
mod sources;
