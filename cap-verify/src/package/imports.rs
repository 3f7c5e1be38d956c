//! The imported packages, and the export file of each (JCVM §6.7).

use std::collections::HashMap;

use cap_format::cap::Cap;
use cap_format::component::Tag;
use cap_format::export_file::ExportFile;
use cap_format::version::PackageInfo;

use crate::environment::Environment;
use crate::finding::{Place, Report};
use crate::rule::Rule;

/// The export file of each import by package token, as index among those of the environment; `None` when one is missing.
pub(crate) fn resolve(cap: &Cap, environment: &Environment<'_>, report: &mut Report) -> Option<Vec<usize>> {
    let mut seen = HashMap::new();
    let mut names: HashMap<&str, usize> = HashMap::new();
    // The first octet counts the imports.
    let mut offset = 1;
    let mut files = Vec::with_capacity(cap.imports.packages.len());
    for (token, import) in cap.imports.packages.iter().enumerate() {
        let place = Place::at(Tag::Import, offset);
        offset += 3 + import.aid.as_bytes().len();
        if let Some(first) = seen.insert(import.aid, token) {
            let found = format!("package {} as import {token} and {first}", import.aid);
            report.add(Rule::ImportTwice, place, found, "one import of each package");
        }
        if import.aid == cap.header.package.aid {
            let found = format!("an import of {}, the package itself", import.aid);
            report.add(Rule::ImportSelf, place, found, "imports of other packages");
        }
        let Some((index, file)) = export_file(import, environment, place, report) else {
            continue;
        };
        files.push(index);
        if let Some(first) = names
            .insert(&file.package.name, token)
            .filter(|first| *first != token)
        {
            let name = file.package.name.replace('/', ".");
            let found = format!("imports {first} and {token} are both named {name}");
            report.add(
                Rule::ExportFileNames,
                place,
                found,
                "packages with different names",
            );
        }
    }
    (files.len() == cap.imports.packages.len()).then_some(files)
}

fn export_file<'a>(
    import: &PackageInfo,
    environment: &Environment<'a>,
    place: Place,
    report: &mut Report,
) -> Option<(usize, &'a ExportFile)> {
    if let Some(index) = environment.export_for(import) {
        return environment.exports.get(index).map(|file| (index, file));
    }
    let wanted = format!("an export file of {} in version {}", import.aid, import.version);
    let of_package = |file: &&ExportFile| file.package.info.aid == import.aid;
    let versions: Vec<String> = environment
        .exports
        .iter()
        .filter(of_package)
        .map(|file| file.package.info.version.to_string())
        .collect();
    match versions.is_empty() {
        true => report.add(
            Rule::ExportFileMissing,
            place,
            "no export file of an import",
            wanted,
        ),
        false => {
            let found = format!("export files of an import in version {}", versions.join(", "));
            report.add(Rule::ExportFileVersion, place, found, wanted);
        }
    }
    None
}
