//! Key set versions of a stage, each with its record, and PUT KEY (`applets/stage-link/README.md`, key sets).

use super::{
    aes::{AesKey, BLOCK},
    status::{self, Answer, Outcome, require},
};

/// Most versions a stage holds.
pub const VERSIONS: usize = 2;
/// Places for versions: one is spare, so that a version is replaced only after the new one is whole.
const PLACES: usize = 3;
/// The last counter value; once stored, nothing is accepted any more (TS 102 225 §5.1.4).
pub const COUNTER_MAX: u64 = 0xFF_FFFF_FFFF;
/// Key type AES (Amendment D §7.2).
const KEY_TYPE_AES: u8 = 0x88;
/// Most key version numbers a packet can name.
const KVN_MAX: u8 = 0x0F;
/// P2 of PUT KEY: several keys, the first has key identifier 1 (GPCS §11.8.2.2).
const P2_KEYS_FROM_ONE: u8 = 0x81;

/// What became of the last packet accepted under a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Record {
    /// Its counter, five octets on the card.
    pub counter: u64,
    /// Commands executed.
    pub executed: u8,
    /// Status word of the last of them; 0000 before the first.
    pub sw: u16,
}

impl Record {
    /// The record of a version that no packet was accepted under.
    pub fn new(counter: u64) -> Self {
        Self {
            counter,
            ..Self::default()
        }
    }

    /// The eight octets of the record.
    pub fn to_bytes(self) -> Vec<u8> {
        let mut octets = counter_octets(self.counter).to_vec();
        octets.push(self.executed);
        octets.extend(self.sw.to_be_bytes());
        octets
    }
}

/// A counter in five octets.
pub fn counter_octets(counter: u64) -> [u8; 5] {
    let [_, _, _, octets @ ..] = counter.to_be_bytes();
    octets
}

/// A counter from its octets.
pub fn counter_value(octets: &[u8]) -> u64 {
    octets
        .iter()
        .fold(0, |value, octet| value << 8 | u64::from(*octet))
}

/// A version: three AES keys of one length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeySet {
    /// Key version number, 1 to 15.
    pub kvn: u8,
    /// Deciphers packets.
    pub kic: AesKey,
    /// Checksums of packets and load files.
    pub kid: AesKey,
    /// Protects keys in PUT KEY.
    pub dek: AesKey,
    /// Its record.
    pub record: Record,
}

/// The versions of a stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeySets {
    /// In ascending order of their numbers.
    pub versions: Vec<KeySet>,
    /// The version of the packet being executed, and its key set once a PUT KEY of that packet has replaced it.
    running: Option<(u8, Option<KeySet>)>,
}

impl KeySets {
    /// A stage as it is installed.
    pub fn new(first: KeySet) -> Self {
        Self {
            versions: vec![first],
            running: None,
        }
    }

    /// The version with this number.
    pub fn version(&self, kvn: u8) -> Option<&KeySet> {
        self.versions.iter().find(|set| set.kvn == kvn)
    }

    /// A packet under this version was accepted: its counter is stored, and its record starts.
    pub fn begin(&mut self, kvn: u8, counter: u64) {
        self.running = Some((kvn, None));
        if let Some(set) = self.running_mut() {
            set.record = Record::new(counter);
        }
    }

    /// The packet is answered: keys that it replaced are wiped.
    pub fn end(&mut self) {
        self.running = None;
    }

    /// The key set of the packet being executed, replaced or not.
    pub fn running(&self) -> Option<&KeySet> {
        match &self.running {
            Some((_, Some(replaced))) => Some(replaced),
            Some((kvn, None)) => self.version(*kvn),
            None => None,
        }
    }

    /// Notes a command of the packet being executed.
    pub fn note(&mut self, sw: u16) {
        if let Some(set) = self.running_mut() {
            set.record.executed = set.record.executed.wrapping_add(1);
            set.record.sw = sw;
        }
    }

    fn running_mut(&mut self) -> Option<&mut KeySet> {
        match &mut self.running {
            Some((_, Some(replaced))) => Some(replaced),
            Some((kvn, None)) => self.versions.iter_mut().find(|set| set.kvn == *kvn),
            None => None,
        }
    }

    /// GET DATA DF02: of each version its number, key type, key length and counter.
    pub fn information(&self) -> Vec<u8> {
        let one = |set: &KeySet| {
            let length = u8::try_from(set.kic.octets().len()).unwrap_or_default();
            [
                [set.kvn, KEY_TYPE_AES, length].as_slice(),
                &counter_octets(set.record.counter),
            ]
            .concat()
        };
        self.versions.iter().flat_map(one).collect()
    }

    /// GET DATA DF04: the record of each version.
    pub fn records(&self) -> Vec<u8> {
        self.versions
            .iter()
            .flat_map(|set| set.record.to_bytes())
            .collect()
    }

    /// PUT KEY (GPCS §11.8, Amendment D §7.2).
    ///
    /// # Errors
    /// The status word of a refusal; nothing has changed then.
    pub fn put_key(&mut self, p1: u8, p2: u8, data: &[u8]) -> Outcome {
        require(p1 <= KVN_MAX && p2 == P2_KEYS_FROM_ONE, status::P1P2)?;
        require(!data.is_empty(), status::LENGTH)?;
        let sealed = SealedKeys::read(data)?;
        self.place_for(p1, sealed.kvn)?;
        let dek = self.running().ok_or(status::CONDITIONS)?.dek.clone();
        let set = sealed.open(&dek)?;
        let checks = [&set.kic, &set.kid, &set.dek].map(AesKey::kcv);
        let answer = [[set.kvn].as_slice(), &checks.concat()].concat();
        self.put(p1, set);
        Ok(Answer::data(answer))
    }

    /// DELETE of a key version (GPCS §11.2.2.3.2). The version that secures the script stays, and so does one that has taken its
    /// place: a stage is never without keys.
    ///
    /// # Errors
    /// The status word of a refusal; nothing has changed then.
    pub fn delete(&mut self, p1: u8, p2: u8, data: &[u8]) -> Outcome {
        require([p1, p2] == [0, 0], status::P1P2)?;
        require(!data.is_empty(), status::LENGTH)?;
        let &[0xD2, 0x01, kvn] = data else {
            return Err(status::DATA);
        };
        require(self.version(kvn).is_some(), status::NOT_FOUND)?;
        let own = matches!(self.running, Some((running, None)) if running == kvn);
        require(!own && self.versions.len() > 1, status::CONDITIONS)?;
        self.versions.retain(|set| set.kvn != kvn);
        Ok(Answer::done())
    }

    /// The state that PUT KEY asks for: a version to replace, or a place for one more.
    fn place_for(&self, p1: u8, kvn: u8) -> Result<(), u16> {
        require(p1 == 0 || self.version(p1).is_some(), status::NOT_FOUND)?;
        require(kvn == p1 || self.version(kvn).is_none(), status::DATA)?;
        require(p1 != 0 || self.versions.len() < VERSIONS, status::NO_ROOM)?;
        let replaced = matches!(self.running, Some((_, Some(_))));
        require(
            self.versions.len() + usize::from(replaced) < PLACES,
            status::CONDITIONS,
        )
    }

    fn put(&mut self, p1: u8, set: KeySet) {
        if let Some(index) = self.versions.iter().position(|old| old.kvn == p1) {
            let old = self.versions.remove(index);
            if let Some((running, replaced @ None)) = &mut self.running
                && *running == p1
            {
                *replaced = Some(old);
            }
        }
        self.versions.push(set);
        self.versions.sort_by_key(|set| set.kvn);
    }
}

/// The data of PUT KEY, read.
struct SealedKeys {
    kvn: u8,
    key_length: usize,
    /// Ciphertext and key check value of KIc, KID and DEK.
    keys: Vec<(Vec<u8>, [u8; 3])>,
    counter: u64,
}

impl SealedKeys {
    /// Reads from left to right; the first thing wrong decides.
    fn read(data: &[u8]) -> Result<Self, u16> {
        let mut rest = data;
        let [kvn] = take(&mut rest)?;
        require((1..=KVN_MAX).contains(&kvn), status::DATA)?;
        let mut keys = Vec::new();
        let mut key_length = None;
        for _ in 0..3 {
            let [key_type, length, first] = *rest.first_chunk().ok_or(status::DATA)?;
            let length = usize::from(length);
            // A length of whole blocks is that of the key, which has no length of its own then (GPCS §11.8.2.3.2).
            let bare = length.is_multiple_of(BLOCK);
            let plain = if bare { length } else { usize::from(first) };
            let known = key_type == KEY_TYPE_AES && [16, 24, 32].contains(&plain);
            require(known, status::KEY_TYPE)?;
            let right = bare || length == 1 + plain.next_multiple_of(BLOCK);
            require(right, status::DATA)?;
            take_some(&mut rest, if bare { 2 } else { 3 })?;
            require(key_length.is_none_or(|known| known == plain), status::DATA)?;
            key_length = Some(plain);
            let ciphertext = take_some(&mut rest, plain.next_multiple_of(BLOCK))?;
            let [check_length] = take(&mut rest)?;
            require(check_length == 3, status::DATA)?;
            keys.push((ciphertext, take(&mut rest)?));
        }
        let counter = match rest {
            [] => 0,
            [0x82, 0x05, counter @ ..] if counter.len() == 5 => counter_value(counter),
            _ => return Err(status::DATA),
        };
        Ok(Self {
            kvn,
            key_length: key_length.unwrap_or_default(),
            keys,
            counter,
        })
    }

    fn open(&self, dek: &AesKey) -> Result<KeySet, u16> {
        let mut keys = Vec::new();
        for (ciphertext, check) in &self.keys {
            let plain = dek.decrypt_cbc(ciphertext);
            let key = plain.get(..self.key_length).and_then(AesKey::new);
            let key = key.ok_or(status::KEY_TYPE)?;
            require(key.kcv() == *check, status::KEY_CHECK)?;
            keys.push(key);
        }
        let [kic, kid, dek] = keys.try_into().map_err(|_| status::DATA)?;
        Ok(KeySet {
            kvn: self.kvn,
            kic,
            kid,
            dek,
            record: Record::new(self.counter),
        })
    }
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], u16> {
    let (taken, behind) = rest.split_first_chunk().ok_or(status::DATA)?;
    *rest = behind;
    Ok(*taken)
}

fn take_some(rest: &mut &[u8], count: usize) -> Result<Vec<u8>, u16> {
    let (taken, behind) = rest.split_at_checked(count).ok_or(status::DATA)?;
    *rest = behind;
    Ok(taken.to_vec())
}
