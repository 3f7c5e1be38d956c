//! Conversions of the link package per second: the converter alone, `cap convert` as a command, and a vendor's kit where `JC_HOME`
//! points at one.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, ensure};
use cap_convert::{ClassFile, CodeStyle, Input, IntSupport, PackageDescription, convert};
use cap_format::export_file::ExportFile;
use cap_format::version::{FormatVersion, PackageVersion};
use card_api::api::Api;
use card_proto::aid::Aid;
use host_harness::jcardsim::java_tool;
use host_harness::project::Project;

use crate::Row;

const PACKAGE: &str = "twofold/link";
const PACKAGE_AID: &str = "F054574F464F4C4400";
/// The same as the vendor's tools want it.
const PACKAGE_AID_FOR_THE_KIT: &str = "0xF0:0x54:0x57:0x4F:0x46:0x4F:0x4C:0x44:0x00";
const PLATFORM: &str = "2.2.1";
/// The class files of Java 7, the newest that most kits take.
const RELEASE: &[&str] = &["-source", "7", "-target", "7", "-nowarn"];
const SPAN: Duration = Duration::from_secs(2);

/// Measures; the class files read alone are the reference of the library, the vendor's command that of the command.
///
/// # Errors
/// The sources do not compile, or a conversion fails.
pub fn measure() -> Result<Vec<Row>> {
    let folder = tempfile::tempdir()?;
    let classes = compile(folder.path())?;
    let files = read(&classes)?;
    let octets: usize = files.iter().map(|(_, bytes)| bytes.len()).sum();
    let how = format!("the link package, {} class files of {octets} octets", files.len());
    let reading = per_second(|| read_all(&files))?;
    let converting = per_second(|| convert_all(&files, &export_files()?))?;
    let mut rows = vec![
        Row::new(
            "packages whose class files are read alone, with cafebabe (reference)",
            reading,
            1.0,
            &how,
        ),
        Row::new("packages converted", converting, converting / reading, &how),
    ];
    let ours = command().map(|cap| per_second(|| cap_convert(&cap, &classes, folder.path())));
    let kit = env::var_os("JC_HOME").map(PathBuf::from);
    let kit = kit
        .map(|kit| per_second(|| kit_convert(&kit, &classes, folder.path())))
        .transpose()?;
    if let Some(kit) = kit {
        rows.push(Row::new(
            "the kit's converter as a command (reference)",
            kit,
            1.0,
            &how,
        ));
    }
    if let Some(ours) = ours.transpose()? {
        rows.push(Row::new(
            "`cap convert` as a command",
            ours,
            ours / kit.unwrap_or(ours),
            &how,
        ));
    }
    Ok(rows)
}

fn per_second(mut run: impl FnMut() -> Result<()>) -> Result<f64> {
    run()?;
    let start = Instant::now();
    let mut runs = 0_u32;
    while start.elapsed() < SPAN {
        run()?;
        runs += 1;
    }
    Ok(f64::from(runs) / start.elapsed().as_secs_f64())
}

/// The class files of the link package, in a folder below `folder`.
fn compile(folder: &Path) -> Result<PathBuf> {
    let project = Project::of_this_build();
    let classes = folder.join("classes");
    let sources = project.root().join("applets/stage-link/src/twofold/link");
    let sources = fs::read_dir(&sources)?.map(|entry| Ok(entry?.path()));
    let run = Command::new(java_tool("javac"))
        .args(RELEASE)
        .args(["-g", "-proc:none", "-classpath"])
        .arg(project.jcardsim_jar())
        .arg("-d")
        .arg(&classes)
        .args(sources.collect::<Result<Vec<_>>>()?)
        .output()
        .context("cannot run javac")?;
    ensure!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    Ok(classes)
}

fn read(classes: &Path) -> Result<Vec<(String, Vec<u8>)>> {
    let files = fs::read_dir(classes.join(PACKAGE))?;
    files
        .map(|file| {
            let path = file?.path();
            Ok((path.display().to_string(), fs::read(&path)?))
        })
        .collect()
}

fn read_all(files: &[(String, Vec<u8>)]) -> Result<()> {
    files.iter().try_for_each(|(name, bytes)| {
        cafebabe::parse_class(bytes).map_err(|error| anyhow!("{name}: {error}"))?;
        Ok(())
    })
}

/// Of the platform, as a run of the command makes them each time.
fn export_files() -> Result<Vec<ExportFile>> {
    let api = Api::embedded()?;
    Ok(api.choose(&[PLATFORM], &[])?.export_files().collect())
}

fn convert_all(files: &[(String, Vec<u8>)], exports: &[ExportFile]) -> Result<()> {
    let classes: Vec<_> = files
        .iter()
        .map(|(name, bytes)| ClassFile { name, bytes })
        .collect();
    let package = PackageDescription {
        name: PACKAGE.to_owned(),
        aid: Aid::new(&hex::decode(PACKAGE_AID)?)?,
        version: PackageVersion { major: 1, minor: 0 },
        applets: Vec::new(),
        format: FormatVersion::V2_1,
        int: IntSupport::Refused,
        style: CodeStyle::Smallest,
        imports: Vec::new(),
    };
    let input = Input {
        classes: &classes,
        package: &package,
        exports,
    };
    convert(&input)
        .map(drop)
        .map_err(|findings| anyhow!("{} findings", findings.len()))
}

/// The program `cap` beside this one, if it is built.
fn command() -> Option<PathBuf> {
    let cap = env::current_exe().ok()?.with_file_name("cap");
    cap.is_file().then_some(cap)
}

fn cap_convert(cap: &Path, classes: &Path, output: &Path) -> Result<()> {
    let mut command = Command::new(cap);
    command
        .arg("convert")
        .arg(classes)
        .args(["--aid", PACKAGE_AID, "--platform", PLATFORM]);
    quietly(command.arg("--output").arg(output.join("ours")))
}

fn kit_convert(kit: &Path, classes: &Path, output: &Path) -> Result<()> {
    let mut command = Command::new(java_tool("java"));
    command
        .arg(format!("-Djc.home={}", kit.display()))
        .arg("-classpath")
        .arg(kit.join("lib/*"))
        .arg("com.sun.javacard.converter.Main")
        .arg("-classdir")
        .arg(classes)
        .arg("-d")
        .arg(output.join("kit"))
        .arg("-exportpath")
        .arg(kit.join("api_export_files"))
        .args([
            "-out",
            "CAP",
            "EXP",
            "twofold.link",
            PACKAGE_AID_FOR_THE_KIT,
            "1.0",
        ]);
    quietly(&mut command)
}

fn quietly(command: &mut Command) -> Result<()> {
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status()?;
    ensure!(status.success(), "{command:?} ended with {status}");
    Ok(())
}
