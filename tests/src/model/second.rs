//! The second stage: storage 2, its commands in scripts (`applets/second-stage/README.md`). What reads it stands in `reading`.

use super::{
    keys::KeySets,
    message::ber,
    pin::Pin,
    status::{self, Answer, Outcome, require},
};

/// Octets of an arena block.
const BLOCK: usize = 64;
/// Header octets in the first block of an object, and of a load file.
const OBJECT_HEADER: usize = 9;
const FILE_HEADER: usize = 42;
/// `C4` and at most three length octets in front of a load file.
const FILE_PREFIX: usize = 4;
/// Most blocks that one LOAD takes.
pub const LOAD_BLOCKS: usize = 4;
/// Most entries of the registry.
const ENTRIES_MAX: usize = 100;
/// Install parameters of an application are at most so many octets.
const PARAMETERS_MAX: usize = 32;

/// Life cycle states (GPCS §11.1.1).
pub const LOADED: u8 = 0x01;
const INSTALLED: u8 = 0x03;
const SELECTABLE: u8 = 0x07;
const PERSONALIZED: u8 = 0x0F;
/// The bit of a locked service.
const LOCKED: u8 = 0x80;

/// Access rules of objects.
const RULE_NEVER: u8 = 0x02;
/// Tags of objects of the stage, which no service may have, and of a service's PIN.
const STAGE_TAGS: std::ops::RangeInclusive<u16> = 0xDF01..=0xDF0F;
/// The tag of a service's PIN.
pub const TAG_PIN: u16 = 0xDF10;

/// An application identifier.
pub type Aid = Vec<u8>;

/// An object of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Its tag.
    pub tag: u16,
    /// Its access rule.
    pub rule: u8,
    /// Its content.
    pub content: Vec<u8>,
}

/// An entry of the registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its AID.
    pub aid: Aid,
    /// Its life cycle state.
    pub life: u8,
    /// Its privileges; 0 for a load file.
    pub privileges: u8,
    /// What it is.
    pub kind: Kind,
}

/// The two kinds of entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A load file: octets of its `C4` object.
    LoadFile(usize),
    /// A service: AID of its load file, its objects.
    Service(Aid, Vec<Object>),
}

/// A load under way; persistent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Load {
    /// AID of the load file.
    pub aid: Aid,
    /// Octets of the load file without its `C4` header, as announced.
    pub declared: usize,
    mac: Vec<u8>,
    /// Key version of the packet that announced it.
    pub kvn: u8,
    /// What came so far, `C4` first.
    pub received: Vec<u8>,
    /// The next block number.
    pub number: u16,
    /// Blocks of its chain, where there are more than what was received needs: a cut of power left them.
    left_over: usize,
}

impl Load {
    /// Blocks of its chain.
    fn blocks(&self) -> usize {
        self.whole_blocks().max(self.left_over)
    }

    fn whole_blocks(&self) -> usize {
        (FILE_HEADER + self.received.len()).div_ceil(BLOCK)
    }
}

/// A personalization under way; transient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Personalization {
    /// The service.
    pub target: Aid,
    /// The next block number.
    pub number: u16,
    header: Vec<u8>,
    object: Option<Coming>,
}

/// An object that is not whole.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Coming {
    tag: u16,
    size: usize,
    rule: Option<u8>,
    content: Vec<u8>,
}

/// Storage 2.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecondStage {
    /// Octets of the longest packet.
    pub max_packet: usize,
    /// Arena blocks.
    pub blocks: usize,
    /// In the order of coming.
    pub entries: Vec<Entry>,
    /// The load under way.
    pub load: Option<Load>,
    /// What a reset forgets.
    pub transient: Transient,
}

/// CLEAR_ON_RESET.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Transient {
    /// The personalization under way.
    pub personalization: Option<Personalization>,
    /// The service selected at the interface.
    pub selected: Option<Aid>,
    /// Its PIN is verified.
    pub verified: bool,
    /// Where GET STATUS goes on.
    pub next: Option<Aid>,
    /// Packets refused.
    pub refused: u16,
}

impl SecondStage {
    /// The service with this AID and its objects.
    pub fn service(&self, aid: &[u8]) -> Option<&Entry> {
        self.entry(aid)
            .filter(|entry| matches!(entry.kind, Kind::Service(..)))
    }

    /// The load file with this AID.
    fn load_file(&self, aid: &[u8]) -> Option<&Entry> {
        self.entry(aid)
            .filter(|entry| matches!(entry.kind, Kind::LoadFile(_)))
    }

    fn entry(&self, aid: &[u8]) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.aid == aid)
    }

    fn service_mut(&mut self, aid: &[u8]) -> Option<&mut Entry> {
        self.entries
            .iter_mut()
            .find(|entry| entry.aid == aid && matches!(entry.kind, Kind::Service(..)))
    }

    /// The service selected at the interface, if it can be used: its life cycle is 07 or 0F.
    pub fn usable(&self) -> Option<&Entry> {
        let selected = self.transient.selected.as_ref()?;
        self.service(selected)
            .filter(|service| [SELECTABLE, PERSONALIZED].contains(&service.life))
    }

    /// Free octets of the arena.
    pub fn free(&self) -> usize {
        self.free_beside(&[])
    }

    /// Free octets while these objects wait for the end of their command.
    fn free_beside(&self, whole: &[Object]) -> usize {
        let entries = self.entries.iter().map(|entry| match &entry.kind {
            Kind::LoadFile(octets) => (FILE_HEADER + octets).div_ceil(BLOCK),
            Kind::Service(_, objects) => 1 + objects.iter().map(object_blocks).sum::<usize>(),
        });
        let load = self.load.iter().map(Load::blocks);
        let coming = self
            .transient
            .personalization
            .iter()
            .filter_map(|personalization| personalization.object.as_ref())
            .map(|coming| (OBJECT_HEADER + coming.content.len()).div_ceil(BLOCK));
        let used: usize = entries
            .chain(load)
            .chain(coming)
            .chain(whole.iter().map(object_blocks))
            .sum();
        self.blocks.saturating_sub(used) * BLOCK
    }

    /// GET DATA DF03.
    pub fn storage(&self) -> Vec<u8> {
        let short = |octets: usize| u16::try_from(octets).unwrap_or_default().to_be_bytes();
        let services = self.count_services();
        let counts = [self.entries.len() - services, services];
        let mut octets = [short(self.blocks * BLOCK), short(self.free())].concat();
        octets.extend(
            counts
                .iter()
                .map(|count| u8::try_from(*count).unwrap_or_default()),
        );
        octets
    }

    fn count_services(&self) -> usize {
        let is_service = |entry: &&Entry| matches!(entry.kind, Kind::Service(..));
        self.entries.iter().filter(is_service).count()
    }

    /// GET DATA DF07: LV AID of the load under way, octets received, next block number.
    pub fn load_under_way(&self) -> Result<Vec<u8>, u16> {
        let load = self.load.as_ref().ok_or(status::NOT_FOUND)?;
        let received = u16::try_from(load.received.len()).unwrap_or_default();
        let [_, number] = load.number.to_be_bytes();
        Ok([lv(&load.aid).as_slice(), &received.to_be_bytes(), &[number]].concat())
    }

    fn is_known(&self, aid: &[u8]) -> bool {
        self.entry(aid).is_some() || self.load.as_ref().is_some_and(|load| load.aid == aid)
    }

    /// INSTALL `80 E6`.
    ///
    /// # Errors
    /// The status word of the refusal; so for all commands here.
    pub fn install(&mut self, p1: u8, p2: u8, data: &[u8], kvn: u8) -> Outcome {
        let known = [0x02, 0x04, 0x08, 0x0C, 0x20, 0x40];
        require(known.contains(&p1) && p2 == 0, status::P1P2)?;
        require(!data.is_empty(), status::LENGTH)?;
        let mut fields = Fields(data);
        match p1 {
            0x02 => self.install_for_load(&mut fields, kvn),
            0x04 => self.install_for_install(&mut fields, INSTALLED),
            0x0C => self.install_for_install(&mut fields, SELECTABLE),
            0x08 => self.make_selectable(&mut fields),
            0x20 => self.install_for_personalization(&mut fields),
            _ => self.registry_update(&mut fields),
        }?;
        Ok(Answer::done())
    }

    fn install_for_load(&mut self, fields: &mut Fields<'_>, kvn: u8) -> Result<(), u16> {
        let aid = fields.aid()?.to_vec();
        fields.of(0)?;
        let mac = fields.of(16)?.to_vec();
        let parameters = fields.of(6)?;
        fields.of(0)?;
        fields.end()?;
        let &[0xEF, 0x04, 0xC6, 0x02, high, low] = parameters else {
            return Err(status::DATA);
        };
        let declared = usize::from(u16::from_be_bytes([high, low]));
        require(declared != 0, status::DATA)?;
        require(self.entry(&aid).is_none(), status::DATA)?;
        // The blocks of a load under way count as free: it is dropped.
        let free = self.free() + self.load.as_ref().map_or(0, Load::blocks) * BLOCK;
        require(
            declared + FILE_PREFIX + FILE_HEADER <= free && self.entries.len() < ENTRIES_MAX,
            status::NO_ROOM,
        )?;
        self.load = Some(Load {
            aid,
            declared,
            mac,
            kvn,
            received: Vec::new(),
            number: 0,
            left_over: 0,
        });
        Ok(())
    }

    /// Blocks that a LOAD had taken when its power was cut hang behind those that count; the next LOAD takes them again.
    pub fn leave_blocks(&mut self, count: usize) {
        if let Some(load) = &mut self.load
            && count > 0
        {
            load.left_over = load.left_over.max(load.whole_blocks() + count);
        }
    }

    /// LOAD `80 E8`.
    pub fn load(&mut self, p1: u8, p2: u8, data: &[u8], keys: &KeySets) -> Outcome {
        require(p1 == 0x00 || p1 == 0x80, status::P1P2)?;
        require(!data.is_empty(), status::LENGTH)?;
        let free = self.free();
        let load = self.load.as_mut().ok_or(status::CONDITIONS)?;
        require(load.number == u16::from(p2), status::CONDITIONS)?;
        let before = load.blocks();
        load.received.extend(data);
        load.number += 1;
        let blocks = load.blocks() - before;
        let too_much = load.received.len() > load.declared + FILE_PREFIX;
        let wrong = p1 == 0x80 && !is_whole(load, keys);
        let entry = Entry {
            aid: load.aid.clone(),
            life: LOADED,
            privileges: 0,
            kind: Kind::LoadFile(load.received.len()),
        };
        let sw = if too_much {
            status::DATA
        } else if blocks * BLOCK > free {
            status::NO_ROOM
        } else if wrong {
            status::DATA
        } else if p1 == 0x80 && self.entries.len() >= ENTRIES_MAX {
            status::NO_ROOM
        } else {
            status::OK
        };
        if sw != status::OK || p1 == 0x80 {
            self.load = None;
        }
        require(sw == status::OK, sw)?;
        if p1 == 0x80 {
            self.entries.push(entry);
        }
        Ok(Answer::done())
    }

    fn install_for_install(&mut self, fields: &mut Fields<'_>, life: u8) -> Result<(), u16> {
        let file = fields.aid()?.to_vec();
        fields.aid()?;
        let aid = fields.aid()?.to_vec();
        let privileges = fields.tail()?;
        require(self.load_file(&file).is_some(), status::NOT_FOUND)?;
        require(!self.is_known(&aid), status::DATA)?;
        require(
            self.free() >= BLOCK && self.entries.len() < ENTRIES_MAX,
            status::NO_ROOM,
        )?;
        self.entries.push(Entry {
            aid,
            life,
            privileges,
            kind: Kind::Service(file, Vec::new()),
        });
        Ok(())
    }

    fn make_selectable(&mut self, fields: &mut Fields<'_>) -> Result<(), u16> {
        fields.any()?;
        fields.any()?;
        let aid = fields.aid()?;
        fields.tail()?;
        let service = self.service_mut(aid).ok_or(status::NOT_FOUND)?;
        require(service.life == INSTALLED, status::CONDITIONS)?;
        service.life = SELECTABLE;
        Ok(())
    }

    fn registry_update(&mut self, fields: &mut Fields<'_>) -> Result<(), u16> {
        let file = fields.aid()?;
        fields.aid()?;
        let aid = fields.aid()?;
        let privileges = fields.tail()?;
        require(
            self.service(aid).is_some() && self.load_file(file).is_some(),
            status::NOT_FOUND,
        )?;
        if let Some(entry) = self.service_mut(aid)
            && let Kind::Service(own, _) = &mut entry.kind
        {
            *own = file.to_vec();
            entry.privileges = privileges;
        }
        Ok(())
    }

    fn install_for_personalization(&mut self, fields: &mut Fields<'_>) -> Result<(), u16> {
        fields.of(0)?;
        fields.of(0)?;
        let target = fields.aid()?.to_vec();
        fields.of(0)?;
        fields.of(0)?;
        fields.of(0)?;
        fields.end()?;
        let life = self.service(&target).ok_or(status::NOT_FOUND)?.life;
        require([SELECTABLE, PERSONALIZED].contains(&life), status::CONDITIONS)?;
        self.transient.personalization = Some(Personalization {
            target,
            number: 0,
            header: Vec::new(),
            object: None,
        });
        Ok(())
    }

    /// STORE DATA `80 E2`.
    pub fn store_data(&mut self, p1: u8, p2: u8, data: &[u8]) -> Outcome {
        require(p1 == 0x00 || p1 == 0x80, status::P1P2)?;
        require(!data.is_empty(), status::LENGTH)?;
        let personalization = self
            .transient
            .personalization
            .as_ref()
            .ok_or(status::CONDITIONS)?;
        require(personalization.number == u16::from(p2), status::CONDITIONS)?;
        let target = personalization.target.clone();
        let taken = self.take(data).and_then(|whole| {
            let left = self.transient.personalization.as_ref();
            let unfinished = left.is_some_and(|left| left.object.is_some() || !left.header.is_empty());
            require(!(p1 == 0x80 && unfinished), status::DATA)?;
            Ok(whole)
        });
        let whole = taken.inspect_err(|_| self.transient.personalization = None)?;
        if whole.iter().any(|object| object.tag == TAG_PIN)
            && self.transient.selected.as_ref() == Some(&target)
        {
            self.transient.verified = false;
        }
        match &mut self.transient.personalization {
            Some(personalization) if p1 == 0x00 => personalization.number += 1,
            ended => *ended = None,
        }
        if let Some(service) = self.service_mut(&target) {
            put_objects(service, whole, p1 == 0x80);
        }
        Ok(Answer::done())
    }

    /// Takes the octets of a block; gives the objects that became whole.
    fn take(&mut self, data: &[u8]) -> Result<Vec<Object>, u16> {
        let mut whole = Vec::new();
        for octet in data {
            let free = self.free_beside(&whole);
            let personalization = self
                .transient
                .personalization
                .as_mut()
                .ok_or(status::CONDITIONS)?;
            let Some(coming) = &mut personalization.object else {
                personalization.header.push(*octet);
                personalization.start_object(free)?;
                continue;
            };
            if coming.take(*octet, free)? {
                whole.extend(personalization.object.take().and_then(Coming::into_object));
            }
        }
        Ok(whole)
    }

    /// DELETE `80 E4 00`.
    pub fn delete(&mut self, p1: u8, p2: u8, data: &[u8]) -> Outcome {
        require(p1 == 0 && (p2 == 0x00 || p2 == 0x80), status::P1P2)?;
        require(!data.is_empty(), status::LENGTH)?;
        let (&tag, rest) = data.split_first().ok_or(status::DATA)?;
        let mut fields = Fields(rest);
        let aid = fields.aid()?.to_vec();
        require(tag == 0x4F, status::DATA)?;
        fields.end()?;
        if self.load.as_ref().is_some_and(|load| load.aid == aid) {
            self.load = None;
            self.transient.next = None;
            return Ok(Answer::done());
        }
        let entry = self.entry(&aid).ok_or(status::NOT_FOUND)?;
        let related = match entry.kind {
            Kind::LoadFile(_) => self.services_of(&aid),
            Kind::Service(..) => Vec::new(),
        };
        require(p2 == 0x80 || related.is_empty(), status::CONDITIONS)?;
        self.transient.next = None;
        for gone in related.iter().chain([&aid]) {
            self.entries.retain(|entry| entry.aid != *gone);
            self.end_personalization(gone);
            if self.transient.selected.as_ref() == Some(gone) {
                self.transient.selected = None;
                self.transient.verified = false;
            }
        }
        Ok(Answer::done())
    }

    fn services_of(&self, file: &[u8]) -> Vec<Aid> {
        let belongs = |entry: &&Entry| matches!(&entry.kind, Kind::Service(own, _) if own == file);
        self.entries
            .iter()
            .filter(belongs)
            .map(|entry| entry.aid.clone())
            .collect()
    }

    fn end_personalization(&mut self, target: &[u8]) {
        let personalization = &mut self.transient.personalization;
        if personalization
            .as_ref()
            .is_some_and(|under_way| under_way.target == target)
        {
            *personalization = None;
        }
    }

    /// SET STATUS `80 F0 40`: locks a service and unlocks it.
    pub fn set_status(&mut self, p1: u8, p2: u8, aid: &[u8]) -> Outcome {
        require(p1 == 0x40, status::P1P2)?;
        require(is_aid(aid), status::LENGTH)?;
        let service = self.service_mut(aid).ok_or(status::NOT_FOUND)?;
        let present = service.life & !LOCKED;
        let low = p2 & !LOCKED;
        require(low == 0 || low == present, status::DATA)?;
        require(p2 & LOCKED != service.life & LOCKED, status::CONDITIONS)?;
        service.life ^= LOCKED;
        if p2 & LOCKED != 0 {
            self.end_personalization(aid);
            if self.transient.selected.as_deref() == Some(aid) {
                self.transient.verified = false;
            }
        }
        Ok(Answer::done())
    }
}

impl Personalization {
    /// Starts the object whose header has come; nothing happens before it is whole.
    fn start_object(&mut self, free: usize) -> Result<(), u16> {
        let (tag, length) = match *self.header {
            [high, low, 0xFF, first, second] => ([high, low], u16::from_be_bytes([first, second])),
            [high, low, length] if length != 0xFF => ([high, low], u16::from(length)),
            _ => return Ok(()),
        };
        let (tag, length) = (u16::from_be_bytes(tag), usize::from(length));
        require(!STAGE_TAGS.contains(&tag) && length >= 2, status::DATA)?;
        require(tag != TAG_PIN || length == 1 + PIN_OBJECT, status::DATA)?;
        require(OBJECT_HEADER + length - 1 <= free, status::NO_ROOM)?;
        self.header.clear();
        self.object = Some(Coming {
            tag,
            size: length - 1,
            rule: None,
            content: Vec::new(),
        });
        Ok(())
    }
}

/// Octets of a PIN object: tries left, limit, PIN.
const PIN_OBJECT: usize = 10;

impl Coming {
    /// Takes an octet of the value; true when the object is whole.
    fn take(&mut self, octet: u8, free: usize) -> Result<bool, u16> {
        if self.rule.is_none() {
            require(octet <= RULE_NEVER, status::DATA)?;
            require(self.tag != TAG_PIN || octet == RULE_NEVER, status::DATA)?;
            self.rule = Some(octet);
            return Ok(false);
        }
        let next_block = (OBJECT_HEADER + self.content.len()).is_multiple_of(BLOCK);
        require(!next_block || free >= BLOCK, status::NO_ROOM)?;
        self.content.push(octet);
        let whole = self.content.len() == self.size;
        let good = self.tag != TAG_PIN || Pin::from_content(&self.content).is_some();
        require(!whole || good, status::DATA)?;
        Ok(whole)
    }

    fn into_object(self) -> Option<Object> {
        Some(Object {
            tag: self.tag,
            rule: self.rule?,
            content: self.content,
        })
    }
}

fn put_objects(service: &mut Entry, whole: Vec<Object>, last: bool) {
    if let Kind::Service(_, objects) = &mut service.kind {
        for object in whole {
            match objects.iter_mut().find(|old| old.tag == object.tag) {
                Some(old) => *old = object,
                None => objects.push(object),
            }
        }
    }
    if last {
        service.life = PERSONALIZED;
    }
}

fn object_blocks(object: &Object) -> usize {
    (OBJECT_HEADER + object.content.len()).div_ceil(BLOCK)
}

/// `C4`, the declared length, so many octets, and a MAC that is right under the version that announced the load.
fn is_whole(load: &Load, keys: &KeySets) -> bool {
    let file = load
        .received
        .split_first()
        .filter(|(tag, _)| **tag == 0xC4)
        .and_then(|(_, rest)| ber(rest).ok());
    let whole = file.is_some_and(|(file, behind)| file.len() == load.declared && behind.is_empty());
    let mac = keys.version(load.kvn).map(|set| set.kid.cmac(&load.received));
    whole && mac.is_some_and(|mac| mac.as_slice() == load.mac)
}

/// Octets with their number in front.
pub fn lv(octets: &[u8]) -> Vec<u8> {
    let length = u8::try_from(octets.len()).unwrap_or_default();
    [[length].as_slice(), octets].concat()
}

/// An AID has 5 to 16 octets (ISO/IEC 7816-4 §12.2.3).
pub fn is_aid(octets: &[u8]) -> bool {
    (5..=16).contains(&octets.len())
}

/// The length-value fields of GlobalPlatform command data; what is not as it should be is 6A80.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn any(&mut self) -> Result<&'a [u8], u16> {
        let (length, rest) = self.0.split_first().ok_or(status::DATA)?;
        let (value, rest) = rest.split_at_checked(usize::from(*length)).ok_or(status::DATA)?;
        self.0 = rest;
        Ok(value)
    }

    fn of(&mut self, length: usize) -> Result<&'a [u8], u16> {
        let value = self.any()?;
        require(value.len() == length, status::DATA)?;
        Ok(value)
    }

    fn aid(&mut self) -> Result<&'a [u8], u16> {
        let value = self.any()?;
        require(is_aid(value), status::DATA)?;
        Ok(value)
    }

    /// LV privileges (1), LV parameters, LV token (empty), and nothing behind; gives the privileges.
    fn tail(&mut self) -> Result<u8, u16> {
        let [privileges] = *self.of(1)? else {
            return Err(status::DATA);
        };
        require(self.any()?.len() <= PARAMETERS_MAX, status::DATA)?;
        self.of(0)?;
        self.end()?;
        Ok(privileges)
    }

    fn end(&self) -> Result<(), u16> {
        require(self.0.is_empty(), status::DATA)
    }
}
