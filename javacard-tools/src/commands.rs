//! The subcommands: each has its options and `run`.

use std::io::{ErrorKind, Write as _, stdout};

use anyhow::Result;

pub(crate) mod build;
pub(crate) mod convert;
pub(crate) mod diff;
pub(crate) mod explain;
pub(crate) mod input;
pub(crate) mod inspect;
pub(crate) mod size;
pub(crate) mod stubs;
pub(crate) mod verify;

/// Writes a result to standard output. A reader that has seen enough, such as `head`, is no error.
pub(crate) fn print(text: &str) -> Result<()> {
    match stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}
