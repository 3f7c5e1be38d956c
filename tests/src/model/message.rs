//! The way of a packet into the first stage: ENVELOPE, SMS-DELIVER, user data header, and the two places where the segments of
//! a message wait for each other (`applets/first-stage/README.md`, ENVELOPE).

use super::status::{self, require};

/// TS 31.111 §7.1.1: SMS-PP DOWNLOAD.
const TAG_SMS_PP_DOWNLOAD: u8 = 0xD1;
/// COMPREHENSION-TLV tags without their highest bit (TS 101 220 §7.1.1).
const TAG_DEVICE_IDENTITIES: u8 = 0x02;
const TAG_SMS_TPDU: u8 = 0x0B;
/// TS 102 223 §8.7: from the network to the UICC.
const NETWORK_TO_UICC: [u8; 2] = [0x83, 0x81];
/// TS 23.040 §9.2.2.1: TP-MTI SMS-DELIVER and TP-UDHI.
const MTI_UDHI_MASK: u8 = 0x43;
const DELIVER_WITH_HEADER: u8 = 0x40;
const MAX_DIGITS: usize = 20;
/// TP-PID, TP-DCS and TP-SCTS.
const PID_DCS_SCTS: usize = 9;
const MAX_USER_DATA: usize = 140;
const IEI_CONCATENATED_8: u8 = 0x00;
const IEI_COMMAND_PACKET: u8 = 0x70;
const IEI_CONCATENATED_16: u8 = 0x08;

/// What tells messages apart: TP-OA, octets of the reference, the reference.
pub type Name = (Vec<u8>, u8, u16);

/// A segment of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// Its message.
    pub message: Name,
    /// Segments of the message.
    pub total: u8,
    /// Place of this one, from 1.
    pub sequence: u8,
    /// Its part of the packet.
    pub octets: Vec<u8>,
}

/// Reads length octets as the applets do: one, `81` and one, `82` and two. Gives the value and what is behind it; `Err(true)` when
/// the value is cut off, `Err(false)` when there is no such length.
pub fn ber(octets: &[u8]) -> Result<(&[u8], &[u8]), bool> {
    let (length, rest) = match octets {
        [length @ 0..=0x7F, rest @ ..] | [0x81, length, rest @ ..] => (usize::from(*length), rest),
        [0x82, high, low, rest @ ..] => (usize::from(u16::from_be_bytes([*high, *low])), rest),
        _ => return Err(false),
    };
    rest.split_at_checked(length).ok_or(true)
}

/// The segment that an ENVELOPE brings; `None` when it brings none.
pub fn read(data: &[u8]) -> Option<Segment> {
    let (&tag, rest) = data.split_first()?;
    let (mut objects, behind) = ber(rest).ok()?;
    if tag != TAG_SMS_PP_DOWNLOAD || !behind.is_empty() {
        return None;
    }
    let (mut identified, mut tpdu) = (false, None);
    while let Some((&tag, rest)) = objects.split_first() {
        let (value, behind) = ber(rest).ok()?;
        match tag & 0x7F {
            TAG_DEVICE_IDENTITIES => identified = value == NETWORK_TO_UICC,
            TAG_SMS_TPDU => tpdu = Some(value),
            _ => {}
        }
        objects = behind;
    }
    identified.then_some(tpdu?).and_then(read_tpdu)
}

fn read_tpdu(tpdu: &[u8]) -> Option<Segment> {
    let (&first, address) = tpdu.split_first()?;
    let digits = usize::from(*address.first()?);
    if first & MTI_UDHI_MASK != DELIVER_WITH_HEADER || digits > MAX_DIGITS {
        return None;
    }
    let (originator, rest) = address.split_at_checked(2 + digits.div_ceil(2))?;
    let (_, rest) = rest.split_at_checked(PID_DCS_SCTS)?;
    let (&length, user_data) = rest.split_first()?;
    if user_data.is_empty() || user_data.len() > MAX_USER_DATA || user_data.len() != usize::from(length) {
        return None;
    }
    let (&header_length, rest) = user_data.split_first()?;
    let (header, octets) = rest.split_at_checked(usize::from(header_length))?;
    if octets.is_empty() {
        return None;
    }
    read_header(originator, header, octets)
}

fn read_header(originator: &[u8], header: &[u8], octets: &[u8]) -> Option<Segment> {
    let mut segment = Segment {
        message: (originator.to_vec(), 0, 0),
        total: 1,
        sequence: 1,
        octets: octets.to_vec(),
    };
    let mut command_packet = false;
    let mut rest = header;
    while let [identifier, length, behind @ ..] = rest {
        let (value, behind) = behind.split_at_checked(usize::from(*length))?;
        match (*identifier, value) {
            (IEI_COMMAND_PACKET, _) => command_packet = true,
            (IEI_CONCATENATED_8, &[reference, total, sequence]) => {
                segment.message = (originator.to_vec(), 1, u16::from(reference));
                (segment.total, segment.sequence) = (total, sequence);
            }
            (IEI_CONCATENATED_16, &[high, low, total, sequence]) => {
                segment.message = (originator.to_vec(), 2, u16::from_be_bytes([high, low]));
                (segment.total, segment.sequence) = (total, sequence);
            }
            _ => {}
        }
        rest = behind;
    }
    // TS 31.115 §4: only the first segment tells that a command packet starts.
    (rest.is_empty() && (command_packet || segment.sequence != 1)).then_some(segment)
}

/// A message whose segments have not all come.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Waiting {
    message: Name,
    segments: Vec<Option<Vec<u8>>>,
}

/// The two places for messages under way; transient.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reassembly {
    places: [Option<Waiting>; 2],
    /// The place that was taken last.
    newer: usize,
}

impl Reassembly {
    /// Takes a segment of a message of at most `most` segments; gives the packet once it is whole.
    ///
    /// # Errors
    /// 6200: the segment is none of a message that is taken here.
    pub fn add(&mut self, segment: Segment, most: u8) -> Result<Option<Vec<u8>>, u16> {
        let Segment {
            message,
            total,
            sequence,
            octets,
        } = segment;
        let in_order = total <= most && (1..=total).contains(&sequence);
        require(in_order, status::REFUSED)?;
        let place = self.place_of(message, usize::from(total));
        let segments = &mut place.get_or_insert_default().segments;
        require(segments.len() == usize::from(total), status::REFUSED)?;
        segments[usize::from(sequence) - 1] = Some(octets);
        if segments.iter().any(Option::is_none) {
            return Ok(None);
        }
        let whole = place.take().unwrap_or_default();
        Ok(Some(whole.segments.into_iter().flatten().flatten().collect()))
    }

    /// The place where the message is, or a free one for it, or that of the older message.
    fn place_of(&mut self, message: Name, total: usize) -> &mut Option<Waiting> {
        let is_it =
            |place: &Option<Waiting>| place.as_ref().is_some_and(|waiting| waiting.message == message);
        if let Some(index) = self.places.iter().position(is_it) {
            return &mut self.places[index];
        }
        let free = self.places.iter().position(Option::is_none);
        self.newer = free.unwrap_or(1 - self.newer);
        let place = &mut self.places[self.newer];
        *place = Some(Waiting {
            message,
            segments: vec![None; total],
        });
        place
    }
}
