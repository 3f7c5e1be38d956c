//! The off-card verifier: whether a CAP file keeps to the rules that a card's virtual machine relies on. Pure: no I/O.
//!
//! A card does not check what a verifier has checked: code that takes a number for a reference reads the memory of others.
//! [`verify`] gives a [`VerifiedCap`], which nothing else can make, or every broken rule with its place.
//!
//! Stages, in their order; each runs when the ones before it found nothing:
//! - `structure` the octets: what the reader of `cap-format` refuses, by rule (CV1xx)
//! - `package`, `references`, `classes`, `environment` what the components say of each other, of the export files and of the card
//!   (CV2xx, CV3xx, CV4xx, CV6xx), over two indices: `layout`, what begins at an offset, and `scope`, what a reference or name
//!   stands for; their result is a `model` in which everything is resolved
//! - `debug` whether the Debug component says the same (CV7xx)
//! - `code` typed data flow through every method (CV5xx)
//!
//! Sections are those of the Java Card Virtual Machine Specification (JCVM) 3.0.5.

mod classes;
mod code;
mod debug;
mod environment;
mod finding;
mod layout;
mod model;
mod package;
mod references;
pub mod rule;
mod scope;
mod structure;
mod types;
mod verify;

pub use environment::{CardProfile, Environment, own_export_file};
pub use finding::{Finding, Place};
pub use rule::Rule;
pub use verify::{VerifiedCap, verify, verify_file};
