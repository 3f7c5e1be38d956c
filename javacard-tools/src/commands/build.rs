//! `cap build`: Java source → CAP files.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, anyhow};
use cap_convert::{Converted, Finding, Input, PackageDescription, convert};
use cap_format::export_file::ExportFile;
use card_api::api::{Api, ApiSet, PackageChoice};
use clap::Args;

use crate::class_files::{self, FoundClass};
use crate::javac::{self, Compilation, Compiled};
use crate::outcome::{Format, Refusal, Refused};
use crate::product::{self, Package};
use crate::project::{self, Project};
use crate::verification;

/// Builds packages: javac, then a CAP file and an export file for each
///
/// Each folder has a cap.toml, which says what the package is called, its AIDs, and for which cards it is built. Packages that it
/// depends on are built before it. The same sources give the same octets, whatever the machine. When there is a mistake in one
/// of them, those of the others are told as well, nothing is written, and the exit status is 1.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLE)]
pub(crate) struct Options {
    /// Folders with a cap.toml
    #[arg(default_value = ".", value_name = "DIR")]
    folders: Vec<PathBuf>,

    /// The folder for PACKAGE.cap and for export files, PACKAGE/PATH/javacard/NAME.exp
    #[arg(long, short, value_name = "DIR", default_value = "target/cap")]
    output: PathBuf,

    /// Also write PACKAGE.txt, what `cap inspect` shows of the CAP file
    #[arg(long)]
    disassembly: bool,

    /// The compiler; without it that of JAVA_HOME, else the one in PATH
    #[arg(long, value_name = "FILE")]
    javac: Option<PathBuf>,

    /// What was built, or what went wrong, as one JSON object on standard output
    ///
    /// {"built": [{"package", "version", "load_octets", "cap", "export_file", "disassembly"}]}, or the mistakes of all packages:
    /// {"refused": [...]}, {"package", "findings": [...]} those for the card, {"package", "javac": "..."} those in Java,
    /// {"package", "dependency": true} when only a package that it depends on has some; or anything else: {"error": "..."}.
    #[arg(long)]
    json: bool,
}

const EXAMPLE: &str = "\
A cap.toml:
  [package]
  name = \"com.example.wallet\"
  aid = \"F0 00 00 00 01\"
  version = \"1.0\"
  sources = [\"src\"]               # the default
  encoding = \"UTF-8\"              # the default

  [target]
  platforms = [\"2.2.1\"]           # `cap stubs --list` shows all
  packages = [\"org.globalplatform@1.0\"]
  format = \"2.1\"                  # the default; 2.2 has the package's name
  int = false                     # the default: every value is a short
  style = \"smallest\"              # the default; \"classic\" is longer code

  [[applet]]
  class = \"com.example.wallet.Wallet\"
  aid = \"F0 00 00 00 01 01\"

  [imports]                       # if not the newest version
  \"javacard.framework\" = \"1.2\"

  [dependencies]
  packages = [\"../money\"]         # folders with a cap.toml, built before
  classes = [\"lib/purse.jar\"]     # class files and export files of packages
  exports = [\"lib/exports\"]       # that are not built here";

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let format = Format::of_flag(options.json);
    execute(options, format).or_else(|error| format.failed(&error))
}

fn execute(options: &Options, format: Format) -> Result<ExitCode> {
    let projects = project::in_order(&options.folders)?;
    let scratch = tempfile::tempdir().context("cannot make a folder for class files")?;
    let mut build = Build {
        api: Api::embedded()?,
        javac: options.javac.as_deref(),
        disassembly: options.disassembly,
        scratch: scratch.path(),
        done: Vec::new(),
    };
    let mut refused = Vec::new();
    for project in &projects {
        let outcome = build.package(project).with_context(|| project.name())?;
        let done = outcome.map_err(|refusal| refused.push((project, refusal))).ok();
        build.done.push(done);
    }
    if !refused.is_empty() {
        return format.refused(refused.iter().map(|(project, refusal)| Refused {
            package: project.name(),
            sources: &project.sources,
            refusal,
        }));
    }
    let packages = build.done.iter().flatten().map(|done| &done.package);
    product::write(
        &options.output,
        packages.clone().flat_map(|package| &package.products),
    )?;
    let made: Vec<_> = packages.map(|package| &package.made).collect();
    format.made(&options.output, &made)
}

/// What is known of packages that are built already.
struct Build<'a> {
    api: Api,
    javac: Option<&'a Path>,
    disassembly: bool,
    scratch: &'a Path,
    /// In the order of the projects; `None`: it was refused.
    done: Vec<Option<Done>>,
}

/// A package that is built.
struct Done {
    classes: PathBuf,
    export_file: ExportFile,
    package: Package,
}

impl Build<'_> {
    fn package(&self, project: &Project) -> Result<Result<Done, Refusal>> {
        let api = choose(&self.api, &project.platforms, &project.api)
            .with_context(|| format!("{}: target", project.file().display()))?;
        project.check_class_path()?;
        // Only what the project says it depends on: what else is built in this run must make no difference.
        let mut needed = Vec::new();
        for index in &project.needs {
            match self.done.get(*index).and_then(Option::as_ref) {
                Some(done) => needed.push(done),
                None => return Ok(Err(Refusal::Dependency)),
            }
        }
        let scratch = self.scratch.join(self.done.len().to_string());
        let classes = scratch.join("classes");
        let built = needed.iter().map(|done| done.classes.clone());
        let compilation = Compilation {
            javac: self.javac,
            api: &api,
            class_path: &built
                .chain(project.class_path.iter().cloned())
                .collect::<Vec<_>>(),
            sources: &project.sources,
            encoding: &project.encoding,
        };
        match javac::compile(&compilation, &scratch, &classes)? {
            Compiled::Mistakes(messages) => return Ok(Err(Refusal::Java(messages))),
            Compiled::Classes(warnings) => eprint!("{warnings}"),
        }
        let mut exports: Vec<_> = needed.iter().map(|done| done.export_file.clone()).collect();
        exports.extend(project.export_files()?);
        let found = class_files::find(&classes)?;
        let converted = match converted(&project.package, &found, &api, &exports)? {
            Ok(converted) => converted,
            Err(findings) => return Ok(Err(Refusal::Findings(findings))),
        };
        let mut package = Package::new(&project.package, &converted)?;
        let export_file = converted.export_file.clone();
        if self.disassembly {
            package.add_disassembly(converted, &self.api, exports)?;
        }
        Ok(Ok(Done {
            classes,
            export_file,
            package,
        }))
    }
}

/// The API of a card; the error says where all names are listed.
pub(crate) fn choose(api: &Api, platforms: &[String], packages: &[PackageChoice]) -> Result<ApiSet> {
    let platforms: Vec<_> = platforms.iter().map(String::as_str).collect();
    api.choose(&platforms, packages)
        .map_err(|error| anyhow!("{error}\nhint: `cap stubs --list` shows all platforms and packages"))
}

/// Converts the classes that were found, and verifies what came of them; `exports` are the export files beside those of the API.
pub(crate) fn converted(
    package: &PackageDescription,
    found: &[FoundClass],
    api: &ApiSet,
    exports: &[ExportFile],
) -> Result<Result<Converted, Vec<Finding>>> {
    let exports: Vec<_> = api.export_files().chain(exports.iter().cloned()).collect();
    let classes: Vec<_> = found.iter().map(FoundClass::as_class_file).collect();
    let converted = convert(&Input {
        classes: &classes,
        package,
        exports: &exports,
    });
    if let Ok(converted) = &converted {
        verification::confirm(converted, &exports)?;
    }
    Ok(converted)
}
