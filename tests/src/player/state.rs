//! What both stages show of what they store: read once, and read again to see that nothing changed.

use anyhow::{Result, anyhow, ensure};
use card_proto::{aid::Aid, gp::get_status::RegistryEntry};

use super::Player;
use crate::case_file::Stage;

/// GET DATA of the first stage: DF01 version, DF02 key sets and counters, DF03 storage, DF04 records of the last scripts, DF06 memory
/// left, 5F2D language preferences. Not DF05, the failure counts, which are transient.
const FIRST_STAGE_TAGS: [u16; 6] = [0xDF01, 0xDF02, 0xDF03, 0xDF04, 0xDF06, 0x5F2D];
/// GET DATA of the second stage; DF07 is the load under way.
const SECOND_STAGE_TAGS: [u16; 6] = [0xDF01, 0xDF02, 0xDF03, 0xDF04, 0xDF06, 0xDF07];
/// Those that every authenticated packet changes.
const CHANGED_BY_EVERY_PACKET: [&str; 2] = [" DF02:", " DF04:"];
/// Objects that are looked for in each service: a card does not list them.
const OBJECT_TAGS: [u16; 6] = [0x0101, 0x0102, 0x0103, 0x0104, 0x0110, 0xDF10];
/// Most slots for authentication values that a first stage has.
const SLOTS: u8 = 15;
/// There is more than this answer holds: GET STATUS (GPCS §11.4.3), GET DATA of an object.
const MORE_DATA: [u8; 2] = [0x63, 0x10];
const SUCCESS: [u8; 2] = [0x90, 0x00];
/// VERIFY PIN and UNBLOCK PIN without data ask for the tries left: 63CX (ISO 7816-4 §11.6).
const PIN_QUERY: [u8; 4] = [0x00, 0x20, 0x00, 0x01];
const PUK_QUERY: [u8; 4] = [0x00, 0x2C, 0x00, 0x01];
const SERVICE_PIN_QUERY: [u8; 4] = [0x00, 0x20, 0x00, 0x81];

impl Player<'_> {
    /// Everything both stages show, a line each. The first stage is selected afterwards.
    ///
    /// The PIN is verified for it, unless the last try would be at stake: that sets its tries to their limit.
    pub(super) fn state(&mut self) -> Result<Vec<String>> {
        let mut state = Vec::new();
        for (stage, tags) in [
            (Stage::Second, SECOND_STAGE_TAGS),
            (Stage::First, FIRST_STAGE_TAGS),
        ] {
            self.select(stage)?;
            for tag in tags {
                let what = format!("{stage:?} stage {tag:04X}");
                self.show(&what, &get_data(tag), &mut state)?;
            }
            match stage {
                Stage::Second => self.storage_two(&mut state)?,
                Stage::First => self.storage_one(&mut state)?,
            }
        }
        Ok(state)
    }

    /// Everything both stages show, and what the card profile's PIN opens in each service that has a PIN. This may change the tries of
    /// those PINs. The first stage is selected afterwards.
    pub(super) fn state_behind_pins(&mut self) -> Result<Vec<String>> {
        let mut state = self.state()?;
        self.select(Stage::Second)?;
        for aid in self.registry(&mut Vec::new())? {
            let tries = match self.transmit(&select_service(&aid)?)?[..] {
                [0x90, 0x00] => self.transmit(&SERVICE_PIN_QUERY)?,
                _ => continue,
            };
            if let [0x63, 0xC2..=0xCF] = tries[..] {
                let pin = self.profile.first_stage_pin.pin.expose_secret();
                let verify = [&SERVICE_PIN_QUERY, [0x08].as_slice(), pin].concat();
                self.show(&format!("PIN of {aid}"), &verify, &mut state)?;
                self.objects(&format!("behind the PIN of {aid}"), &mut state)?;
            }
        }
        self.select(Stage::First)?;
        Ok(state)
    }

    /// Load files and services with their life cycles, and what the services show.
    fn storage_two(&mut self, state: &mut Vec<String>) -> Result<()> {
        for aid in self.registry(state)? {
            let service = format!("service {aid}");
            if self.show(&service, &select_service(&aid)?, state)? == SUCCESS {
                self.show(&format!("{service} PIN"), &SERVICE_PIN_QUERY, state)?;
                self.objects(&service, state)?;
            }
        }
        // No service stays selected.
        self.select(Stage::Second)
    }

    /// GET STATUS, in as many pieces as it takes; gives the AIDs of the entries.
    fn registry(&mut self, state: &mut Vec<String>) -> Result<Vec<Aid>> {
        let mut aids = Vec::new();
        for next in [0x02].into_iter().chain(std::iter::repeat(0x03)) {
            let (data, sw) = self.shown(
                "GET STATUS",
                &[0x80, 0xF2, 0x60, next, 0x02, 0x4F, 0x00, 0x00],
                state,
            )?;
            let entries = RegistryEntry::parse_all(&data)?;
            aids.extend(entries.into_iter().map(|entry| entry.aid));
            if sw != MORE_DATA {
                break;
            }
        }
        Ok(aids)
    }

    /// The objects of the selected service that have one of the known tags.
    fn objects(&mut self, service: &str, state: &mut Vec<String>) -> Result<()> {
        OBJECT_TAGS
            .into_iter()
            .try_for_each(|tag| self.object(&format!("{service} {tag:04X}"), tag, state))
    }

    /// An object of the selected service, in as many pieces as it takes.
    fn object(&mut self, what: &str, tag: u16, state: &mut Vec<String>) -> Result<()> {
        let (mut data, mut sw) = self.shown(what, &get_data(tag), state)?;
        let mut offset = data.len();
        while sw == MORE_DATA && !data.is_empty() {
            let [tag_high, tag_low] = tag.to_be_bytes();
            let [high, low] = u16::try_from(offset)?.to_be_bytes();
            let read = [0x80, 0xCB, tag_high, tag_low, 0x04, 0x54, 0x02, high, low, 0x00];
            (data, sw) = self.shown(what, &read, state)?;
            offset += data.len();
        }
        Ok(())
    }

    /// The phonebook, and what each authentication value makes of a challenge.
    fn storage_one(&mut self, state: &mut Vec<String>) -> Result<()> {
        self.show("PUK tries", &PUK_QUERY, state)?;
        if let [0x63, 0xC2..=0xCF] = self.show("PIN tries", &PIN_QUERY, state)? {
            let pin = self.profile.first_stage_pin.pin.expose_secret();
            let verify = [&PIN_QUERY, [0x08].as_slice(), pin].concat();
            self.show("PIN", &verify, state)?;
        }
        for record in 1..=u8::MAX {
            let sw = self.show(
                &format!("record {record}"),
                &[0x00, 0xB2, record, 0x04, 0x00],
                state,
            )?;
            if sw != SUCCESS {
                break;
            }
        }
        for slot in 1..=SLOTS {
            let command = [&[0x00, 0x88, 0x00, slot, 0x10], [0x5A; 16].as_slice(), &[0x00]].concat();
            self.show(&format!("slot {slot}"), &command, state)?;
        }
        // The selection takes the verification back.
        self.select(Stage::First)
    }

    /// Sends a command, notes its response, and gives its status word.
    fn show(&mut self, what: &str, command: &[u8], state: &mut Vec<String>) -> Result<[u8; 2]> {
        Ok(self.shown(what, command, state)?.1)
    }

    /// Sends a command, notes its response, and gives its data and status word.
    fn shown(&mut self, what: &str, command: &[u8], state: &mut Vec<String>) -> Result<(Vec<u8>, [u8; 2])> {
        let response = self.transmit(command)?;
        state.push(format!("{what}: {}", hex::encode_upper(&response)));
        let (data, status_word) = response
            .split_last_chunk()
            .ok_or(anyhow!("{what}: an answer without a status word"))?;
        Ok((data.to_vec(), *status_word))
    }

    /// Compares with the last snapshot, or only what is stored besides counters and records.
    pub(super) fn unchanged(&mut self, storage_only: bool) -> Result<()> {
        let before = self
            .snapshot
            .clone()
            .ok_or(anyhow!("there is no snapshot to compare with"))?;
        let after = self.state()?;
        let compared =
            |line: &&String| !storage_only || !CHANGED_BY_EVERY_PACKET.iter().any(|tag| line.contains(tag));
        let before: Vec<_> = before.iter().filter(compared).collect();
        let after: Vec<_> = after.iter().filter(compared).collect();
        for (before, after) in before.iter().zip(&after) {
            ensure!(
                before == after,
                "the stored state changed:\n  before {before}\n  after  {after}"
            );
        }
        ensure!(before.len() == after.len(), "the stored state changed its size");
        Ok(())
    }
}

fn select_service(aid: &Aid) -> Result<Vec<u8>> {
    let aid = aid.as_bytes();
    Ok([&[0x80, 0xA4, 0x04, 0x00, u8::try_from(aid.len())?], aid].concat())
}

fn get_data(tag: u16) -> [u8; 5] {
    let [high, low] = tag.to_be_bytes();
    [0x80, 0xCA, high, low, 0x00]
}
