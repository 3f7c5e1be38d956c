//! What the two stages tell about themselves: the values of GET DATA `DF01` to `DF07` (applets/stage-link/README.md).

use crate::aid::Aid;
use crate::reader::{ReadError, Reader};
use crate::status_word::StatusWord;

/// Version of the applet: [`StageVersion`].
pub const TAG_VERSION: u16 = 0xDF01;
/// Key versions and their counters: [`KeyInformation`], one for each version.
pub const TAG_KEY_INFORMATION: u16 = 0xDF02;
/// Storage: [`StorageOne`] or [`StorageTwo`].
pub const TAG_STORAGE: u16 = 0xDF03;
/// Records: [`ScriptRecord`], one for each key version, in the order of `DF02`.
pub const TAG_RECORDS: u16 = 0xDF04;
/// Failure counts: [`FirstStageFailures`] or [`SecondStageFailures`].
pub const TAG_FAILURES: u16 = 0xDF05;
/// Memory the card has left: [`MemoryLeft`].
pub const TAG_MEMORY: u16 = 0xDF06;
/// The load under way, second stage only: [`LoadUnderWay`].
pub const TAG_LOAD: u16 = 0xDF07;

/// Key type AES (GPCS §11.1.8).
const KEY_TYPE_AES: u8 = 0x88;
/// Octets of CNTR (TS 102 225 §5.1).
const COUNTER_LENGTH: usize = 5;

/// Version of an applet, `02 00` for the one described here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StageVersion {
    /// First octet.
    pub major: u8,
    /// Second octet.
    pub minor: u8,
}

impl StageVersion {
    /// Reads the two octets of `DF01`.
    ///
    /// # Errors
    /// [`ReadError`] for any other length.
    pub fn parse(value: &[u8]) -> Result<Self, ReadError> {
        let mut reader = Reader::new(value);
        let [major, minor] = reader.array()?;
        reader.finish()?;
        Ok(Self { major, minor })
    }

    /// The value, as a card sends it.
    pub fn to_bytes(&self) -> Vec<u8> {
        vec![self.major, self.minor]
    }
}

/// A key version of a stage; never a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyInformation {
    /// Key version number.
    pub version: u8,
    /// Length of its keys in octets: 16, 24 or 32.
    pub key_length: u8,
    /// CNTR of the last packet accepted under it.
    pub counter: [u8; COUNTER_LENGTH],
}

impl KeyInformation {
    /// Reads `DF02`: eight octets for each version.
    ///
    /// # Errors
    /// [`ReadError`] when a version is cut short, or its keys are not AES.
    pub fn parse_all(value: &[u8]) -> Result<Vec<Self>, ReadError> {
        read_all(value, |reader| {
            let version = reader.u8()?;
            reader.expect(KEY_TYPE_AES, "key type 88, AES")?;
            let at_length = reader.clone();
            let key_length = reader.u8()?;
            if !matches!(key_length, 16 | 24 | 32) {
                return Err(at_length.reject("a key length of 16, 24 or 32", key_length.into()));
            }
            Ok(Self {
                version,
                key_length,
                counter: reader.array()?,
            })
        })
    }

    /// The eight octets, as a card sends them.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = vec![self.version, KEY_TYPE_AES, self.key_length];
        out.extend(self.counter);
        out
    }
}

/// What became of the last packet accepted under a key version: also the data of a response packet with status 02.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScriptRecord {
    /// Its CNTR.
    pub counter: [u8; COUNTER_LENGTH],
    /// Commands of its script that were executed, a failing one included.
    pub executed: u8,
    /// Status word of the last of them; `None` before the first.
    pub last: Option<StatusWord>,
}

impl ScriptRecord {
    /// Reads one record of eight octets.
    ///
    /// # Errors
    /// [`ReadError`] for any other length.
    pub fn parse(value: &[u8]) -> Result<Self, ReadError> {
        let mut reader = Reader::new(value);
        let record = Self::read(&mut reader)?;
        reader.finish()?;
        Ok(record)
    }

    /// Reads `DF04`: eight octets for each key version.
    ///
    /// # Errors
    /// [`ReadError`] when a record is cut short.
    pub fn parse_all(value: &[u8]) -> Result<Vec<Self>, ReadError> {
        read_all(value, Self::read)
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, ReadError> {
        Ok(Self {
            counter: reader.array()?,
            executed: reader.u8()?,
            last: Some(reader.u16()?).filter(|sw| *sw != 0).map(StatusWord),
        })
    }

    /// The eight octets, as a card sends them.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = self.counter.to_vec();
        out.push(self.executed);
        out.extend(self.last.map_or(0, |sw| sw.0).to_be_bytes());
        out
    }
}

/// `DF03` of the first stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StorageOne {
    /// Records of the phonebook.
    pub records: u8,
    /// Records that are not empty.
    pub records_used: u8,
    /// Length of a record in octets.
    pub record_length: u8,
    /// Slots for authentication values.
    pub slots: u8,
    /// Slots that are not empty.
    pub slots_used: u8,
}

impl StorageOne {
    /// Reads the five octets.
    ///
    /// # Errors
    /// [`ReadError`] for any other length.
    pub fn parse(value: &[u8]) -> Result<Self, ReadError> {
        let mut reader = Reader::new(value);
        let [records, records_used, record_length, slots, slots_used] = reader.array()?;
        reader.finish()?;
        Ok(Self {
            records,
            records_used,
            record_length,
            slots,
            slots_used,
        })
    }

    /// The value, as a card sends it.
    pub fn to_bytes(&self) -> Vec<u8> {
        vec![
            self.records,
            self.records_used,
            self.record_length,
            self.slots,
            self.slots_used,
        ]
    }
}

/// `DF03` of the second stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StorageTwo {
    /// Octets of the arena.
    pub arena: u16,
    /// Octets of its free blocks.
    pub free: u16,
    /// Load files in the registry.
    pub load_files: u8,
    /// Services in the registry.
    pub services: u8,
}

impl StorageTwo {
    /// Reads the six octets.
    ///
    /// # Errors
    /// [`ReadError`] for any other length.
    pub fn parse(value: &[u8]) -> Result<Self, ReadError> {
        let mut reader = Reader::new(value);
        let storage = Self {
            arena: reader.u16()?,
            free: reader.u16()?,
            load_files: reader.u8()?,
            services: reader.u8()?,
        };
        reader.finish()?;
        Ok(storage)
    }

    /// The value, as a card sends it.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = words(&[self.arena, self.free]);
        out.extend([self.load_files, self.services]);
        out
    }
}

/// `DF05` of the first stage. Counts begin at reset and stop at FFFF.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FirstStageFailures {
    /// Messages answered `6200`.
    pub messages_refused: u16,
    /// INTERNAL AUTHENTICATE answered `6982` or `6A88`.
    pub authentications_refused: u16,
    /// Tries of the PIN left.
    pub pin_tries: u8,
    /// Tries of the PUK left.
    pub puk_tries: u8,
}

impl FirstStageFailures {
    /// Reads the six octets.
    ///
    /// # Errors
    /// [`ReadError`] for any other length.
    pub fn parse(value: &[u8]) -> Result<Self, ReadError> {
        let mut reader = Reader::new(value);
        let failures = Self {
            messages_refused: reader.u16()?,
            authentications_refused: reader.u16()?,
            pin_tries: reader.u8()?,
            puk_tries: reader.u8()?,
        };
        reader.finish()?;
        Ok(failures)
    }

    /// The value, as a card sends it.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = words(&[self.messages_refused, self.authentications_refused]);
        out.extend([self.pin_tries, self.puk_tries]);
        out
    }
}

/// `DF05` of the second stage. The count begins at reset and stops at FFFF.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecondStageFailures {
    /// Packets refused.
    pub packets_refused: u16,
}

impl SecondStageFailures {
    /// Reads the two octets.
    ///
    /// # Errors
    /// [`ReadError`] for any other length.
    pub fn parse(value: &[u8]) -> Result<Self, ReadError> {
        let mut reader = Reader::new(value);
        let packets_refused = reader.u16()?;
        reader.finish()?;
        Ok(Self { packets_refused })
    }

    /// The value, as a card sends it.
    pub fn to_bytes(&self) -> Vec<u8> {
        words(&[self.packets_refused])
    }
}

/// `DF06`: what the card still has for everyone, in octets (JC API `JCSystem.getAvailableMemory`, 32767 at most).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemoryLeft {
    /// Persistent memory.
    pub persistent: u16,
    /// Memory that a reset clears.
    pub clear_on_reset: u16,
    /// Memory that the selection of another applet clears.
    pub clear_on_deselect: u16,
}

impl MemoryLeft {
    /// Reads the six octets.
    ///
    /// # Errors
    /// [`ReadError`] for any other length.
    pub fn parse(value: &[u8]) -> Result<Self, ReadError> {
        let mut reader = Reader::new(value);
        let memory = Self {
            persistent: reader.u16()?,
            clear_on_reset: reader.u16()?,
            clear_on_deselect: reader.u16()?,
        };
        reader.finish()?;
        Ok(memory)
    }

    /// The value, as a card sends it.
    pub fn to_bytes(&self) -> Vec<u8> {
        words(&[self.persistent, self.clear_on_reset, self.clear_on_deselect])
    }
}

/// `DF07`: where a load that was interrupted goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoadUnderWay {
    /// AID of the load file.
    pub load_file: Aid,
    /// Octets of the load file data block received so far.
    pub received: u16,
    /// P2 of the next LOAD.
    pub next_block: u8,
}

impl LoadUnderWay {
    /// Reads the value: the AID with its length before it, octets received, next block.
    ///
    /// # Errors
    /// [`ReadError`] when lengths do not add up, or the AID is not 5 to 16 octets long.
    pub fn parse(value: &[u8]) -> Result<Self, ReadError> {
        let mut reader = Reader::new(value);
        let at_length = reader.clone();
        let length = reader.u8()?;
        let load_file = Aid::new(reader.take(length.into())?)
            .map_err(|_| at_length.reject("an AID of 5 to 16 octets", length.into()))?;
        let load = Self {
            load_file,
            received: reader.u16()?,
            next_block: reader.u8()?,
        };
        reader.finish()?;
        Ok(load)
    }

    /// The value, as a card sends it.
    pub fn to_bytes(&self) -> Vec<u8> {
        let aid = self.load_file.as_bytes();
        // An AID has at most 16 octets.
        let mut out = vec![u8::try_from(aid.len()).unwrap_or(u8::MAX)];
        out.extend_from_slice(aid);
        out.extend(self.received.to_be_bytes());
        out.push(self.next_block);
        out
    }
}

/// Reads elements up to the end.
fn read_all<T>(
    value: &[u8],
    mut read: impl FnMut(&mut Reader<'_>) -> Result<T, ReadError>,
) -> Result<Vec<T>, ReadError> {
    let mut reader = Reader::new(value);
    let mut list = Vec::new();
    while !reader.is_empty() {
        list.push(read(&mut reader)?);
    }
    Ok(list)
}

fn words(values: &[u16]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_be_bytes()).collect()
}
