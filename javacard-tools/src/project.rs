//! `cap.toml`: a package of a Java Card program, and what it is built from and for.

mod order;

pub(crate) use order::in_order;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use cap_convert::{AppletDescription, CodeStyle, ImportRequest, IntSupport, PackageDescription};
use cap_format::export_file::ExportFile;
use cap_format::version::{FormatVersion, PackageVersion};
use card_api::api::PackageChoice;
use card_proto::aid::Aid;
use clap::ValueEnum;
use serde::Deserialize;

use crate::export_files;

/// The name of the file.
pub(crate) const FILE: &str = "cap.toml";

/// A package to be built.
#[derive(Debug)]
pub(crate) struct Project {
    /// Where its `cap.toml` is.
    pub(crate) folder: PathBuf,
    /// What the converter has to know.
    pub(crate) package: PackageDescription,
    /// The cards it is built for.
    pub(crate) platforms: Vec<String>,
    /// Packages of an API besides those of the platforms, or in the place of one.
    pub(crate) api: Vec<PackageChoice>,
    /// Folders of Java source.
    pub(crate) sources: Vec<PathBuf>,
    /// How the text of the sources is written, by the name that Java has for it.
    pub(crate) encoding: String,
    /// The folders of packages that are built before.
    pub(crate) dependencies: Vec<PathBuf>,
    /// The places of these packages, and of those that they depend on, in the order in which they are built; see [`in_order`].
    pub(crate) needs: BTreeSet<usize>,
    /// Class files of packages that are not built here: folders and JAR files.
    pub(crate) class_path: Vec<PathBuf>,
    /// Folders with export files of packages that are not built here.
    pub(crate) export_path: Vec<PathBuf>,
}

impl Project {
    /// Reads the `cap.toml` in a folder, or the file itself.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let file = file_of(path);
        let text = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let folder = file.parent().map(Path::to_owned).unwrap_or_default();
        Self::parse(&text, &folder).with_context(|| file.display().to_string())
    }

    /// Reads a `cap.toml` whose relative paths begin in `folder`.
    pub(crate) fn parse(text: &str, folder: &Path) -> Result<Self> {
        let file: File = toml::from_str(text)?;
        let package = file.package()?;
        ensure!(
            !(file.target.platforms.is_empty() && file.target.packages.is_empty()),
            "target.platforms: name at least one, for example \"2.2.1\""
        );
        let below = |paths: &[PathBuf]| paths.iter().map(|path| folder.join(path)).collect();
        let choices = file.target.packages.iter();
        let choices = choices.map(|choice| choice.parse().context("target.packages"));
        Ok(Self {
            package,
            api: choices.collect::<Result<_>>()?,
            sources: below(&file.package.sources),
            encoding: file.package.encoding,
            dependencies: below(&file.dependencies.packages),
            needs: BTreeSet::new(),
            class_path: below(&file.dependencies.classes),
            export_path: below(&file.dependencies.exports),
            platforms: file.target.platforms,
            folder: folder.to_owned(),
        })
    }

    /// Its `cap.toml`.
    pub(crate) fn file(&self) -> PathBuf {
        self.folder.join(FILE)
    }

    /// The export files of packages that are not built here.
    pub(crate) fn export_files(&self) -> Result<Vec<ExportFile>> {
        export_files::find(&self.export_path)
            .with_context(|| format!("{}: dependencies.exports", self.file().display()))
    }

    /// javac says nothing of a place that is not there.
    pub(crate) fn check_class_path(&self) -> Result<()> {
        match self.class_path.iter().find(|path| !path.exists()) {
            None => Ok(()),
            Some(path) => bail!(
                "{}: dependencies.classes: there is no {}",
                self.file().display(),
                path.display()
            ),
        }
    }

    /// The name of the package with dots.
    pub(crate) fn name(&self) -> String {
        self.package.name.replace('/', ".")
    }
}

/// The `cap.toml` in a folder, or the file itself.
fn file_of(path: &Path) -> PathBuf {
    match path.is_dir() {
        true => path.strip_prefix(".").unwrap_or(path).join(FILE),
        false => path.to_owned(),
    }
}

/// The form of the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    package: Package,
    target: Target,
    #[serde(default, rename = "applet")]
    applets: Vec<Applet>,
    #[serde(default)]
    imports: BTreeMap<String, String>,
    #[serde(default)]
    dependencies: Dependencies,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Package {
    name: String,
    aid: String,
    version: String,
    #[serde(default = "default_sources")]
    sources: Vec<PathBuf>,
    #[serde(default = "default_encoding")]
    encoding: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Target {
    platforms: Vec<String>,
    #[serde(default)]
    packages: Vec<String>,
    #[serde(default = "default_format")]
    format: String,
    #[serde(default)]
    int: bool,
    #[serde(default)]
    style: Style,
}

/// How [`CodeStyle`] is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Style {
    /// The smallest code
    #[default]
    Smallest,
    /// As the vendor's converter of Java Card 2.2.2, to compare CAP files octet by octet
    Classic,
}

impl Style {
    pub(crate) fn code_style(self) -> CodeStyle {
        match self {
            Self::Smallest => CodeStyle::Smallest,
            Self::Classic => CodeStyle::Classic,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Applet {
    class: String,
    aid: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Dependencies {
    #[serde(default)]
    packages: Vec<PathBuf>,
    #[serde(default)]
    classes: Vec<PathBuf>,
    #[serde(default)]
    exports: Vec<PathBuf>,
}

fn default_sources() -> Vec<PathBuf> {
    vec!["src".into()]
}

fn default_encoding() -> String {
    "UTF-8".to_owned()
}

fn default_format() -> String {
    FormatVersion::V2_1.to_string()
}

impl File {
    fn package(&self) -> Result<PackageDescription> {
        Ok(PackageDescription {
            name: package_name(&self.package.name).context("package.name")?,
            aid: aid(&self.package.aid).context("package.aid")?,
            version: version(&self.package.version).context("package.version")?,
            applets: self
                .applets
                .iter()
                .map(|row| applet(&row.class, &row.aid).context("applet.aid"))
                .collect::<Result<_>>()?,
            format: format(&self.target.format).context("target.format")?,
            int: int_support(self.target.int),
            style: self.target.style.code_style(),
            imports: self
                .imports
                .iter()
                .map(|(name, text)| import(name, text).context("imports"))
                .collect::<Result<_>>()?,
        })
    }
}

/// The name of a package, with slashes. It names files, too: there must be no `..` in it.
pub(crate) fn package_name(text: &str) -> Result<String> {
    let is_identifier = |part: &str| {
        part.starts_with(|c: char| c.is_alphabetic() || c == '_' || c == '$')
            && part.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '$')
    };
    ensure!(
        text.split('.').all(is_identifier),
        "{text:?} is no name of a Java package: write for example com.example.wallet"
    );
    // JCVM §5.5, §6.5: a name has a length of one octet.
    ensure!(text.len() <= 255, "{text:?} has more than 255 octets");
    Ok(text.replace('.', "/"))
}

/// An applet of a class, with its AID in hexadecimal.
pub(crate) fn applet(class: &str, text: &str) -> Result<AppletDescription> {
    Ok(AppletDescription {
        aid: aid(text).with_context(|| format!("the AID of {class}"))?,
        class: class.replace('.', "/"),
    })
}

/// The import of a package in a version.
pub(crate) fn import(name: &str, text: &str) -> Result<ImportRequest> {
    Ok(ImportRequest {
        package: name.replace('.', "/"),
        version: Some(version(text).with_context(|| format!("the import of {name}"))?),
    })
}

pub(crate) fn int_support(allowed: bool) -> IntSupport {
    if allowed {
        IntSupport::Allowed
    } else {
        IntSupport::Refused
    }
}

/// An AID in hexadecimal; blanks and colons between the octets are free.
pub(crate) fn aid(text: &str) -> Result<Aid> {
    let digits: String = text.chars().filter(|c| !c.is_whitespace() && *c != ':').collect();
    let octets = hex::decode(&digits).map_err(|error| anyhow!("{text:?} is not hexadecimal: {error}"))?;
    Ok(Aid::new(&octets)?)
}

/// A version as `1.0`: major and minor number, 0 to 255.
pub(crate) fn version(text: &str) -> Result<PackageVersion> {
    text.parse()
        .map_err(|_| anyhow!("{text:?} is no version: write 1.0"))
}

/// The formats that are written.
pub(crate) fn format(text: &str) -> Result<FormatVersion> {
    let known = [FormatVersion::V2_1, FormatVersion::V2_2];
    match known.into_iter().find(|format| format.to_string() == text) {
        Some(format) => Ok(format),
        None => bail!("CAP files of format {text:?} are not written: there are 2.1 and 2.2"),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    const WHOLE: &str = r#"
        [package]
        name = "com.example.wallet"
        aid = "F0 01 02 03 04"
        version = "1.2"
        [target]
        platforms = ["2.2.1"]
        packages = ["org.globalplatform@1.0"]
        int = true
        style = "classic"
        [[applet]]
        class = "com.example.wallet.Wallet"
        aid = "F0:01:02:03:04:01"
        [imports]
        "javacard.framework" = "1.2"
        [dependencies]
        packages = ["../money"]
        exports = ["lib"]
    "#;

    #[test]
    fn reads_all_of_it() {
        let project = Project::parse(WHOLE, Path::new("a/wallet")).unwrap();
        assert_eq!(project.name(), "com.example.wallet");
        assert_eq!(project.package.int, IntSupport::Allowed);
        assert_eq!(project.package.style, CodeStyle::Classic);
        assert_eq!(project.package.format, FormatVersion::V2_1);
        assert_eq!(project.package.applets[0].class, "com/example/wallet/Wallet");
        assert_eq!(project.package.imports[0].package, "javacard/framework");
        assert_eq!(project.sources, [Path::new("a/wallet/src")]);
        assert_eq!(project.dependencies, [Path::new("a/wallet/../money")]);
        assert_eq!(project.export_path, [Path::new("a/wallet/lib")]);
    }

    #[test]
    fn refuses_with_the_field() {
        for (wrong, told) in [
            (WHOLE.replace("F0 01 02 03 04\"", "F0 01\""), "package.aid"),
            (
                WHOLE.replace("\"1.2\"\n        [target]", "\"1\"\n        [target]"),
                "package.version",
            ),
            (WHOLE.replace("int = true", "format = \"2.3\""), "target.format"),
            (WHOLE.replace("int = true", "integer = true"), "integer"),
            (
                WHOLE.replace("org.globalplatform@1.0", "org.globalplatform"),
                "org.globalplatform",
            ),
        ] {
            let error = format!("{:#}", Project::parse(&wrong, Path::new("")).unwrap_err());
            assert!(error.contains(told), "{error}");
        }
    }
}
