//! Terminals that wait for a message. Bounded: numbers share a fixed set of bells.

use std::hash::{BuildHasher, RandomState};

use tokio::sync::Notify;

/// Enough that two waiting terminals rarely share one; a shared bell costs a look at the database.
const BELLS: usize = 256;

/// Bells that ring when a message for a number may be there.
#[derive(Debug)]
pub(super) struct Waiting {
    bells: Vec<Notify>,
    hasher: RandomState,
}

impl Default for Waiting {
    fn default() -> Self {
        Self {
            bells: (0..BELLS).map(|_| Notify::new()).collect(),
            hasher: RandomState::new(),
        }
    }
}

impl Waiting {
    /// The bell of a number.
    pub(super) fn bell(&self, msisdn: &str) -> Option<&Notify> {
        let hash = usize::try_from(self.hasher.hash_one(msisdn) % BELLS as u64).unwrap_or(0);
        self.bells.get(hash)
    }

    /// Wakes the terminals with this number.
    pub(super) fn wake(&self, msisdn: &str) {
        if let Some(bell) = self.bell(msisdn) {
            bell.notify_waiters();
        }
    }

    /// Wakes every waiting terminal.
    pub(super) fn wake_all(&self) {
        self.bells.iter().for_each(Notify::notify_waiters);
    }
}
