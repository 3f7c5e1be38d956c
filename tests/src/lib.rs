//! The conformance suite: case files anyone can read, played against a card.
//!
//! - [`case_file`] reads `cases/**/*.apdu`; `cases/readme.apdu` explains the format and runs
//! - [`pattern`] what a response has to look like
//! - [`packet`] a `! packet` line made into octets, and its answers opened; [`forge`] builds packets of any form
//! - [`player`] plays a case: sends packets as a terminal does, compares what comes back
//! - [`testbed`] what a target can do besides taking commands
//! - [`mismatch`] octets that are not what a case expects
//! - [`suite`] finds the cases, plays them in order and reports: what the binary `conformance` and the test runner share
//! - [`mutation`] changes the applets and sees whether the cases notice
//! - [`model`] both applets as plain maps, [`random`] random sequences that compare a card with it
//! - [`applet_rules`] what the applets' class files may contain
//!
//! The runners are `src/bin/conformance.rs`, `src/bin/mutation.rs`, `tests/conformance.rs` and, for what needs cuts of power, `tests/power.rs`; the tests of the
//! architecture and of the applet rules stand beside them.

pub mod applet_rules;
pub mod case_file;
pub mod forge;
pub mod mismatch;
pub mod model;
pub mod mutation;
pub mod packet;
pub mod pattern;
pub mod player;
pub mod random;
pub mod suite;
pub mod testbed;
