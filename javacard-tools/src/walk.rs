//! The files below a folder.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

/// All files below a folder that are wanted, by name. Links are followed, but no folder is entered twice: a link to a folder around
/// itself leads nowhere.
pub(crate) fn files(folder: &Path, wanted: impl Fn(&Path) -> bool) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut entered = BTreeSet::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = entries(&folder).with_context(|| format!("cannot list {}", folder.display()))?;
        if !entered.insert(fs::canonicalize(&folder)?) {
            continue;
        }
        for path in entries {
            match fs::metadata(&path) {
                Ok(about) if about.is_dir() => folders.push(path),
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    return Err(error).with_context(|| format!("cannot look at {}", path.display()));
                }
                _ if wanted(&path) => found.push(path),
                _ => {}
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Whether a file's name ends so; `extension` is without the dot. Hidden files count for none: editors and other systems lay them
/// beside the real ones, as `.#Wallet.java` and `._Wallet.class`.
pub(crate) fn has_extension(path: &Path, extension: &str) -> bool {
    let is_hidden = path
        .file_name()
        .is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
    !is_hidden && path.extension().is_some_and(|found| found == extension)
}

/// By name, so that it does not depend on the disk which of two ways to a folder is taken.
fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<io::Result<_>>()?;
    paths.sort();
    Ok(paths)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn links_in_a_circle_end_and_hidden_files_count_for_none() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("a");
        fs::create_dir(&inner).unwrap();
        fs::write(inner.join("A.java"), "").unwrap();
        for link in ["up", "again"] {
            symlink(folder.path(), inner.join(link)).unwrap();
        }
        symlink("user@host", inner.join(".#A.java")).unwrap();
        let found = files(folder.path(), |path| has_extension(path, "java")).unwrap();
        assert_eq!(found, [inner.join("A.java")]);
    }
}
