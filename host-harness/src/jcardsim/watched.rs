//! The memory of a simulated card: its use, and with [`Memory::Watched`](super::Memory::Watched) cuts of power at any write.

use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use card_proto::aid::Aid;

use super::{JcardsimCard, JcardsimError};

/// What became of the card since its writes were last counted, [`JcardsimCard::count_writes`] or
/// [`JcardsimCard::cut_power_before`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Power {
    /// Persistent writes that happened.
    pub writes: u32,
    /// Whether the power was cut. When not, there were fewer writes than the number it was to be cut before.
    pub was_cut: bool,
    /// The most octets that one transaction changed; a copy that is atomic by itself counts as one.
    pub largest_transaction: u32,
    /// Jumps that the applets executed: a measure of their work.
    pub steps: u32,
    /// Octets that the applets enciphered and deciphered.
    pub ciphered: u32,
}

/// What the installed applets have taken of the memory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MemoryUse {
    /// Octets of all transient arrays.
    pub transient: u32,
    /// Watched memory only: octets of the persistent arrays and keys of each instance.
    pub persistent: Vec<(Aid, u32)>,
    /// Watched memory only: the most octets that one transaction has changed since the start, installations excepted.
    pub largest_transaction: u32,
    /// Watched memory only: where an applet has allocated after its installation, as `CLASS.METHOD:LINE`.
    pub late_allocations: Vec<String>,
}

/// The methods but [`JcardsimCard::memory_use`] need a card with [`Memory::Watched`](super::Memory::Watched); any other
/// refuses them.
///
/// A write is one array element, one field, one octet of a copy or fill that is not atomic, one atomic copy, one key, or
/// the commit of a transaction.
impl JcardsimCard {
    /// Counts writes from now to the next reset.
    ///
    /// # Errors
    /// [`JcardsimError`] when the simulator does not answer or has no watched memory.
    pub fn count_writes(&mut self) -> Result<(), JcardsimError> {
        self.bridge.request("count").map(drop)
    }

    /// Counts writes from now to the next reset, and cuts the power just before the write with this number, from 0. A
    /// transaction that is open then is undone. From the cut to the next reset the card is mute; where a reader wants an
    /// answer all the same it gets `6F00`.
    ///
    /// # Errors
    /// As [`JcardsimCard::count_writes`].
    pub fn cut_power_before(&mut self, write: u32) -> Result<(), JcardsimError> {
        self.bridge.request(&format!("cut {write}")).map(drop)
    }

    /// What became of the card since its writes were last counted.
    ///
    /// # Errors
    /// As [`JcardsimCard::count_writes`].
    pub fn power(&mut self) -> Result<Power, JcardsimError> {
        let answer = self.bridge.request("power")?;
        Power::parse(&answer).ok_or_else(|| unexpected("power", &answer))
    }

    /// Keeps the persistent memory, in the place of what was kept before. An installation or deletion ends the keeping.
    ///
    /// # Errors
    /// As [`JcardsimCard::count_writes`].
    pub fn save(&mut self) -> Result<(), JcardsimError> {
        self.bridge.request("save").map(drop)
    }

    /// Puts back the persistent memory that was saved, and resets the card. It stays saved.
    ///
    /// # Errors
    /// As [`JcardsimCard::count_writes`], and when nothing is saved.
    pub fn restore(&mut self) -> Result<(), JcardsimError> {
        self.bridge.request("restore").map(drop)
    }

    /// Where the applets' memory, persistent and transient, has these octets. The APDU buffer is not the applets'.
    ///
    /// # Errors
    /// As [`JcardsimCard::count_writes`].
    pub fn find(&mut self, octets: &[u8]) -> Result<Vec<MemoryPlace>, JcardsimError> {
        let answer = self.bridge.request(&format!("find {}", hex::encode(octets)))?;
        let words = answer.split_whitespace();
        let places: Option<_> = words.map(MemoryPlace::parse).collect();
        places.ok_or_else(|| unexpected("find", &answer))
    }

    /// Puts a new card in the place of this one, with no applet installed. Class files in the folder `changed` come before those
    /// of the same name that the card was started with.
    ///
    /// # Errors
    /// As [`JcardsimCard::count_writes`].
    pub fn replace(&mut self, changed: &Path) -> Result<(), JcardsimError> {
        let folder = hex::encode(changed.as_os_str().as_bytes());
        self.bridge.request(&format!("fresh {folder}")).map(drop)
    }

    /// What the installed applets have taken of the memory.
    ///
    /// # Errors
    /// [`JcardsimError`] when the simulator does not answer.
    pub fn memory_use(&mut self) -> Result<MemoryUse, JcardsimError> {
        let answer = self.bridge.request("memory")?;
        MemoryUse::parse(&answer).ok_or_else(|| unexpected("memory", &answer))
    }
}

/// Where octets were found in the memory of the applets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemoryPlace {
    /// Whether that is the value of a key, and not an array.
    pub is_key: bool,
    /// The field, as `CLASS.FIELD+OFFSET`.
    pub field: String,
}

impl MemoryPlace {
    fn parse(word: &str) -> Option<Self> {
        let (kind, field) = word.split_once('=')?;
        let is_key = match kind {
            "key" => true,
            "array" => false,
            _ => return None,
        };
        Some(Self {
            is_key,
            field: field.to_owned(),
        })
    }
}

impl Power {
    fn parse(text: &str) -> Option<Self> {
        let mut words = text.split(' ');
        let power = Self {
            writes: words.next()?.parse().ok()?,
            was_cut: match words.next()? {
                "cut" => true,
                "whole" => false,
                _ => return None,
            },
            largest_transaction: words.next()?.parse().ok()?,
            steps: words.next()?.parse().ok()?,
            ciphered: words.next()?.parse().ok()?,
        };
        words.next().is_none().then_some(power)
    }
}

impl MemoryUse {
    fn parse(text: &str) -> Option<Self> {
        let mut words = text.split(' ');
        let mut result = Self {
            transient: words.next()?.parse().ok()?,
            ..Self::default()
        };
        for word in words {
            match word.split_once('=')? {
                ("largest", octets) => result.largest_transaction = octets.parse().ok()?,
                ("late", place) => result.late_allocations.push(place.to_owned()),
                (aid, octets) => {
                    let aid = Aid::new(&hex::decode(aid).ok()?).ok()?;
                    result.persistent.push((aid, octets.parse().ok()?));
                }
            }
        }
        Some(result)
    }
}

fn unexpected(line: &str, answer: &str) -> JcardsimError {
    JcardsimError::Refused {
        text: format!("unexpected answer {answer:?} to {line}"),
        log: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_strictly() {
        let power = Power {
            writes: 12,
            was_cut: true,
            largest_transaction: 8,
            steps: 700,
            ciphered: 64,
        };
        assert_eq!(Power::parse("12 cut 8 700 64"), Some(power));
        for text in [
            "",
            "12",
            "12 cut 8 700",
            "12 cut 8 700 64 ",
            "-1 cut 8 700 64",
            "12 half 8 700 64",
        ] {
            assert_eq!(Power::parse(text), None, "{text:?} was taken");
        }
        let place = MemoryPlace::parse("key=AesKeyBank.keys[0]+0");
        let place = place.map(|place| (place.is_key, place.field));
        assert_eq!(place, Some((true, "AesKeyBank.keys[0]+0".to_owned())));
        assert_eq!(MemoryPlace::parse("field=a"), None);
        let memory = MemoryUse::parse("3033 largest=8 F054574F46=41 late=a.B.c:7");
        let memory = memory.unwrap_or_default();
        assert_eq!(
            (
                memory.transient,
                memory.largest_transaction,
                memory.persistent.len()
            ),
            (3033, 8, 1)
        );
        assert_eq!(memory.late_allocations, ["a.B.c:7"]);
        for text in ["", "x", "1 largest", "1 F0=41", "1 F054574F46=x"] {
            assert_eq!(MemoryUse::parse(text), None, "{text:?} was taken");
        }
    }
}
