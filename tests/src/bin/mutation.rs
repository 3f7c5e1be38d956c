//! The mutation test of the applets; `docs/mutation.md` explains it. Exit status 1: too many changes lived, or one without a reason.

use std::{
    fs,
    io::{IsTerminal as _, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use clap::Parser;
use conformance::mutation::{
    bench::Suite,
    campaign::{Campaign, source_files},
    changed_lines::ChangedLines,
    generator::{Generator, Mutant},
    report::{REQUIRED, Report},
    results::{Outcome, Record, Results, State, fingerprint},
    survivors::Survivors,
};
use conformance::testbed::card_sources;
use host_harness::{profile::CardProfile, project::Project};

/// What stands above the results in a file that is more than the results.
const RESULTS_MARK: &str = "<!-- results -->\n";
/// How often a line is written where no line can be written over.
const LOG_PAUSE: Duration = Duration::from_secs(20);

/// Changes the applets' sources in one place after the other, and plays the conformance cases against each change
#[derive(Parser)]
#[command(name = "mutation")]
struct Arguments {
    /// Only changes of this kind; may stand several times
    #[arg(long, value_name = "NAME")]
    operator: Vec<String>,
    /// Only files whose name has this in it, for example `link/Script`; may stand several times
    #[arg(long, value_name = "TEXT")]
    file: Vec<String>,
    /// Only lines that differ from a Git revision
    #[arg(long, value_name = "REVISION")]
    since: Option<String>,
    /// Only so many, drawn at random
    #[arg(long, value_name = "N")]
    sample: Option<usize>,
    /// What the draw starts from
    #[arg(long, value_name = "N", default_value_t = 1, requires = "sample")]
    seed: u64,
    /// Lists the changes and runs none
    #[arg(long)]
    list: bool,
    /// Runs all again, whatever is known from earlier runs
    #[arg(long)]
    all: bool,
    /// Only what no case noticed in an earlier run
    #[arg(long, conflicts_with = "all")]
    lived: bool,
    /// Without the cases that have this in their name, for example `power/`, whose cuts take most of the time; may stand several
    /// times
    #[arg(long, value_name = "TEXT")]
    without: Vec<String>,
    /// Cards at once
    #[arg(long, value_name = "N", default_value_t = 2)]
    workers: usize,
    /// Writes tables and lists to a Markdown file; below its line `<!-- results -->` when it has one
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("mutation: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> Result<bool> {
    let project = Project::of_this_build();
    let folder = project.root().join("target/mutation");
    fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    let profile = CardProfile::read(&project.keys().join("test-card.toml"))?;
    let suite = Suite::read(&project.root().join("tests/cases"), &profile, &arguments.without)?;
    let survivors = Survivors::read(&project.root().join("tests/mutation/survivors.toml"))?;
    let scratch = folder.join(format!("classes-{}", std::process::id()));
    let mut generator = Generator::start(&project, &card_sources(&project), &scratch)?;
    let mut campaign = Campaign {
        profile: &profile,
        state: State {
            files: source_files(&project)?,
            suite: &suite,
        },
        results: Results::open(&folder.join("results.jsonl"))?,
        workers: arguments.workers.max(1),
    };
    let chosen = choose(arguments, &project, &generator, &campaign)?;
    if arguments.list {
        list(chosen.iter().map(|number| &generator.mutants()[*number]));
        return Ok(true);
    }
    let (records, todo) = known(arguments, &chosen, &generator, &campaign);
    eprintln!("{} changes, {} of them to be run", chosen.len(), todo.len());
    let mut progress = Progress::new(records, todo.len());
    let ran = campaign.run(&mut generator, &todo, |record| progress.add(record));
    fs::remove_dir_all(&scratch).with_context(|| scratch.display().to_string())?;
    ran?;
    progress
        .records
        .sort_by_key(|record| place(&generator, &record.mutant));
    finish(arguments, &Report::new(&progress.records, &survivors), &survivors)
}

fn place(generator: &Generator, mutant: &Mutant) -> Option<usize> {
    generator.mutants().iter().position(|other| other == mutant)
}

/// The numbers of the mutants that the arguments ask for.
fn choose(
    arguments: &Arguments,
    project: &Project,
    generator: &Generator,
    campaign: &Campaign<'_>,
) -> Result<Vec<usize>> {
    let mutants = generator.mutants();
    if let Some(unknown) = arguments
        .operator
        .iter()
        .find(|name| !mutants.iter().any(|mutant| mutant.operator == **name))
    {
        bail!("no change is of the kind {unknown}; tests/mutation/MutantFinder.java lists the kinds");
    }
    let changed = match &arguments.since {
        Some(revision) => Some(ChangedLines::since(project.root(), revision)?),
        None => None,
    };
    let is_chosen = |mutant: &Mutant| {
        (arguments.operator.is_empty() || arguments.operator.contains(&mutant.operator))
            && (arguments.file.is_empty() || arguments.file.iter().any(|text| mutant.file.contains(text)))
            && changed.as_ref().is_none_or(|lines| lines.contain(mutant))
            && (!arguments.lived || campaign.results.lived(mutant))
            // The applet that cases install is compiled with the others, and nothing tests it.
            && campaign.state.files.contains_key(&mutant.file)
    };
    let mut chosen: Vec<usize> = (0..mutants.len())
        .filter(|number| is_chosen(&mutants[*number]))
        .collect();
    if let Some(size) = arguments.sample {
        chosen.sort_by_key(|number| fingerprint(&(arguments.seed, mutants[*number].to_string())));
        chosen.truncate(size);
        chosen.sort_unstable();
    }
    Ok(chosen)
}

/// What is known already, and the numbers of the others.
fn known(
    arguments: &Arguments,
    chosen: &[usize],
    generator: &Generator,
    campaign: &Campaign<'_>,
) -> (Vec<Record>, Vec<usize>) {
    let mut records = Vec::new();
    let mut todo = Vec::new();
    for number in chosen {
        match campaign
            .results
            .find(&generator.mutants()[*number], &campaign.state)
        {
            Some(record) if !arguments.all => records.push(record.clone()),
            _ => todo.push(*number),
        }
    }
    (records, todo)
}

fn list<'a>(mutants: impl Iterator<Item = &'a Mutant>) {
    let mut out = std::io::stdout().lock();
    for mutant in mutants {
        // Whoever reads may have seen enough.
        if writeln!(out, "{mutant}\t{} → {}", mutant.original, mutant.changed).is_err() {
            return;
        }
    }
}

/// Prints what came out, writes the report, and says whether it is good.
fn finish(arguments: &Arguments, report: &Report<'_>, survivors: &Survivors) -> Result<bool> {
    for (mutant, _) in report.lived().filter(|(_, reason)| reason.is_none()) {
        println!("lived: {mutant}\t{} → {}", mutant.original, mutant.changed);
    }
    let lived: Vec<_> = report.lived().map(|(mutant, _)| mutant).collect();
    let is_whole = arguments.operator.is_empty()
        && arguments.file.is_empty()
        && arguments.since.is_none()
        && arguments.sample.is_none();
    for survivor in survivors.unused(&lived).filter(|_| is_whole) {
        println!("a reason for nothing that lived: {}", survivor.describe());
    }
    let count = report.count();
    println!(
        "{} caught, {} lived with a reason and {} without: {:.1} % caught, {REQUIRED} % required",
        count.caught,
        count.explained,
        count.unexplained,
        count.percentage()
    );
    if let Some(file) = &arguments.report {
        write_report(file, &report.markdown())?;
    }
    Ok(report.is_good())
}

fn write_report(file: &Path, results: &str) -> Result<()> {
    let before = fs::read_to_string(file).unwrap_or_default();
    let text = match before.split_once(RESULTS_MARK) {
        Some((text, _)) => format!("{text}{RESULTS_MARK}\n{results}"),
        None => results.to_owned(),
    };
    fs::write(file, text).with_context(|| file.display().to_string())
}

/// A line on standard error: how far the run is, and how long it still takes.
struct Progress {
    records: Vec<Record>,
    done: usize,
    todo: usize,
    caught: usize,
    lived: usize,
    start: Instant,
    written: Instant,
}

impl Progress {
    fn new(records: Vec<Record>, todo: usize) -> Self {
        Self {
            records,
            done: 0,
            todo,
            caught: 0,
            lived: 0,
            start: Instant::now(),
            written: Instant::now(),
        }
    }

    fn add(&mut self, record: &Record) {
        self.records.push(record.clone());
        self.done += 1;
        match record.outcome {
            Outcome::Caught { .. } => self.caught += 1,
            Outcome::Survived => self.lived += 1,
            Outcome::Refused | Outcome::Same => {}
        }
        let (end, pause) = if std::io::stderr().is_terminal() {
            ('\r', Duration::ZERO)
        } else {
            ('\n', LOG_PAUSE)
        };
        if self.written.elapsed() >= pause || self.done == self.todo {
            eprint!("{}{end}", self.line(&record.mutant));
            self.written = Instant::now();
        }
    }

    fn line(&self, mutant: &Mutant) -> String {
        let per_mutant = self.start.elapsed() / u32::try_from(self.done.max(1)).unwrap_or(u32::MAX);
        let left = per_mutant * u32::try_from(self.todo - self.done).unwrap_or(u32::MAX);
        let (minutes, seconds) = (left.as_secs() / 60, left.as_secs() % 60);
        format!(
            "{}/{}: {} caught, {} lived; {minutes}:{seconds:02} left; {:<50}",
            self.done,
            self.todo,
            self.caught,
            self.lived,
            mutant.to_string()
        )
    }
}
