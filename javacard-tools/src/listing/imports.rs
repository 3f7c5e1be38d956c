//! The section `imports`.

use serde::Serialize;

use crate::listing::level::Uses;
use crate::package::Package;

/// An imported package.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Import {
    /// As Java writes it; `null` when no table and no export file knows the AID.
    pub(super) package: Option<String>,
    pub(super) aid: String,
    pub(super) version: String,
    /// The lowest version that has all that is used; `null` when no table knows.
    pub(super) needs: Option<String>,
    /// Classes and members that are used.
    pub(super) uses: usize,
}

pub(super) fn imports(package: &Package, uses: &Uses) -> Vec<Import> {
    let imports = package.cap.imports.packages.iter().zip(0..);
    let import = |(info, token): (&cap_format::version::PackageInfo, u8)| Import {
        package: package.names.import(token).map(|_| package.import_name(token)),
        aid: info.aid.to_string(),
        version: info.version.to_string(),
        needs: uses.needs(token).map(|version| version.to_string()),
        uses: uses.count(token),
    };
    imports.map(import).collect()
}
