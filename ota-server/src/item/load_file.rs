//! Load files: one that a card would link is verified before it is taken.

use cap_format::cap::Cap;
use cap_format::export_file::ExportFile;
use cap_format::version::PackageInfo;
use cap_verify::{Environment, own_export_file, verify};
use card_api::api::Api;

/// How a ZIP archive begins.
const ARCHIVE: &[u8] = b"PK";
/// The tag of the Header component, which begins a load file.
const HEADER: u8 = 1;
/// The magic number behind its tag and size (JCVM §6.4).
const MAGIC: [u8; 4] = [0xDE, 0xCA, 0xFF, 0xED];
/// Findings that an error names.
const NAMED: usize = 3;

/// Whether octets are meant as a CAP file, in its archive or as a load file.
pub(super) fn is_cap(octets: &[u8]) -> bool {
    octets.starts_with(ARCHIVE) || (octets.first() == Some(&HEADER) && octets.get(3..7) == Some(&MAGIC))
}

/// The load file of a CAP file, with its Descriptor so that the card can verify it too, and its package. `exports` are the export files
/// of packages that are not in the tables of `card-api`.
///
/// # Errors
/// Why no card should get it, in words.
pub(super) fn verified(octets: &[u8], exports: &[ExportFile]) -> Result<(Vec<u8>, PackageInfo), String> {
    let cap = Cap::read(octets).map_err(|error| error.to_string())?;
    let api = Api::embedded().map_err(|error| error.to_string())?;
    let package = cap.header.package;
    let exports_of_imports = api.export_files_for(&cap.imports.packages, exports);
    let environment = Environment {
        exports: &exports_of_imports,
        own_export: own_export_file(&cap, "", exports),
        ..Environment::default()
    };
    let verified = verify(cap, &environment).map_err(|findings| {
        let named = findings
            .iter()
            .take(NAMED)
            .map(|finding| format!("\n  {finding}"));
        let more = findings.len().saturating_sub(NAMED);
        let more = (more > 0).then(|| format!("\n  and {more} more; `cap verify` shows all"));
        format!(
            "does not verify: {}{}",
            named.collect::<String>(),
            more.unwrap_or_default()
        )
    })?;
    let load_file = verified.cap().to_load_file_with_descriptor();
    Ok((load_file.map_err(|error| error.to_string())?, package))
}
