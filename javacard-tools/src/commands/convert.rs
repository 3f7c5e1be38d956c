//! `cap convert`: class files that were made elsewhere → a CAP file.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use cap_convert::{AppletDescription, ImportRequest, PackageDescription};
use cap_format::export_file::ExportFile;
use cap_format::version::FormatVersion;
use card_api::api::{Api, ApiSet, PackageChoice};
use clap::Args;

use crate::class_files;
use crate::commands::build::{choose, converted};
use crate::export_files;
use crate::outcome::{Format, Refusal, Refused};
use crate::product::{self, Package};
use crate::project::{self, Project, Style};

/// Converts class files of one package, from Gradle, Maven or ant, to a CAP file and an export file
///
/// What the package is called, its AIDs and the cards it is for are said with options, or with --config in a cap.toml as `cap build`
/// takes it; an option counts more than the file. When there is a mistake nothing is written, and
/// the exit status is 1.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLE)]
pub(crate) struct Options {
    /// JAR files, folders or class files
    #[arg(required = true, value_name = "CLASSES")]
    classes: Vec<PathBuf>,

    /// A cap.toml; of its sources only messages make use, and what it depends on is not built
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// The package, if there are classes of several
    #[arg(long, value_name = "NAME")]
    package: Option<String>,

    /// AID of the package, hexadecimal
    #[arg(long, value_name = "AID", required_unless_present = "config")]
    aid: Option<String>,

    /// Version of the package [default: 1.0]
    #[arg(long, value_name = "VERSION")]
    package_version: Option<String>,

    /// An applet: its class, and its AID in hexadecimal; several may be given, a library has none
    #[arg(long, value_name = "CLASS=AID")]
    applet: Vec<String>,

    /// A platform, for example 2.2.1 or uicc-7.9; several may be given
    #[arg(long, value_name = "NAME", required_unless_present = "config")]
    platform: Vec<String>,

    /// A package of an API in one version, for example org.globalplatform@1.0; several may be given
    #[arg(long, value_name = "NAME@VERSION")]
    api: Vec<PackageChoice>,

    /// The version in which a package is imported, if not the newest whose export file is there; several may be given
    #[arg(long, value_name = "NAME@VERSION")]
    import: Vec<PackageChoice>,

    /// A folder with export files of other packages, or one such file; several may be given
    #[arg(long, value_name = "DIR")]
    export_path: Vec<PathBuf>,

    /// Format of the CAP file: 2.1 or 2.2 [default: 2.1]; with remote classes it is 2.2 always
    #[arg(long, value_name = "VERSION")]
    format: Option<String>,

    /// The package may compute with int; not every card has it
    #[arg(long)]
    int: bool,

    /// Which of several codes for the same thing is taken [default: smallest]
    #[arg(long, value_name = "STYLE")]
    style: Option<Style>,

    /// Where the Java source is, to show the lines that messages speak of
    #[arg(long, value_name = "DIR")]
    sources: Vec<PathBuf>,

    /// Also write PACKAGE.txt, what `cap inspect` shows of the CAP file
    #[arg(long)]
    disassembly: bool,

    /// The folder for PACKAGE.cap and for the export file, PACKAGE/PATH/javacard/NAME.exp
    #[arg(long, short, value_name = "DIR", default_value = ".")]
    output: PathBuf,

    /// What was made, or what went wrong, as one JSON object on standard output
    ///
    /// {"built": [{"package", "version", "load_octets", "cap", "export_file", "disassembly"}]}, or the mistakes of the package:
    /// {"refused": [{"package", "findings": [...]}]}; or anything else: {"error": "..."}.
    #[arg(long)]
    json: bool,
}

const EXAMPLE: &str = "\
Example:
  cap convert build/libs/wallet.jar --platform 3.0.4 --aid F000000001 \\
    --applet com.example.wallet.Wallet=F00000000101 --output out
  cap convert build/libs/wallet.jar --config cap.toml --output out";

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let format = Format::of_flag(options.json);
    execute(options, format).or_else(|error| format.failed(&error))
}

fn execute(options: &Options, format: Format) -> Result<ExitCode> {
    let config = options.config.as_deref().map(Project::read).transpose()?;
    let mut found = Vec::new();
    for path in &options.classes {
        found.extend(class_files::find(path)?);
    }
    let wanted = match (&options.package, &config) {
        (Some(name), _) => Some(project::package_name(name).context("--package")?),
        (None, Some(config)) => Some(config.package.name.clone()),
        (None, None) => None,
    };
    let (name, found) = class_files::of_package(found, wanted.as_deref())?;
    let package = options.package(&name, config.as_ref())?;
    let tables = Api::embedded()?;
    let api = options.api(&tables, config.as_ref())?;
    let exports = options.exports(config.as_ref())?;
    match converted(&package, &found, &api, &exports)? {
        Ok(converted) => {
            let mut package = Package::new(&package, &converted)?;
            if options.disassembly {
                package.add_disassembly(converted, &tables, exports)?;
            }
            product::write(&options.output, package.products.iter())?;
            format.made(&options.output, &[&package.made])
        }
        Err(findings) => {
            let mut sources = options.sources.clone();
            sources.extend(config.into_iter().flat_map(|config| config.sources));
            let refused = Refused {
                package: name.replace('/', "."),
                sources: &sources,
                refusal: &Refusal::Findings(findings),
            };
            format.refused([refused].into_iter())
        }
    }
}

impl Options {
    fn package(&self, name: &str, config: Option<&Project>) -> Result<PackageDescription> {
        // It may come from a JAR, and it names files.
        let name = project::package_name(&name.replace('/', "."))?;
        let mut package = match (config, &self.aid) {
            (Some(config), _) => PackageDescription {
                name,
                ..config.package.clone()
            },
            (None, Some(aid)) => PackageDescription {
                name,
                aid: project::aid(aid).context("--aid")?,
                version: project::version("1.0")?,
                applets: Vec::new(),
                format: FormatVersion::V2_1,
                int: project::int_support(false),
                style: Style::default().code_style(),
                imports: Vec::new(),
            },
            (None, None) => bail!("--aid or --config is missing"),
        };
        if let Some(aid) = &self.aid {
            package.aid = project::aid(aid).context("--aid")?;
        }
        if let Some(version) = &self.package_version {
            package.version = project::version(version).context("--package-version")?;
        }
        if let Some(format) = &self.format {
            package.format = project::format(format).context("--format")?;
        }
        if self.int {
            package.int = project::int_support(true);
        }
        if let Some(style) = self.style {
            package.style = style.code_style();
        }
        if !self.applet.is_empty() {
            package.applets = self
                .applet
                .iter()
                .map(|text| applet(text))
                .collect::<Result<_>>()?;
        }
        package
            .imports
            .retain(|import| self.import.iter().all(|choice| choice.name != import.package));
        package
            .imports
            .extend(self.import.iter().map(|choice| ImportRequest {
                package: choice.name.clone(),
                version: Some(choice.version),
            }));
        Ok(package)
    }

    fn api(&self, tables: &Api, config: Option<&Project>) -> Result<ApiSet> {
        let platforms = match config {
            Some(config) if self.platform.is_empty() => &config.platforms,
            _ => &self.platform,
        };
        let is_replaced = |api: &PackageChoice| self.api.iter().any(|choice| choice.name == api.name);
        let mut packages = self.api.clone();
        let of_config = config.iter().flat_map(|config| &config.api);
        packages.extend(of_config.filter(|api| !is_replaced(api)).cloned());
        choose(tables, platforms, &packages)
    }

    /// Those of packages that are no API.
    fn exports(&self, config: Option<&Project>) -> Result<Vec<ExportFile>> {
        let mut exports = export_files::find(&self.export_path).context("--export-path")?;
        if let Some(config) = config {
            exports.extend(config.export_files()?);
        }
        Ok(exports)
    }
}

fn applet(text: &str) -> Result<AppletDescription> {
    let Some((class, aid)) = text.split_once('=') else {
        bail!("--applet {text}: write CLASS=AID");
    };
    project::applet(class, aid).context("--applet")
}
