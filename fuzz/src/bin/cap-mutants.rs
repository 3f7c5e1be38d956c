//! `cap-mutants`: changes CAP files by the million, and tells what the verifier makes of it.
//!
//! What the verifier accepts, a card must be able to run without a violated check: `--keep` writes it for such a run.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use cap_format::cap::Cap;
use cap_format::export_file::ExportFile;
use cap_verify::{Environment, Finding, Rule, VerifiedCap, verify, verify_file};
use card_api::api::Api;
use clap::Parser;
use fastrand::Rng;
use fuzz::mutants::Original;
use indicatif::{ProgressBar, ProgressStyle};

/// Changes CAP files by a seed and verifies each: nothing may panic, hang or need much memory
///
/// The files must verify as they are. The same seed and files give the same changes. With --keep the accepted ones are written as load
/// files, to be run on a card or shown to another verifier.
#[derive(Debug, Parser)]
#[command(name = "cap-mutants", max_term_width = 110)]
struct Options {
    /// CAP files
    #[arg(required = true, value_name = "FILE.cap")]
    files: Vec<PathBuf>,

    /// Changed files to make
    #[arg(long, default_value_t = 100_000)]
    count: u64,

    /// Where the changes begin
    #[arg(long, default_value_t = 0)]
    seed: u64,

    /// Export files of imports that are not in the tables of APIs, and of the packages themselves; several may be given
    #[arg(long = "export", value_name = "FILE.exp")]
    exports: Vec<PathBuf>,

    /// The folder for the changed files: SEED.accepted, SEED.refused
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cap-mutants: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<()> {
    let api = Api::embedded()?;
    let given = options
        .exports
        .iter()
        .map(|path| export_file(path))
        .collect::<Result<Vec<_>>>()?;
    let seeds = options
        .files
        .iter()
        .map(|path| Seed::read(path, &api, &given))
        .collect::<Result<Vec<_>>>()?;
    if let Some(folder) = &options.keep {
        fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    }
    let bar = ProgressBar::new(options.count).with_style(ProgressStyle::with_template(
        "{wide_bar} {pos} of {len}, {per_sec}, {eta} left",
    )?);
    let mut tally = Tally::default();
    for number in 0..options.count {
        let seed = options.seed.wrapping_add(number);
        let mut rng = Rng::with_seed(seed);
        let Some(original) = rng.choice(&seeds) else {
            break;
        };
        let mutant = original.file.mutant(&mut rng);
        let begun = Instant::now();
        let verdict = verify_file(&mutant, &original.environment());
        tally.add(seed, begun.elapsed(), &verdict);
        if let Some(folder) = &options.keep {
            let ending = if verdict.is_ok() { "accepted" } else { "refused" };
            let path = folder.join(format!("{seed}.{ending}"));
            fs::write(&path, &mutant).with_context(|| format!("cannot write {}", path.display()))?;
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    print!("{}", tally.text());
    Ok(())
}

fn export_file(path: &Path) -> Result<ExportFile> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    ExportFile::read(&bytes).with_context(|| path.display().to_string())
}

/// A file to change, and what it is verified against.
struct Seed {
    file: Original,
    exports: Vec<ExportFile>,
    own_export: Option<ExportFile>,
}

impl Seed {
    fn read(path: &Path, api: &Api, given: &[ExportFile]) -> Result<Self> {
        let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        let cap = Cap::read(&bytes).with_context(|| path.display().to_string())?;
        let package = cap.header.package;
        let seed = Self {
            exports: api.export_files_for(&cap.imports.packages, given),
            own_export: given.iter().find(|file| file.package.info == package).cloned(),
            file: Original::new(cap)?,
        };
        let verdict = verify(seed.file.cap().clone(), &seed.environment());
        let findings = verdict.err().unwrap_or_default();
        let lines: String = findings.iter().map(|finding| format!("\n  {finding}")).collect();
        ensure!(
            findings.is_empty(),
            "{} does not verify as it is:{lines}",
            path.display()
        );
        Ok(seed)
    }

    fn environment(&self) -> Environment<'_> {
        Environment {
            exports: &self.exports,
            own_export: self.own_export.as_ref(),
            ..Environment::default()
        }
    }
}

/// What came of all files.
#[derive(Debug, Default)]
struct Tally {
    accepted: u64,
    /// Refused files by the first rule that they break.
    refused: BTreeMap<Rule, u64>,
    /// The longest time, and the seed of the file.
    slowest: (Duration, u64),
}

impl Tally {
    fn add(&mut self, seed: u64, time: Duration, verdict: &Result<VerifiedCap, Vec<Finding>>) {
        match verdict {
            Ok(_) => self.accepted += 1,
            Err(findings) => {
                for finding in findings.iter().take(1) {
                    *self.refused.entry(finding.rule).or_default() += 1;
                }
            }
        }
        self.slowest = self.slowest.max((time, seed));
    }

    fn text(&self) -> String {
        let refused: u64 = self.refused.values().sum();
        let (time, seed) = self.slowest;
        let mut text = format!(
            "{} accepted, {refused} refused; the slowest took {:.1} ms (seed {seed}){}\n",
            self.accepted,
            time.as_secs_f64() * 1e3,
            peak_memory().map_or(String::new(), |peak| format!("; memory at most {peak}")),
        );
        for (rule, count) in &self.refused {
            text += &format!("{count:>9}  {rule}  {}\n", rule.what());
        }
        text
    }
}

/// The most memory that the process had, as Linux counts it.
fn peak_memory() -> Option<String> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().to_owned())
}
