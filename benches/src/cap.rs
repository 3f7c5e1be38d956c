//! Conversions to CAP files: the converter alone, `cap convert` as a command, and a vendor's kit where `JC_HOME` points at one; of the
//! link package, and of an applet whose code grows. All figures are of medians.

pub(crate) mod packages;

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, anyhow};
use cap_format::export_file::ExportFile;
use card_api::api::Api;
use card_proto::aid::Aid;
use host_harness::jcardsim::java_tool;

use crate::Row;
use crate::timing::{by_turns, command, per_second, quietly};
use packages::Compiled;

const PLATFORM: &str = "2.2.1";
/// Methods of the growing applet: 10, 20, 40 and 60 kB of code.
const METHODS: [usize; 4] = [70, 140, 280, 420];

/// Measures. References: of the link package, the class files read alone for the library and the vendor's command for the command;
/// of the growing applet, its smallest size for the library.
///
/// # Errors
/// The sources do not compile, or a conversion fails.
pub fn measure() -> Result<Vec<Row>> {
    let folder = tempfile::tempdir()?;
    let link = Compiled::link(folder.path())?;
    let octets: usize = link.files.iter().map(|(_, bytes)| bytes.len()).sum();
    let how = format!(
        "the link package, {} class files of {octets} octets",
        link.files.len()
    );
    let exports = export_files()?;
    let reading = per_second(|| read_all(&link.files))?;
    let converting = per_second(|| link.convert(&export_files()?).map(drop))?;
    let mut rows = vec![
        Row::new(
            "packages whose class files are read alone, with cafebabe (reference)",
            reading,
            1.0,
            &how,
        ),
        Row::new("packages converted", converting, converting / reading, &how),
    ];
    rows.extend(commands(&link, folder.path(), &how)?);
    let mut octets_per_second = None;
    for methods in METHODS {
        let grown = Compiled::grown(folder.path(), methods)?;
        let size = Sizes::of(&grown, &exports)?;
        let converting = per_second(|| grown.convert(&exports).map(drop))?;
        let speed = converting * f64::from(size.load);
        let ratio = speed / *octets_per_second.get_or_insert(speed);
        let how = format!("{size}; {:.3} ms for each 1,000 octets", 1_000_000.0 / speed);
        rows.push(Row::new(
            "packages converted, their octets compared",
            converting,
            ratio,
            &how,
        ));
        let how = format!("an applet of {} octets", size.load);
        rows.extend(commands(&grown, folder.path(), &how)?);
    }
    Ok(rows)
}

/// How many octets are loaded, and of which components.
struct Sizes {
    load: u32,
    components: Vec<(String, usize)>,
}

impl Sizes {
    fn of(package: &Compiled, exports: &[ExportFile]) -> Result<Self> {
        let cap = package.convert(exports)?.cap;
        let components = cap.to_components()?.defined.into_iter();
        let components = components.map(|(tag, bytes)| (format!("{tag:?}"), bytes.len()));
        Ok(Self {
            load: u32::try_from(cap.to_load_file()?.len())?,
            components: components.collect(),
        })
    }
}

impl std::fmt::Display for Sizes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let components = self
            .components
            .iter()
            .map(|(tag, octets)| format!("{tag} {octets}"));
        let components: Vec<_> = components.collect();
        write!(f, "an applet of {} octets: {}", self.load, components.join(", "))
    }
}

/// `cap convert` if it is built, and the kit's converter if there is one; they run by turns, so that what else the machine does
/// delays both.
fn commands(package: &Compiled, output: &Path, how: &str) -> Result<Vec<Row>> {
    let Some(cap) = command("cap") else {
        return Ok(Vec::new());
    };
    let ours = || cap_convert(&cap, package, output);
    let Some(kit) = env::var_os("JC_HOME").map(PathBuf::from) else {
        let ours = per_second(ours)?;
        return Ok(vec![Row::new("`cap convert` as a command", ours, 1.0, how)]);
    };
    let (kit, ours) = by_turns(|| kit_convert(&kit, package, output), ours)?;
    Ok(vec![
        Row::new("the kit's converter as a command (reference)", kit, 1.0, how),
        Row::new("`cap convert` as a command", ours, ours / kit, how),
    ])
}

fn read_all(files: &[(String, Vec<u8>)]) -> Result<()> {
    files.iter().try_for_each(|(name, bytes)| {
        cafebabe::parse_class(bytes).map_err(|error| anyhow!("{name}: {error}"))?;
        Ok(())
    })
}

/// Of the platform, as a run of the command makes them each time.
pub(crate) fn export_files() -> Result<Vec<ExportFile>> {
    let api = Api::embedded()?;
    Ok(api.choose(&[PLATFORM], &[])?.export_files().collect())
}

fn cap_convert(cap: &Path, package: &Compiled, output: &Path) -> Result<()> {
    let mut command = Command::new(cap);
    command.arg("convert").arg(&package.classes);
    command.args(["--platform", PLATFORM, "--aid"]);
    command.arg(package.description.aid.to_string());
    for applet in &package.description.applets {
        command.arg("--applet");
        command.arg(format!("{}={}", applet.class.replace('/', "."), applet.aid));
    }
    quietly(command.arg("--output").arg(output.join("ours")))
}

fn kit_convert(kit: &Path, package: &Compiled, output: &Path) -> Result<()> {
    let mut command = Command::new(java_tool("java"));
    command
        .arg(format!("-Djc.home={}", kit.display()))
        .arg("-classpath")
        .arg(kit.join("lib/*"))
        .arg("com.sun.javacard.converter.Main")
        .arg("-classdir")
        .arg(&package.classes)
        .arg("-d")
        .arg(output.join("kit"))
        .arg("-exportpath")
        .arg(kit.join("api_export_files"))
        .args(["-out", "CAP", "EXP"]);
    for applet in &package.description.applets {
        command.args(["-applet", &kit_aid(applet.aid), &applet.class.replace('/', ".")]);
    }
    command.arg(package.description.name.replace('/', "."));
    quietly(command.args([&kit_aid(package.description.aid), "1.0"]))
}

/// As the vendor's tools want it.
fn kit_aid(aid: Aid) -> String {
    let octets = aid.as_bytes().iter().map(|octet| format!("0x{octet:02X}"));
    octets.collect::<Vec<_>>().join(":")
}
