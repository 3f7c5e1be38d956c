//! What a package is verified against: the export files of its imports, and the card it is for.

pub(crate) mod rules;

use cap_format::cap::Cap;
use cap_format::export_file::ExportFile;
use cap_format::version::PackageInfo;

/// What the verifier knows beside the CAP file.
#[derive(Debug, Clone, Copy, Default)]
pub struct Environment<'a> {
    /// Export files: those of the imports, and those of the packages that these refer to. Of a package there may be several
    /// versions: the lowest that satisfies the import is taken.
    pub exports: &'a [ExportFile],
    /// The export file that was made together with the CAP file: the two must say the same.
    pub own_export: Option<&'a ExportFile>,
    /// The name of the package in the archive, with slashes: the export file has the same. Empty: not known.
    pub archive_name: &'a str,
    /// The card; `None`: any.
    pub card: Option<&'a CardProfile>,
}

/// What a card has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardProfile {
    /// Its name, for messages.
    pub name: String,
    /// The API packages on it.
    pub packages: Vec<PackageInfo>,
    /// Whether it has instructions for `int`.
    pub int: bool,
}

/// The export file among `files` that was made together with a CAP file: that of its package, best of its version; else, for one that
/// exports something, that of a package of its name: the two differ then, which is a finding. `archive_name` is the name of the
/// package in the archive, with slashes; empty when there is none.
pub fn own_export_file<'e>(cap: &Cap, archive_name: &str, files: &'e [ExportFile]) -> Option<&'e ExportFile> {
    let package = cap.header.package;
    let find = |fits: &dyn Fn(&ExportFile) -> bool| files.iter().find(|file| fits(file));
    let is_named = |file: &ExportFile| {
        let names = [archive_name, &cap.header.package_name];
        names
            .iter()
            .any(|name| !name.is_empty() && *name == file.package.name)
    };
    find(&|file| file.package.info == package)
        .or_else(|| find(&|file| file.package.info.aid == package.aid))
        .or_else(|| find(&|file| cap.exports.is_some() && is_named(file)))
}

impl<'a> Environment<'a> {
    /// The export file for an import, as index in `exports`: same AID and major version, the lowest minor version that is not
    /// below the import's (JCVM §4.5.2).
    pub(crate) fn export_for(&self, import: &PackageInfo) -> Option<usize> {
        let serves = |file: &ExportFile| {
            let (have, want) = (file.package.info.version, import.version);
            file.package.info.aid == import.aid && have.major == want.major && have.minor >= want.minor
        };
        let files = self.exports.iter().enumerate().filter(|(_, file)| serves(file));
        files
            .min_by_key(|(_, file)| file.package.info.version)
            .map(|(index, _)| index)
    }
}
