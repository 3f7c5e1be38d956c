//! A simulated card with watched memory on which the cases are played against one mutant after the other.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use card_proto::transport::{CardTransport, TransportError};
use host_harness::{
    jcardsim::{JcardsimError, JcardsimOptions, Memory, MemoryUse, Via},
    profile::CardProfile,
};
use serde::{Deserialize, Serialize};

use super::results::fingerprint;
use crate::{
    case_file::{Action, Case},
    player::{Played, Player},
    suite::catalog::{self, CaseFile},
    testbed::{Installer, SimulatedCard, Testbed, WatchedMemory},
};

/// How long one command may take; the slowest of an unchanged applet takes some milliseconds.
const COMMAND_LIMIT: Duration = Duration::from_secs(3);
/// How long all cases together may take.
const MUTANT_LIMIT: Duration = Duration::from_secs(120);
/// Octets that a transaction may change.
const TRANSACTION: u32 = 256;

/// The cases.
pub struct Suite {
    /// In the order of their names.
    pub cases: Vec<SuiteCase>,
    /// Of all their names and texts.
    pub fingerprint: u64,
    /// Cases that are not played; what they noticed in an earlier run still holds.
    left_out: Vec<(String, u64)>,
}

/// A case and what has to be known before it is played.
pub struct SuiteCase {
    /// Path below `cases/`, without `.apdu`.
    pub name: String,
    /// Of its text.
    pub fingerprint: u64,
    case: Case,
    /// It keeps memory or installs the applets itself, so that the fresh memory cannot be put back behind it.
    replaces_memory: bool,
}

impl Suite {
    /// Reads every case below `folder`, those excepted that have one of the texts `without` in their name.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn read(folder: &Path, profile: &CardProfile, without: &[String]) -> Result<Self> {
        let is_left_out = |file: &CaseFile| without.iter().any(|text| file.name.contains(text));
        let (left_out, files): (Vec<_>, Vec<_>) = catalog::find(folder)?.into_iter().partition(is_left_out);
        let cases = files.iter().map(|file| {
            let case = Case::parse(&file.text, profile).with_context(|| file.name.clone())?;
            Ok(SuiteCase {
                name: file.name.clone(),
                fingerprint: fingerprint(&file.text),
                replaces_memory: case.steps.iter().any(|step| replaces_memory(&step.action)),
                case,
            })
        });
        let texts: Vec<_> = files.iter().map(|file| (&file.name, &file.text)).collect();
        Ok(Self {
            cases: cases.collect::<Result<_>>()?,
            fingerprint: fingerprint(&texts),
            left_out: left_out
                .into_iter()
                .map(|file| (file.name, fingerprint(&file.text)))
                .collect(),
        })
    }

    /// The fingerprint of a case, played or not; 0 when there is none of this name.
    pub fn case_fingerprint(&self, name: &str) -> u64 {
        let played = self.cases.iter().map(|case| (&case.name, case.fingerprint));
        let left_out = self
            .left_out
            .iter()
            .map(|(name, fingerprint)| (name, *fingerprint));
        let mut all = played.chain(left_out);
        all.find(|(other, _)| *other == name)
            .map_or(0, |(_, fingerprint)| fingerprint)
    }
}

fn replaces_memory(action: &Action) -> bool {
    matches!(
        action,
        Action::Cuts | Action::Reinstall(_) | Action::Install { .. } | Action::Intruder(_)
    )
}

/// What noticed a mutant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum By {
    /// The applets could not be installed any more.
    Installation,
    /// A case on a fresh card.
    Case(String),
    /// A case on a card that the other cases, and itself, had been played on.
    CaseOnUsedCard(String),
    /// Another amount of memory than the documents say, too large a transaction, or an allocation after installation.
    Memory,
}

/// What became of a mutant on the bench.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It was noticed.
    Caught {
        /// By what.
        by: By,
        /// In which way.
        how: String,
    },
    /// It was not.
    Survived,
}

/// A card, and the cases for it.
pub struct Bench<'a> {
    suite: &'a Suite,
    profile: &'a CardProfile,
    applets: &'a Path,
    /// None before the first mutant, and after one that hung or ended the simulator.
    card: Option<SimulatedCard>,
    /// What the unchanged applets take of it; the test of `power` holds the documents to that.
    memory: MemoryUse,
}

/// What noticed a mutant, and the mistake.
type Noticed = (By, anyhow::Error);

impl<'a> Bench<'a> {
    /// A bench for the cases of `suite`, which have the keys of `profile`, and the class files of the unchanged applets in the
    /// folder `applets`.
    pub fn new(suite: &'a Suite, profile: &'a CardProfile, applets: &'a Path) -> Self {
        Self {
            suite,
            profile,
            applets,
            card: None,
            memory: MemoryUse::default(),
        }
    }

    /// The cases.
    pub fn suite(&self) -> &'a Suite {
        self.suite
    }

    /// Plays the cases against the classes in `changed`, in this order, until one notices them; then, one after the other on one
    /// card, all that do not put memory back themselves.
    ///
    /// # Errors
    /// The simulator does not start.
    pub fn judge(&mut self, changed: &Path, order: &[usize]) -> Result<Verdict> {
        let mut trial = self.trial()?;
        let noticed = self
            .each_on_a_fresh_card(&mut trial, changed, order)
            .and_then(|()| self.all_on_one_card(&mut trial, changed))
            .and_then(|()| {
                self.look_at_the_memory(&mut trial)
                    .map_err(|error| (By::Memory, error))
            });
        let Err((by, error)) = noticed else {
            self.card = Some(trial.card);
            return Ok(Verdict::Survived);
        };
        self.card = (!is_lost(&error)).then_some(trial.card);
        Ok(Verdict::Caught {
            by,
            how: format!("{error:#}"),
        })
    }

    /// How long each case takes with the applets as they are.
    ///
    /// # Errors
    /// The simulator does not start, or a case fails.
    pub fn durations(&mut self) -> Result<Vec<Duration>> {
        let mut trial = self.trial()?;
        let mut durations = Vec::new();
        for case in &self.suite.cases {
            trial.card.replace(self.applets)?;
            let start = Instant::now();
            let played = self
                .play(&mut trial, case)
                .with_context(|| format!("the unchanged applets fail in {}", case.name))?;
            ensure!(matches!(played, Played::Whole { .. }), "{}: {played}", case.name);
            durations.push(start.elapsed());
        }
        self.card = Some(trial.card);
        Ok(durations)
    }

    fn each_on_a_fresh_card(
        &self,
        trial: &mut Trial,
        changed: &Path,
        order: &[usize],
    ) -> Result<(), Noticed> {
        let mut is_kept = false;
        for case in order.iter().filter_map(|number| self.suite.cases.get(*number)) {
            let fresh = if is_kept {
                trial.card.restore()
            } else {
                trial.install(changed)
            };
            fresh.map_err(|error| (By::Installation, error))?;
            is_kept = !case.replaces_memory;
            // A case that cannot be played any more has not noticed anything.
            self.play(trial, case)
                .map(drop)
                .map_err(|error| (By::Case(case.name.clone()), error))?;
        }
        Ok(())
    }

    fn all_on_one_card(&self, trial: &mut Trial, changed: &Path) -> Result<(), Noticed> {
        trial
            .install(changed)
            .map_err(|error| (By::Installation, error))?;
        for case in self.suite.cases.iter().filter(|case| !case.replaces_memory) {
            self.play(trial, case)
                .map(drop)
                .map_err(|error| (By::CaseOnUsedCard(case.name.clone()), error))?;
        }
        Ok(())
    }

    fn look_at_the_memory(&self, trial: &mut Trial) -> Result<()> {
        let memory = trial.card.memory_use()?;
        ensure!(
            memory.persistent == self.memory.persistent && trial.ram == self.memory.transient,
            "{} octets of RAM and persistent {:?}, not as documented",
            trial.ram,
            memory.persistent
        );
        let transaction = memory.largest_transaction;
        ensure!(
            transaction <= TRANSACTION,
            "a transaction of {transaction} octets is too large"
        );
        let places = memory.late_allocations;
        ensure!(
            places.is_empty(),
            "allocated after installation, at {}",
            places.join(" and ")
        );
        Ok(())
    }

    fn play(&self, trial: &mut Trial, case: &SuiteCase) -> Result<Played> {
        Player::new(trial, self.profile).play(&case.case, &mut |_| ())
    }

    fn trial(&mut self) -> Result<Trial> {
        let card = match self.card.take() {
            Some(card) => card,
            None => self.start()?,
        };
        Ok(Trial {
            card,
            ram: 0,
            deadline: Instant::now() + MUTANT_LIMIT,
        })
    }

    /// A new simulator, with the unchanged applets.
    fn start(&mut self) -> Result<SimulatedCard> {
        let mut card = SimulatedCard::start_with(
            &Via::Direct,
            self.profile,
            &JcardsimOptions {
                memory: Memory::Watched,
                applet_classes: Some(self.applets.to_path_buf()),
                command_limit: COMMAND_LIMIT,
                ..JcardsimOptions::default()
            },
        )?;
        self.memory = card.memory_use()?;
        Ok(card)
    }
}

/// A card with a mutant on it, for a limited time.
struct Trial {
    card: SimulatedCard,
    /// Octets of transient memory that the mutant takes.
    ram: u32,
    deadline: Instant,
}

impl Trial {
    /// Puts a new card with these classes in the place of the old one.
    fn install(&mut self, changed: &Path) -> Result<()> {
        self.card.replace(changed)?;
        // The simulator adds arrays of its own later on.
        self.ram = self.card.memory_use()?.transient;
        self.card.save()
    }
}

impl CardTransport for Trial {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        if Instant::now() > self.deadline {
            let seconds = MUTANT_LIMIT.as_secs();
            return Err(TransportError::Timeout { seconds });
        }
        self.card.transmit(command)
    }

    fn reset(&mut self) -> Result<Vec<u8>, TransportError> {
        self.card.reset()
    }

    fn describe(&self) -> String {
        self.card.describe()
    }
}

impl Testbed for Trial {
    fn installer(&mut self) -> Option<&mut dyn Installer> {
        self.card.installer()
    }

    fn watched_memory(&mut self) -> Option<&mut dyn WatchedMemory> {
        self.card.watched_memory()
    }
}

/// The simulator hangs or has ended, and cannot be used for the next mutant.
fn is_lost(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.is::<TransportError>() || matches!(cause.downcast_ref(), Some(JcardsimError::Lost { .. }))
    })
}
