//! The conformance suite: case files anyone can read, played against a card.
//!
//! - [`case_file`] reads `cases/**/*.apdu`; `cases/readme.apdu` explains the format and runs
//! - [`pattern`] what a response has to look like
//! - [`packet`] a `! packet` line made into octets, and its answers opened; [`forge`] builds packets of any form
//! - [`player`] plays a case: sends packets as a terminal does, compares what comes back
//! - [`testbed`] what a target can do besides taking commands
//! - [`applet_rules`] what the applets' class files may contain
//!
//! The runners are `tests/conformance.rs` and, for what needs cuts of power, `tests/power.rs`; the tests of the architecture and of the applet rules stand beside it.

pub mod applet_rules;
pub mod case_file;
pub mod forge;
pub mod packet;
pub mod pattern;
pub mod player;
pub mod testbed;
