//! Class files from folders, JAR files and the command line.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use cap_convert::ClassFile;
use zip::ZipArchive;

use crate::walk;

/// A class file and where it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FoundClass {
    /// Its path below the folder or in the JAR, with `/`; of a single file its whole path.
    pub(crate) name: String,
    /// Its octets.
    pub(crate) bytes: Vec<u8>,
    /// The folder it has in there, which is the name of its package; `None` for a single file.
    pub(crate) package: Option<String>,
}

impl FoundClass {
    /// As the converter takes it.
    pub(crate) fn as_class_file(&self) -> ClassFile<'_> {
        ClassFile {
            name: &self.name,
            bytes: &self.bytes,
        }
    }
}

/// Most octets that a JAR may unpack to: a hundred times what a card holds.
const JAR_OCTETS: u64 = 64 << 20;
/// Most octets of a class file.
const CLASS_OCTETS: u64 = 4 << 20;
/// These describe a package or module; javac makes them, and no card has them.
const NO_CLASSES: [&str; 2] = ["package-info.class", "module-info.class"];

/// All class files of a folder, a JAR, or the one file, by name.
pub(crate) fn find(path: &Path) -> Result<Vec<FoundClass>> {
    if path.is_dir() {
        return in_folder(path);
    }
    if walk::has_extension(path, "class") {
        return Ok(vec![FoundClass {
            name: path.display().to_string(),
            bytes: read(path)?,
            package: None,
        }]);
    }
    in_jar(path).with_context(|| path.display().to_string())
}

fn in_folder(folder: &Path) -> Result<Vec<FoundClass>> {
    let files = walk::files(folder, is_class)?;
    let found = files.iter().map(|path| {
        let name = path.strip_prefix(folder).unwrap_or(path);
        let package = name.parent().unwrap_or(Path::new(""));
        Ok(FoundClass {
            name: name.display().to_string(),
            bytes: read(path)?,
            package: Some(package.display().to_string()),
        })
    });
    found.collect()
}

fn read(path: &Path) -> Result<Vec<u8>> {
    let cannot = || format!("cannot read {}", path.display());
    let file = File::open(path).with_context(cannot)?;
    // With room for all of it from the start it is read in one piece.
    let length = file.metadata().with_context(cannot)?.len().min(CLASS_OCTETS) + 1;
    let bytes = Vec::with_capacity(usize::try_from(length)?);
    at_most(CLASS_OCTETS, file, bytes).with_context(|| path.display().to_string())
}

fn in_jar(path: &Path) -> Result<Vec<FoundClass>> {
    let file = File::open(path).context("cannot open it")?;
    let mut jar = ZipArchive::new(file).context("it is neither a folder nor a class file nor a JAR file")?;
    let mut found = Vec::new();
    let mut left = JAR_OCTETS;
    for index in 0..jar.len() {
        let entry = jar.by_index(index)?;
        let name = entry.name()?.into_owned();
        let (package, file) = name.rsplit_once('/').unwrap_or(("", &name));
        if !is_class(Path::new(file)) || package.starts_with("META-INF") {
            continue;
        }
        ensure!(
            !name.split('/').any(|part| ["", ".", ".."].contains(&part)),
            "{name:?} is no path in a JAR file: no tool for Java makes such a file"
        );
        let bytes = at_most(left.min(CLASS_OCTETS), entry, Vec::new()).with_context(|| name.clone())?;
        left -= bytes.len() as u64;
        let package = Some(package.to_owned());
        found.push(FoundClass { name, bytes, package });
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

/// Reads all of it into `bytes`; it may be this many octets.
fn at_most(limit: u64, content: impl Read, mut bytes: Vec<u8>) -> Result<Vec<u8>> {
    content.take(limit + 1).read_to_end(&mut bytes)?;
    ensure!(
        bytes.len() as u64 <= limit,
        "there are more octets in class files than any card could hold"
    );
    Ok(bytes)
}

fn is_class(file: &Path) -> bool {
    let is_other = file
        .file_name()
        .is_some_and(|name| NO_CLASSES.iter().any(|other| name == *other));
    walk::has_extension(file, "class") && !is_other
}

/// The classes of one package: of the one named (with slashes), else of the only one there is.
pub(crate) fn of_package(found: Vec<FoundClass>, name: Option<&str>) -> Result<(String, Vec<FoundClass>)> {
    ensure!(
        !found.is_empty(),
        "there is no class file; give the folder that javac writes to, or a JAR file"
    );
    let packages: BTreeSet<&str> = found
        .iter()
        .filter_map(|class| class.package.as_deref())
        .collect();
    let listed: Vec<_> = packages.iter().map(|name| name.replace('/', ".")).collect();
    let listed = listed.join(", ");
    let name = match (name, packages.len()) {
        (Some(name), _) => name.to_owned(),
        (None, 0) => {
            bail!("single class files do not say which package they are of; name it with --package NAME")
        }
        (None, 1) => packages.first().copied().unwrap_or_default().to_owned(),
        (None, _) => bail!("there are the packages {listed}; choose one with --package NAME"),
    };
    let is_of_it = |class: &FoundClass| class.package.as_ref().is_none_or(|package| *package == name);
    let classes: Vec<_> = found.iter().filter(|class| is_of_it(class)).cloned().collect();
    ensure!(
        !classes.is_empty(),
        "there is no class file of the package {}; there are those of {listed}",
        name.replace('/', ".")
    );
    Ok((name, classes))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn class(package: Option<&str>, name: &str) -> FoundClass {
        FoundClass {
            name: name.to_owned(),
            bytes: Vec::new(),
            package: package.map(str::to_owned),
        }
    }

    #[test]
    fn the_package_is_named_or_the_only_one() {
        let one = vec![class(Some("a/b"), "a/b/C.class")];
        assert_eq!(of_package(one.clone(), None).unwrap().0, "a/b");
        assert!(of_package(one.clone(), Some("a")).is_err());
        let two = vec![
            one[0].clone(),
            class(Some("a"), "a/D.class"),
            class(None, "x/E.class"),
        ];
        assert!(of_package(two.clone(), None).is_err());
        let (name, classes) = of_package(two, Some("a")).unwrap();
        let names: Vec<_> = classes.iter().map(|class| class.name.as_str()).collect();
        assert_eq!((name.as_str(), names), ("a", vec!["a/D.class", "x/E.class"]));
        assert!(of_package(vec![class(None, "E.class")], None).is_err());
    }
}
