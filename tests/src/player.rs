//! Plays a case: builds packets, sends them as a terminal does, compares what comes back.

mod cuts;
mod state;

use std::{collections::BTreeMap, fmt};

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use card_proto::{aid::Aid, apdu::ResponseApdu, remote_script::expanded::ResponseScript};
use host_harness::{exchange::exchange, profile::CardProfile};
use secure_channel::scp80::Counter;

use crate::{
    case_file::{Action, Answer, AnswerKind, Case, FirstCounters, Options, Stage, Step, WhereFound},
    mismatch::{Mismatch, OctetKind},
    packet::{self, Secured},
    pattern::Pattern,
    testbed::{Ability, Testbed},
};

/// What a packet is called that the case does not name.
const LAST: &str = "(the last)";

/// The selection of a service by the second stage: CLA, INS, P1.
const SELECT_SERVICE: [u8; 3] = [0x80, 0xA4, 0x04];

/// GET DATA DF01: the version of a stage.
const GET_VERSION: [u8; 5] = [0x80, 0xCA, 0xDF, 0x01, 0x00];

/// Octets that GET DATA DF02 has for each key version.
const KEY_INFORMATION: usize = 8;

/// Response status codes that leave the stored counter as it is (TS 102 225 §5.1.4): CNTR low, high, blocked.
const COUNTER_REFUSED: [u8; 3] = [0x02, 0x03, 0x04];

/// A card, its profile, and what the cases so far have made of it.
pub struct Player<'a> {
    card: &'a mut dyn Testbed,
    profile: &'a CardProfile,
    /// Last accepted counters of the first and second stage.
    counters: [Counter; 2],
    snapshot: Option<Vec<String>>,
    /// Packets of this case by the name it gave them; the last one without a name is [`LAST`].
    sent: BTreeMap<String, Sent>,
    reference: u8,
    /// What selects what is selected now: the applet, then a service.
    context: Vec<Vec<u8>>,
    /// The additional data of the last proof of receipt, of the inner one of two.
    response: Vec<u8>,
}

/// How far a case was played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Played {
    /// To its end, with so many cuts of power.
    Whole {
        /// How often the power was cut.
        cuts: u32,
    },
    /// Not at all.
    Skipped {
        /// The line that says what it needs.
        line: usize,
        /// What the target cannot do.
        lacks: Ability,
    },
}

impl fmt::Display for Played {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole { cuts } => write!(f, "played, {cuts} cuts of power"),
            Self::Skipped { line, lacks } => {
                write!(f, "skipped: line {line}: the target cannot {}", lacks.name())
            }
        }
    }
}

/// A packet on its way: the commands that bring its segments, and what opens the answer.
struct Sent {
    envelopes: Vec<Vec<u8>>,
    secured: Secured,
}

impl<'a> Player<'a> {
    /// A player for a card that holds both applets.
    pub fn new(card: &'a mut dyn Testbed, profile: &'a CardProfile) -> Self {
        Self {
            card,
            profile,
            counters: [Counter::default(); 2],
            snapshot: None,
            sent: BTreeMap::new(),
            reference: 0,
            context: Vec::new(),
            response: Vec::new(),
        }
    }

    /// Plays a case on the reset card, unless it needs what the card cannot do; `begins` is told of each step before it is done.
    ///
    /// # Errors
    /// The first step that went otherwise than the case says, with its line.
    pub fn play(&mut self, case: &Case, begins: &mut dyn FnMut(&Step)) -> Result<Played> {
        self.snapshot = None;
        self.sent.clear();
        self.reset()?;
        for step in &case.steps {
            if let Some(lacks) = step.action.needs().filter(|ability| !ability.is_of(self.card)) {
                let line = step.line;
                return Ok(Played::Skipped { line, lacks });
            }
        }
        self.read_counters()?;
        self.select(Stage::First)?;
        let mut cuts = 0;
        for (index, step) in case.steps.iter().enumerate() {
            begins(step);
            let done = match (&step.action, case.steps.get(index + 1)) {
                (Action::Cuts, Some(next)) => self.cuts(&next.action).map(|made| cuts += made),
                (action, _) => self.step(action),
            };
            done.with_context(|| format!("line {}", step.line))?;
        }
        Ok(Played::Whole { cuts })
    }

    fn step(&mut self, action: &Action) -> Result<()> {
        match action {
            Action::Reset => self.reset(),
            Action::Reinstall(counters) => self.reinstall(*counters),
            Action::Install {
                stage,
                application_data,
                installed,
            } => self.install(*stage, application_data, installed.unwrap_or(true)),
            Action::Intruder(aid) => self.install_intruder(aid),
            Action::Cuts => bail!("! cuts has no step behind it"),
            Action::Memory { where_found, octets } => self.look_into_the_memory(*where_found, octets),
            Action::Select(stage) => self.select(*stage),
            Action::ReadCounters => self.read_counters(),
            Action::Snapshot => {
                self.snapshot = Some(self.state()?);
                Ok(())
            }
            Action::Unchanged { storage_only } => self.unchanged(*storage_only),
            Action::Apdu { command, expected } => {
                let response = self.transmit(command)?;
                if command.starts_with(&SELECT_SERVICE) {
                    self.context.push(command.clone());
                }
                expect("the response", OctetKind::ResponseApdu, expected, &response)
            }
            Action::Packet {
                options,
                script,
                answer,
            } => self.packet(options, script, answer),
            Action::Send { name, order, answer } => self.send(name, Some(order), answer),
            Action::Again { answer } => self.send(LAST, None, answer),
        }
    }

    fn reset(&mut self) -> Result<()> {
        self.context.clear();
        self.card.reset()?;
        Ok(())
    }

    /// Installs the applets anew and selects the first stage.
    fn reinstall(&mut self, counters: FirstCounters) -> Result<()> {
        if counters == FirstCounters::Zero {
            self.counters = [Counter::default(); 2];
        }
        self.card
            .installer()
            .ok_or(anyhow!("the target cannot install the applets anew"))?
            .reinstall(self.counters)?;
        self.reset()?;
        self.select(Stage::First)
    }

    /// Installs one applet with these parameters, or sees them refused.
    fn install(&mut self, stage: Stage, application_data: &[u8], expected: bool) -> Result<()> {
        let installer = self.card.installer();
        let installed = installer
            .ok_or(anyhow!("the target cannot install the applets anew"))?
            .install(stage, application_data)?;
        self.reset()?;
        ensure!(
            installed == expected,
            "the applet was {}, not {}",
            if installed { "installed" } else { "refused" },
            if expected { "installed" } else { "refused" }
        );
        if installed { self.read_counters() } else { Ok(()) }
    }

    /// Installs the applet that is not ours, and selects it.
    fn install_intruder(&mut self, aid: &Aid) -> Result<()> {
        self.card
            .installer()
            .ok_or(anyhow!("the target cannot install an applet"))?
            .install_intruder(aid)?;
        self.reset()?;
        self.select_aid(aid)
    }

    fn look_into_the_memory(&mut self, wanted: WhereFound, octets: &[u8]) -> Result<()> {
        let memory = self.card.watched_memory();
        let places = memory
            .ok_or(anyhow!("the memory of the target cannot be looked into"))?
            .find(octets)?;
        let fields: Vec<_> = places.iter().map(|place| place.field.as_str()).collect();
        let fields = fields.join(", ");
        let stray = places.iter().any(|place| !place.is_key);
        match wanted {
            WhereFound::Somewhere => ensure!(!places.is_empty(), "the memory does not hold these octets"),
            WhereFound::Nowhere => ensure!(places.is_empty(), "these octets are still in {fields}"),
            WhereFound::OnlyKeys => {
                ensure!(!places.is_empty(), "no key holds these octets");
                ensure!(!stray, "these octets are not only in a key: {fields}");
            }
        }
        Ok(())
    }

    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>> {
        Ok(exchange(self.card, command, &mut Vec::new())?)
    }

    fn select(&mut self, stage: Stage) -> Result<()> {
        let aid = match stage {
            Stage::First => &self.profile.first_stage.aid,
            Stage::Second => &self.profile.second_stage.aid,
        };
        self.select_aid(aid)
    }

    fn select_aid(&mut self, aid: &Aid) -> Result<()> {
        let command = packet::select(aid);
        let response = self.transmit(&command)?;
        self.context = vec![command];
        ensure!(
            response.ends_with(&[0x90, 0x00]),
            "SELECT {aid} answered {}",
            hex::encode_upper(&response)
        );
        Ok(())
    }

    /// Reads both stages' last accepted counters, those of the key versions that the profile has.
    fn read_counters(&mut self) -> Result<()> {
        for (index, stage) in [Stage::First, Stage::Second].into_iter().enumerate() {
            self.counters[index] = self.key_in_use(stage)?.1;
        }
        self.select(Stage::First)
    }

    /// The key version of a stage that messages come under, with its counter: that of the profile, or the first if it is gone
    /// (GET DATA DF02: KVN, key type, key length, CNTR, for each version).
    fn key_in_use(&mut self, stage: Stage) -> Result<(u8, Counter)> {
        self.select(stage)?;
        let response = self.transmit(&[0x80, 0xCA, 0xDF, 0x02, 0x00])?;
        let versions = match response.split_last_chunk() {
            Some((versions, [0x90, 0x00])) => versions.as_chunks::<KEY_INFORMATION>().0,
            _ => &[],
        };
        let own = self.kvn(stage);
        let [kvn, _, _, counter @ ..] = versions
            .iter()
            .find(|[kvn, ..]| *kvn == own)
            .or(versions.first())
            .ok_or_else(|| anyhow!("GET DATA DF02 answered {}", hex::encode_upper(&response)))?;
        Ok((*kvn, packet::counter(counter)?))
    }

    /// The key version of a stage in the profile.
    fn kvn(&self, stage: Stage) -> u8 {
        let profile = match stage {
            Stage::First => &self.profile.first_stage,
            Stage::Second => &self.profile.second_stage,
        };
        profile.keys.kvn.value()
    }

    /// Sends the packet of the line, or each packet of its range.
    fn packet(&mut self, options: &Options, script: &[Vec<u8>], answer: &Answer) -> Result<()> {
        let packets = options.each().map_err(|e| anyhow!(e))?;
        for options in &packets {
            self.one_packet(options, script, answer)
                .with_context(|| options.to_string())?;
        }
        Ok(())
    }

    fn one_packet(&mut self, options: &Options, script: &[Vec<u8>], answer: &Answer) -> Result<()> {
        let sent = self.prepare(options, script)?;
        let name = options.get("as").unwrap_or(LAST);
        self.sent.insert(name.to_owned(), sent);
        self.send(name, options.get("order"), answer)
    }

    /// Builds the next packet and the commands that bring it.
    fn prepare(&mut self, options: &Options, script: &[Vec<u8>]) -> Result<Sent> {
        self.reference = self.reference.wrapping_add(1);
        let secured = packet::secure(options, script, self.profile, &self.counters)?;
        let segments = packet::segments(&secured.octets, options, self.reference)?;
        let envelopes = segments
            .iter()
            .map(|user_data| packet::envelope(user_data, options))
            .collect::<Result<_>>()?;
        Ok(Sent { envelopes, secured })
    }

    /// Sends segments of a packet (in the order `order` says, or one after the other) and looks at the answers.
    fn send(&mut self, name: &str, order: Option<&str>, answer: &Answer) -> Result<()> {
        let sent = self
            .sent
            .remove(name)
            .ok_or(anyhow!("no packet {name} was sent"))?;
        self.deliver(&sent, order, answer)?;
        self.sent.insert(name.to_owned(), sent);
        Ok(())
    }

    fn deliver(&mut self, sent: &Sent, order: Option<&str>, answer: &Answer) -> Result<()> {
        let order = packet::order(order, sent.envelopes.len())?;
        let (last, before) = order.split_last().ok_or(anyhow!("no segment is sent"))?;
        for index in before {
            let response = self.transmit(&sent.envelopes[*index])?;
            exactly(
                "nothing for a segment that is not the last",
                &response,
                &[0x90, 0x00],
            )?;
        }
        let response = self.transmit(&sent.envelopes[*last])?;
        self.answer(&response, sent, answer)
    }

    fn answer(&mut self, response: &[u8], sent: &Sent, expected: &Answer) -> Result<()> {
        let kind = expected
            .kind
            .ok_or(anyhow!("the case does not say what comes back"))?;
        let status = match kind {
            AnswerKind::Refused => return exactly("a refusal", response, &[0x62, 0x00]),
            AnswerKind::Nothing => {
                // It may have been carried out; a counter too high does no harm.
                sent.secured.accepted(&mut self.counters);
                return exactly("no proof of receipt", response, &[0x90, 0x00]);
            }
            AnswerKind::Por(status) => status,
        };
        let response = ResponseApdu::parse(response)?;
        ensure!(
            response.sw.is_success(),
            "the ENVELOPE was answered {}",
            response.sw
        );
        let por = packet::open_response(&response.data, &sent.secured.outer)?;
        ensure!(
            por.status.0 == status,
            "the proof of receipt has status {}, not {status:02X}",
            por.status
        );
        if !COUNTER_REFUSED.contains(&status) {
            sent.secured.accepted(&mut self.counters);
        }
        let mut data = por.data;
        if let Some(status) = expected.inner {
            let keys = sent
                .secured
                .inner
                .as_ref()
                .ok_or(anyhow!("the packet has no inner packet"))?;
            let inner = packet::open_inner_response(&data, keys)?;
            ensure!(
                inner.status.0 == status,
                "the inner proof has status {}, not {status:02X}",
                inner.status
            );
            data = inner.data;
        }
        self.response.clone_from(&data);
        if let Some(pattern) = &expected.data {
            return expect(
                "the additional response data",
                OctetKind::Data,
                std::slice::from_ref(pattern),
                &data,
            );
        }
        if expected.executed.is_none() && expected.bad_format.is_none() && expected.responses.is_empty() {
            return Ok(());
        }
        script_answer(&ResponseScript::decode(&data)?, expected)
    }
}

fn script_answer(script: &ResponseScript, expected: &Answer) -> Result<()> {
    if let Some(executed) = expected.executed {
        ensure!(
            script.executed == executed,
            "{} commands were executed, not {executed}",
            script.executed
        );
    }
    let bad_format = script.bad_format.map(|bad_format| bad_format.to_octet());
    ensure!(
        bad_format == expected.bad_format,
        "Bad format is {bad_format:02X?}, not {:02X?}",
        expected.bad_format
    );
    if !expected.responses.is_empty() {
        ensure!(
            script.responses.len() == expected.responses.len(),
            "{} R-APDUs came back, not {}",
            script.responses.len(),
            expected.responses.len()
        );
    }
    for (index, (found, expected)) in script.responses.iter().zip(&expected.responses).enumerate() {
        let what = format!("R-APDU {}", index + 1);
        expect(&what, OctetKind::ResponseApdu, expected, &found.to_bytes())?;
    }
    Ok(())
}

/// The answer to the ENVELOPE has to be these octets; `what` says what that is.
fn exactly(what: &str, found: &[u8], expected: &[u8]) -> Result<()> {
    let mismatch = || Mismatch {
        what: format!("the answer to the ENVELOPE, to be {what},"),
        expected: vec![hex::encode_upper(expected)],
        found: found.to_vec(),
        kind: OctetKind::ResponseApdu,
    };
    ensure!(found == expected, mismatch());
    Ok(())
}

fn expect(what: &str, kind: OctetKind, expected: &[Pattern], found: &[u8]) -> Result<()> {
    let mismatch = || Mismatch {
        what: what.to_owned(),
        expected: expected.iter().map(ToString::to_string).collect(),
        found: found.to_vec(),
        kind,
    };
    ensure!(expected.iter().any(|pattern| pattern.matches(found)), mismatch());
    Ok(())
}
