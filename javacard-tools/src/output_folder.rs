//! A folder that a command fills. The list of its files stands in the folder, so that a later run replaces them, removes what it
//! does not write again, and never touches a file of someone else.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context as _, Result, bail};

/// The list, beside the files.
const LIST: &str = "cap-stubs.txt";

/// What the list says to a person.
const LIST_HEAD: &str =
    "# Files that `cap stubs` wrote, and that it replaces or removes when it writes here again.\n";

/// Foreign files that are named in an error.
const NAMED: usize = 3;

/// A file to be written: its place in the folder, with `/`, and its octets.
#[derive(Debug)]
pub(crate) struct OutputFile {
    pub(crate) path: String,
    pub(crate) bytes: Vec<u8>,
}

impl OutputFile {
    pub(crate) fn new(path: impl Into<String>, bytes: Vec<u8>) -> Self {
        let path = path.into();
        Self { path, bytes }
    }
}

/// Writes all files, after it has made sure that none of them takes the place of a foreign one.
pub(crate) fn write(folder: &Path, files: &[OutputFile]) -> Result<()> {
    let earlier = earlier_files(folder)?;
    refuse_foreign(folder, files, &earlier)?;
    let now: BTreeSet<_> = files.iter().map(|file| file.path.clone()).collect();
    // The list is first written with the files of both runs: whatever happens now, none of them becomes a foreign one.
    write_list(folder, earlier.union(&now))?;
    for path in earlier.difference(&now) {
        remove(&folder.join(path))?;
    }
    for file in files {
        write_file(&folder.join(&file.path), &file.bytes)?;
    }
    write_list(folder, now.iter())
}

/// The files of the run before this one; none when the folder has no list.
fn earlier_files(folder: &Path) -> Result<BTreeSet<String>> {
    let path = folder.join(LIST);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(BTreeSet::new()),
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
    };
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let files: BTreeSet<_> = lines.map(str::to_owned).collect();
    match files.iter().find(|file| !stays_inside(file)) {
        Some(file) => bail!(
            "{} lists {file:?}, which is not in its folder; remove the list",
            path.display()
        ),
        None => Ok(files),
    }
}

fn stays_inside(file: &str) -> bool {
    let mut parts = Path::new(file).components().peekable();
    parts.peek().is_some() && parts.all(|part| matches!(part, Component::Normal(_)))
}

/// A file that is there already must have come from here, or be the same.
fn refuse_foreign(folder: &Path, files: &[OutputFile], earlier: &BTreeSet<String>) -> Result<()> {
    let mut foreign: Vec<PathBuf> = Vec::new();
    for file in files.iter().filter(|file| !earlier.contains(&file.path)) {
        let path = folder.join(&file.path);
        match fs::read(&path) {
            Ok(bytes) if bytes == file.bytes => {}
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            _ => foreign.push(path),
        }
    }
    if foreign.is_empty() {
        return Ok(());
    }
    let mut names: Vec<_> = foreign
        .iter()
        .take(NAMED)
        .map(|path| path.display().to_string())
        .collect();
    if foreign.len() > NAMED {
        names.push(format!("{} more", foreign.len() - NAMED));
    }
    bail!(
        "{} would be overwritten and did not come from here; nothing was written, choose another --output",
        names.join(", ")
    )
}

fn write_list<'a>(folder: &Path, files: impl Iterator<Item = &'a String>) -> Result<()> {
    let lines: Vec<_> = files.map(|file| format!("{file}\n")).collect();
    write_file(
        &folder.join(LIST),
        format!("{LIST_HEAD}{}", lines.concat()).as_bytes(),
    )
}

fn write_file(path: &Path, bytes: &[u8]) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    }
    fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", path.display()))
        }
        _ => Ok(()),
    }
}
