//! Which kind of namespaces this process may have.

use std::os::unix::fs::MetadataExt;
use std::process::Command;

use super::PcscdError;

/// A way into a private network and mount namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Isolation {
    /// As root.
    Root,
    /// As root in a chroot, where no user namespace is allowed, and where `/` is no mount point, so that its mounts
    /// cannot be made private.
    Chroot,
    /// As an ordinary user, by way of a user namespace.
    User,
}

/// In a chroot a mount could reach the outside. So this makes one mount that exists private (`/proc`, which Java needs
/// anyway), puts a copy of the whole tree on it, private too, and goes there.
const PRIVATE_COPY: &str = r#"
set -e
mount --make-private /proc
mount -t tmpfs tmpfs /proc
mkdir /proc/root
mount --rbind / /proc/root
mount --make-rprivate /proc/root
umount /proc/root/proc
exec chroot /proc/root "$@"
"#;

impl Isolation {
    /// The first way that works here.
    pub(super) fn find() -> Result<Self, PcscdError> {
        let ways: &[Self] = if is_root() {
            &[Self::Root, Self::Chroot, Self::User]
        } else {
            &[Self::User]
        };
        let mut reasons = Vec::new();
        for way in ways {
            match way.try_out() {
                Ok(()) => return Ok(*way),
                Err(reason) => reasons.push(reason),
            }
        }
        Err(PcscdError::NoNamespaces {
            reason: reasons.join("; "),
        })
    }

    /// A command to which the program to run inside, and its arguments, are added.
    pub(super) fn command(self) -> Command {
        let mut command = Command::new("unshare");
        match self {
            Self::Root => command.args(["--net", "--mount"]),
            Self::Chroot => {
                let unchanged = ["--net", "--mount", "--propagation", "unchanged"];
                command
                    .args(unchanged)
                    .args(["sh", "-c", PRIVATE_COPY, "private-copy"])
            }
            Self::User => command.args(["--user", "--map-root-user", "--net", "--mount"]),
        };
        command
    }

    fn try_out(self) -> Result<(), String> {
        match self.command().arg("true").output() {
            Ok(run) if run.status.success() => Ok(()),
            Ok(run) => Err(String::from_utf8_lossy(&run.stderr).trim().replace('\n', ", ")),
            Err(error) => Err(format!("unshare: {error}")),
        }
    }
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|metadata| metadata.uid() == 0)
}
