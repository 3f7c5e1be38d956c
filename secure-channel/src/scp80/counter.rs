//! CNTR and its rules (TS 102 225 §5.1.4).

use std::fmt;

use crate::scp80::response_packet::ResponseStatus;
use crate::scp80::spi::CounterMode;

/// A value above 40 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("counter {found}; CNTR has 40 bits, at most {}", Counter::MAX.value())]
pub struct CounterError {
    /// The value given.
    pub found: u64,
}

/// CNTR: 40 bits, unsigned, most significant octet first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Counter(u64);

impl Counter {
    /// `FFFFFFFFFF`: once stored, the counter is blocked for ever.
    pub const MAX: Self = Self(0xFF_FFFF_FFFF);

    /// A counter value.
    ///
    /// # Errors
    /// [`CounterError`] above 40 bits.
    pub fn new(value: u64) -> Result<Self, CounterError> {
        if value <= Self::MAX.0 {
            Ok(Self(value))
        } else {
            Err(CounterError { found: value })
        }
    }

    /// The value.
    pub const fn value(self) -> u64 {
        self.0
    }

    /// From the five octets of the field.
    pub fn from_bytes(octets: [u8; 5]) -> Self {
        Self(
            octets
                .iter()
                .fold(0, |value, octet| value << 8 | u64::from(*octet)),
        )
    }

    /// The five octets of the field.
    pub fn to_bytes(self) -> [u8; 5] {
        let [_, _, _, a, b, c, d, e] = self.0.to_be_bytes();
        [a, b, c, d, e]
    }

    /// The value after this one; `None` after the last.
    pub fn next(self) -> Option<Self> {
        Self::new(self.0 + 1).ok()
    }
}

impl fmt::Display for Counter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// What a receiver does with a counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// In order: store the received value, then act.
    Accepted,
    /// The mode asks for no check: nothing is stored. Replays go unnoticed.
    NotChecked,
    /// Not higher than the stored value: a replay, or overtaken.
    Low,
    /// More than one higher where one is allowed.
    High,
    /// The stored value is the last one.
    Blocked,
}

impl Verdict {
    /// The response status of a refusal; `None` when the packet is to be processed.
    pub fn refusal(self) -> Option<ResponseStatus> {
        match self {
            Self::Accepted | Self::NotChecked => None,
            Self::Low => Some(ResponseStatus::COUNTER_LOW),
            Self::High => Some(ResponseStatus::COUNTER_HIGH),
            Self::Blocked => Some(ResponseStatus::COUNTER_BLOCKED),
        }
    }
}

/// Judges a received counter against the last one accepted. The checksum of the packet must have been right
/// before.
pub fn accept(mode: CounterMode, stored: Counter, received: Counter) -> Verdict {
    match mode {
        CounterMode::None | CounterMode::Unchecked => Verdict::NotChecked,
        _ if stored == Counter::MAX => Verdict::Blocked,
        _ if received <= stored => Verdict::Low,
        CounterMode::OneHigher if Some(received) != stored.next() => Verdict::High,
        CounterMode::Higher | CounterMode::OneHigher => Verdict::Accepted,
    }
}
