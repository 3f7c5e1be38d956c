//! The private folder with pcscd's socket, and the restart that makes libpcsclite use it.

use std::env;
use std::fs;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::net::UnixListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use super::PcscdError;

/// libpcsclite reads it once in the life of a process.
const SOCKET_VARIABLE: &str = "PCSCLITE_CSOCK_NAME";
/// Process id and folder, as `ID:FOLDER`: tells a restarted process from a child that inherited the variables.
const MARK_VARIABLE: &str = "TWOFOLD_PRIVATE_PCSCD";
const FOLDER_PREFIX: &str = "twofold-pcscd-";
const SOCKET_NAME: &str = "pcscd.comm";

/// A private folder with the place of a pcscd socket, which libpcsclite uses in this process.
#[derive(Debug, Clone)]
pub struct PrivateSocket(Arc<Folder>);

#[derive(Debug)]
struct Folder(PathBuf);

/// What is left behind by a process that was killed is removed by the next one.
impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl PrivateSocket {
    /// The private folder: mode 0700, gone when the last handle is dropped.
    pub fn folder(&self) -> &Path {
        &self.0.0
    }

    pub(super) fn listen(&self) -> Result<OwnedFd, PcscdError> {
        let path = self.folder().join(SOCKET_NAME);
        // A socket left by an earlier pcscd of this process would be in the way.
        let _ = fs::remove_file(&path);
        let socket = UnixListener::bind(&path).map_err(|source| PcscdError::Folder { path, source })?;
        Ok(socket.into())
    }
}

/// Makes sure that libpcsclite in this process looks for pcscd at a private socket.
///
/// The first call does not return: it starts the current program again, in the same process and with the same
/// arguments, with the environment variable set. The same call in the restarted program returns the socket. It must
/// come early in `main`, before other threads and before anything with effects outside the process.
///
/// # Errors
/// [`PcscdError`] when the folder cannot be made or the program cannot be started again.
pub fn reexec_with_private_socket() -> Result<PrivateSocket, PcscdError> {
    if let Some(folder) = folder_of_this_process() {
        return Ok(PrivateSocket(Arc::new(Folder(folder))));
    }
    remove_stale_folders();
    let folder = tempfile::Builder::new()
        .prefix(&format!("{FOLDER_PREFIX}{}-", std::process::id()))
        .permissions(fs::Permissions::from_mode(0o700))
        .tempdir_in(parent_folder())
        .map_err(|source| PcscdError::Folder {
            path: parent_folder(),
            source,
        })?;
    let mut mark = std::process::id().to_string();
    mark.push(':');
    let mut mark = std::ffi::OsString::from(mark);
    mark.push(folder.path());
    let mut arguments = env::args_os();
    let name = arguments.next().unwrap_or_default();
    let failure = env::current_exe().map(|program| {
        let mut command = Command::new(program);
        command.arg0(name).args(arguments);
        command
            .env(SOCKET_VARIABLE, folder.path().join(SOCKET_NAME))
            .env(MARK_VARIABLE, mark);
        // Returns only if it fails; the folder's handle is then dropped, otherwise the new program takes it over.
        command.exec()
    });
    Err(PcscdError::Reexecute(failure.unwrap_or_else(|error| error)))
}

fn folder_of_this_process() -> Option<PathBuf> {
    let mark = env::var(MARK_VARIABLE).ok()?;
    let (process, folder) = mark.split_once(':')?;
    let folder = PathBuf::from(folder);
    (process.parse() == Ok(std::process::id()) && folder.is_dir()).then_some(folder)
}

/// The supervisor hides `/run`, so a temporary folder there would not be seen by pcscd.
fn parent_folder() -> PathBuf {
    let folder = env::temp_dir();
    if folder.starts_with("/run") {
        PathBuf::from("/tmp")
    } else {
        folder
    }
}

/// Removes the folders of processes that are gone, if they are ours.
fn remove_stale_folders() {
    let Ok(own) = fs::metadata("/proc/self") else {
        return;
    };
    let Ok(entries) = fs::read_dir(parent_folder()) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let Some(rest) = name.to_str().and_then(|name| name.strip_prefix(FOLDER_PREFIX)) else {
            continue;
        };
        let Some((process, _)) = rest.split_once('-') else {
            continue;
        };
        let is_ours = entry
            .metadata()
            .is_ok_and(|folder| folder.is_dir() && folder.uid() == own.uid());
        if is_ours && !Path::new("/proc").join(process).exists() {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}
