//! All tables together, and the packages one chooses from them.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::OnceLock;

use cap_format::version::PackageVersion;
use thiserror::Error;

use crate::embedded;
use crate::package::{Class, Package};
use crate::platform::Platform;
use crate::table::{PackageHead, PackageTable, TableError};

/// Tables of packages and platforms. The table of a package is read when it is first asked for.
#[derive(Debug, Clone)]
pub struct Api {
    packages: BTreeMap<String, Entry>,
    platforms: Vec<Platform>,
}

/// A table of this crate: its head is read at once, the rest on demand, for a program needs few of all tables.
#[derive(Debug, Clone)]
struct Entry {
    file: &'static str,
    text: &'static str,
    head: PackageHead,
    table: OnceLock<Result<PackageTable, TableError>>,
}

impl Entry {
    fn new(file: &'static str, text: &'static str) -> Result<Self, TableError> {
        Ok(Self {
            file,
            text,
            head: PackageHead::parse(file, text)?,
            table: OnceLock::new(),
        })
    }

    fn table(&self) -> Result<&PackageTable, TableError> {
        let read = || PackageTable::parse(self.file, self.text);
        self.table.get_or_init(read).as_ref().map_err(Clone::clone)
    }
}

impl Api {
    /// The tables of this crate.
    ///
    /// # Errors
    /// [`TableError`]: the head of one of them, or the table of platforms, is not of the format; a test of this crate makes sure that
    /// this does not happen.
    pub fn embedded() -> Result<Self, TableError> {
        let entries = embedded::PACKAGES
            .iter()
            .map(|(file, text)| Entry::new(file, text));
        let (file, text) = embedded::PLATFORMS;
        Ok(Self {
            packages: entries
                .map(|entry| entry.map(|entry| (entry.head.name().to_owned(), entry)))
                .collect::<Result<_, _>>()?,
            platforms: Platform::parse(file, text)?,
        })
    }

    /// All packages, by name.
    pub fn packages(&self) -> impl Iterator<Item = &PackageHead> {
        self.packages.values().map(|entry| &entry.head)
    }

    /// All platforms, in the order of their table.
    pub fn platforms(&self) -> &[Platform] {
        &self.platforms
    }

    /// One package in one version; `name` is that of class files.
    ///
    /// # Errors
    /// [`ChoiceError::UnknownPackage`], [`ChoiceError::UnknownVersion`]; [`ChoiceError::Table`], which a test of this crate excludes.
    pub fn package(&self, name: &str, version: PackageVersion) -> Result<Package, ChoiceError> {
        let entry = self
            .packages
            .get(name)
            .ok_or_else(|| ChoiceError::UnknownPackage {
                package: java_name(name),
            })?;
        let package = entry.table()?.at(version);
        package.ok_or_else(|| ChoiceError::UnknownVersion {
            package: java_name(name),
            version,
            known: list(entry.head.versions()),
        })
    }

    /// The packages of some platforms and some more; a package named on its own replaces that of a platform.
    ///
    /// # Errors
    /// [`ChoiceError`]: an unknown name or version, two versions of a package, or a package that needs one which is not there.
    pub fn choose(&self, platforms: &[&str], packages: &[PackageChoice]) -> Result<ApiSet, ChoiceError> {
        let mut chosen = BTreeMap::new();
        for package in packages {
            add(&mut chosen, &package.name, package.version)?;
        }
        let named: Vec<_> = chosen.keys().cloned().collect();
        for platform in platforms {
            let others = self.platform(platform)?.packages.iter();
            for (name, version) in others.filter(|(name, _)| !named.contains(name)) {
                add(&mut chosen, name, *version)?;
            }
        }
        let packages = chosen
            .into_iter()
            .map(|(name, version)| Ok((name.clone(), self.package(&name, version)?)));
        let set = ApiSet {
            packages: packages.collect::<Result<_, ChoiceError>>()?,
        };
        set.check()?;
        Ok(set)
    }

    fn platform(&self, name: &str) -> Result<&Platform, ChoiceError> {
        self.platforms
            .iter()
            .find(|platform| platform.name == name)
            .ok_or_else(|| ChoiceError::UnknownPlatform {
                platform: name.to_owned(),
                known: list(self.platforms.iter().map(|platform| &platform.name)),
            })
    }
}

fn add(
    chosen: &mut BTreeMap<String, PackageVersion>,
    name: &str,
    version: PackageVersion,
) -> Result<(), ChoiceError> {
    match chosen.insert(name.to_owned(), version) {
        Some(other) if other != version => Err(ChoiceError::TwoVersions {
            package: java_name(name),
            one: other,
            other: version,
        }),
        _ => Ok(()),
    }
}

/// A package and its version, written `javacard.framework@1.2`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageChoice {
    /// The name as in class files.
    pub name: String,
    /// The version.
    pub version: PackageVersion,
}

impl FromStr for PackageChoice {
    type Err = ChoiceError;

    fn from_str(text: &str) -> Result<Self, ChoiceError> {
        let parts = text.split_once('@');
        let parts = parts.and_then(|(name, word)| Some((name, word.parse().ok()?)));
        let (name, version) = parts.ok_or_else(|| ChoiceError::Form(text.to_owned()))?;
        Ok(Self {
            name: name.replace('.', "/"),
            version,
        })
    }
}

/// Packages that were chosen, each in one version. All classes they refer to are among them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiSet {
    packages: BTreeMap<String, Package>,
}

impl ApiSet {
    /// The packages, by name.
    pub fn packages(&self) -> impl Iterator<Item = &Package> {
        self.packages.values()
    }

    /// The package of this name; it is that of class files.
    pub fn package(&self, name: &str) -> Option<&Package> {
        self.packages.get(name)
    }

    /// The class of this name; it is that of class files.
    pub fn class(&self, name: &str) -> Option<&Class> {
        let (package, _) = name.rsplit_once('/')?;
        let classes = &self.packages.get(package)?.classes;
        classes.iter().find(|class| class.name == name)
    }

    fn check(&self) -> Result<(), ChoiceError> {
        for package in self.packages.values() {
            for class in &package.classes {
                if let Some(missing) = class.references().find(|name| self.class(name).is_none()) {
                    return Err(ChoiceError::MissingClass {
                        package: package.to_string(),
                        class: java_name(&class.name),
                        missing: java_name(missing),
                    });
                }
                if self.depth(class, DEEPEST).is_none() {
                    return Err(ChoiceError::Depth {
                        class: java_name(&class.name),
                    });
                }
            }
        }
        Ok(())
    }

    /// How many supertypes are above a class, on the longest way; `None` when there are more than `most`.
    fn depth(&self, class: &Class, most: usize) -> Option<usize> {
        let head = &class.head;
        let supertypes = head.superclass.iter().chain(&head.interfaces);
        let mut deepest = 0;
        for class in supertypes.filter_map(|name| self.class(name)) {
            deepest = deepest.max(1 + self.depth(class, most.checked_sub(1)?)?);
        }
        Some(deepest)
    }
}

/// Supertypes one above the other. The deepest of the known APIs has 6; the limit keeps a circle in a table from running on.
const DEEPEST: usize = 12;

impl Class {
    /// The classes its rows name.
    fn references(&self) -> impl Iterator<Item = &str> {
        let head = &self.head;
        let supertypes = head.superclass.iter().chain(&head.interfaces);
        let throws = self.methods.iter().flat_map(|method| &method.throws);
        let methods = self.methods.iter().map(|method| &method.descriptor);
        let fields = self.fields.iter().map(|field| &field.descriptor);
        let types = methods
            .chain(fields)
            .flat_map(|descriptor| classes_of(descriptor));
        supertypes.chain(throws).map(String::as_str).chain(types)
    }
}

/// The classes in a descriptor (JVM §4.3): what stands between an `L` and a semicolon.
fn classes_of(descriptor: &str) -> impl Iterator<Item = &str> {
    descriptor.split_inclusive(';').filter_map(|part| {
        let start = part.find('L')? + 1;
        part.get(start..)?.strip_suffix(';')
    })
}

fn java_name(name: &str) -> String {
    name.replace(['/', '$'], ".")
}

fn list<T: ToString>(items: impl IntoIterator<Item = T>) -> String {
    let items: Vec<_> = items.into_iter().map(|item| item.to_string()).collect();
    items.join(", ")
}

/// A choice of packages that cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ChoiceError {
    /// Text that is not `NAME@VERSION`.
    #[error("`{0}` is not of the form NAME@VERSION, for example javacard.framework@1.2")]
    Form(String),
    /// No such platform.
    #[error("there is no platform {platform}; known are {known}")]
    UnknownPlatform {
        /// As given.
        platform: String,
        /// All there are.
        known: String,
    },
    /// No such package.
    #[error("there is no table of the package {package}")]
    UnknownPackage {
        /// As Java writes it.
        package: String,
    },
    /// No such version of a package.
    #[error("the table of {package} has no version {version}; it has {known}")]
    UnknownVersion {
        /// As Java writes it.
        package: String,
        /// As given.
        version: PackageVersion,
        /// All there are.
        known: String,
    },
    /// Two versions of a package.
    #[error(
        "{package} is wanted in version {one} and in version {other}; name one of them as {package}@VERSION"
    )]
    TwoVersions {
        /// As Java writes it.
        package: String,
        /// The one.
        one: PackageVersion,
        /// The other.
        other: PackageVersion,
    },
    /// A package needs a class that no chosen package has.
    #[error(
        "{package}: {class} refers to {missing}, which no chosen package has; add its package or a platform"
    )]
    MissingClass {
        /// The package and its version.
        package: String,
        /// The class that refers.
        class: String,
        /// The class that is not there.
        missing: String,
    },
    /// A table is not of the format.
    #[error(transparent)]
    Table(#[from] TableError),
    /// Supertypes in a circle, or far too many.
    #[error("{class} has more than {DEEPEST} supertypes one above the other")]
    Depth {
        /// The class.
        class: String,
    },
}
