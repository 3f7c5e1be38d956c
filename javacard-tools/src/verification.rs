//! Whether CAP files are fit for a card: `cap_verify` with the export files that a package needs, and names for what it finds.
//!
//! `words`, `json` and `sarif` what is told. No I/O.

mod json;
mod sarif;
mod words;

use anyhow::{Result, bail};
use cap_convert::Converted;
use cap_format::cap::Cap;
use cap_format::component::Tag;
use cap_format::container::RawFile;
use cap_format::export_file::ExportFile;
use cap_format::version::PackageInfo;
use cap_verify::{CardProfile, Environment, Finding, VerifiedCap, own_export_file, verify, verify_file};
use card_api::api::Api;

use crate::commands::input;
use crate::names::java_name;
use crate::package::Package;

pub(crate) use json::json;
pub(crate) use sarif::sarif;
pub(crate) use words::{summary, words};

/// What was verified of an accepted file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Extent {
    /// The name of the package, or its AID when it has none.
    pub(crate) package: String,
    pub(crate) info: PackageInfo,
    /// Classes and interfaces.
    pub(crate) classes: usize,
    pub(crate) methods: usize,
    pub(crate) instructions: usize,
}

/// A finding with what the names of the package add to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) finding: Finding,
    /// Class, name and parameters of the method it is about.
    pub(crate) method: Option<String>,
    /// Octets from the beginning of the artifact: of the component's file in an archive, of the whole load file.
    pub(crate) octet: Option<usize>,
}

/// What the verifier says of a file.
#[derive(Debug, Clone)]
pub(crate) struct Verdict {
    /// Its path, as it was given.
    pub(crate) file: String,
    /// The folder of the components in the archive; `None` of a load file.
    pub(crate) folder: Option<String>,
    pub(crate) result: Result<Extent, Vec<Named>>,
}

impl Verdict {
    pub(crate) fn findings(&self) -> &[Named] {
        self.result.as_ref().err().map_or(&[], Vec::as_slice)
    }
}

/// What files are verified against.
pub(crate) struct Verifier<'a> {
    pub(crate) api: &'a Api,
    /// Export files that go before the tables.
    pub(crate) exports: &'a [ExportFile],
    pub(crate) card: Option<&'a CardProfile>,
}

impl Verifier<'_> {
    /// Verifies the octets of a file.
    ///
    /// # Errors
    /// A table of the tool cannot be read.
    pub(crate) fn verify(&self, file: &str, bytes: &[u8]) -> Result<Verdict> {
        let raw = RawFile::read(bytes).ok();
        let (folder, result) = match raw.as_ref().and_then(|raw| Some((raw, raw.cap().ok()?))) {
            Some((raw, cap)) => (folder(raw), self.cap(raw, cap)?),
            // The reader refuses it before it is known what it imports.
            None => (raw.as_ref().and_then(folder), nothing_known(bytes)),
        };
        let octet = |finding: &Finding| artifact_octet(finding, folder.is_none(), bytes);
        let located = |findings: Vec<Named>| {
            let located = findings.into_iter().map(|named| Named {
                octet: octet(&named.finding),
                ..named
            });
            located.collect()
        };
        Ok(Verdict {
            file: file.to_owned(),
            result: result.map_err(located),
            folder,
        })
    }

    fn cap(&self, raw: &RawFile, cap: Cap) -> Result<Result<Extent, Vec<Named>>> {
        let exports = self.api.export_files_for(&cap.imports.packages, self.exports);
        let environment = Environment {
            exports: &exports,
            own_export: own_export_file(&cap, &raw.package_name, self.exports),
            archive_name: &raw.package_name,
            card: self.card,
        };
        let names = |cap| input::package(raw, cap, self.api, self.exports);
        let findings = match verify(cap.clone(), &environment) {
            Ok(verified) => {
                // Names cost more than what is told of an accepted file needs: as a rule it says itself what it is called.
                let named = [&raw.package_name, &verified.cap().header.package_name];
                let name = match named.into_iter().find(|name| !name.is_empty()) {
                    Some(name) => java_name(name),
                    None => names(cap)?.name,
                };
                return Ok(Ok(extent(&verified, name)));
            }
            Err(findings) => findings,
        };
        let package = names(cap)?;
        let named = |finding: Finding| Named {
            method: method_name(&package, &finding),
            finding,
            octet: None,
        };
        Ok(Err(findings.into_iter().map(named).collect()))
    }
}

fn folder(raw: &RawFile) -> Option<String> {
    let folder = match raw.package_name.as_str() {
        "" => "javacard".to_owned(),
        name => format!("{name}/javacard"),
    };
    (!raw.is_load_file).then_some(folder)
}

fn nothing_known(bytes: &[u8]) -> Result<Extent, Vec<Named>> {
    let findings = verify_file(bytes, &Environment::default())
        .err()
        .unwrap_or_default();
    let named = |finding| Named {
        finding,
        method: None,
        octet: None,
    };
    Err(findings.into_iter().map(named).collect())
}

/// What was verified of the package with this name, which may be empty.
fn extent(verified: &VerifiedCap, name: String) -> Extent {
    let cap = verified.cap();
    let info = cap.header.package;
    Extent {
        package: match name.is_empty() {
            true => info.aid.to_string(),
            false => name,
        },
        info,
        classes: cap.classes.interfaces.len() + cap.classes.classes.len(),
        methods: cap.methods.methods.len(),
        instructions: verified.instructions(),
    }
}

fn method_name(package: &Package, finding: &Finding) -> Option<String> {
    let offset = usize::from(finding.place.method?);
    let method = package
        .methods
        .iter()
        .position(|method| method.offset == Some(offset))?;
    Some(package.method_name(method))
}

/// Octets of the tag and the size before those of a component.
fn frame_octets(tag: Tag) -> usize {
    1 + tag.size_octets()
}

/// Where a finding stands in its artifact.
fn artifact_octet(finding: &Finding, is_load_file: bool, bytes: &[u8]) -> Option<usize> {
    let tag = finding.place.component?;
    let offset = usize::try_from(finding.place.offset?).ok()? + frame_octets(tag);
    match is_load_file {
        true => Some(component_begin(bytes, tag)? + offset),
        false => Some(offset),
    }
}

/// Where a component begins in a load file.
fn component_begin(bytes: &[u8], wanted: Tag) -> Option<usize> {
    let mut begin = 0;
    loop {
        let (tag, rest) = bytes.get(begin..)?.split_first()?;
        let tag = Tag::from_u8(*tag);
        if tag == Some(wanted) {
            return Some(begin);
        }
        let size_octets = tag.map_or(2, Tag::size_octets);
        let size = rest.get(..size_octets)?.iter();
        let size = size.fold(0usize, |size, octet| size << 8 | usize::from(*octet));
        begin = begin.checked_add(1 + size_octets)?.checked_add(size)?;
    }
}

/// Verifies what the converter made, before it is written: `exports` are all that the conversion had.
///
/// # Errors
/// The converter made something that no card should get.
pub(crate) fn confirm(converted: &Converted, exports: &[ExportFile]) -> Result<()> {
    let environment = Environment {
        exports,
        own_export: Some(&converted.export_file),
        ..Environment::default()
    };
    let Err(findings) = verify(converted.cap.clone(), &environment) else {
        return Ok(());
    };
    let lines: String = findings.iter().map(|finding| format!("\n  {finding}")).collect();
    bail!(
        "the converter made a CAP file that does not verify; nothing was written. This is a mistake of the converter, not of the \
         package: please report it with these lines and, if you can, with the class files{lines}"
    )
}
