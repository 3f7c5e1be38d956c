//! A jCardSim card: a Java Card simulator in a process of its own, reached through a private pcscd or directly.
//!
//! jCardSim runs class files, knows no security domain and has no firewall; applets are therefore installed over the
//! bridge's control channel and not with INSTALL commands.

mod bridge;
mod build;
mod stages;
mod watched;

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use card_proto::aid::Aid;
use card_proto::transport::{CardTransport, TransportError};
use zeroize::Zeroizing;

pub use self::stages::install_specs;
pub use self::watched::{MemoryPlace, MemoryUse, Power};

use self::bridge::Bridge;
pub use self::build::{compile_applets, compile_program, java_tool};
use crate::install_parameters::install_data;
#[cfg(feature = "pcsc")]
use crate::pcscd::{PcscdError, PrivatePcscd, PrivateSocket, READER_PORT};
use crate::project::Project;
#[cfg(feature = "pcsc")]
use crate::transport::pcsc::{PcscCard, PcscOptions, Sharing};
use crate::transport::vpcd::VpcdListener;

/// What stands between this process and the simulated card.
#[derive(Debug, Clone)]
pub enum Via {
    /// A pcscd of our own with the vpcd driver: the card looks like any card in a reader. See
    /// [`reexec_with_private_socket`](crate::pcscd::reexec_with_private_socket) for where the socket comes from.
    #[cfg(feature = "pcsc")]
    Pcscd(PrivateSocket),
    /// The vpcd protocol over a loopback connection: needs neither pcscd nor privileges.
    Direct,
}

/// What the simulated card's memory can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Memory {
    /// jCardSim's own: an aborted transaction keeps its writes.
    #[default]
    Plain,
    /// Every persistent write of the applets is seen: transactions are undone, the power can be cut before any write, and
    /// the whole can be saved and put back. See [`JcardsimCard::cut_power_before`]. Needs what `scripts/setup test` fetches.
    Watched,
}

/// What the simulator runs, and how long it may take.
#[derive(Debug, Clone)]
pub struct JcardsimOptions {
    /// Where jCardSim and the bridge are.
    pub project: Project,
    /// Folders of Java source to compile for the card.
    pub applet_sources: Vec<PathBuf>,
    /// A folder of class files for the card, which are taken as they are, and the sources left alone.
    pub applet_classes: Option<PathBuf>,
    /// How long one command may take before the card counts as hung.
    pub command_limit: Duration,
    /// What the card's memory can do.
    pub memory: Memory,
}

impl Default for JcardsimOptions {
    /// The applets of this checkout, 30 s for a command, and jCardSim's own memory.
    fn default() -> Self {
        let project = Project::of_this_build();
        let applet_sources = project.applet_sources();
        Self {
            project,
            applet_sources,
            applet_classes: None,
            command_limit: crate::transport::COMMAND_LIMIT,
            memory: Memory::default(),
        }
    }
}

/// An applet to install.
#[derive(Clone)]
pub struct InstallSpec {
    /// Java name of the applet class, for example `twofold.first.FirstStage`.
    pub applet_class: String,
    /// AID under which the instance is selected.
    pub instance_aid: Aid,
    /// Application data, the content of `C9` (GPCS §11.5.2.3.7); it may hold keys.
    pub application_data: Zeroizing<Vec<u8>>,
}

/// Never shows the application data.
impl std::fmt::Debug for InstallSpec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            applet_class,
            instance_aid,
            application_data,
        } = self;
        write!(
            f,
            "InstallSpec({applet_class} as {instance_aid}, {} octets of data)",
            application_data.len()
        )
    }
}

/// A running jCardSim card. Dropping it ends its processes.
pub struct JcardsimCard {
    // Fields are dropped in this order: first the connection to the card, then what carries it.
    transport: Box<dyn CardTransport + Send>,
    bridge: Bridge,
}

impl std::fmt::Debug for JcardsimCard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "JcardsimCard({})", self.transport.describe())
    }
}

impl JcardsimCard {
    /// Starts a card with the applets of this checkout compiled, none installed.
    ///
    /// # Errors
    /// As [`JcardsimCard::start_with`].
    pub fn start(via: &Via) -> Result<Self, JcardsimError> {
        Self::start_with(via, &JcardsimOptions::default())
    }

    /// Starts a card.
    ///
    /// # Errors
    /// [`JcardsimError`] when something is not set up, does not compile, or does not start.
    pub fn start_with(via: &Via, options: &JcardsimOptions) -> Result<Self, JcardsimError> {
        let classes = Classes {
            bridge: build::compile_bridge(&options.project, options.memory)?,
            applets: match &options.applet_classes {
                Some(folder) => folder.clone(),
                None => compile_applets(options)?,
            },
        };
        match via {
            #[cfg(feature = "pcsc")]
            Via::Pcscd(socket) => Self::start_behind_pcscd(socket, options, &classes),
            Via::Direct => Self::start_direct(options, &classes),
        }
    }

    /// Installs an applet instance.
    ///
    /// # Errors
    /// [`JcardsimError::Refused`] when the applet refuses; jCardSim hides the applet's own reason.
    pub fn install(&mut self, spec: &InstallSpec) -> Result<(), JcardsimError> {
        let data = install_data(&spec.instance_aid, &spec.application_data)?;
        let data = Zeroizing::new(hex::encode(&*data));
        let line = format!("install {} {} {}", spec.applet_class, spec.instance_aid, *data);
        self.bridge.request(&Zeroizing::new(line)).map(drop)
    }

    /// Deletes an applet instance.
    ///
    /// # Errors
    /// [`JcardsimError::Refused`] when there is none with this AID.
    pub fn delete(&mut self, instance_aid: &Aid) -> Result<(), JcardsimError> {
        self.bridge.request(&format!("delete {instance_aid}")).map(drop)
    }

    /// Octets of transient memory that the installed applets have taken: the sum of their transient arrays.
    ///
    /// # Errors
    /// [`JcardsimError`] when the simulator does not answer.
    pub fn transient_octets(&mut self) -> Result<u32, JcardsimError> {
        Ok(self.memory_use()?.transient)
    }

    /// Ends the card and its processes, as dropping it does.
    pub fn stop(self) {}

    /// The process to look at when something hangs: the simulator's, or its supervisor's.
    pub fn process_id(&self) -> u32 {
        self.bridge.process_id()
    }

    fn start_direct(options: &JcardsimOptions, classes: &Classes) -> Result<Self, JcardsimError> {
        let listener = VpcdListener::bind().map_err(JcardsimError::Start)?;
        let bridge = Bridge::start(java(options, classes, listener.port()), None)?;
        let card = listener.accept_from(bridge.local_port, options.command_limit)?;
        Ok(Self {
            transport: Box::new(card),
            bridge,
        })
    }

    #[cfg(feature = "pcsc")]
    fn start_behind_pcscd(
        socket: &PrivateSocket,
        options: &JcardsimOptions,
        classes: &Classes,
    ) -> Result<Self, JcardsimError> {
        let pcscd = PrivatePcscd::prepare(socket, &options.project.vpcd_driver())?;
        let command = pcscd.supervise(&java(options, classes, READER_PORT));
        let bridge = Bridge::start(command, Some(pcscd.into_socket()))?;
        let card = PcscCard::connect(
            crate::pcscd::READER_NAME,
            // Only who is told of the private socket can come here, and is meant to.
            &PcscOptions {
                sharing: Sharing::Shared,
                command_limit: options.command_limit,
                ..PcscOptions::default()
            },
        )?;
        Ok(Self {
            transport: Box::new(card),
            bridge,
        })
    }
}

impl CardTransport for JcardsimCard {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        self.transport.transmit(command)
    }

    fn reset(&mut self) -> Result<Vec<u8>, TransportError> {
        self.transport.reset()
    }

    fn describe(&self) -> String {
        format!("jCardSim behind {}", self.transport.describe())
    }
}

/// Folders of class files.
struct Classes {
    bridge: PathBuf,
    applets: PathBuf,
}

/// The command that runs the bridge against a reader at a loopback port.
fn java(options: &JcardsimOptions, classes: &Classes, port: u16) -> Command {
    let Classes { bridge, applets } = classes;
    let mut class_path = vec![options.project.jcardsim_jar(), bridge.clone()];
    // The watched memory loads the applets itself, from their folder.
    class_path.push(match options.memory {
        Memory::Plain => applets.clone(),
        Memory::Watched => options.project.asm_jar(),
    });
    let mut command = Command::new(build::java_tool("java"));
    command
        // A short-lived process: start fast rather than run fastest.
        .args(["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto"])
        // Without it jCardSim's RandomData gives the same octets in each run.
        .arg("-Dcom.licel.jcardsim.randomdata.secure=1")
        .arg("-classpath")
        .arg(build::class_path(&class_path))
        .args(["VpcdBridge", "127.0.0.1", &port.to_string()]);
    if options.memory == Memory::Watched {
        command.arg("WatchedMemory").arg(applets);
    }
    command
}

/// Why there is no jCardSim card.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JcardsimError {
    /// A file that `scripts/setup` fetches is not there.
    #[error("{} is missing: run scripts/setup test", missing.display())]
    NotSetUp {
        /// The file.
        missing: PathBuf,
    },
    /// A file or program could not be used.
    #[error("cannot {action} {}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// With which file or program.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// `javac` found errors.
    #[error("the applets or the bridge do not compile:\n{messages}")]
    Compiler {
        /// All that javac said.
        messages: String,
    },
    /// A socket or temporary file for the simulator could not be made.
    #[error("cannot start the simulator")]
    Start(#[source] io::Error),
    /// The simulator or its supervisor said no.
    #[error("the simulator refused: {text}{}", log_lines(log))]
    Refused {
        /// Its reason.
        text: String,
        /// The last lines of its log.
        log: String,
    },
    /// The simulator does not answer any more.
    #[error("the simulator is lost: {text}{}", log_lines(log))]
    Lost {
        /// How it was noticed.
        text: String,
        /// The last lines of its log.
        log: String,
    },
    /// The install data cannot be built.
    #[error(transparent)]
    InstallData(#[from] crate::install_parameters::InstallDataError),
    /// The private pcscd cannot be had.
    #[cfg(feature = "pcsc")]
    #[error(transparent)]
    Pcscd(#[from] PcscdError),
    /// The card behind its reader cannot be reached.
    #[error("the simulated card cannot be reached")]
    Transport(#[from] TransportError),
}

impl JcardsimError {
    fn io(action: &'static str, path: &Path, source: io::Error) -> Self {
        Self::Io {
            action,
            path: path.to_path_buf(),
            source,
        }
    }
}

fn log_lines(log: &str) -> String {
    if log.is_empty() {
        String::new()
    } else {
        format!("\nits log ends:\n{log}")
    }
}
