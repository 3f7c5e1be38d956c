//! Command packets (TS 102 225 §5.1, TS 31.115 §4.2): from CPL on, without the user data header.
//!
//! ```text
//! CPL 2 | CHL 1 | SPI 2 | KIc 1 | KID 1 | TAR 3 | CNTR 5 | PCNTR 1 | RC/CC/DS n | data, padding
//!                                               '------------- ciphered ----------------------'
//! '------------- checked, the check itself left out, 02 70 00 before it not included ---------'
//! ```

use card_proto::reader::Reader;

use crate::key::KeySet;
use crate::scp80::counter::Counter;
use crate::scp80::error::Scp80Error;
use crate::scp80::kic::{Kic, Kid};
use crate::scp80::protection::{
    CcLength, Check, MacVerified, ciphering_key, decipher, padding, without_padding,
};
use crate::scp80::spi::{Integrity, Spi};
use crate::scp80::tar::Tar;

/// Octets from SPI to PCNTR, that is CHL without a check.
const HEADER: usize = 13;
/// Octets from CPL to TAR: never ciphered.
const CLEAR: usize = 10;
/// Octets of CNTR and PCNTR.
const COUNTERS: usize = 6;

/// The fields of a command packet that say how and for whom it is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommandHeader {
    /// SPI.
    pub spi: Spi,
    /// KIc.
    pub kic: Kic,
    /// KID.
    pub kid: Kid,
    /// TAR.
    pub tar: Tar,
    /// CNTR.
    pub counter: Counter,
}

/// The fields that stand in clear before the counter: enough to choose a key set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClearHeader {
    /// SPI.
    pub spi: Spi,
    /// KIc.
    pub kic: Kic,
    /// KID.
    pub kid: Kid,
    /// TAR.
    pub tar: Tar,
    /// Octets of RC/CC/DS.
    pub check_length: u8,
}

/// A command packet, taken apart and checked as its SPI asks.
#[derive(Clone, PartialEq, Eq)]
pub struct CommandPacket {
    /// The header.
    pub header: CommandHeader,
    /// Secured data without padding, deciphered.
    pub data: Vec<u8>,
    /// There when a cryptographic checksum was right; `None` when SPI asks for none or for an RC only.
    pub mac: Option<MacVerified>,
}

/// Shows no data: it may hold keys.
impl std::fmt::Debug for CommandPacket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "CommandPacket({:?}, {} octets, {:?})",
            self.header,
            self.data.len(),
            self.mac
        )
    }
}

/// Builds the command packet, from CPL on, that carries `data`. `cc_length` counts only when SPI asks for a
/// CC.
///
/// # Errors
/// [`Scp80Error`] when KIc or KID do not fit the keys, SPI asks for a digital signature, or the data is too
/// long for CPL.
pub fn encode_command(
    header: &CommandHeader,
    keys: &KeySet,
    cc_length: CcLength,
    data: &[u8],
) -> Result<Vec<u8>, Scp80Error> {
    let check = Check::new(header.spi.integrity(), header.kid, keys, cc_length)?;
    let cipher = ciphering_key(header.spi.is_ciphered(), header.kic, keys)?;
    let too_long = Scp80Error::TooLong { length: data.len() };

    let padding = padding(COUNTERS + check.length() + data.len(), cipher);
    let chl = HEADER + check.length();
    let cpl = 1 + chl + data.len() + usize::from(padding);

    let mut packet = Vec::with_capacity(2 + cpl);
    packet.extend(u16::try_from(cpl).map_err(|_| too_long)?.to_be_bytes());
    packet.push(u8::try_from(chl).map_err(|_| too_long)?);
    packet.extend(header.spi.to_bytes());
    packet.extend([header.kic.0, header.kid.0]);
    packet.extend(header.tar.0);
    packet.extend(header.counter.to_bytes());
    packet.push(padding);
    packet.resize(CLEAR + COUNTERS + check.length(), 0);
    packet.extend_from_slice(data);
    packet.resize(2 + cpl, 0);

    let (head, rest) = packet.split_at_mut(CLEAR + COUNTERS);
    let (field, secured) = rest.split_at_mut(check.length());
    check.write(&[head, secured], field);
    if let Some(key) = cipher {
        let (_, ciphered) = packet.split_at_mut(CLEAR);
        key.schedule().encrypt_cbc(ciphered);
    }
    Ok(packet)
}

/// Reads the fields of a command packet that stand in clear.
///
/// # Errors
/// [`Scp80Error::Malformed`] when CPL or CHL do not add up.
pub fn clear_header(packet: &[u8]) -> Result<ClearHeader, Scp80Error> {
    read_clear_header(&mut Reader::new(packet))
}

fn read_clear_header(reader: &mut Reader<'_>) -> Result<ClearHeader, Scp80Error> {
    let at_cpl = reader.clone();
    let cpl = reader.u16()?;
    // TS 102 225 §5.1: CPL counts from CHL to the end of the secured data.
    if usize::from(cpl) != reader.remaining() {
        return Err(at_cpl
            .reject("CPL equal to the number of octets after it", cpl.into())
            .into());
    }
    let at_chl = reader.clone();
    let chl = reader.u8()?;
    let too_short = at_chl.reject("CHL of at least 0D and within the packet", chl.into());
    let check_length = usize::from(chl).checked_sub(HEADER).ok_or(too_short)?;
    if usize::from(chl) > reader.remaining() {
        return Err(too_short.into());
    }
    Ok(ClearHeader {
        spi: Spi::from_bytes(reader.array()?),
        kic: Kic(reader.u8()?),
        kid: Kid(reader.u8()?),
        tar: Tar(reader.array()?),
        check_length: u8::try_from(check_length).map_err(|_| too_short)?,
    })
}

/// Deciphers and checks a command packet that begins with CPL.
///
/// The counter is returned, not judged: see [`crate::scp80::counter::accept`]. A caller that protects
/// something compares the SPI with its minimum security level before it calls.
///
/// # Errors
/// [`Scp80Error`]: a wrong check is reported before anything that was protected by it.
pub fn decode_command(packet: &[u8], keys: &KeySet) -> Result<CommandPacket, Scp80Error> {
    let mut reader = Reader::new(packet);
    let clear = read_clear_header(&mut reader)?;
    let at_chl = Reader::at(packet.get(2..).unwrap_or_default(), 2);
    let wrong_chl = at_chl.reject(
        "CHL that fits SPI and KID",
        u64::from(clear.check_length) + HEADER as u64,
    );
    let cc_length = match (clear.spi.integrity(), clear.check_length) {
        (Integrity::CryptographicChecksum, 4) => CcLength::Four,
        _ => CcLength::Eight,
    };
    let check = Check::new(clear.spi.integrity(), clear.kid, keys, cc_length)?;
    if check.length() != usize::from(clear.check_length) {
        return Err(wrong_chl.into());
    }
    let cipher = ciphering_key(clear.spi.is_ciphered(), clear.kic, keys)?;

    let body = decipher(&mut reader, cipher)?;
    let mut fields = Reader::at(&body, CLEAR);
    let counters = fields.take(COUNTERS)?;
    let field = fields.take(check.length())?;
    let secured = fields.take_rest();
    let head = packet.get(..CLEAR).unwrap_or_default();
    let mac = check.verify(&[head, counters, secured], field)?;

    let mut counters = Reader::at(counters, CLEAR);
    let counter = Counter::from_bytes(counters.array()?);
    let at_pcntr = counters.clone();
    let pcntr = counters.u8()?;
    let data = without_padding(secured, pcntr, cipher, &at_pcntr)?.to_vec();
    let ClearHeader {
        spi, kic, kid, tar, ..
    } = clear;
    let header = CommandHeader {
        spi,
        kic,
        kid,
        tar,
        counter,
    };
    Ok(CommandPacket { header, data, mac })
}

/// As [`decode_command`], for senders that leave CPL out of what they send (it is in the check all the same).
///
/// # Errors
/// As [`decode_command`]; offsets count the missing CPL.
pub fn decode_command_without_cpl(packet: &[u8], keys: &KeySet) -> Result<CommandPacket, Scp80Error> {
    let too_long = Scp80Error::TooLong { length: packet.len() };
    let cpl = u16::try_from(packet.len()).map_err(|_| too_long)?.to_be_bytes();
    decode_command(&[&cpl, packet].concat(), keys)
}
