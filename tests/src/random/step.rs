//! Steps of a sequence. A packet is kept as what its sender means, and becomes octets only when it is sent: under the keys and
//! with the counter that the card then has, so that a sequence makes sense with some of its steps left out.

use std::fmt;

use card_proto::{
    cat::envelope::SmsPpDownload,
    sms::{
        address::Address,
        tpdu::{SmsDeliver, TimeStamp},
    },
};
use secure_channel::scp80::nested;

use crate::{
    case_file::Stage,
    forge::{Fields, Lies, forge},
    model::{
        Card, index,
        keys::{COUNTER_MAX, KeySet, counter_octets},
    },
};

/// Octets of a packet in a first segment of several, in a later one, and in a single message (TS 23.040 §9.2.3.24).
const FIRST_SEGMENT: usize = 132;
const LATER_SEGMENT: usize = 134;
const SINGLE: usize = 137;

/// One step, and whether the power is cut in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// What is done.
    pub action: Action,
    /// The power is cut before so many persistent writes of its last command are done.
    pub cut: Option<u32>,
}

/// What a step does.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// The card is reset.
    Reset,
    /// A stage is selected.
    Select(Stage),
    /// A command APDU, to a stage that is selected before if another is.
    Apdu(Stage, Vec<u8>),
    /// A message to the first stage.
    Message(Message),
    /// The octets of an earlier message once more: 1 is the last one.
    Again(usize),
    /// Everything both stages show is read.
    ReadBack,
}

/// A command packet on its way.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// From the outermost packet on.
    pub layers: Vec<Layer>,
    /// What the innermost packet carries.
    pub content: Content,
    /// How it travels.
    pub delivery: Delivery,
}

/// One packet of perhaps several around each other.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    /// The stage it is for.
    pub stage: Stage,
    /// Whose keys it is made with.
    pub signer: Signer,
    /// Its counter.
    pub counter: Count,
    /// SPI.
    pub spi: [u8; 2],
    /// What is wrong with it.
    pub twist: Twist,
}

/// A key set.
#[derive(Debug, Clone, PartialEq)]
pub enum Signer {
    /// That of the stage with this index, the one after the last is the first again.
    Held(usize),
    /// Another one.
    Other(Box<KeySet>),
}

/// A counter, relative to the one stored under the version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// So much higher.
    Ahead(u64),
    /// So much lower.
    Behind(u64),
    /// This one.
    At(u64),
}

/// What is wrong with a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Twist {
    /// Nothing.
    None,
    /// KIc octet.
    Kic(u8),
    /// KIc and KID octet.
    KicKid(u8),
    /// TAR.
    Tar([u8; 3]),
    /// Octets of the checksum.
    CcLength(usize),
    /// The octet of the checksum that is wrong.
    CcOctet(usize),
    /// CPL.
    Cpl(u16),
    /// CHL.
    Chl(u8),
    /// PCNTR.
    Pcntr(u8),
    /// The octet with one bit changed, counted from the end of the packet.
    Flip(usize),
    /// Octets missing at the end.
    Cut(usize),
}

/// What the innermost packet carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A script in the definite form.
    Script(Vec<Vec<u8>>),
    /// A script in the indefinite form.
    Indefinite(Vec<Vec<u8>>),
    /// These octets.
    Octets(Vec<u8>),
}

/// How a message travels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Last digit of the originator.
    pub originator: u8,
    /// Reference of the segments.
    pub reference: u16,
    /// The reference has two octets.
    pub wide: bool,
    /// Segments by their index, in the order they are sent; `None`: all, one after the other.
    pub order: Option<Vec<usize>>,
    /// A segment says so many segments instead of the truth.
    pub total: Option<(usize, u8)>,
    /// A single message has a concatenation element.
    pub concatenated: bool,
    /// INS of the ENVELOPEs.
    pub ins: u8,
}

impl Default for Delivery {
    fn default() -> Self {
        Self {
            originator: 0,
            reference: 0,
            wide: false,
            order: None,
            total: None,
            concatenated: false,
            ins: 0xC2,
        }
    }
}

impl Layer {
    /// A packet as an honest sender makes it.
    pub fn honest(stage: Stage, set: usize) -> Self {
        Self {
            stage,
            signer: Signer::Held(set),
            counter: Count::Ahead(1),
            spi: [0x16, 0x19],
            twist: Twist::None,
        }
    }

    /// The key set that the packet is made with.
    pub fn keys<'a>(&'a self, card: &'a Card) -> Option<&'a KeySet> {
        let held = &card.state.keys[index(self.stage)].versions;
        match &self.signer {
            Signer::Held(set) => held.get(set % held.len().max(1)),
            Signer::Other(keys) => Some(keys),
        }
    }

    fn packet(&self, card: &Card, data: &[u8]) -> Option<Vec<u8>> {
        let keys = self.keys(card)?;
        let stored = card.state.keys[index(self.stage)].version(keys.kvn);
        let stored = stored.map_or(keys.record.counter, |set| set.record.counter);
        let counter = match self.counter {
            Count::Ahead(distance) => stored.saturating_add(distance).min(COUNTER_MAX),
            Count::Behind(distance) => stored.saturating_sub(distance),
            Count::At(counter) => counter,
        };
        let octet = keys.kvn << 4 | 0x02;
        let mut fields = Fields {
            spi: self.spi,
            kic: octet,
            kid: octet,
            tar: card.tar(self.stage),
            counter: counter_octets(counter),
            cc_length: 8,
            lies: Lies::default(),
        };
        match self.twist {
            Twist::Kic(octet) => fields.kic = octet,
            Twist::KicKid(octet) => (fields.kic, fields.kid) = (octet, octet),
            Twist::Tar(tar) => fields.tar = tar,
            Twist::CcLength(length) => fields.cc_length = length,
            Twist::CcOctet(octet) => fields.lies.cc_octet = Some(octet),
            Twist::Cpl(cpl) => fields.lies.cpl = Some(cpl),
            Twist::Chl(chl) => fields.lies.chl = Some(chl),
            Twist::Pcntr(pcntr) => fields.lies.pcntr = Some(pcntr),
            Twist::None | Twist::Flip(_) | Twist::Cut(_) => {}
        }
        let mut packet = forge(&fields, keys.kic.key(), keys.kid.key(), data).ok()?;
        match self.twist {
            Twist::Flip(from_end) => {
                let at = (packet.len() - 1).saturating_sub(from_end);
                packet[at] ^= 0x01;
            }
            Twist::Cut(octets) => packet.truncate(packet.len().saturating_sub(octets).max(1)),
            _ => {}
        }
        Some(packet)
    }
}

impl Content {
    /// The octets of the secured data.
    pub fn octets(&self) -> Vec<u8> {
        let commands = |commands: &[Vec<u8>]| -> Vec<u8> {
            let one = |command: &Vec<u8>| tlv(0x22, command);
            commands.iter().flat_map(one).collect()
        };
        match self {
            Self::Script(script) => tlv(0xAA, &commands(script)),
            Self::Indefinite(script) => [&[0xAE, 0x80], commands(script).as_slice(), &[0, 0]].concat(),
            Self::Octets(octets) => octets.clone(),
        }
    }

    /// The commands of a script.
    pub fn commands_mut(&mut self) -> Option<&mut Vec<Vec<u8>>> {
        match self {
            Self::Script(commands) | Self::Indefinite(commands) => Some(commands),
            Self::Octets(_) => None,
        }
    }
}

fn tlv(tag: u8, value: &[u8]) -> Vec<u8> {
    let [high, low] = u16::try_from(value.len()).unwrap_or_default().to_be_bytes();
    let head = match value.len() {
        0..=0x7F => vec![tag, low],
        0x80..=0xFF => vec![tag, 0x81, low],
        _ => vec![tag, 0x82, high, low],
    };
    [head.as_slice(), value].concat()
}

impl Message {
    /// The ENVELOPEs that bring the message to the card as it is now.
    pub fn envelopes(&self, card: &Card) -> Vec<Vec<u8>> {
        let (outermost, inner) = match self.layers.split_first() {
            Some(split) => split,
            None => return Vec::new(),
        };
        let mut data = self.content.octets();
        for layer in inner.iter().rev() {
            data = nested::wrap(&layer.packet(card, &data).unwrap_or_default());
        }
        let packet = outermost.packet(card, &data).unwrap_or_default();
        let segments = self.delivery.segments(&packet);
        let all = (0..segments.len()).collect();
        let order = self.delivery.order.clone().unwrap_or(all);
        order
            .iter()
            .filter_map(|index| segments.get(*index))
            .filter_map(|user_data| self.delivery.envelope(user_data))
            .collect()
    }
}

impl Delivery {
    /// TP-UDs that carry a packet.
    fn segments(&self, packet: &[u8]) -> Vec<Vec<u8>> {
        if packet.len() <= SINGLE && !self.concatenated {
            return vec![[&[0x02, 0x70, 0x00], packet].concat()];
        }
        let shorter = usize::from(self.wide);
        let (first, rest) = packet.split_at(packet.len().min(FIRST_SEGMENT - shorter));
        let parts: Vec<&[u8]> = std::iter::once(first)
            .chain(rest.chunks(LATER_SEGMENT - shorter))
            .collect();
        let true_total = u8::try_from(parts.len()).unwrap_or_default();
        let one = |(number, part): (usize, &&[u8])| {
            let total = self.total.filter(|(liar, _)| *liar == number);
            let total = total.map_or(true_total, |(_, total)| total);
            let sequence = u8::try_from(number + 1).unwrap_or_default();
            let [high, low] = self.reference.to_be_bytes();
            let mut header = match self.wide {
                true => vec![0x08, 0x04, high, low, total, sequence],
                false => vec![0x00, 0x03, low, total, sequence],
            };
            if number == 0 {
                header.extend([0x70, 0x00]);
            }
            let length = u8::try_from(header.len()).unwrap_or_default();
            [&[length], header.as_slice(), part].concat()
        };
        parts.iter().enumerate().map(one).collect()
    }

    /// The ENVELOPE (SMS-PP DOWNLOAD) around a TP-UD; `None` when it is longer than any.
    fn envelope(&self, user_data: &[u8]) -> Option<Vec<u8>> {
        let originator = Address::new(&format!("+44770090012{}", self.originator % 10)).ok()?;
        let time_stamp = TimeStamp::new([26, 1, 1], [0, 0, 0], 0);
        let tpdu = SmsDeliver::data_download(originator, time_stamp, user_data)
            .to_bytes()
            .ok()?;
        let download = SmsPpDownload {
            sc_address: None,
            tpdu,
        };
        let mut command = download.to_command().ok()?.to_bytes();
        command[1] = self.ins;
        Some(command)
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.action {
            Action::Reset => f.write_str("reset")?,
            Action::Select(stage) => write!(f, "select the {stage:?} stage")?,
            Action::Apdu(stage, command) => {
                write!(f, "{stage:?} stage: {}", hex::encode_upper(command))?;
            }
            Action::Message(message) => message.fmt(f)?,
            Action::Again(back) => write!(f, "the octets of message -{back} once more")?,
            Action::ReadBack => f.write_str("read everything back")?,
        }
        match self.cut {
            Some(writes) => write!(f, "; power cut at persistent write {}", writes + 1),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for layer in &self.layers {
            write!(f, "{layer} around ")?;
        }
        match &self.content {
            Content::Octets(octets) => write!(f, "octets {}", hex::encode_upper(octets))?,
            Content::Script(commands) => write_script(f, "a script", commands)?,
            Content::Indefinite(commands) => write_script(f, "an indefinite script", commands)?,
        }
        if self.delivery != Delivery::default() {
            write!(f, ", sent as {:?}", self.delivery)?;
        }
        Ok(())
    }
}

fn write_script(f: &mut fmt::Formatter<'_>, what: &str, commands: &[Vec<u8>]) -> fmt::Result {
    write!(f, "{what} of {}:", commands.len())?;
    commands
        .iter()
        .try_for_each(|command| write!(f, " [{}]", hex::encode_upper(command)))
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "packet for the {:?} stage", self.stage)?;
        match &self.signer {
            Signer::Held(0) => {}
            Signer::Held(set) => write!(f, ", key set {}", set + 1)?,
            Signer::Other(keys) => write!(f, ", foreign keys of version {}", keys.kvn)?,
        }
        if self.counter != Count::Ahead(1) {
            write!(f, ", counter {:?}", self.counter)?;
        }
        if self.spi != [0x16, 0x19] {
            write!(f, ", SPI {}", hex::encode_upper(self.spi))?;
        }
        if self.twist != Twist::None {
            write!(f, ", {:?}", self.twist)?;
        }
        Ok(())
    }
}
