//! What the second stage shows: GET STATUS, GET DATA of objects, the selection of a service (`applets/second-stage/README.md`).

use super::{
    second::{Entry, Kind, SecondStage, TAG_PIN, is_aid, lv},
    status::{self, Answer, Outcome, require},
};

/// Octets of the status word in a response APDU.
const SW: usize = 2;
/// GPCS §11.4.2.1: P1 names kinds of entry.
const P1_SERVICES: u8 = 0x40;
const P1_LOAD_FILES: u8 = 0x20;
/// Ne of a command without Le.
const NE_MAX: usize = 256;

/// How much a reading command may answer, and how much of it was asked for.
#[derive(Debug, Clone, Copy)]
pub struct Room {
    /// Octets for the response APDU, status word included.
    pub octets: usize,
    /// Ne, `None` without an Le field.
    pub ne: Option<usize>,
    /// Fuller answers, for an authenticated sender.
    pub in_script: bool,
}

impl SecondStage {
    /// GET STATUS `80 F2` (GPCS §11.4).
    ///
    /// # Errors
    /// The status word of the refusal; so for all commands here.
    pub fn get_status(&mut self, p1: u8, p2: u8, data: &[u8], room: Room) -> Outcome {
        let kinds = [P1_SERVICES, P1_LOAD_FILES, P1_SERVICES | P1_LOAD_FILES];
        require(kinds.contains(&p1) && (p2 == 0x02 || p2 == 0x03), status::P1P2)?;
        require(data.len() >= 2, status::LENGTH)?;
        let prefix = prefix(data).ok_or(status::DATA)?;
        let from = match (p2, &self.transient.next) {
            (0x02, _) => 0,
            (_, Some(next)) => self
                .entries
                .iter()
                .position(|entry| entry.aid == *next)
                .unwrap_or(0),
            (_, None) => return Err(status::CONDITIONS),
        };
        self.transient.next = None;
        let matches = |entry: &&Entry| entry.kind_bit() & p1 != 0 && entry.aid.starts_with(prefix);
        let mut answer = Answer::done();
        let mut found = false;
        let mut next = None;
        for entry in self.entries.iter().skip(from).filter(matches) {
            found = true;
            let object = entry.status_object(room.in_script);
            if answer.data.len() + object.len() + SW > room.octets {
                next = Some(entry.aid.clone());
                answer.sw = status::MORE_DATA;
                break;
            }
            answer.data.extend(object);
        }
        self.transient.next = next;
        require(found, status::NOT_FOUND)?;
        Ok(answer)
    }

    /// GET DATA `80 CA` of an object of the selected service.
    pub fn object(&self, tag: u16, room: Room) -> Outcome {
        self.object_from(tag, 0, room)
    }

    /// GET DATA `80 CB`: from the offset in the data `54 02` offset (2) on.
    pub fn object_from_offset(&self, tag: u16, data: &[u8], room: Room) -> Outcome {
        require(data.len() == 4, status::LENGTH)?;
        let &[0x54, 0x02, high, low] = data else {
            return Err(status::DATA);
        };
        self.object_from(tag, usize::from(u16::from_be_bytes([high, low])), room)
    }

    fn object_from(&self, tag: u16, from: usize, room: Room) -> Outcome {
        let service = self.usable().ok_or(status::CONDITIONS)?;
        let Kind::Service(_, objects) = &service.kind else {
            return Err(status::CONDITIONS);
        };
        let object = objects
            .iter()
            .find(|object| object.tag == tag)
            .ok_or(status::NOT_FOUND)?;
        // Whoever sends a script is not the cardholder.
        let verified = self.transient.verified && !room.in_script;
        let readable = object.rule == 0x00 || object.rule == 0x01 && verified;
        require(readable, status::SECURITY)?;
        let left = object.content.get(from..).ok_or(status::OFFSET)?;
        let part = left.len().min(room.ne.unwrap_or(NE_MAX)).min(room.octets - SW);
        Ok(Answer {
            sw: if part < left.len() {
                status::MORE_DATA
            } else {
                status::OK
            },
            data: left.get(..part).unwrap_or_default().to_vec(),
        })
    }

    /// Service selection `80 A4 04 00`.
    pub fn select_service(&mut self, p1: u8, p2: u8, aid: &[u8]) -> Outcome {
        require([p1, p2] == [0x04, 0x00], status::P1P2)?;
        require(is_aid(aid), status::LENGTH)?;
        let service = self
            .service(aid)
            .filter(|service| [0x07, 0x0F].contains(&service.life));
        require(service.is_some(), status::FILE_NOT_FOUND)?;
        self.transient.selected = Some(aid.to_vec());
        self.transient.verified = false;
        Ok(Answer::done())
    }

    /// The applet was selected: no service is, and nothing is verified.
    pub fn forget_selection(&mut self) {
        self.transient.selected = None;
        self.transient.verified = false;
        self.transient.next = None;
    }

    /// Content of the PIN object of the service that can be used.
    ///
    /// # Errors
    /// 6985 without such a service, 6A88 when it has no PIN.
    pub fn pin_content(&mut self) -> Result<&mut Vec<u8>, u16> {
        let aid = self.usable().ok_or(status::CONDITIONS)?.aid.clone();
        let entry = self.entries.iter_mut().find(|entry| entry.aid == aid);
        match entry.map(|entry| &mut entry.kind) {
            Some(Kind::Service(_, objects)) => objects
                .iter_mut()
                .find(|object| object.tag == TAG_PIN)
                .map(|object| &mut object.content)
                .ok_or(status::NOT_FOUND),
            _ => Err(status::CONDITIONS),
        }
    }
}

/// `4F` L prefix, and perhaps a tag list `5C` L tags behind it, GPCS §11.4.2.3.
fn prefix(data: &[u8]) -> Option<&[u8]> {
    let (length, rest) = data.strip_prefix(&[0x4F])?.split_first()?;
    let (prefix, rest) = rest.split_at_checked((*length).into())?;
    let nothing_else = match rest {
        [] => true,
        [0x5C, length, tags @ ..] => usize::from(*length) == tags.len(),
        _ => false,
    };
    (nothing_else && prefix.len() <= 16).then_some(prefix)
}

impl Entry {
    fn kind_bit(&self) -> u8 {
        match self.kind {
            Kind::LoadFile(_) => P1_LOAD_FILES,
            Kind::Service(..) => P1_SERVICES,
        }
    }

    /// GPCS §11.4.3.1: E3 { 4F AID, 9F70 life cycle, in scripts also C5 privileges and C4 load file AID of a service }.
    fn status_object(&self, in_script: bool) -> Vec<u8> {
        let mut value = [[0x4F].as_slice(), &lv(&self.aid), &[0x9F, 0x70, 0x01, self.life]].concat();
        if let Kind::Service(file, _) = &self.kind
            && in_script
        {
            value.extend([&[0xC5, 0x01, self.privileges, 0xC4], lv(file).as_slice()].concat());
        }
        [[0xE3].as_slice(), &lv(&value)].concat()
    }
}
