//! What a target can do besides taking commands: install the applets anew, cut the power. A case that needs more than its target
//! can do is skipped, see [`crate::player::Played`].

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use card_proto::aid::Aid;
use card_proto::transport::{CardTransport, TransportError};
use host_harness::{
    jcardsim::{
        InstallSpec, JcardsimCard, JcardsimError, JcardsimOptions, Memory, MemoryPlace, MemoryUse, Power,
        Via, install_specs,
    },
    profile::CardProfile,
    project::Project,
};
use secure_channel::scp80::Counter;
use twofold::target::Target;

use crate::case_file::Stage;

/// A card under test. Each ability gives its handle, or `None` on a target without it.
pub trait Testbed: CardTransport {
    /// Deletes and installs the applets.
    fn installer(&mut self) -> Option<&mut dyn Installer> {
        None
    }

    /// Cuts the power, keeps and puts back the persistent memory, looks into it.
    fn watched_memory(&mut self) -> Option<&mut dyn WatchedMemory> {
        None
    }
}

/// Deletes and installs the applets.
pub trait Installer {
    /// Deletes both applets and installs them anew, with `counters` as the last used values of the first and second stage.
    ///
    /// # Errors
    /// The card refuses.
    fn reinstall(&mut self, counters: [Counter; 2]) -> Result<()>;

    /// Deletes one applet and installs it with this application data; false when it refuses, and is not there then.
    ///
    /// # Errors
    /// The card does not answer.
    fn install(&mut self, stage: Stage, application_data: &[u8]) -> Result<bool>;

    /// Installs the applet of `tests/java` under this AID, in the place of the first stage if that has it. The next
    /// [`Installer::reinstall`] deletes it.
    ///
    /// # Errors
    /// The card refuses.
    fn install_intruder(&mut self, aid: &Aid) -> Result<()>;
}

/// Persistent memory that can be kept and put back, and whose power can be cut before any write. The methods are those of
/// [`JcardsimCard`], which has more to say.
pub trait WatchedMemory {
    /// Keeps the persistent memory.
    ///
    /// # Errors
    /// The card does not answer.
    fn save(&mut self) -> Result<()>;

    /// Puts back what was kept, and resets the card.
    ///
    /// # Errors
    /// Nothing is kept, or the card does not answer.
    fn restore(&mut self) -> Result<()>;

    /// Cuts the power just before the write with this number, counted from now and from 0.
    ///
    /// # Errors
    /// The card does not answer.
    fn cut_power_before(&mut self, write: u32) -> Result<()>;

    /// What became of the card since then.
    ///
    /// # Errors
    /// The card does not answer.
    fn power(&mut self) -> Result<Power>;

    /// Where the applets' memory has these octets.
    ///
    /// # Errors
    /// The card does not answer.
    fn find(&mut self, octets: &[u8]) -> Result<Vec<MemoryPlace>>;
}

/// What not every target can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ability {
    /// [`Installer`].
    Reinstall,
    /// [`WatchedMemory`].
    WatchMemory,
}

impl Ability {
    /// Whether `card` has it.
    pub fn is_of(self, card: &mut dyn Testbed) -> bool {
        match self {
            Self::Reinstall => card.installer().is_some(),
            Self::WatchMemory => card.watched_memory().is_some(),
        }
    }

    /// What a target without it cannot do, in words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Reinstall => "install the applets anew",
            Self::WatchMemory => "cut the power before a write or look into the memory",
        }
    }
}

/// Connects to the card that `target` names: a simulated one is started with this kind of memory, and gets the applets.
///
/// # Errors
/// There is no such reader or card, or the simulator does not start.
pub fn open(
    target: &Target,
    via: &Via,
    profile: &CardProfile,
    memory: Memory,
) -> Result<Box<dyn Testbed + Send>> {
    Ok(match target {
        Target::Jcardsim | Target::JcardsimDirect => Box::new(SimulatedCard::start(via, profile, memory)?),
        Target::Pcsc(_) => Box::new(OrdinaryCard(target.open(
            via,
            profile,
            [Counter::default(); 2],
        )?)),
    })
}

/// A card that takes commands and nothing else.
pub struct OrdinaryCard(pub Box<dyn CardTransport + Send>);

impl CardTransport for OrdinaryCard {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        self.0.transmit(command)
    }

    fn reset(&mut self) -> Result<Vec<u8>, TransportError> {
        self.0.reset()
    }

    fn describe(&self) -> String {
        self.0.describe()
    }
}

impl Testbed for OrdinaryCard {}

/// The class of [`Installer::install_intruder`].
const INTRUDER: &str = "intruder.Intruder";

/// A simulated card with both applets.
pub struct SimulatedCard {
    card: JcardsimCard,
    profile: CardProfile,
    memory: Memory,
    /// Its AID, while it is there.
    intruder: Option<Aid>,
}

/// The folders of Java source that a card of the suite is compiled from: the applets, and that of [`Installer::install_intruder`].
pub fn card_sources(project: &Project) -> Vec<PathBuf> {
    let mut sources = project.applet_sources();
    sources.push(Path::new(env!("CARGO_MANIFEST_DIR")).join("java"));
    sources
}

impl SimulatedCard {
    /// Starts a card and installs the applets with the keys of `profile` and counters at 0.
    ///
    /// # Errors
    /// The simulator does not start, or an applet cannot be installed.
    pub fn start(via: &Via, profile: &CardProfile, memory: Memory) -> Result<Self> {
        let mut options = JcardsimOptions {
            memory,
            ..JcardsimOptions::default()
        };
        options.applet_sources = card_sources(&options.project);
        Self::start_with(via, profile, &options)
    }

    /// The same, with everything else as `options` say.
    ///
    /// # Errors
    /// As [`SimulatedCard::start`].
    pub fn start_with(via: &Via, profile: &CardProfile, options: &JcardsimOptions) -> Result<Self> {
        let mut card = Self {
            card: JcardsimCard::start_with(via, options)?,
            profile: profile.clone(),
            memory: options.memory,
            intruder: None,
        };
        card.install_both([Counter::default(); 2])?;
        Ok(card)
    }

    /// Puts a new card in the place of this one and installs the applets, with class files in the folder `changed` in the place of
    /// their own.
    ///
    /// # Errors
    /// The memory is not watched, or an applet cannot be installed.
    pub fn replace(&mut self, changed: &Path) -> Result<()> {
        self.card.replace(changed)?;
        self.intruder = None;
        self.install_both([Counter::default(); 2])
    }

    /// Keeps the persistent memory, until the applets are installed anew.
    ///
    /// # Errors
    /// The memory is not watched, or the simulator does not answer.
    pub fn save(&mut self) -> Result<()> {
        Ok(self.card.save()?)
    }

    /// Puts back what was kept, and resets the card.
    ///
    /// # Errors
    /// Nothing is kept, or as [`SimulatedCard::save`].
    pub fn restore(&mut self) -> Result<()> {
        Ok(self.card.restore()?)
    }

    /// What the applets have taken of the memory.
    ///
    /// # Errors
    /// The simulator does not answer.
    pub fn memory_use(&mut self) -> Result<MemoryUse> {
        Ok(self.card.memory_use()?)
    }

    fn delete_stage(&mut self, stage: Stage) -> Result<()> {
        let aid = match stage {
            Stage::First => self.profile.first_stage.aid,
            Stage::Second => self.profile.second_stage.aid,
        };
        self.delete(&aid)
    }

    /// Deletes an applet, if it is there.
    fn delete(&mut self, aid: &Aid) -> Result<()> {
        match self.card.delete(aid) {
            Ok(()) | Err(JcardsimError::Refused { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn install_both(&mut self, counters: [Counter; 2]) -> Result<()> {
        for spec in install_specs(&self.profile, counters) {
            self.card
                .install(&spec)
                .with_context(|| format!("{} cannot be installed", spec.applet_class))?;
        }
        Ok(())
    }
}

impl CardTransport for SimulatedCard {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        self.card.transmit(command)
    }

    fn reset(&mut self) -> Result<Vec<u8>, TransportError> {
        self.card.reset()
    }

    fn describe(&self) -> String {
        self.card.describe()
    }
}

impl Testbed for SimulatedCard {
    fn installer(&mut self) -> Option<&mut dyn Installer> {
        Some(self)
    }

    fn watched_memory(&mut self) -> Option<&mut dyn WatchedMemory> {
        match self.memory {
            Memory::Plain => None,
            Memory::Watched => Some(&mut self.card),
        }
    }
}

impl Installer for SimulatedCard {
    fn reinstall(&mut self, counters: [Counter; 2]) -> Result<()> {
        if let Some(aid) = self.intruder.take() {
            self.delete(&aid)?;
        }
        self.delete_stage(Stage::First)?;
        self.delete_stage(Stage::Second)?;
        self.install_both(counters)
    }

    fn install(&mut self, stage: Stage, application_data: &[u8]) -> Result<bool> {
        self.delete_stage(stage)?;
        let [second, first] = install_specs(&self.profile, [Counter::default(); 2]);
        let mut spec = match stage {
            Stage::First => first,
            Stage::Second => second,
        };
        spec.application_data = application_data.to_vec().into();
        match self.card.install(&spec) {
            Ok(()) => Ok(true),
            Err(JcardsimError::Refused { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    fn install_intruder(&mut self, aid: &Aid) -> Result<()> {
        if let Some(old) = self.intruder.take() {
            self.delete(&old)?;
        }
        self.delete(aid)?;
        self.card.install(&InstallSpec {
            applet_class: INTRUDER.to_owned(),
            instance_aid: *aid,
            application_data: Vec::new().into(),
        })?;
        self.intruder = Some(*aid);
        Ok(())
    }
}

impl WatchedMemory for JcardsimCard {
    fn save(&mut self) -> Result<()> {
        Ok(self.save()?)
    }

    fn restore(&mut self) -> Result<()> {
        Ok(self.restore()?)
    }

    fn cut_power_before(&mut self, write: u32) -> Result<()> {
        Ok(self.cut_power_before(write)?)
    }

    fn power(&mut self) -> Result<Power> {
        Ok(self.power()?)
    }

    fn find(&mut self, octets: &[u8]) -> Result<Vec<MemoryPlace>> {
        Ok(self.find(octets)?)
    }
}
