//! A pcscd of our own, which no other program sees and which disturbs none.
//!
//! It runs in its own network namespace (the vpcd driver listens on all interfaces, and its port is often taken), with
//! its own `/run` (pcscd overwrites the process-id file of a system daemon) and without the drivers of real readers
//! (it would take them from the system's daemon). Its socket is made here and handed over, so it is reachable from
//! outside the namespaces. The card's process runs in the same namespaces, under the same supervising shell.

mod isolation;
mod private_socket;

use std::fs;
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::Command;

pub use self::private_socket::{PrivateSocket, reexec_with_private_socket};

use self::isolation::Isolation;

/// The port of the driver's first reader inside the namespace.
pub(crate) const READER_PORT: u16 = 0x8C7B;
/// Name of the reader with the simulated card, as PC/SC programs see it.
pub const READER_NAME: &str = "Twofold virtual reader 00 00";

const SUPERVISOR: &str = include_str!("pcscd/supervisor.sh");

/// All that is needed to start a private pcscd: the socket it serves, its configuration, its isolation.
#[derive(Debug)]
pub struct PrivatePcscd {
    socket: OwnedFd,
    configuration: PathBuf,
    isolation: Isolation,
}

impl PrivatePcscd {
    /// Binds the socket and writes the configuration that loads the vpcd driver.
    ///
    /// # Errors
    /// [`PcscdError`] when the driver is missing or the system allows no namespaces.
    pub fn prepare(socket: &PrivateSocket, vpcd_driver: &Path) -> Result<Self, PcscdError> {
        if !vpcd_driver.exists() {
            return Err(PcscdError::NotSetUp {
                missing: vpcd_driver.to_path_buf(),
            });
        }
        let isolation = Isolation::find()?;
        let configuration = socket.folder().join("readers");
        let reader = format!(
            "FRIENDLYNAME \"Twofold virtual reader\"\nDEVICENAME /dev/null:{READER_PORT:#06X}\n\
             LIBPATH {}\nCHANNELID {READER_PORT:#06X}\n",
            vpcd_driver.display()
        );
        fs::create_dir_all(&configuration)
            .and_then(|()| fs::write(configuration.join("vpcd"), reader))
            .map_err(|source| PcscdError::Folder {
                path: configuration.clone(),
                source,
            })?;
        Ok(Self {
            socket: socket.listen()?,
            configuration,
            isolation,
        })
    }

    /// The command that runs pcscd and, in the foreground, the card's process. Its standard input must be the socket.
    /// When the card's process ends, pcscd ends.
    pub fn supervise(&self, card: &Command) -> Command {
        let mut command = self.isolation.command();
        command
            .args(["sh", "-c", SUPERVISOR, "supervisor"])
            .arg(&self.configuration);
        command.arg(card.get_program()).args(card.get_args());
        command
    }

    /// The listening socket, to become the supervisor's standard input.
    pub fn into_socket(self) -> OwnedFd {
        self.socket
    }
}

/// Why there is no private pcscd.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PcscdError {
    /// The reader driver is not there.
    #[error("{} is missing: run scripts/setup test", missing.display())]
    NotSetUp {
        /// The file.
        missing: PathBuf,
    },
    /// The system refuses namespaces.
    #[error(
        "a private pcscd needs a network and a mount namespace, and this system refuses them ({reason}). \
         Use the direct connection to the simulated card instead, which needs no pcscd, or run as root."
    )]
    NoNamespaces {
        /// What `unshare` said, for each way that was tried.
        reason: String,
    },
    /// The private folder cannot be used.
    #[error("cannot use the private folder {}", path.display())]
    Folder {
        /// The folder or a file in it.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The program could not be started again.
    #[error("cannot start this program again with PCSCLITE_CSOCK_NAME set")]
    Reexecute(#[source] io::Error),
}
