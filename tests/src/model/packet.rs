//! Command packets opened, response packets built (`applets/stage-link/README.md`; TS 102 225 §5, TS 31.115 §4, §5).

use super::{aes::BLOCK, keys::KeySet};

/// Octets in front of what is ciphered: CPL, CHL, SPI, KIc, KID, TAR.
const CLEAR: usize = 10;
/// CPL to PCNTR, which the checksum covers; then the checksum, then the data.
const HEADER: usize = 16;
const DATA: usize = 24;
/// The header and one cipher block.
pub const MIN_LENGTH: usize = 26;
const CC: usize = 8;
/// UDHL, IEIa, IEIDLa in front of a response packet (TS 31.115 §5).
pub const RESPONSE_HEADER: [u8; 3] = [0x02, 0x71, 0x00];
/// Where the ciphered part of a response packet begins: behind UDH, RPL, RHL and TAR.
const RESPONSE_CLEAR: usize = 9;

/// An authenticated command packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// The version of its keys.
    pub kvn: u8,
    /// Its counter.
    pub counter: u64,
    /// Only stored + 1 will do (SPI1 b5b4 = 11).
    pub one_higher: bool,
    /// The secured data without padding.
    pub data: Vec<u8>,
    spi2: u8,
    /// TAR and CNTR, which the response repeats.
    tar: [u8; 3],
    counter_octets: [u8; 5],
}

/// Octets of TAR in a packet; `None` when it is shorter than any packet.
pub fn tar(packet: &[u8]) -> Option<[u8; 3]> {
    (packet.len() >= MIN_LENGTH)
        .then(|| packet.get(7..)?.first_chunk().copied())
        .flatten()
}

/// Opens a packet for the stage with this TAR; `None` when anything is wrong up to the checksum.
pub fn open(packet: &[u8], tar: [u8; 3], versions: &[KeySet]) -> Option<Opened> {
    let body = packet.get(CLEAR..)?;
    if packet.len() < MIN_LENGTH || !body.len().is_multiple_of(BLOCK) {
        return None;
    }
    let &[cpl_high, cpl_low, chl, spi1, spi2, kic, kid, ref own @ ..] = packet.first_chunk::<CLEAR>()?;
    let keys = versions.iter().find(|set| kic == set.kvn << 4 | 2)?;
    let exact = usize::from(u16::from_be_bytes([cpl_high, cpl_low])) == packet.len() - 2 && chl == 0x15;
    // SPI1: counter "higher" or "one higher", ciphered, CC. SPI2: no RC or DS, b2b1 not reserved.
    let level = spi1 & 0x17 == 0x16 && spi2 & 0x04 == 0 && spi2 & 0x03 != 0x03;
    if !exact || !level || kid != kic || *own != tar {
        return None;
    }
    let clear = [packet.get(..CLEAR)?, &keys.kic.decrypt_cbc(body)].concat();
    let secured = clear.get(DATA..)?;
    let checksum = keys.kid.cmac(&[clear.get(..HEADER)?, secured].concat());
    let padding = usize::from(*clear.get(HEADER - 1)?);
    if clear.get(HEADER..DATA)? != checksum.get(..CC)? || padding >= BLOCK {
        return None;
    }
    let counter_octets = *clear.get(CLEAR..)?.first_chunk()?;
    Some(Opened {
        kvn: keys.kvn,
        counter: super::keys::counter_value(&counter_octets),
        one_higher: spi1 & 0x08 != 0,
        data: secured.get(..secured.len().checked_sub(padding)?)?.to_vec(),
        spi2,
        tar,
        counter_octets,
    })
}

impl Opened {
    /// SPI2 b2b1: no proof of receipt, always, or on error.
    pub fn wants_response(&self, status: u8) -> bool {
        match self.spi2 & 0x03 {
            0x01 => true,
            0x02 => status != 0,
            _ => false,
        }
    }

    fn is_ciphered(&self) -> bool {
        self.spi2 & 0x10 != 0
    }

    fn cc_length(&self) -> usize {
        if self.spi2 & 0x08 != 0 { CC } else { 0 }
    }

    /// Octets of additional data in a response packet of at most `room` octets, `02 71 00` included.
    pub fn data_room(&self, room: usize) -> usize {
        let mut secured = room - RESPONSE_CLEAR;
        if self.is_ciphered() {
            secured -= secured % BLOCK;
        }
        secured.saturating_sub(7 + self.cc_length())
    }

    /// The response packet, `02 71 00` first.
    pub fn response(&self, keys: &KeySet, status: u8, data: &[u8]) -> Vec<u8> {
        let counted = 7 + self.cc_length() + data.len();
        let padding = if self.is_ciphered() {
            counted.wrapping_neg() % BLOCK
        } else {
            0
        };
        let octet = |number: usize| u8::try_from(number).unwrap_or_default();
        let length = u16::try_from(4 + counted + padding).unwrap_or_default();
        let mut clear = RESPONSE_HEADER.to_vec();
        clear.extend(length.to_be_bytes());
        clear.push(octet(10 + self.cc_length()));
        clear.extend(self.tar);
        let mut body = self.counter_octets.to_vec();
        body.extend([octet(padding), status]);
        let data = [data, &vec![0; padding]].concat();
        let checksum = keys.kid.cmac(&[clear.as_slice(), &body, &data].concat());
        body.extend(checksum.iter().take(self.cc_length()));
        body.extend(data);
        if self.is_ciphered() {
            body = keys.kic.encrypt_cbc(&body);
        }
        [clear, body].concat()
    }
}

/// A response packet in words, if one of these key sets protects it; an inner one in it, too.
pub fn describe(response: &[u8], keys: &[KeySet]) -> Option<String> {
    let body = response.get(RESPONSE_CLEAR..)?;
    let cc_length = usize::from(*response.get(5)?).checked_sub(10)?;
    let open = |set: &KeySet| {
        let whole = body.len().is_multiple_of(BLOCK);
        let deciphered = if whole {
            set.kic.decrypt_cbc(body)
        } else {
            Vec::new()
        };
        let good = |clear: &[u8]| {
            let (head, rest) = clear.split_at_checked(7)?;
            let (checksum, data) = rest.split_at_checked(cc_length)?;
            let right = set
                .kid
                .cmac(&[response.get(..RESPONSE_CLEAR)?, head, data].concat());
            let data = data.get(..data.len().checked_sub(usize::from(head[5]))?)?;
            right.starts_with(checksum).then(|| (head[6], data.to_vec()))
        };
        good(&deciphered).or_else(|| good(body))
    };
    let (status, data) = keys.iter().find_map(open)?;
    let inner = match data.as_slice() {
        [0x02, _, inner @ ..] => describe(&[RESPONSE_HEADER.as_slice(), inner].concat(), keys),
        _ => None,
    };
    let data = inner.map_or_else(
        || hex::encode_upper(&data),
        |inner| format!("an inner response packet, {inner}"),
    );
    Some(format!("status {status:02X}, data {data}"))
}
