//! `! cuts`: a step with the power cut before each of its persistent writes in turn. What the card shows after the next reset has to
//! be a state that a whole number of its commands leads to, and the next message has to work.

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use card_proto::remote_script::expanded::ResponseScript;
use secure_channel::scp80::Counter;

use super::{Action, Answer, AnswerKind, GET_VERSION, LAST, Options, Player, Stage};
use crate::testbed::WatchedMemory;

/// CLA and INS of the commands with a PIN: VERIFY PIN, CHANGE PIN, UNBLOCK PIN (ISO 7816-4 §11.6).
const PIN_COMMANDS: [[u8; 2]; 3] = [[0x00, 0x20], [0x00, 0x24], [0x00, 0x2C]];
/// Of the services (GPCS §11.4): AIDs, life cycles, privileges, load files.
const GET_STATUS: [u8; 8] = [0x80, 0xF2, 0x40, 0x02, 0x02, 0x4F, 0x00, 0x00];
/// Where the first PIN is in such a command: behind CLA, INS, P1, P2 and Lc.
const PIN_AT: usize = 5;

/// What a cut may leave.
struct Legal {
    /// How one comes there without a cut.
    name: String,
    /// What the card shows then.
    state: Vec<String>,
    /// What it tells the next type-2 script of its services, in hexadecimal.
    services: String,
}

/// A step that can be run again and again from the same memory.
struct Attempt {
    /// The command APDUs.
    commands: Vec<Vec<u8>>,
    /// What has to be selected before.
    context: Vec<Vec<u8>>,
    /// The counters that a sender goes on from, whether the card has taken them or not.
    counters: [Counter; 2],
    is_packet: bool,
}

impl Player<'_> {
    /// Runs the step with the power cut before each of its writes; then the memory is as it was before. Returns the number of cuts.
    pub(super) fn cuts(&mut self, action: &Action) -> Result<u32> {
        let counters = self.counters;
        self.memory()?.save()?;
        let attempt = self.attempt(action)?;
        let legal = self.legal_states(action, &attempt)?;
        let mut cuts = 0;
        while self
            .cut(&attempt, cuts, &legal)
            .with_context(|| format!("power cut before write {cuts}"))?
        {
            cuts += 1;
        }
        self.go_back(&attempt)?;
        self.counters = counters;
        Ok(cuts)
    }

    /// One run. False when it had fewer writes, and so was not cut.
    fn cut(&mut self, attempt: &Attempt, write: u32, legal: &[Legal]) -> Result<bool> {
        let was_cut = self.run_until(attempt, write)?;
        let state = self.state_behind_pins()?;
        let (nothing, all) = legal
            .first()
            .zip(legal.last())
            .ok_or(anyhow!("no state is legal"))?;
        let legal = if was_cut { legal } else { std::slice::from_ref(all) };
        let mut found = is_legal(&state, legal)?;
        if attempt.is_packet {
            let was_done = found.name != nothing.name;
            found = if was_done { found } else { all };
            self.repeat(attempt, write, found)
                .context("the same packet again")?;
        }
        let services = self.next_messages(attempt)?;
        ensure!(
            services == found.services,
            "the services are not those after {}: {services} instead of {}",
            found.name,
            found.services
        );
        Ok(was_cut)
    }

    /// From the memory that was saved: runs the step with the power cut before this write, if there is one, and resets the card. Tells
    /// whether it was cut.
    fn run_until(&mut self, attempt: &Attempt, write: u32) -> Result<bool> {
        self.go_back(attempt)?;
        self.memory()?.cut_power_before(write)?;
        self.transmit_all(&attempt.commands)?;
        let was_cut = self.memory()?.power()?.was_cut;
        self.card.reset()?;
        Ok(was_cut)
    }

    /// A sender that got no answer sends its packet again: it is carried out if nothing of it was, else it does nothing. What the card
    /// shows is not read in between, for the PIN is verified for that.
    fn repeat(&mut self, attempt: &Attempt, write: u32, expected: &Legal) -> Result<()> {
        self.run_until(attempt, write)?;
        self.transmit_all(&attempt.context)?;
        self.transmit_all(&attempt.commands)?;
        self.card.reset()?;
        is_legal(&self.state_behind_pins()?, std::slice::from_ref(expected)).map(drop)
    }

    fn attempt(&mut self, action: &Action) -> Result<Attempt> {
        let mut counters = self.counters;
        let commands = match action {
            Action::Apdu { command, .. } => vec![command.clone()],
            Action::Packet { options, script, .. } => {
                let sent = self.prepare(options, script)?;
                sent.secured.accepted(&mut counters);
                sent.envelopes
            }
            Action::Again { .. } => {
                let sent = self.sent.get(LAST).ok_or(anyhow!("no packet was sent"))?;
                sent.secured.accepted(&mut counters);
                sent.envelopes.clone()
            }
            _ => bail!("! cuts stands before a `>`, `! packet` or `! again` line"),
        };
        Ok(Attempt {
            commands,
            context: self.context.clone(),
            counters,
            is_packet: !matches!(action, Action::Apdu { .. }),
        })
    }

    /// The states that a cut may leave; the last one is that of the whole step.
    fn legal_states(&mut self, action: &Action, attempt: &Attempt) -> Result<Vec<Legal>> {
        let mut legal = vec![self.state_after("nothing of it", &[], attempt)?];
        match action {
            Action::Apdu { command, .. } => {
                if let Some(wrong) = with_another_pin(command) {
                    legal.push(self.state_after("one try less", &[wrong], attempt)?);
                }
            }
            Action::Packet { options, script, .. } => {
                if is_double_wrapped(options) {
                    // Its two counters are stored one after the other.
                    let outer = options.with("inner.damage", "cc");
                    let envelopes = self.prepare(&outer, script)?.envelopes;
                    legal.push(self.state_after("the outer packet alone", &envelopes, attempt)?);
                }
                for done in 0..script.len() {
                    let envelopes = self.prepare(options, &script[..done])?.envelopes;
                    let name = format!("the first {done} commands");
                    legal.push(self.state_after(&name, &envelopes, attempt)?);
                }
            }
            _ => {}
        }
        legal.push(self.state_after("all of it", &attempt.commands, attempt)?);
        Ok(legal)
    }

    /// What the card shows after these commands, from the memory that was saved.
    fn state_after(&mut self, name: &str, commands: &[Vec<u8>], attempt: &Attempt) -> Result<Legal> {
        self.go_back(attempt)?;
        self.transmit_all(commands)?;
        self.card.reset()?;
        let state = self.state_behind_pins()?;
        let counters = self.counters;
        let services = self.next_messages(attempt)?;
        self.counters = counters;
        Ok(Legal {
            name: name.to_owned(),
            state,
            services,
        })
    }

    fn go_back(&mut self, attempt: &Attempt) -> Result<()> {
        self.memory()?.restore()?;
        self.transmit_all(&attempt.context)?;
        self.context.clone_from(&attempt.context);
        Ok(())
    }

    fn transmit_all(&mut self, commands: &[Vec<u8>]) -> Result<()> {
        commands
            .iter()
            .try_for_each(|command| self.transmit(command).map(drop))
    }

    /// A message of each type that an honest sender would send next: it changes nothing but counters and records. Returns what the
    /// second one tells of the services: GET STATUS in a script shows more than at the interface.
    fn next_messages(&mut self, attempt: &Attempt) -> Result<String> {
        let one = Options::default().with("type", "1").with("as", "the next");
        let one = self.under_present_keys(&one, Stage::First, "", attempt)?;
        self.next_message(&one).context("the next type-1 message")?;
        let two = self.under_present_keys(&one.with("type", "2"), Stage::First, "", attempt)?;
        let two = self.under_present_keys(&two, Stage::Second, "inner.", attempt)?;
        self.next_message(&two).context("the next type-2 message")?;
        let services = ResponseScript::decode(&self.response)?.responses.pop();
        Ok(services.map_or_else(String::new, |services| hex::encode_upper(services.to_bytes())))
    }

    /// Options of a packet under the key version that the stage has now. Where it is not the profile's it has the same values.
    fn under_present_keys(
        &mut self,
        options: &Options,
        stage: Stage,
        prefix: &str,
        attempt: &Attempt,
    ) -> Result<Options> {
        let (index, keys) = match stage {
            Stage::First => (0, &self.profile.first_stage.keys),
            Stage::Second => (1, &self.profile.second_stage.keys),
        };
        let (kvn, counter) = self.key_in_use(stage)?;
        self.select(Stage::First)?;
        if kvn == keys.kvn.value() {
            self.counters[index] = attempt.counters[index].max(counter);
            return Ok(options.clone());
        }
        self.counters[index] = counter;
        let values = [&keys.kic, &keys.kid, &keys.dek].map(|key| hex::encode(key.expose_secret()));
        Ok(options
            .with(&format!("{prefix}kvn"), &kvn.to_string())
            .with(&format!("{prefix}key-set"), &values.concat()))
    }

    fn next_message(&mut self, options: &Options) -> Result<()> {
        let answer = Answer {
            kind: Some(AnswerKind::Por(0)),
            inner: is_double_wrapped(options).then_some(0),
            ..Answer::default()
        };
        let command = if answer.inner.is_some() {
            GET_STATUS.to_vec()
        } else {
            GET_VERSION.to_vec()
        };
        self.one_packet(options, &[command], &answer)
    }

    fn memory(&mut self) -> Result<&mut dyn WatchedMemory> {
        self.card
            .watched_memory()
            .ok_or(anyhow!("the target cannot cut the power"))
    }
}

fn is_double_wrapped(options: &Options) -> bool {
    options.get("type") == Some("2") && options.get("wrap") != Some("single")
}

/// A command with a PIN, with another PIN of the same form; the PIN stays 4 to 8 digits.
fn with_another_pin(command: &[u8]) -> Option<Vec<u8>> {
    let is_pin_command = PIN_COMMANDS.iter().any(|start| command.starts_with(start));
    let mut other = command.to_vec();
    let digit = other.get_mut(PIN_AT)?;
    *digit ^= 0x01;
    is_pin_command.then_some(other)
}

/// The legal state that it is.
fn is_legal<'l>(state: &[String], legal: &'l [Legal]) -> Result<&'l Legal> {
    if let Some(legal) = legal.iter().find(|legal| legal.state == state) {
        return Ok(legal);
    }
    let mut text = "the card shows a state that it must not have:".to_owned();
    for legal in legal {
        let differs = |(found, wanted): &(&String, &String)| found != wanted;
        let (found, wanted) = match state.iter().zip(&legal.state).find(differs) {
            Some((found, wanted)) => (found.as_str(), wanted.as_str()),
            None => ("more or fewer lines", "others"),
        };
        text += &format!("\n  after {}: {wanted}\n    but it is: {found}", legal.name);
    }
    bail!(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_command_with_a_pin_has_another() {
        let verify = [
            0x00, 0x20, 0x00, 0x01, 0x08, 0x31, 0x32, 0x33, 0x34, 0xFF, 0xFF, 0xFF, 0xFF,
        ];
        let other = with_another_pin(&verify).unwrap_or_default();
        assert_eq!((other[5], &other[6..]), (0x30, &verify[6..]));
        assert_eq!(with_another_pin(&verify[..4]), None);
        assert_eq!(with_another_pin(&[0x00, 0xB2, 0x01, 0x04, 0x01, 0x30]), None);
    }
}
