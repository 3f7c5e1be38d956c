//! `cap stubs`: what javac and a converter need to know of a card's API.

use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, anyhow, bail};
use card_api::api::{Api, ApiSet, PackageChoice};
use card_api::package::Package;
use card_api::stub::javac_options;
use clap::Args;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::commands::print;
use crate::output_folder::{self, OutputFile};

/// Writes the API of a card: class files for javac, export files for a converter
///
/// The class files have signatures, constants and checked exceptions, and no code. The last line that is printed says with which
/// options javac sees them and nothing else.
///
/// Platforms are combined: `--platform 2.2.1 --platform uicc-7.9`. A package that is named with --package replaces that of a platform.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// A platform, for example 2.2.1 or uicc-7.9; several may be given
    #[arg(long, value_name = "NAME")]
    platform: Vec<String>,

    /// A package in one version, for example org.globalplatform@1.0; several may be given
    #[arg(long, value_name = "NAME@VERSION")]
    package: Vec<PackageChoice>,

    /// The folder to write to; what an earlier run wrote there is replaced, other files never
    #[arg(long, value_name = "DIR", required_unless_present = "list")]
    output: Option<PathBuf>,

    /// Write no class files
    #[arg(long)]
    export_files_only: bool,

    /// Write no export files
    #[arg(long, conflicts_with = "export_files_only")]
    classes_only: bool,

    /// Put the class files into one file, DIR/stubs.jar
    #[arg(long, conflicts_with = "export_files_only")]
    jar: bool,

    /// Write nothing; list all platforms and packages, or those of the choice
    #[arg(long, conflicts_with_all = ["output", "export_files_only", "classes_only", "jar"])]
    list: bool,
}

/// The name of the jar in the output folder.
const JAR: &str = "stubs.jar";

/// The line after an error about names.
const HINT: &str = "hint: `cap stubs --list` shows all platforms and packages";

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    execute(options)?;
    Ok(ExitCode::SUCCESS)
}

fn execute(options: &Options) -> Result<()> {
    let api = Api::embedded()?;
    let has_choice = !options.platform.is_empty() || !options.package.is_empty();
    if options.list && !has_choice {
        return print(&all(&api));
    }
    let platforms: Vec<_> = options.platform.iter().map(String::as_str).collect();
    let set = api
        .choose(&platforms, &options.package)
        .map_err(|error| anyhow!("{error}\n{HINT}"))?;
    match &options.output {
        Some(folder) if has_choice => write(options, &set, folder),
        Some(_) => bail!("a --platform or a --package is missing\n{HINT}"),
        None => print(&chosen(&set)),
    }
}

fn write(options: &Options, set: &ApiSet, folder: &Path) -> Result<()> {
    let mut files = Vec::new();
    if !options.export_files_only {
        files.extend(class_files(set, options.jar)?);
    }
    if !options.classes_only {
        for package in set.packages() {
            files.push(export_file(set, package)?);
        }
    }
    output_folder::write(folder, &files)?;
    eprintln!(
        "{} packages, {} files in {}",
        set.packages().count(),
        files.len(),
        folder.display()
    );
    if !options.export_files_only {
        let stubs = if options.jar { &folder.join(JAR) } else { folder };
        let javac = javac_options(&stubs.display().to_string(), "", "UTF-8").map(quoted);
        eprintln!("compile with: javac {} ...", javac.join(" "));
    }
    Ok(())
}

/// An option as one types it in a shell.
fn quoted(option: &str) -> String {
    match option.is_empty() || option.contains(' ') {
        true => format!("\"{option}\""),
        false => option.to_owned(),
    }
}

/// The stubs, each in a file of its own or all in a jar.
fn class_files(set: &ApiSet, in_jar: bool) -> Result<Vec<OutputFile>> {
    let files = set.class_files().into_iter();
    let files = files.map(|stub| OutputFile::new(format!("{}.class", stub.class), stub.bytes));
    match in_jar {
        true => Ok(vec![OutputFile::new(JAR, jar(files)?)]),
        false => Ok(files.collect()),
    }
}

/// `javacard/framework/javacard/framework.exp`, where converters look for it.
fn export_file(set: &ApiSet, package: &Package) -> Result<OutputFile> {
    let bytes = set
        .export_file(package)
        .write()
        .with_context(|| format!("the export file of {package}"))?;
    let last = package.name.rsplit('/').next().unwrap_or(&package.name);
    Ok(OutputFile::new(
        format!("{}/javacard/{last}.exp", package.name),
        bytes,
    ))
}

/// A jar, the same octets for the same files.
fn jar(files: impl Iterator<Item = OutputFile>) -> Result<Vec<u8>> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default());
    for file in files {
        archive.start_file(file.path, options)?;
        archive.write_all(&file.bytes)?;
    }
    Ok(archive.finish()?.into_inner())
}

fn all(api: &Api) -> String {
    let mut text = String::from("Platforms (--platform NAME; with --list, its packages):\n");
    for platform in api.platforms() {
        text += &format!("  {}\n", platform.name);
    }
    text += "\nPackages (--package NAME@VERSION):\n";
    for package in api.packages() {
        let versions: Vec<_> = package.versions().iter().map(ToString::to_string).collect();
        text += &format!(
            "  {:<42}  {}\n",
            package.name().replace('/', "."),
            versions.join(" ")
        );
    }
    text
}

fn chosen(set: &ApiSet) -> String {
    let line = |package: &Package| format!("{}@{}  {}\n", package.java_name(), package.version, package.aid);
    set.packages().map(line).collect()
}
