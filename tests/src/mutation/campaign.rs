//! All mutants that are asked for, on several benches at once.

use std::{
    collections::{BTreeMap, VecDeque},
    fs,
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError, mpsc},
    thread,
};

use anyhow::{Context as _, Result};
use host_harness::{profile::CardProfile, project::Project};

use super::{
    bench::{Bench, By, Suite},
    generator::{Compiled, Generator, Mutant},
    order::Order,
    results::{Outcome, Record, Results, State, fingerprint},
};

/// What a run needs.
pub struct Campaign<'a> {
    /// The keys of the card and the cases.
    pub profile: &'a CardProfile,
    /// The applets and the cases.
    pub state: State<'a>,
    /// What is known from earlier runs.
    pub results: Results,
    /// How many cards at once.
    pub workers: usize,
}

/// The fingerprint of every source file by its name in [`Mutant::file`].
///
/// # Errors
/// A file cannot be read.
pub fn source_files(project: &Project) -> Result<BTreeMap<String, u64>> {
    let mut files = BTreeMap::new();
    for folder in project.applet_sources() {
        collect(&folder.join("twofold"), "", &mut files)?;
    }
    Ok(files)
}

fn collect(folder: &Path, name: &str, files: &mut BTreeMap<String, u64>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        let end = path.file_name().unwrap_or_default().to_string_lossy();
        let name = if name.is_empty() {
            end.into_owned()
        } else {
            format!("{name}/{end}")
        };
        if path.is_dir() {
            collect(&path, &name, files)?;
        } else {
            files.insert(name, fingerprint(&fs::read(&path)?));
        }
    }
    Ok(())
}

/// Mutants of a run, by number, and what the benches share.
struct Shared<'a> {
    todo: Mutex<VecDeque<usize>>,
    generator: Mutex<&'a mut Generator>,
    order: Mutex<Order>,
}

impl Campaign<'_> {
    /// Runs the mutants with these numbers, and tells `progress` of each record.
    ///
    /// # Errors
    /// The simulator or the compiler does not start, the unchanged applets fail, or a result cannot be written.
    pub fn run(
        &mut self,
        generator: &mut Generator,
        numbers: &[usize],
        mut progress: impl FnMut(&Record),
    ) -> Result<()> {
        let unchanged = generator.unchanged();
        let order = self.order(&unchanged)?;
        let mutants = generator.mutants().to_vec();
        let shared = Shared {
            todo: Mutex::new(numbers.iter().copied().collect()),
            generator: Mutex::new(generator),
            order: Mutex::new(order),
        };
        let (suite, profile, workers) = (self.state.suite, self.profile, self.workers);
        let new_bench = || Bench::new(suite, profile, &unchanged);
        thread::scope(|scope| {
            let (sender, receiver) = mpsc::channel();
            for _ in 0..workers {
                let (sender, shared, mutants, new_bench) = (sender.clone(), &shared, &mutants, &new_bench);
                scope.spawn(move || {
                    let mut bench = new_bench();
                    while let Some(number) = lock(&shared.todo).pop_front() {
                        let outcome = shared.judge(&mut bench, &mutants[number], number);
                        if sender.send((number, outcome)).is_err() {
                            return;
                        }
                    }
                });
            }
            drop(sender);
            for (number, outcome) in receiver {
                let mutant = mutants[number].clone();
                let record = outcome
                    .with_context(|| mutant.to_string())
                    .and_then(|outcome| self.results.add(mutant, outcome, &self.state));
                // Dropping the receiver on an error ends the workers after the mutant they are at.
                progress(&record?);
            }
            Ok(())
        })
    }

    /// What is known of the cases: how long they take now, and what they noticed before.
    fn order(&self, unchanged: &Path) -> Result<Order> {
        let durations = Bench::new(self.state.suite, self.profile, unchanged).durations()?;
        let mut order = Order::new(&durations);
        for (mutant, name) in self.results.noticed() {
            if let Some(case) = number_of(self.state.suite, name) {
                order.noticed(mutant, case);
            }
        }
        Ok(order)
    }
}

impl Shared<'_> {
    fn judge(&self, bench: &mut Bench<'_>, mutant: &Mutant, number: usize) -> Result<Outcome> {
        let folder = match lock(&self.generator).compile(number)? {
            Compiled::Classes(folder) => folder,
            Compiled::Same => return Ok(Outcome::Same),
            Compiled::Refused(_) => return Ok(Outcome::Refused),
        };
        let order = lock(&self.order).for_mutant(mutant);
        let outcome = Outcome::from(bench.judge(&folder, &order)?);
        if let Outcome::Caught {
            by: By::Case(name), ..
        } = &outcome
            && let Some(case) = number_of(bench.suite(), name)
        {
            lock(&self.order).noticed(mutant, case);
        }
        fs::remove_dir_all(&folder).with_context(|| folder.display().to_string())?;
        Ok(outcome)
    }
}

fn number_of(suite: &Suite, name: &str) -> Option<usize> {
    suite.cases.iter().position(|case| case.name == name)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
