//! The CAP files and export files that a command reads.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow};
use cap_format::cap::Cap;
use cap_format::container::RawFile;
use cap_format::export_file::ExportFile;
use card_api::api::Api;
use clap::Args;

use crate::export_files;
use crate::names::NameTables;
use crate::package::{Package, build};
use crate::walk;

/// Where names come from beside the tables of the tool.
#[derive(Debug, Args)]
pub(crate) struct NameOptions {
    /// An export file with the names of a package that the CAP file imports, or of the package itself; several may be given
    #[arg(long = "export", value_name = "FILE.exp")]
    exports: Vec<PathBuf>,

    /// A folder whose export files, at any depth, have such names; several may be given
    #[arg(long = "export-path", value_name = "DIR")]
    export_paths: Vec<PathBuf>,
}

impl NameOptions {
    /// Reads the export files. One that was named must be in order; in a folder, broken ones are told and left out. Of two that say
    /// different things of one package in one version the first counts, and is told.
    pub(crate) fn read(&self) -> Result<Vec<ExportFile>> {
        let mut files = Vec::new();
        for path in &self.exports {
            files.push((path.clone(), export_files::read(path)?));
        }
        for folder in &self.export_paths {
            let is_export_file =
                |path: &Path| walk::has_extension(path, "exp") || walk::has_extension(path, "EXP");
            for path in walk::files(folder, is_export_file)? {
                match export_files::read(&path) {
                    Ok(file) => files.push((path, file)),
                    Err(error) => eprintln!("cap: {error:#}; left out"),
                }
            }
        }
        for twins in export_files::that_differ(&files) {
            eprintln!("cap: {twins}");
        }
        Ok(files.into_iter().map(|(_, file)| file).collect())
    }
}

/// A file that was taken apart and not read.
pub(crate) fn read_raw(path: &Path) -> Result<RawFile> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    // The text of a CapError has its cause in it; as a chain it would stand there twice.
    RawFile::read(&bytes).map_err(|error| anyhow!("{}: {error}", path.display()))
}

/// A CAP file that must be in order.
pub(crate) fn read(path: &Path) -> Result<(RawFile, Cap)> {
    let raw = read_raw(path)?;
    let cap = raw.cap().map_err(|error| {
        let hint = "hint: `cap inspect` shows what can be read of it";
        anyhow!("{}: {error}\n{hint}", path.display())
    })?;
    Ok((raw, cap))
}

/// The package with its names.
pub(crate) fn package(raw: &RawFile, cap: Cap, api: &Api, export_files: &[ExportFile]) -> Result<Package> {
    let names = NameTables::new(api, export_files, &cap.header.package, &cap.imports.packages)?;
    Ok(build(cap, names, &raw.package_name, &raw.applet_names))
}
