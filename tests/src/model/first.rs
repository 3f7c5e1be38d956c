//! The first stage: storage 1, its commands at the interface and in scripts (`applets/first-stage/README.md`).

use super::{
    aes::AesKey,
    message::Reassembly,
    pin::Pin,
    status::{self, Answer, Outcome, require},
};

/// A transaction changes at most 256 octets, and 8 of them are the record of the script.
const MAX_CHANGED: usize = 248;
/// DGI of an authentication value, and of the language preferences.
const DGI_VALUE: [u8; 2] = [0x01, 0x01];
const DGI_LANGUAGES: [u8; 2] = [0x5F, 0x2D];
/// Octets that a change of the language preferences counts.
const LANGUAGES_CHANGED: usize = 9;
/// Octets of a challenge.
const CHALLENGE: usize = 16;
/// SEARCH RECORD: numbers and search string share so many octets of the APDU buffer.
const BUFFER: usize = 260;
const NUMBERS_MAX: usize = 255;

/// Storage 1 and what the first stage knows of its holder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstStage {
    /// Most segments of a message.
    pub max_segments: u8,
    /// The phonebook, by record number - 1.
    pub records: Vec<Vec<u8>>,
    /// Octets of a record.
    pub record_length: usize,
    /// Authentication values by slot - 1.
    pub values: Vec<Option<AesKey>>,
    /// Language preferences; empty when never set.
    pub languages: Vec<u8>,
    /// PIN of the holder.
    pub pin: Pin,
    /// Unblocks the PIN.
    pub puk: Pin,
    /// What a reset forgets.
    pub transient: Transient,
}

/// CLEAR_ON_RESET.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Transient {
    /// The PIN is verified; gone when the applet is selected, too.
    pub verified: bool,
    /// Messages under way.
    pub reassembly: Reassembly,
    /// Messages answered 6200.
    pub messages_refused: u16,
    /// INTERNAL AUTHENTICATE refused for its state.
    pub authentications_refused: u16,
}

impl FirstStage {
    fn is_empty(record: &[u8]) -> bool {
        record.iter().all(|octet| *octet == 0xFF)
    }

    /// GET DATA DF03.
    pub fn storage(&self) -> Vec<u8> {
        let used = self
            .records
            .iter()
            .filter(|record| !Self::is_empty(record))
            .count();
        let values = self.values.iter().flatten().count();
        let numbers = [
            self.records.len(),
            used,
            self.record_length,
            self.values.len(),
            values,
        ];
        numbers
            .iter()
            .map(|number| u8::try_from(*number).unwrap_or(u8::MAX))
            .collect()
    }

    /// GET DATA DF05.
    pub fn failures(&self) -> Vec<u8> {
        let counts = [
            self.transient.messages_refused,
            self.transient.authentications_refused,
        ];
        let mut octets: Vec<u8> = counts.iter().flat_map(|count| count.to_be_bytes()).collect();
        octets.extend([self.pin.tries, self.puk.tries]);
        octets
    }

    fn record_index(&self, number: u8) -> Result<usize, u16> {
        let index = usize::from(number).wrapping_sub(1);
        require(index < self.records.len(), status::RECORD_NOT_FOUND)?;
        Ok(index)
    }

    /// READ RECORD `00 B2` rec `04`.
    ///
    /// # Errors
    /// The status word of the refusal; so for all commands here.
    pub fn read_record(&self, p1: u8, p2: u8) -> Outcome {
        require(p2 == 0x04, status::P1P2)?;
        require(self.transient.verified, status::SECURITY)?;
        let index = self.record_index(p1)?;
        Ok(Answer::data(self.records.get(index).cloned().unwrap_or_default()))
    }

    /// SEARCH RECORD `00 A2` rec `04`/`05`.
    pub fn search_record(&self, p1: u8, p2: u8, string: &[u8]) -> Outcome {
        require(p2 == 0x04 || p2 == 0x05, status::P1P2)?;
        require((1..=self.record_length).contains(&string.len()), status::LENGTH)?;
        require(self.transient.verified, status::SECURITY)?;
        let from = self.record_index(p1)?;
        let order: Vec<usize> = match p2 {
            0x04 => (from..self.records.len()).collect(),
            _ => (0..=from).rev().collect(),
        };
        let holds = |index: &usize| {
            let record = self.records.get(*index).map_or([].as_slice(), Vec::as_slice);
            record.windows(string.len()).any(|part| part == string)
        };
        let number = |index: usize| u8::try_from(index + 1).unwrap_or_default();
        let mut found: Vec<u8> = order.into_iter().filter(holds).map(number).collect();
        let room = NUMBERS_MAX.min(BUFFER - string.len());
        let sw = match found.len() {
            0 => status::NOTHING_FOUND,
            count if count > room => status::MORE_DATA,
            _ => status::OK,
        };
        found.truncate(room);
        Ok(Answer { data: found, sw })
    }

    /// INTERNAL AUTHENTICATE `00 88 00` slot.
    pub fn authenticate(&mut self, p1: u8, p2: u8, challenge: &[u8]) -> Outcome {
        let value = self.values.get(usize::from(p2).wrapping_sub(1));
        let value = value.filter(|_| p1 == 0).ok_or(status::P1P2)?;
        require(challenge.len() == CHALLENGE, status::LENGTH)?;
        let value = match value {
            _ if !self.transient.verified => Err(status::SECURITY),
            Some(value) => Ok(value),
            None => Err(status::NOT_FOUND),
        };
        if value.is_err() {
            let count = &mut self.transient.authentications_refused;
            *count = count.saturating_add(1);
        }
        Ok(Answer::data(value?.cmac(challenge).to_vec()))
    }

    /// STORE DATA `80 E2 80 00` in a script: authentication values and language preferences.
    pub fn store_data(&mut self, p1: u8, p2: u8, data: &[u8]) -> Outcome {
        require([p1, p2] == [0x80, 0x00], status::P1P2)?;
        require(!data.is_empty(), status::LENGTH)?;
        let mut values = Vec::new();
        let mut languages = None;
        let mut changed = 0;
        let mut rest = data;
        while !rest.is_empty() {
            let (dgi, value, behind) = grouping(rest).ok_or(status::DATA)?;
            if dgi == DGI_LANGUAGES {
                require(languages.is_none() && are_languages(value), status::DATA)?;
                languages = Some(value.to_vec());
                changed += LANGUAGES_CHANGED;
            } else {
                let (slot, octets) = value.split_first().ok_or(status::DATA)?;
                let key = AesKey::new(octets).ok_or(status::DATA)?;
                let index = usize::from(*slot).wrapping_sub(1);
                let old = self.values.get(index).ok_or(status::NOT_FOUND)?;
                require(values.iter().all(|(known, _)| *known != index), status::DATA)?;
                let cleared = old.as_ref().map_or(0, |old| old.octets().len());
                changed += octets.len() + 1 + if cleared == octets.len() { 0 } else { cleared };
                values.push((index, key));
            }
            rest = behind;
        }
        require(changed <= MAX_CHANGED, status::NO_ROOM)?;
        for (index, key) in values {
            if let Some(value) = self.values.get_mut(index) {
                *value = Some(key);
            }
        }
        self.languages = languages.unwrap_or_else(|| self.languages.clone());
        Ok(Answer::done())
    }

    /// APPEND RECORD `00 E2 00 00` in a script.
    pub fn append_record(&mut self, p1: u8, p2: u8, record: &[u8]) -> Outcome {
        require([p1, p2] == [0x00, 0x00], status::P1P2)?;
        require(record.len() == self.record_length, status::LENGTH)?;
        let empty = self.records.iter_mut().find(|record| Self::is_empty(record));
        *empty.ok_or(status::NO_ROOM)? = record.to_vec();
        Ok(Answer::done())
    }

    /// UPDATE RECORD `00 DC` rec `04` in a script.
    pub fn update_record(&mut self, p1: u8, p2: u8, record: &[u8]) -> Outcome {
        require(p2 == 0x04, status::P1P2)?;
        require(record.len() == self.record_length, status::LENGTH)?;
        let index = self.record_index(p1)?;
        self.put_record(index, record.to_vec());
        Ok(Answer::done())
    }

    /// ERASE RECORD `00 0C` rec `04` in a script.
    pub fn erase_record(&mut self, p1: u8, p2: u8, data: &[u8]) -> Outcome {
        require(p2 == 0x04, status::P1P2)?;
        require(data.is_empty(), status::LENGTH)?;
        let index = self.record_index(p1)?;
        self.put_record(index, vec![0xFF; self.record_length]);
        Ok(Answer::done())
    }

    fn put_record(&mut self, index: usize, octets: Vec<u8>) {
        if let Some(record) = self.records.get_mut(index) {
            *record = octets;
        }
    }
}

/// A data grouping at the start of `octets`: DGI, value, and what is behind it; `None` when there is none that is known.
fn grouping(octets: &[u8]) -> Option<([u8; 2], &[u8], &[u8])> {
    let (&dgi, rest) = octets.split_first_chunk()?;
    let (length, rest) = match rest {
        [0xFF, high, low, rest @ ..] => (usize::from(u16::from_be_bytes([*high, *low])), rest),
        [0xFF, ..] | [] => return None,
        [length, rest @ ..] => (usize::from(*length), rest),
    };
    let (value, behind) = rest.split_at_checked(length)?;
    ([DGI_VALUE, DGI_LANGUAGES].contains(&dgi) && !value.is_empty()).then_some((dgi, value, behind))
}

/// 1 to 4 language codes of ISO 639, two lower-case letters each.
fn are_languages(value: &[u8]) -> bool {
    [2, 4, 6, 8].contains(&value.len()) && value.iter().all(u8::is_ascii_lowercase)
}
