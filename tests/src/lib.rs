//! The conformance suite: case files anyone can read, played against a card.
//!
//! - [`case_file`] reads `cases/**/*.apdu`; `cases/readme.apdu` explains the format and runs
//! - [`pattern`] what a response has to look like
//! - [`packet`] a `! packet` line made into octets, and its answers opened; [`forge`] builds packets of any form
//! - [`player`] plays a case: sends packets as a terminal does, compares what comes back
//! - [`model`] both applets as plain maps, [`random`] random sequences that compare a card with it
//! - [`applet_rules`] what the applets' class files may contain
//!
//! The runner is `tests/conformance.rs`; the tests of the architecture and of the applet rules stand beside it.

pub mod applet_rules;
pub mod case_file;
pub mod forge;
pub mod model;
pub mod packet;
pub mod pattern;
pub mod player;
pub mod random;
