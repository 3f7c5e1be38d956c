//! What both stages show of what they store: read once, and read again to see that nothing changed.

use anyhow::{Result, anyhow, ensure};

use super::Player;
use crate::case_file::Stage;

/// GET DATA: DF02 key set and counter, DF03 storage, DF04 record of the last script.
const STATE_TAGS: [[u8; 2]; 3] = [[0xDF, 0x02], [0xDF, 0x03], [0xDF, 0x04]];
/// Those that every authenticated packet changes.
const CHANGED_BY_EVERY_PACKET: [&str; 2] = [" DF02:", " DF04:"];
/// Most slots for authentication values that a first stage has.
const SLOTS: u8 = 15;
/// GET STATUS gives the next entries with P2 03 as long as the last answer ended so (GPCS §11.4.3).
const MORE_DATA: [u8; 2] = [0x63, 0x10];
const SUCCESS: [u8; 2] = [0x90, 0x00];

impl Player<'_> {
    /// Everything both stages show, a line each. The first stage is selected afterwards.
    pub(super) fn state(&mut self) -> Result<Vec<String>> {
        let mut state = Vec::new();
        for stage in [Stage::Second, Stage::First] {
            self.select(stage)?;
            for tag in STATE_TAGS {
                let what = format!("{stage:?} stage {}", hex::encode_upper(tag));
                self.show(&what, &[0x80, 0xCA, tag[0], tag[1], 0x00], &mut state)?;
            }
            match stage {
                Stage::Second => self.registry(&mut state)?,
                Stage::First => self.storage_one(&mut state)?,
            }
        }
        Ok(state)
    }

    /// Load files and services with their life cycles.
    fn registry(&mut self, state: &mut Vec<String>) -> Result<()> {
        let first = self.show(
            "GET STATUS",
            &[0x80, 0xF2, 0x60, 0x02, 0x02, 0x4F, 0x00, 0x00],
            state,
        )?;
        let mut more = first == MORE_DATA;
        while more {
            let next = self.show(
                "GET STATUS",
                &[0x80, 0xF2, 0x60, 0x03, 0x02, 0x4F, 0x00, 0x00],
                state,
            )?;
            more = next == MORE_DATA;
        }
        Ok(())
    }

    /// The phonebook, and what each authentication value makes of a challenge.
    fn storage_one(&mut self, state: &mut Vec<String>) -> Result<()> {
        let pin = self.profile.first_stage_pin.pin.expose_secret();
        let verify = [&[0x00, 0x20, 0x00, 0x01, 0x08], pin.as_slice()].concat();
        self.show("VERIFY PIN", &verify, state)?;
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
        let response = self.transmit(command)?;
        state.push(format!("{what}: {}", hex::encode_upper(&response)));
        let status_word = response
            .last_chunk()
            .ok_or(anyhow!("{what}: an answer without a status word"))?;
        Ok(*status_word)
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
