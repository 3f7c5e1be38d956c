//! Whether an archive is the same for who reads its directory and for who reads its files one after another.
//!
//! Two loaders must not find two different components in one archive. So the files lie one behind another from the first octet to
//! the directory, and what stands before each says the same as the directory.

use card_proto::reader::Reader;

use crate::error::ErrorKind;

/// Octets of a local file header without its name (APPNOTE §4.3.7): a smaller gap cannot hide a file.
const HEADER: usize = 30;
/// How a local file header begins.
const SIGNATURE: [u8; 4] = *b"PK\x03\x04";
/// The flag that the sizes stand behind the file (APPNOTE §4.4.4).
const SIZES_BEHIND: u16 = 1 << 3;

/// A file, as the directory has it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    /// Where its local header begins.
    pub(super) header: usize,
    /// Where its octets begin.
    pub(super) data: usize,
    /// Its octets in the archive.
    pub(super) octets: usize,
    /// Its name.
    pub(super) name: Vec<u8>,
}

/// Checks all files of an archive whose directory begins at `directory`.
pub(super) fn check(archive: &[u8], mut entries: Vec<Entry>, directory: usize) -> Result<(), ErrorKind> {
    entries.sort();
    let mut end = 0;
    for entry in &entries {
        let name = String::from_utf8_lossy(&entry.name);
        gap(end, entry.header)?;
        if !is_said_before(archive, entry) {
            return Err(refusal(format!(
                "what stands before {name} is not what the directory says"
            )));
        }
        end = entry.data.saturating_add(entry.octets);
    }
    gap(end, directory)
}

/// What lies between two files: at most what may stand behind one (APPNOTE §4.3.9).
fn gap(end: usize, next: usize) -> Result<(), ErrorKind> {
    match next.checked_sub(end) {
        Some(gap) if gap < HEADER => Ok(()),
        Some(gap) => Err(refusal(format!(
            "{gap} octets from {end:04X} on are in no file of the directory"
        ))),
        None => Err(refusal(format!("two files lie over each other at {next:04X}"))),
    }
}

/// Whether the local header of a file has its name and, unless it leaves this to what stands behind, its size.
fn is_said_before(archive: &[u8], entry: &Entry) -> bool {
    let header = archive.get(entry.header..entry.data).unwrap_or_default();
    let mut reader = Reader::new(header);
    let mut said = || {
        let signature: [u8; 4] = reader.array().ok()?;
        reader.take(2).ok()?;
        let flags = u16::from_le_bytes(reader.array().ok()?);
        reader.take(10).ok()?;
        let octets = u32::from_le_bytes(reader.array().ok()?);
        reader.take(4).ok()?;
        let name = u16::from_le_bytes(reader.array().ok()?);
        reader.take(2).ok()?;
        Some((signature, flags, octets, reader.take(name.into()).ok()?.to_vec()))
    };
    said().is_some_and(|(signature, flags, octets, name)| {
        let same_size = usize::try_from(octets) == Ok(entry.octets);
        signature == SIGNATURE && name == entry.name && (same_size || flags & SIZES_BEHIND != 0)
    })
}

fn refusal(reason: String) -> ErrorKind {
    ErrorKind::Zip { reason }
}
