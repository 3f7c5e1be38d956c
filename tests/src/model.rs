//! Both applets as a model: plain maps and lists, written from the README of each applet and from the specifications named there,
//! apart from the applets' code. For every command APDU it tells the whole response, octet for octet: with IV 0 and zero padding
//! a response packet is determined by its contents.
//!
//! - [`message`] ENVELOPE, SMS-DELIVER, segments put together
//! - [`packet`] command packets opened, response packets built
//! - [`script`] command scripts and their responses
//! - [`keys`] key set versions, records, PUT KEY; [`aes`] what keys do
//! - [`pin`] PIN values
//! - [`first`] storage 1 and the first stage's commands
//! - [`second`] storage 2 and the second stage's commands; [`reading`] what shows it
//! - [`status`] status words
//!
//! A [`Card`] notes its persistent state at each point where a card commits; [`Card::after_cut`] gives the states that a cut of
//! power may leave.

pub mod aes;
pub mod first;
pub mod keys;
pub mod message;
pub mod packet;
pub mod pin;
pub mod reading;
pub mod script;
pub mod second;
pub mod status;

use host_harness::profile::CardProfile;
use secure_channel::scp80::Counter;

use self::{
    aes::AesKey,
    first::FirstStage,
    keys::{COUNTER_MAX, KeySet, KeySets, Record},
    packet::Opened,
    pin::Pin,
    reading::Room,
    script::{Command, Response, Script},
    second::SecondStage,
    status::{Answer, Outcome, require},
};
use crate::case_file::Stage;

/// TS 31.111 §7.1.1: octets that the answer to ENVELOPE may hold.
const ENVELOPE_ANSWER: usize = 128;
/// A handler may always write so many octets of R-APDU, even if they do not fit the response.
const ROOM_MIN: usize = 32;
/// Octets of a response APDU at the interface.
const INTERFACE_ROOM: usize = 258;
/// Frames of secured data: an inner packet, its response packet.
const FRAME_NESTED: u8 = 0x01;
const FRAME_NESTED_RESPONSE: u8 = 0x02;
/// DELETE: the data names a key version and no AID.
const TAG_KEY_VERSION: u8 = 0xD2;
/// GET DATA DF01.
const VERSION: [u8; 2] = [0x02, 0x00];
/// The logical channel in CLA (ISO/IEC 7816-4 §5.4.1).
const CLA_CHANNEL: u8 = 0x03;

/// What a card shows that its applets do not determine: GET DATA DF06 of the first and second stage. It may not change, for
/// nothing is allocated after installation.
pub type Memory = [Vec<u8>; 2];

/// What a cut of power leaves, and what it takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// Key sets of the first and second stage.
    pub keys: [KeySets; 2],
    /// The first stage.
    pub first: FirstStage,
    /// The second stage.
    pub second: SecondStage,
    /// The selected applet.
    pub selected: Option<Stage>,
}

/// A card with both applets.
#[derive(Debug, Clone)]
pub struct Card {
    /// Its state.
    pub state: State,
    identities: [Identity; 2],
    memory: Memory,
    commits: Vec<State>,
    executed: Vec<Executed>,
}

/// A command that was executed, at the interface or in a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Executed {
    /// By the second stage.
    pub second_stage: bool,
    /// In a script.
    pub in_script: bool,
    /// CLA and INS.
    pub command: [u8; 2],
    /// P1, which tells the kinds of INSTALL apart.
    pub p1: u8,
    /// How it ended.
    pub sw: u16,
}

/// AID and TAR of a stage.
#[derive(Debug, Clone)]
struct Identity {
    aid: Vec<u8>,
    tar: [u8; 3],
}

/// What a stage makes of a packet.
enum Reply {
    Refused,
    Silent,
    Packet(Vec<u8>),
}

impl Card {
    /// The card of a profile as it is installed, with counters at 0.
    ///
    /// `None` when a key of the profile is no AES key.
    pub fn new(profile: &CardProfile, memory: Memory) -> Option<Self> {
        let keys = [
            key_set(&profile.first_stage.keys)?,
            key_set(&profile.second_stage.keys)?,
        ];
        let sizes = profile.first_stage_sizes;
        let pins = &profile.first_stage_pin;
        let record_length = usize::from(sizes.record_length);
        let identity = |stage: &host_harness::profile::StageProfile| Identity {
            aid: stage.aid.as_bytes().to_vec(),
            tar: stage.tar.0,
        };
        let first = FirstStage {
            max_segments: sizes.max_segments,
            records: vec![vec![0xFF; record_length]; usize::from(sizes.records)],
            record_length,
            values: vec![None; usize::from(sizes.slots)],
            languages: Vec::new(),
            pin: Pin::new(*pins.pin.expose_secret(), pins.pin_tries),
            puk: Pin::new(*pins.puk.expose_secret(), pins.puk_tries),
            transient: first::Transient::default(),
        };
        let second = SecondStage {
            max_packet: usize::from(profile.second_stage_sizes.max_packet_length),
            blocks: usize::from(profile.second_stage_sizes.arena) / 64,
            entries: Vec::new(),
            load: None,
            transient: second::Transient::default(),
        };
        Some(Self {
            state: State {
                keys: keys.map(KeySets::new),
                first,
                second,
                selected: None,
            },
            identities: [identity(&profile.first_stage), identity(&profile.second_stage)],
            memory,
            commits: Vec::new(),
            executed: Vec::new(),
        })
    }

    /// The card is reset.
    pub fn reset(&mut self) {
        self.state.reset();
    }

    /// The command that selects a stage.
    pub fn select_command(&self, stage: Stage) -> Vec<u8> {
        let aid = &self.identities[index(stage)].aid;
        let mut command = vec![0x00, 0xA4, 0x04, 0x00];
        command.extend(second::lv(aid));
        command.push(0x00);
        command
    }

    /// TAR of a stage.
    pub fn tar(&self, stage: Stage) -> [u8; 3] {
        self.identities[index(stage)].tar
    }

    /// The cards that a cut of power may leave, had it come somewhere in the last command: with nothing of the command done, or with
    /// all that was committed at one of its commit points. Each is reset. Blocks that a LOAD took before it was cut stay behind.
    pub fn after_cut(&self, before: &Self) -> Vec<Self> {
        let mut cards: Vec<Self> = Vec::new();
        let states = [&before.state].into_iter().chain(&self.commits);
        let loads = |executed: &Executed| executed.second_stage && executed.command == [0x80, 0xE8];
        let most = if self.executed.iter().any(loads) {
            second::LOAD_BLOCKS
        } else {
            0
        };
        let states = states.chain([&self.state]);
        for (state, left_over) in states.flat_map(|state| (0..=most).map(move |count| (state, count))) {
            let mut card = Self {
                state: state.clone(),
                commits: Vec::new(),
                executed: Vec::new(),
                ..before.clone()
            };
            card.state.reset();
            card.state.second.leave_blocks(left_over);
            if cards.iter().all(|known| known.state != card.state) {
                cards.push(card);
            }
        }
        cards
    }

    fn commit(&mut self) {
        self.commits.push(self.state.clone());
    }

    /// The response APDU to a command APDU, short and well formed, sent to the selected applet.
    pub fn transmit(&mut self, command: &[u8]) -> Vec<u8> {
        self.commits.clear();
        self.executed.clear();
        if let Some(stage) = [Stage::First, Stage::Second]
            .into_iter()
            .find(|stage| self.select_command(*stage) == command)
        {
            self.select(stage);
            return Answer::done().to_bytes();
        }
        let outcome = match (Command::read(command), self.state.selected) {
            (None, _) => Err(status::LENGTH),
            (Some(command), Some(Stage::First)) => self.at_first_stage(&command),
            (Some(command), Some(Stage::Second)) => self.at_second_stage(&command),
            (Some(_), None) => Err(status::INS),
        };
        let answer = Answer::of(outcome);
        self.note(
            self.state.selected == Some(Stage::Second),
            false,
            command,
            answer.sw,
        );
        answer.to_bytes()
    }

    /// What the last command APDU had executed.
    pub fn executed(&self) -> &[Executed] {
        &self.executed
    }

    fn note(&mut self, second_stage: bool, in_script: bool, command: &[u8], sw: u16) {
        let &[cla, ins, p1, ..] = command else {
            return;
        };
        self.executed.push(Executed {
            second_stage,
            in_script,
            command: [cla, ins],
            p1,
            sw,
        });
    }

    fn select(&mut self, stage: Stage) {
        self.state.selected = Some(stage);
        match stage {
            Stage::First => self.state.first.transient.verified = false,
            Stage::Second => self.state.second.forget_selection(),
        }
    }

    /// The commands at the interface of the first stage.
    fn at_first_stage(&mut self, command: &Command<'_>) -> Outcome {
        let [cla, ins, p1, p2] = command.header;
        let cla = cla & !CLA_CHANNEL;
        require(cla == 0x00 || cla == 0x80, status::CLA)?;
        match (cla, ins) {
            (0x80, 0xC2 | 0xD0) => {
                require([p1, p2] == [0, 0], status::P1P2)?;
                self.envelope(command.data)
            }
            (0x00, 0x20) => self.verify_pin(p1, p2, command.data),
            (0x00, 0x24) => self.change_pin(p1, p2, command.data),
            (0x00, 0x2C) => self.unblock_pin(p1, p2, command.data),
            (0x00, 0xB2) => self.state.first.read_record(p1, p2),
            (0x00, 0xA2) => self.state.first.search_record(p1, p2, command.data),
            (0x00, 0x88) => self.state.first.authenticate(p1, p2, command.data),
            (0x80, 0xCA) => self.stage_data(Stage::First, p1, p2),
            _ => Err(status::INS),
        }
    }

    /// The commands at the interface of the second stage.
    fn at_second_stage(&mut self, command: &Command<'_>) -> Outcome {
        let [cla, ins, p1, p2] = command.header;
        let cla = cla & !CLA_CHANNEL;
        require(cla == 0x00 || cla == 0x80, status::CLA)?;
        let room = Room {
            octets: INTERFACE_ROOM,
            ne: command.ne,
            in_script: false,
        };
        match (cla, ins) {
            (0x00, 0x20) => self.verify_service_pin(p1, p2, command.data),
            (0x00, 0x24) => self.change_service_pin(p1, p2, command.data),
            (0x80, 0xA4) => self.state.second.select_service(p1, p2, command.data),
            (0x80, 0xF2) => self.state.second.get_status(p1, p2, command.data, room),
            (0x80, 0xCA) => self.get_data_of_second(p1, p2, room),
            (0x80, 0xCB) => {
                let tag = u16::from_be_bytes([p1, p2]);
                self.state.second.object_from_offset(tag, command.data, room)
            }
            _ => Err(status::INS),
        }
    }

    fn get_data_of_second(&mut self, p1: u8, p2: u8, room: Room) -> Outcome {
        match (p1, p2) {
            (0xDF, 0x01..=0x07) => self.stage_data(Stage::Second, p1, p2),
            _ => self.state.second.object(u16::from_be_bytes([p1, p2]), room),
        }
    }

    /// GET DATA of what a stage tells of itself.
    fn stage_data(&self, stage: Stage, p1: u8, p2: u8) -> Outcome {
        let keys = &self.state.keys[index(stage)];
        let (first, second) = (&self.state.first, &self.state.second);
        let data = match ([p1, p2], stage) {
            ([0xDF, 0x01], _) => VERSION.to_vec(),
            ([0xDF, 0x02], _) => keys.information(),
            ([0xDF, 0x03], Stage::First) => first.storage(),
            ([0xDF, 0x03], Stage::Second) => second.storage(),
            ([0xDF, 0x04], _) => keys.records(),
            ([0xDF, 0x05], Stage::First) => first.failures(),
            ([0xDF, 0x05], Stage::Second) => second.transient.refused.to_be_bytes().to_vec(),
            ([0xDF, 0x06], _) => self.memory[index(stage)].clone(),
            ([0xDF, 0x07], Stage::Second) => second.load_under_way()?,
            ([0x5F, 0x2D], Stage::First) if !first.languages.is_empty() => first.languages.clone(),
            _ => return Err(status::NOT_FOUND),
        };
        Ok(Answer::data(data))
    }

    fn verify_pin(&mut self, p1: u8, p2: u8, data: &[u8]) -> Outcome {
        pin_reference(p1, p2, 0x01)?;
        require(data.is_empty() || data.len() == pin::PIN_LENGTH, status::LENGTH)?;
        if data.is_empty() {
            return tries_left(self.state.first.pin, self.state.first.transient.verified);
        }
        self.present_pin(data)?;
        Ok(Answer::done())
    }

    fn change_pin(&mut self, p1: u8, p2: u8, data: &[u8]) -> Outcome {
        pin_reference(p1, p2, 0x01)?;
        let (old, new) = two_pins(data)?;
        self.present_pin(&old)?;
        self.state.first.pin = Pin::new(new, self.state.first.pin.limit);
        self.commit();
        Ok(Answer::done())
    }

    fn unblock_pin(&mut self, p1: u8, p2: u8, data: &[u8]) -> Outcome {
        pin_reference(p1, p2, 0x01)?;
        if data.is_empty() {
            return tries_left(self.state.first.puk, false);
        }
        let (puk, new) = two_pins(data)?;
        self.present(
            |card| Ok(card.state.first.puk),
            |card, puk| card.state.first.puk = puk,
            &puk,
        )?;
        self.state.first.pin = Pin::new(new, self.state.first.pin.limit);
        self.state.first.transient.verified = true;
        self.commit();
        Ok(Answer::done())
    }

    fn present_pin(&mut self, given: &[u8]) -> Result<(), u16> {
        self.state.first.transient.verified = false;
        self.present(
            |card| Ok(card.state.first.pin),
            |card, pin| card.state.first.pin = pin,
            given,
        )?;
        self.state.first.transient.verified = true;
        Ok(())
    }

    fn verify_service_pin(&mut self, p1: u8, p2: u8, data: &[u8]) -> Outcome {
        pin_reference(p1, p2, 0x81)?;
        require(data.is_empty() || data.len() == pin::PIN_LENGTH, status::LENGTH)?;
        let pin = self.service_pin()?;
        if data.is_empty() {
            return tries_left(pin, self.state.second.transient.verified);
        }
        self.present_service_pin(data)?;
        Ok(Answer::done())
    }

    fn change_service_pin(&mut self, p1: u8, p2: u8, data: &[u8]) -> Outcome {
        pin_reference(p1, p2, 0x81)?;
        require(data.len() == 2 * pin::PIN_LENGTH, status::LENGTH)?;
        let limit = self.service_pin()?.limit;
        let (old, new) = two_pins(data)?;
        self.present_service_pin(&old)?;
        self.put_service_pin(Pin::new(new, limit));
        self.commit();
        Ok(Answer::done())
    }

    fn present_service_pin(&mut self, given: &[u8]) -> Result<(), u16> {
        self.state.second.transient.verified = false;
        self.present(Self::service_pin, Self::put_service_pin, given)?;
        self.state.second.transient.verified = true;
        Ok(())
    }

    fn service_pin(&mut self) -> Result<Pin, u16> {
        Pin::stored(self.state.second.pin_content()?).ok_or(status::NOT_FOUND)
    }

    fn put_service_pin(&mut self, pin: Pin) {
        if let Ok(content) = self.state.second.pin_content() {
            *content = pin.to_content();
        }
    }

    /// A try is taken, and committed, before the comparison; success gives all of them back.
    fn present(
        &mut self,
        read: impl Fn(&mut Self) -> Result<Pin, u16>,
        write: impl Fn(&mut Self, Pin),
        given: &[u8],
    ) -> Result<(), u16> {
        let mut pin = read(self)?;
        pin.tries = pin.tries.checked_sub(1).ok_or(status::BLOCKED)?;
        write(self, pin);
        self.commit();
        require(given == pin.value, status::WRONG_PIN | u16::from(pin.tries))?;
        pin.tries = pin.limit;
        write(self, pin);
        self.commit();
        Ok(())
    }

    /// ENVELOPE (SMS-PP DOWNLOAD) to the first stage.
    fn envelope(&mut self, data: &[u8]) -> Outcome {
        let answer = self.message(data);
        if answer.is_err() {
            let count = &mut self.state.first.transient.messages_refused;
            *count = count.saturating_add(1);
        }
        Ok(Answer::data(answer?))
    }

    fn message(&mut self, data: &[u8]) -> Result<Vec<u8>, u16> {
        let segment = message::read(data).ok_or(status::REFUSED)?;
        let first = &mut self.state.first;
        let whole = first.transient.reassembly.add(segment, first.max_segments)?;
        let Some(packet) = whole else {
            return Ok(Vec::new());
        };
        let reply = if packet::tar(&packet) == Some(self.tar(Stage::Second)) {
            self.receive_second(&packet, ENVELOPE_ANSWER)
        } else {
            self.receive(Stage::First, &packet, ENVELOPE_ANSWER)
        };
        match reply {
            Reply::Refused => Err(status::REFUSED),
            Reply::Silent => Ok(Vec::new()),
            Reply::Packet(response) => Ok(response),
        }
    }

    /// The link: the second stage counts the packets that it refuses.
    fn receive_second(&mut self, packet: &[u8], room: usize) -> Reply {
        let reply = if packet.len() > self.state.second.max_packet {
            Reply::Refused
        } else {
            self.receive(Stage::Second, packet, room)
        };
        if matches!(reply, Reply::Refused) {
            let count = &mut self.state.second.transient.refused;
            *count = count.saturating_add(1);
        }
        reply
    }

    /// A packet in a stage: opened, its counter judged and stored, executed, answered.
    fn receive(&mut self, stage: Stage, packet: &[u8], room: usize) -> Reply {
        let tar = self.tar(stage);
        let Some(opened) = packet::open(packet, tar, &self.state.keys[index(stage)].versions) else {
            return Reply::Refused;
        };
        let Some(set) = self.state.keys[index(stage)].version(opened.kvn).cloned() else {
            return Reply::Refused;
        };
        let (status, data) = match verdict(&opened, set.record) {
            0x00 => self.accepted(stage, &opened, room),
            0x02 => (0x02, set.record.to_bytes()),
            status => (status, Vec::new()),
        };
        self.state.keys[index(stage)].end();
        if !opened.wants_response(status) {
            return Reply::Silent;
        }
        Reply::Packet(opened.response(&set, status, &data))
    }

    /// The counter is stored before anything is done for the packet.
    fn accepted(&mut self, stage: Stage, opened: &Opened, room: usize) -> (u8, Vec<u8>) {
        self.state.keys[index(stage)].begin(opened.kvn, opened.counter);
        self.commit();
        let room = opened.data_room(room);
        let data = match (stage, opened.data.as_slice()) {
            (Stage::First, [FRAME_NESTED, frame @ ..]) => self.nested(frame, room),
            (_, data) => self.script(stage, data, room),
        };
        data.map_or((0x06, Vec::new()), |data| (0x00, data))
    }

    /// A packet for the second stage inside one for the first; its response is framed from RPL on.
    fn nested(&mut self, frame: &[u8], room: usize) -> Option<Vec<u8>> {
        let (inner, behind) = message::ber(frame).ok()?;
        if !behind.is_empty() {
            return None;
        }
        // UDHL, IEIa and IEIDLa are left out, and tag and length put in front.
        let Reply::Packet(response) = self.receive_second(inner, room + 1) else {
            return Some(Vec::new());
        };
        let from_rpl = response.get(packet::RESPONSE_HEADER.len()..).unwrap_or_default();
        Some([[FRAME_NESTED_RESPONSE].as_slice(), &second::lv(from_rpl)].concat())
    }

    /// A script, each command with its entry in the record; it ends at the first status word that is neither 90, 62 nor 63.
    fn script(&mut self, stage: Stage, data: &[u8], room: usize) -> Option<Vec<u8>> {
        let script = Script::read(data)?;
        let mut response = Response::new(room);
        for command in &script.commands {
            let room = response.left().max(ROOM_MIN);
            let answer = Answer::of(self.command(stage, command, room));
            self.note(stage == Stage::Second, true, command, answer.sw);
            self.state.keys[index(stage)].note(answer.sw);
            self.commit();
            response.add(&answer.to_bytes());
            if ![0x90, 0x62, 0x63].contains(&(answer.sw >> 8)) {
                return Some(response.finish(None));
            }
        }
        Some(response.finish(script.bad_format))
    }

    fn command(&mut self, stage: Stage, command: &[u8], room: usize) -> Outcome {
        let command = Command::read(command).ok_or(status::LENGTH)?;
        match stage {
            Stage::First => self.in_first_stage(&command),
            Stage::Second => self.in_second_stage(&command, room),
        }
    }

    /// Executes one command of a script under the version `kvn`, without the packet around it: what the next command of a script
    /// in the making will find.
    pub fn rehearse(&mut self, stage: Stage, kvn: u8, command: &[u8]) -> Answer {
        let keys = &mut self.state.keys[index(stage)];
        if keys.running().is_none() {
            keys.begin(kvn, 0);
        }
        Answer::of(self.command(stage, command, ENVELOPE_ANSWER))
    }

    /// The commands of type-1 scripts.
    fn in_first_stage(&mut self, command: &Command<'_>) -> Outcome {
        let [cla, ins, p1, p2] = command.header;
        let data = command.data;
        require(cla == 0x00 || cla == 0x80, status::CLA)?;
        match (cla, ins) {
            (0x80, 0xE2) => self.state.first.store_data(p1, p2, data),
            (0x00, 0xE2) => self.state.first.append_record(p1, p2, data),
            (0x00, 0xDC) => self.state.first.update_record(p1, p2, data),
            (0x00, 0x0C) => self.state.first.erase_record(p1, p2, data),
            (0x80, 0xD8) => self.state.keys[0].put_key(p1, p2, data),
            (0x80, 0xE4) => self.state.keys[0].delete(p1, p2, data),
            (0x80, 0xCA) => {
                require(data.is_empty(), status::LENGTH)?;
                self.stage_data(Stage::First, p1, p2)
            }
            _ => Err(status::INS),
        }
    }

    /// The commands of type-2 scripts.
    fn in_second_stage(&mut self, command: &Command<'_>, room: usize) -> Outcome {
        let [cla, ins, p1, p2] = command.header;
        let data = command.data;
        let room = Room {
            octets: room,
            ne: command.ne,
            in_script: true,
        };
        require(cla == 0x80, status::CLA)?;
        let second = &mut self.state.second;
        match ins {
            0xE6 => {
                let kvn = self.state.keys[1].running().map_or(0, |set| set.kvn);
                second.install(p1, p2, data, kvn)
            }
            0xE8 => second.load(p1, p2, data, &self.state.keys[1]),
            0xE2 => second.store_data(p1, p2, data),
            0xE4 if data.first() == Some(&TAG_KEY_VERSION) => self.state.keys[1].delete(p1, p2, data),
            0xE4 => second.delete(p1, p2, data),
            0xF0 => second.set_status(p1, p2, data),
            0xD8 => self.state.keys[1].put_key(p1, p2, data),
            0xF2 => second.get_status(p1, p2, data, room),
            0xCA => {
                require(data.is_empty(), status::LENGTH)?;
                self.get_data_of_second(p1, p2, room)
            }
            0xCB => second.object_from_offset(u16::from_be_bytes([p1, p2]), data, room),
            _ => Err(status::INS),
        }
    }
}

impl State {
    /// Everything CLEAR_ON_RESET is gone; keys that a script replaced are, too.
    fn reset(&mut self) {
        self.first.transient = first::Transient::default();
        self.second.transient = second::Transient::default();
        self.keys.iter_mut().for_each(KeySets::end);
        self.selected = None;
    }
}

/// Index of a stage: 0 the first, 1 the second.
pub fn index(stage: Stage) -> usize {
    match stage {
        Stage::First => 0,
        Stage::Second => 1,
    }
}

/// The response status that a counter leads to (TS 102 225 §5.1.4): 00 accepted, 02 low, 03 high, 04 blocked.
fn verdict(opened: &Opened, record: Record) -> u8 {
    if record.counter == COUNTER_MAX {
        0x04
    } else if opened.counter <= record.counter {
        0x02
    } else if opened.one_higher && opened.counter != record.counter + 1 {
        0x03
    } else {
        0x00
    }
}

fn key_set(keys: &secure_channel::key::KeySet) -> Option<KeySet> {
    let key = |key: &secure_channel::key::Key| AesKey::new(key.expose_secret());
    Some(KeySet {
        kvn: keys.kvn.value(),
        kic: key(&keys.kic)?,
        kid: key(&keys.kid)?,
        dek: key(&keys.dek)?,
        record: Record::new(Counter::default().value()),
    })
}

fn pin_reference(p1: u8, p2: u8, reference: u8) -> Result<(), u16> {
    require(p1 == 0, status::P1P2)?;
    require(p2 == reference, status::NOT_FOUND)
}

/// The answer to a query: 9000 when verified, else the tries left.
fn tries_left(pin: Pin, verified: bool) -> Outcome {
    require(verified || pin.tries > 0, status::BLOCKED)?;
    require(verified, status::WRONG_PIN | u16::from(pin.tries))?;
    Ok(Answer::done())
}

/// The two values of CHANGE PIN and UNBLOCK PIN; the second is a new PIN.
fn two_pins(data: &[u8]) -> Result<([u8; pin::PIN_LENGTH], [u8; pin::PIN_LENGTH]), u16> {
    let (old, new) = data.split_first_chunk().ok_or(status::LENGTH)?;
    let new = new.try_into().map_err(|_| status::LENGTH)?;
    require(pin::is_pin(&new), status::DATA)?;
    Ok((*old, new))
}
