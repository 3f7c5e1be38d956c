//! Response packets, the proof of receipt (TS 102 225 §5.2, TS 31.115 §4.4).
//!
//! ```text
//! 02 71 00 | RPL 2 | RHL 1 | TAR 3 | CNTR 5 | PCNTR 1 | status 1 | RC/CC/DS n | data, padding
//!                                   '------------------ ciphered ---------------------------'
//! '----------------------- checked, the check itself left out ------------------------------'
//! ```

mod status;

pub use status::{ResponseStatus, StatusExplanation};

use card_proto::reader::Reader;

use crate::key::{Key, KeySet};
use crate::scp80::command_packet::CommandHeader;
use crate::scp80::counter::Counter;
use crate::scp80::error::Scp80Error;
use crate::scp80::protection::{
    CcLength, Check, MacVerified, ciphering_key, decipher, padding, without_padding,
};
use crate::scp80::spi::Integrity;
use crate::scp80::tar::Tar;

/// UDHL, IEI and IEIDL before a response packet (TS 31.115 §4.4).
pub const UDH: [u8; 3] = [0x02, 0x71, 0x00];
/// Octets from TAR to status, that is RHL without a check.
const HEADER: usize = 10;
/// Octets from RPL to TAR: never ciphered.
const CLEAR: usize = 6;
/// Octets from CNTR to status.
const COUNTERS: usize = 7;

/// Which octets before TAR a card includes in the check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ResponseDialect {
    /// `02 71 00`, RPL and RHL: TS 31.115, and the rule.
    #[default]
    WithUdh,
    /// RPL and RHL: some older cards.
    WithLengths,
    /// None of them: some older cards.
    Normal,
}

/// What a response packet says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponsePacket {
    /// TAR of the command.
    pub tar: Tar,
    /// CNTR of the command.
    pub counter: Counter,
    /// How the command fared.
    pub status: ResponseStatus,
    /// Additional response data, deciphered and without padding.
    pub data: Vec<u8>,
}

/// A response packet as far as it can be trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Response {
    /// The card made it: its cryptographic checksum was right.
    Authenticated(ResponsePacket, MacVerified),
    /// Anybody can have made it. Show it, but draw no conclusions that cost something.
    Unauthenticated(UnauthenticatedResponse),
}

impl Response {
    /// The packet, when the card made it.
    pub fn authenticated(self) -> Option<ResponsePacket> {
        match self {
            Self::Authenticated(packet, _) => Some(packet),
            Self::Unauthenticated(_) => None,
        }
    }
}

/// A hint: what a response packet says that no checksum vouches for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnauthenticatedResponse {
    /// What it says.
    pub claim: ResponsePacket,
    /// Why nothing vouches for it.
    pub reason: UnauthenticatedReason,
}

/// Why a response is not authenticated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnauthenticatedReason {
    /// SPI2 of the command asked for no cryptographic checksum.
    NotAskedFor,
    /// SPI2 asked for protection and the response has none, as cards answer that could not authenticate the
    /// command.
    SentWithout,
}

/// Builds the response packet, from `02 71 00` on, to the command with `header`, protected as its SPI2 asks.
///
/// # Errors
/// [`Scp80Error`] when KIc or KID do not fit the keys, SPI2 asks for a digital signature, or the data is too
/// long.
pub fn encode_response(
    response: &ResponsePacket,
    header: &CommandHeader,
    keys: &KeySet,
    cc_length: CcLength,
    dialect: ResponseDialect,
) -> Result<Vec<u8>, Scp80Error> {
    let check = Check::new(header.spi.por_integrity(), header.kid, keys, cc_length)?;
    let cipher = ciphering_key(header.spi.is_por_ciphered(), header.kic, keys)?;
    let too_long = Scp80Error::TooLong {
        length: response.data.len(),
    };

    let padding = padding(COUNTERS + check.length() + response.data.len(), cipher);
    let rhl = HEADER + check.length();
    let rpl = 1 + rhl + response.data.len() + usize::from(padding);

    let mut packet = Vec::with_capacity(UDH.len() + 2 + rpl);
    packet.extend(UDH);
    packet.extend(u16::try_from(rpl).map_err(|_| too_long)?.to_be_bytes());
    packet.push(u8::try_from(rhl).map_err(|_| too_long)?);
    packet.extend(response.tar.0);
    packet.extend(response.counter.to_bytes());
    packet.extend([padding, response.status.0]);
    packet.resize(UDH.len() + CLEAR + COUNTERS + check.length(), 0);
    packet.extend_from_slice(&response.data);
    packet.resize(UDH.len() + 2 + rpl, 0);

    let (head, rest) = packet.split_at_mut(UDH.len() + CLEAR + COUNTERS);
    let (field, data) = rest.split_at_mut(check.length());
    check.write(&[dialect.checked(head), data], field);
    if let Some(key) = cipher {
        let (_, ciphered) = packet.split_at_mut(UDH.len() + CLEAR);
        key.schedule().encrypt_cbc(ciphered);
    }
    Ok(packet)
}

/// Reads the response to the command with `header`; `bytes` begins with `02 71 00` or with RPL.
///
/// A response without the protection SPI2 asked for is read, too, as a hint of its own type.
///
/// # Errors
/// [`Scp80Error`]: [`Scp80Error::MacMismatch`] when the protection is there and wrong,
/// [`Scp80Error::OtherCommand`] when it is the response to another command.
pub fn decode_response(
    bytes: &[u8],
    header: &CommandHeader,
    keys: &KeySet,
    cc_length: CcLength,
    dialect: ResponseDialect,
) -> Result<Response, Scp80Error> {
    let packet = bytes.strip_prefix(&UDH).unwrap_or(bytes);
    let check = Check::new(header.spi.por_integrity(), header.kid, keys, cc_length)?;
    let cipher = ciphering_key(header.spi.is_por_ciphered(), header.kic, keys)?;
    let protected = read(packet, check, cipher, dialect)
        .and_then(|(claim, mac)| of_command(claim, header).map(|claim| (claim, mac)));
    let failure = match protected {
        Ok((claim, Some(mac))) => return Ok(Response::Authenticated(claim, mac)),
        Ok((claim, None)) => return Ok(unauthenticated(claim, UnauthenticatedReason::NotAskedFor)),
        Err(failure) => failure,
    };
    if header.spi.por_integrity() == Integrity::None && cipher.is_none() {
        return Err(failure);
    }
    // A card that cannot authenticate the command has no keys to protect its answer with.
    let (claim, _) = read(packet, Check::None, None, dialect).map_err(|_| failure)?;
    let claim = of_command(claim, header).map_err(|_| failure)?;
    Ok(unauthenticated(claim, UnauthenticatedReason::SentWithout))
}

impl ResponseDialect {
    /// The part of the head, which begins with the UDH, that the check covers.
    fn checked(self, head: &[u8]) -> &[u8] {
        let skipped = match self {
            Self::WithUdh => 0,
            Self::WithLengths => UDH.len(),
            Self::Normal => UDH.len() + 3,
        };
        head.get(skipped..).unwrap_or_default()
    }
}

fn unauthenticated(claim: ResponsePacket, reason: UnauthenticatedReason) -> Response {
    Response::Unauthenticated(UnauthenticatedResponse { claim, reason })
}

fn of_command(response: ResponsePacket, header: &CommandHeader) -> Result<ResponsePacket, Scp80Error> {
    let ResponsePacket { tar, counter, .. } = response;
    if (tar, counter) == (header.tar, header.counter) {
        return Ok(response);
    }
    Err(Scp80Error::OtherCommand { tar, counter })
}

/// Reads a response packet, from RPL on, with this check and cipher.
fn read(
    packet: &[u8],
    check: Check<'_>,
    cipher: Option<&Key>,
    dialect: ResponseDialect,
) -> Result<(ResponsePacket, Option<MacVerified>), Scp80Error> {
    let mut reader = Reader::new(packet);
    let at_rpl = reader.clone();
    let rpl = reader.u16()?;
    if usize::from(rpl) != reader.remaining() {
        return Err(at_rpl
            .reject("RPL equal to the number of octets after it", rpl.into())
            .into());
    }
    let at_rhl = reader.clone();
    let rhl = reader.u8()?;
    if usize::from(rhl) != HEADER + check.length() {
        return Err(at_rhl
            .reject("RHL of the protection SPI2 asks for", rhl.into())
            .into());
    }
    let tar = Tar(reader.array()?);

    let body = decipher(&mut reader, cipher)?;
    let mut fields = Reader::at(&body, CLEAR);
    let counters = fields.take(COUNTERS)?;
    let field = fields.take(check.length())?;
    let data = fields.take_rest();
    let clear = packet.get(..CLEAR).unwrap_or_default();
    let mut head = [0; UDH.len() + CLEAR];
    head[..UDH.len()].copy_from_slice(&UDH);
    head[UDH.len()..].copy_from_slice(clear);
    let mac = check.verify(&[dialect.checked(&head), counters, data], field)?;

    let mut counters = Reader::at(counters, CLEAR);
    let counter = Counter::from_bytes(counters.array()?);
    let at_pcntr = counters.clone();
    let pcntr = counters.u8()?;
    let status = ResponseStatus(counters.u8()?);
    let data = without_padding(data, pcntr, cipher, &at_pcntr)?.to_vec();
    let packet = ResponsePacket {
        tar,
        counter,
        status,
        data,
    };
    Ok((packet, mac))
}
