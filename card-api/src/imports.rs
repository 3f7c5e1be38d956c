//! The export files that a package with certain imports is converted or verified against.

use std::collections::{BTreeMap, HashSet};

use cap_format::export_file::ExportFile;
use cap_format::version::{PackageInfo, PackageVersion};

use crate::api::{Api, ChoiceError, PackageChoice};
use crate::table::PackageHead;

/// Packages that the imports refer to, each taken in or raised once or a few times.
const STEPS: usize = 64;

impl Api {
    /// The export files that were given, and those of the tables for imports that have none among them: in exactly the version that
    /// is imported, else in the lowest that satisfies the import. The packages that these refer to are there as well.
    pub fn export_files_for(&self, imports: &[PackageInfo], given: &[ExportFile]) -> Vec<ExportFile> {
        let is_given = |info: &PackageInfo| given.iter().any(|file| file.package.info.aid == info.aid);
        let mut versions = BTreeMap::new();
        for import in imports.iter().filter(|import| !is_given(import)) {
            if let Some((table, version)) = serving(self, import) {
                versions.insert(table.name().to_owned(), version);
            }
        }
        // What a given file inherits from may stand in a package that is neither given nor imported.
        let classes = || given.iter().flat_map(|file| &file.classes);
        // Those that are given, and then each name that was looked for.
        let mut known: HashSet<&str> = classes().map(|class| class.name.as_str()).collect();
        let above = classes().flat_map(|class| class.superclasses.iter().chain(&class.interfaces));
        for name in above.filter(|name| known.insert(name)) {
            let is_taken = name
                .rsplit_once('/')
                .is_some_and(|(package, _)| versions.contains_key(package));
            if !is_taken
                && let Some((package, version)) = having(self, &name.replace(['/', '$'], "."), &versions)
            {
                versions.insert(package, version);
            }
        }
        let of_tables = complete(self, versions).into_iter();
        let of_tables = of_tables.filter(|file| !is_given(&file.package.info));
        given.iter().cloned().chain(of_tables).collect()
    }
}

/// The table of an imported package, and the version that serves the import (JCVM §4.5.2).
fn serving<'a>(api: &'a Api, import: &PackageInfo) -> Option<(&'a PackageHead, PackageVersion)> {
    let table = api.packages().find(|table| table.aid() == import.aid)?;
    let serves =
        |have: &&PackageVersion| have.major == import.version.major && have.minor >= import.version.minor;
    // Another version is better than none: the finding names both.
    let version = table
        .versions()
        .iter()
        .find(serves)
        .or_else(|| table.versions().last());
    Some((table, *version?))
}

/// The export files of these packages and of those that they refer to. A package that lacks a class another one needs is taken in the
/// next version that has it.
fn complete(api: &Api, mut versions: BTreeMap<String, PackageVersion>) -> Vec<ExportFile> {
    for _ in 0..STEPS {
        let choices = versions.iter().map(|(name, version)| PackageChoice {
            name: name.clone(),
            version: *version,
        });
        match api.choose(&[], &choices.collect::<Vec<_>>()) {
            Ok(set) => return set.export_files().collect(),
            Err(ChoiceError::MissingClass { missing, .. }) => {
                let Some((name, version)) = having(api, &missing, &versions) else {
                    break;
                };
                versions.insert(name, version);
            }
            Err(_) => break,
        }
    }
    Vec::new()
}

/// The package of a class, which is written as in Java, and the lowest version that has the class and is not below the chosen one.
fn having(
    api: &Api,
    class: &str,
    versions: &BTreeMap<String, PackageVersion>,
) -> Option<(String, PackageVersion)> {
    let of_class = |table: &&PackageHead| {
        let same = |(a, b): (u8, u8)| a == b || (a, b) == (b'/', b'.');
        let name = table.name();
        class.as_bytes().get(name.len()) == Some(&b'.') && name.bytes().zip(class.bytes()).all(same)
    };
    let table = api
        .packages()
        .filter(of_class)
        .max_by_key(|table| table.name().len())?;
    let chosen = versions.get(table.name());
    let has = |version: &&PackageVersion| {
        let package = api.package(table.name(), **version).ok();
        let mut classes = package.into_iter().flat_map(|package| package.classes);
        chosen.is_none_or(|chosen| **version > *chosen)
            && classes.any(|known| known.name.replace(['/', '$'], ".") == class)
    };
    let version = table.versions().iter().find(has)?;
    Some((table.name().to_owned(), *version))
}
