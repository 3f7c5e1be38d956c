//! Mutation test of the applets: changes of their sources, one at a time, that the cases have to notice. `docs/mutation.md` says how
//! to run it and what came out.
//!
//! - [`generator`] lists the mutants and compiles them (the Java program in `tests/mutation/`)
//! - [`mod@bench`] plays the cases against a simulated card with a mutant's classes
//! - [`order`] which case is likely to notice a mutant
//! - [`campaign`] all mutants that are asked for, on several benches
//! - [`results`] what is known from earlier runs
//! - [`survivors`] the reasons why a mutant may live; [`report`] counts and lists

pub mod bench;
pub mod campaign;
pub mod changed_lines;
pub mod generator;
pub mod order;
pub mod report;
pub mod results;
pub mod survivors;
