//! Export files of third parties: all `*.exp` below the folders of an export path.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow};
use cap_format::export_file::ExportFile;

use crate::walk;

/// Reads them, those of the first folder first. An entry may also be an export file.
pub(crate) fn find(export_path: &[PathBuf]) -> Result<Vec<ExportFile>> {
    let mut found = Vec::new();
    for entry in export_path {
        let files = match entry.is_dir() {
            true => walk::files(entry, |file| walk::has_extension(file, "exp"))?,
            false => vec![entry.clone()],
        };
        for file in files {
            found.push(read(&file)?);
        }
    }
    Ok(found)
}

/// Reads one.
pub(crate) fn read(file: &Path) -> Result<ExportFile> {
    let bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    // The text of a CapError has its cause in it; as a chain it would stand there twice.
    ExportFile::read(&bytes).map_err(|error| anyhow!("{} is no export file: {error}", file.display()))
}

/// What to tell of export files that say different things of one package in one version: it depends on their order what they stand for.
pub(crate) fn that_differ(files: &[(PathBuf, ExportFile)]) -> Vec<String> {
    let mut first: HashMap<_, &(PathBuf, ExportFile)> = HashMap::new();
    let mut told = Vec::new();
    for given in files {
        let (path, file) = given;
        let (known_path, known) = first.entry(file.package.info).or_insert(given);
        if known.package.name != file.package.name || known.classes != file.classes {
            told.push(format!(
                "{} and {} differ, and are both of {} {}; the first one counts",
                known_path.display(),
                path.display(),
                file.package.name.replace('/', "."),
                file.package.info.version
            ));
        }
    }
    told
}
