//! Verification of CAP files: the verifier alone, `cap verify` as a command, and a vendor's verifier where `JC_HOME` points at a kit;
//! of an applet whose code grows up to the most that a Method component holds. All figures are of medians.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, anyhow};
use cap_format::cap::Cap;
use cap_format::container::CapFile;
use cap_format::export_file::ExportFile;
use cap_verify::{Environment, verify_file};
use host_harness::jcardsim::java_tool;

use crate::Row;
use crate::cap::export_files;
use crate::cap::packages::Compiled;
use crate::timing::{by_turns, command, per_second, quietly};

/// Methods of the growing applet: 9, 17, 34, 52 and 64 kB of code.
const METHODS: [usize; 5] = [70, 140, 280, 420, 520];

/// Measures. References: the same file read alone, the applet of the smallest size for its growth, the vendor's command for the
/// command.
///
/// # Errors
/// The sources do not compile, or a verification fails.
pub fn measure() -> Result<Vec<Row>> {
    let folder = tempfile::tempdir()?;
    let exports = export_files()?;
    let environment = Environment {
        exports: &exports,
        ..Environment::default()
    };
    let mut rows = Vec::new();
    let mut smallest = None;
    for methods in METHODS {
        let file = Archive::of(&Compiled::grown(folder.path(), methods)?, &exports, folder.path())?;
        let reading = per_second(|| Ok(Cap::read(&file.bytes).map(drop)?))?;
        let verifying = per_second(|| accept(&file.bytes, &environment))?;
        let speed = verifying * f64::from(file.code);
        let growth = speed / *smallest.get_or_insert(speed);
        let how = format!("an applet with {} octets of methods", file.code);
        rows.push(Row::new("CAP files read alone (reference)", reading, 1.0, &how));
        rows.push(Row::new(
            "CAP files read and verified",
            verifying,
            verifying / reading,
            &how,
        ));
        let how = format!("{:.3} ms for each 1,000 octets of methods", 1_000_000.0 / speed);
        rows.push(Row::new(
            "the same, their octets of methods compared",
            verifying,
            growth,
            &how,
        ));
        rows.extend(commands(&file)?);
    }
    Ok(rows)
}

fn accept(bytes: &[u8], environment: &Environment<'_>) -> Result<()> {
    let refused = |findings: Vec<_>| anyhow!("{} findings", findings.len());
    verify_file(bytes, environment).map(drop).map_err(refused)
}

/// A CAP file that a command can read.
struct Archive {
    bytes: Vec<u8>,
    path: PathBuf,
    /// Octets of all methods.
    code: u32,
    /// The packages that it imports, as in class files.
    imports: Vec<String>,
}

impl Archive {
    fn of(package: &Compiled, exports: &[ExportFile], folder: &Path) -> Result<Self> {
        let cap = package.convert(exports)?.cap;
        let octets: usize = cap.methods.methods.iter().map(|method| method.octets()).sum();
        let imports = cap.imports.packages.iter().map(|import| {
            let file = exports.iter().find(|file| file.package.info.aid == import.aid);
            Ok(file.context("no such import")?.package.name.clone())
        });
        let imports = imports.collect::<Result<_>>()?;
        let applets = package.description.applets.iter();
        let applet_names = applets.filter_map(|applet| applet.class.rsplit('/').next());
        let bytes = CapFile {
            package_name: package.description.name.clone(),
            applet_names: applet_names.map(str::to_owned).collect(),
            cap,
        }
        .write()?;
        let path = folder.join(format!("{octets}.cap"));
        fs::write(&path, &bytes)?;
        Ok(Self {
            bytes,
            path,
            code: u32::try_from(octets)?,
            imports,
        })
    }
}

/// `cap verify` if it is built, and the kit's verifier if there is one, by turns.
fn commands(file: &Archive) -> Result<Vec<Row>> {
    let Some(cap) = command("cap") else {
        return Ok(Vec::new());
    };
    let how = format!("an applet with {} octets of methods", file.code);
    let ours = || quietly(Command::new(&cap).arg("verify").arg(&file.path));
    let Some(kit) = env::var_os("JC_HOME").map(PathBuf::from) else {
        return Ok(vec![Row::new(
            "`cap verify` as a command",
            per_second(ours)?,
            1.0,
            &how,
        )]);
    };
    let (kit, ours) = by_turns(|| kit_verify(&kit, file), ours)?;
    Ok(vec![
        Row::new("the kit's verifier as a command (reference)", kit, 1.0, &how),
        Row::new("`cap verify` as a command", ours, ours / kit, &how),
    ])
}

fn kit_verify(kit: &Path, file: &Archive) -> Result<()> {
    let mut command = Command::new(java_tool("java"));
    command
        .arg(format!("-Djc.home={}", kit.display()))
        .arg("-classpath")
        .arg(kit.join("lib/*"))
        .args(["com.sun.javacard.offcardverifier.Verifier", "-nobanner"]);
    for package in &file.imports {
        let last = package.rsplit('/').next().unwrap_or_default();
        let export_file = format!("api_export_files/{package}/javacard/{last}.exp");
        command.arg(kit.join(export_file));
    }
    quietly(command.arg(&file.path))
}
