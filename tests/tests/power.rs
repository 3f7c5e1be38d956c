//! Cuts of power: every case on a simulated card whose memory is watched, those of `cases/power` first. Then what was seen of the
//! memory: its size, the largest transaction, and that nothing was allocated after installation.

use std::{
    path::Path,
    process::ExitCode,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use anyhow::{Context as _, Result, bail, ensure};
use card_proto::transport::{CardTransport, TransportError};
use conformance::{
    case_file::Case,
    player::{Played, Player},
    suite::catalog,
    testbed::{SimulatedCard, Testbed, WatchedMemory},
};
use host_harness::{
    jcardsim::{Memory, MemoryPlace, Power, Via},
    profile::CardProfile,
};
use libtest_mimic::{Arguments, Completion, Failed, Trial};

/// Octets of transient memory that both stages together may take.
const RAM: u32 = 3072;
/// Octets that a transaction may change: the commit buffer of a small card.
const TRANSACTION: u32 = 256;
/// A step that changes a record, with cuts; played on a card that lies it has to fail.
const ON_A_LIAR: &str = "! cuts\n! packet\n+ 000C0104\n< por 00\n< 9000";
/// They say how much memory the applets take.
const FIRST_README: &str = include_str!("../../applets/first-stage/README.md");
const SECOND_README: &str = include_str!("../../applets/second-stage/README.md");
/// Where the cases are that cut the power; they are played on the fresh card.
const POWER: &str = "power/";

fn main() -> ExitCode {
    let arguments = Arguments {
        test_threads: Some(1),
        ..Arguments::from_args()
    };
    match run(&arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("the power cannot be cut: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> Result<ExitCode> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let profile = CardProfile::read(&root.join("../keys/test-card.toml"))?;
    let mut files = catalog::find(&catalog::cases_folder())?;
    files.sort_by_key(|file| (!file.name.starts_with(POWER), file.name.clone()));
    let bench = Arc::new(Mutex::new(Bench::start(profile)?));
    let mut trials: Vec<_> = files
        .into_iter()
        .map(|file| {
            let bench = Arc::clone(&bench);
            Trial::ignorable_test(file.name.clone(), move || {
                fails_with(lock(&bench).play(&file.name, &file.text))
            })
        })
        .collect();
    let watched = Arc::clone(&bench);
    trials.push(Trial::test("memory", move || {
        fails_with(lock(&watched).look_at_the_memory())
    }));
    let lying = Arc::clone(&bench);
    trials.push(Trial::test("a wrong state is seen", move || {
        fails_with(lock(&lying).sees_a_wrong_state())
    }));
    let conclusion = libtest_mimic::run(arguments, trials);
    lock(&bench).tell_of_the_cuts();
    Ok(conclusion.exit_code())
}

fn lock(bench: &Mutex<Bench>) -> MutexGuard<'_, Bench> {
    bench.lock().unwrap_or_else(PoisonError::into_inner)
}

fn fails_with<T>(result: Result<T>) -> Result<T, Failed> {
    result.map_err(|error| Failed::from(format!("{error:#}")))
}

struct Bench {
    card: SimulatedCard,
    profile: CardProfile,
    /// Octets of transient memory, before the simulator adds its own to it.
    ram: u32,
    /// How often each case has cut the power.
    cuts: Vec<(String, u32)>,
}

impl Bench {
    fn start(profile: CardProfile) -> Result<Self> {
        let mut card = SimulatedCard::start(&Via::Direct, &profile, Memory::Watched)?;
        let ram = card.memory_use()?.transient;
        Ok(Self {
            card,
            profile,
            ram,
            cuts: Vec::new(),
        })
    }

    fn play(&mut self, name: &str, text: &str) -> Result<Completion> {
        let case = Case::parse(text, &self.profile)?;
        let played = Player::new(&mut self.card, &self.profile).play(&case, &mut |_| ())?;
        match played {
            Played::Whole { cuts: 0 } => {}
            Played::Whole { cuts } => self.cuts.push((name.to_owned(), cuts)),
            Played::Skipped { .. } => bail!("{played}"),
        }
        Ok(Completion::Completed)
    }

    fn tell_of_the_cuts(&self) {
        for (name, cuts) in &self.cuts {
            eprintln!("{name}: the power was cut {cuts} times");
        }
        let all: u32 = self.cuts.iter().map(|(_, cuts)| cuts).sum();
        eprintln!("all: {all} cuts");
    }

    /// A card of which one record is another after each cut.
    fn sees_a_wrong_state(&mut self) -> Result<()> {
        let case = Case::parse(ON_A_LIAR, &self.profile)?;
        let mut liar = Liar {
            card: &mut self.card,
            was_cut: false,
        };
        let error = match Player::new(&mut liar, &self.profile).play(&case, &mut |_| ()) {
            Ok(played) => bail!("the case was {played}"),
            Err(error) => format!("{error:#}"),
        };
        let told = "line 1: power cut before write 0: the card shows a state that it must not have";
        ensure!(error.starts_with(told) && error.contains("record 1"), "{error}");
        Ok(())
    }

    fn look_at_the_memory(&mut self) -> Result<()> {
        let memory = self.card.memory_use().context("memory")?;
        for (aid, octets) in &memory.persistent {
            eprintln!("{aid}: {octets} octets of persistent memory in arrays and keys");
        }
        eprintln!(
            "{} octets of RAM, of {RAM}; the largest transaction changed {} octets, of {TRANSACTION}",
            self.ram, memory.largest_transaction
        );
        ensure!(memory.persistent.len() == 2, "two instances, not {memory:?}");
        for (readme, octets) in [
            (FIRST_README, memory.persistent[0].1),
            (FIRST_README, self.ram),
            (SECOND_README, memory.persistent[1].1),
            (SECOND_README, self.ram),
        ] {
            ensure!(
                readme.contains(&with_comma(octets)),
                "no README tells of {} octets",
                with_comma(octets)
            );
        }
        ensure!(self.ram <= RAM, "{} octets of RAM are too many", self.ram);
        ensure!(
            memory.largest_transaction <= TRANSACTION,
            "a transaction of {} octets is too large",
            memory.largest_transaction
        );
        ensure!(
            memory.late_allocations.is_empty(),
            "allocated after installation, at {}",
            memory.late_allocations.join(" and ")
        );
        Ok(())
    }
}

/// `3,033`, as the documents write numbers of four digits and more.
fn with_comma(number: u32) -> String {
    format!("{},{:03}", number / 1000, number % 1000)
}

/// A card that shows record 1 with a wrong octet after a cut.
struct Liar<'a> {
    card: &'a mut SimulatedCard,
    was_cut: bool,
}

impl CardTransport for Liar<'_> {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        let mut response = self.card.transmit(command)?;
        if self.was_cut && command.starts_with(&[0x00, 0xB2, 0x01]) {
            response[0] ^= 0x01;
        }
        Ok(response)
    }

    fn reset(&mut self) -> Result<Vec<u8>, TransportError> {
        self.card.reset()
    }

    fn describe(&self) -> String {
        self.card.describe()
    }
}

impl Testbed for Liar<'_> {
    fn watched_memory(&mut self) -> Option<&mut dyn WatchedMemory> {
        Some(self)
    }
}

impl WatchedMemory for Liar<'_> {
    fn save(&mut self) -> Result<()> {
        self.memory()?.save()
    }

    fn restore(&mut self) -> Result<()> {
        self.was_cut = false;
        self.memory()?.restore()
    }

    fn cut_power_before(&mut self, write: u32) -> Result<()> {
        self.memory()?.cut_power_before(write)
    }

    fn find(&mut self, octets: &[u8]) -> Result<Vec<MemoryPlace>> {
        self.memory()?.find(octets)
    }

    fn power(&mut self) -> Result<Power> {
        let power = self.memory()?.power()?;
        self.was_cut = power.was_cut;
        Ok(power)
    }
}

impl Liar<'_> {
    fn memory(&mut self) -> Result<&mut dyn WatchedMemory> {
        self.card
            .watched_memory()
            .context("the card has no watched memory")
    }
}
