//! A `! packet` line made into octets, and the answers to it opened.

use anyhow::{Context as _, Result, anyhow, bail};
use card_proto::{
    aid::Aid,
    cat::envelope::SmsPpDownload,
    remote_script::expanded::CommandScript,
    sms::{
        address::Address,
        concat::segment_command_packet,
        tpdu::{SmsDeliver, TimeStamp},
        user_data::Reference,
    },
};
use host_harness::profile::CardProfile;
use secure_channel::{
    key::{Key, KeySet, KeyVersionNumber},
    scp80::{
        CcLength, CommandHeader, Counter, Kic, Kid, ResponseDialect, ResponsePacket, Spi, Tar, nested,
        response_packet::{Response, decode_response},
    },
};

use crate::{
    case_file::Options,
    forge::{Fields, Lies, forge},
};

/// Where the checksum and the secured data begin, from CPL on: CPL 2, CHL 1, SPI 2, KIc 1, KID 1, TAR 3, CNTR 5, PCNTR 1.
const CC_AT: usize = 16;
const DATA_AT: usize = 24;
/// Originator of the messages, unless the case says another: a number reserved for fiction.
const ORIGINATOR: &str = "+447700900123";
/// TP-SCTS of the messages; the applets do not look at it.
const TIME_STAMP: ([u8; 3], [u8; 3]) = ([26, 1, 1], [0, 0, 0]);

/// A packet and what opens its answer.
pub struct Secured {
    /// The packet that goes into the message, from CPL on.
    pub octets: Vec<u8>,
    /// Opens the response packet.
    pub outer: Opener,
    /// Opens the inner response packet of a double-wrapped packet.
    pub inner: Option<Opener>,
}

/// The header of a command packet and the keys of its stage.
pub struct Opener {
    stage: usize,
    header: CommandHeader,
    keys: KeySet,
    /// False for a key version that the card did not have from its installation: its counter is not followed.
    followed: bool,
}

impl Secured {
    /// Notes that the card has taken the counters of this packet.
    pub fn accepted(&self, counters: &mut [Counter; 2]) {
        let openers = [Some(&self.outer), self.inner.as_ref()].into_iter().flatten();
        for opener in openers.filter(|opener| opener.followed) {
            counters[opener.stage] = counters[opener.stage].max(opener.header.counter);
        }
    }
}

/// Builds the packet of a `! packet` line.
///
/// # Errors
/// An option has no meaning; it is named.
pub fn secure(
    options: &Options,
    script: &[Vec<u8>],
    profile: &CardProfile,
    counters: &[Counter; 2],
) -> Result<Secured> {
    let script = CommandScript {
        commands: script.to_vec(),
    }
    .encode_definite();
    let layer = |stage, prefix, data: &[u8]| layer(options, prefix, stage, profile, counters, data);
    match (
        options.get("type").unwrap_or("1"),
        options.get("wrap").unwrap_or("double"),
    ) {
        ("1", _) => {
            let (octets, outer) = layer(0, "", &script)?;
            Ok(Secured {
                octets,
                outer,
                inner: None,
            })
        }
        ("2", "single") => {
            let (octets, outer) = layer(1, "", &script)?;
            Ok(Secured {
                octets,
                outer,
                inner: None,
            })
        }
        ("2", "double") => {
            let (inner_octets, inner) = layer(1, "inner.", &script)?;
            let (octets, outer) = layer(0, "", &nested::wrap(&inner_octets))?;
            Ok(Secured {
                octets,
                outer,
                inner: Some(inner),
            })
        }
        (kind, wrap) => bail!("type={kind} wrap={wrap}: types are 1 and 2, wraps double and single"),
    }
}

/// One layer: stage 0 the first, 1 the second; `prefix` is that of the layer's options.
fn layer(
    options: &Options,
    prefix: &str,
    stage: usize,
    profile: &CardProfile,
    counters: &[Counter; 2],
    data: &[u8],
) -> Result<(Vec<u8>, Opener)> {
    let option = |name: &str| options.get(&format!("{prefix}{name}"));
    let octets = |name: &str| options.hex(&format!("{prefix}{name}")).map_err(|e| anyhow!(e));
    let own = [&profile.first_stage, &profile.second_stage][stage];
    let keys = match option("keys") {
        None => own,
        Some("1") => &profile.first_stage,
        Some("2") => &profile.second_stage,
        Some(other) => bail!("keys={other}: 1 or 2"),
    };
    let kvn = option("kvn").map(str::parse).transpose().context("kvn")?;
    let key_set = octets("key-set")?;
    let followed = kvn.is_none() && key_set.is_none();
    let kvn = kvn.map_or(Ok(own.keys.kvn), KeyVersionNumber::new)?;
    let keys = match key_set {
        None => keys.keys.clone(),
        Some(octets) => key_set_of(kvn, &octets)?,
    };
    let lie = |name: &str| Ok::<_, anyhow::Error>(fixed(name, octets(name)?)?.map(|[octet]| octet));
    let one = |name: &str, default: u8| lie(name).map(|octet| octet.unwrap_or(default));
    let fields = Fields {
        spi: fixed("spi", octets("spi")?)?.unwrap_or([0x16, 0x19]),
        kic: one("kic", Kic::for_key(kvn, &own.keys.kic).0)?,
        kid: one("kid", Kid::for_key(kvn, &own.keys.kid).0)?,
        tar: fixed("tar", octets("tar")?)?.unwrap_or(own.tar.0),
        counter: counter_option(option("cntr").unwrap_or("+1"), counters[stage])?,
        cc_length: option("cc").unwrap_or("8").parse().context("cc")?,
        lies: Lies {
            cpl: fixed("cpl", octets("cpl")?)?.map(u16::from_be_bytes),
            chl: lie("chl")?,
            pcntr: lie("pcntr")?,
            cc_octet: option("cc-octet")
                .map(str::parse)
                .transpose()
                .context("cc-octet")?,
        },
    };
    let data = octets("data")?.unwrap_or_else(|| data.to_vec());
    let mut packet = forge(&fields, &keys.kic, &keys.kid, &data)?;
    match option("damage") {
        None => {}
        Some("cc") => flip(&mut packet, CC_AT)?,
        Some("data") => flip(&mut packet, DATA_AT)?,
        Some(index) => flip(
            &mut packet,
            index
                .parse()
                .context("damage is cc, data or the number of an octet")?,
        )?,
    }
    if let Some(cut) = option("cut") {
        let cut: usize = cut.parse().context("cut")?;
        let rest = packet
            .len()
            .checked_sub(cut)
            .ok_or(anyhow!("cut={cut}: the packet has {} octets", packet.len()))?;
        packet.truncate(rest);
    }
    let header = CommandHeader {
        spi: Spi::from_bytes(fields.spi),
        kic: Kic(fields.kic),
        kid: Kid(fields.kid),
        tar: Tar(fields.tar),
        counter: Counter::from_bytes(fields.counter),
    };
    let opener = Opener {
        stage,
        header,
        keys,
        followed,
    };
    Ok((packet, opener))
}

/// KIc, KID and DEK of one length, one after the other.
fn key_set_of(kvn: KeyVersionNumber, octets: &[u8]) -> Result<KeySet> {
    let mut keys = octets.chunks(octets.len().div_ceil(3).max(1));
    let mut key = || Key::aes(keys.next().unwrap_or_default()).context("key-set");
    Ok(KeySet {
        kvn,
        kic: key()?,
        kid: key()?,
        dek: key()?,
    })
}

/// The value of an option that has a fixed number of octets: another number is a mistake in the case, never the default.
fn fixed<const N: usize>(name: &str, octets: Option<Vec<u8>>) -> Result<Option<[u8; N]>> {
    let exact = |octets: Vec<u8>| <[u8; N]>::try_from(octets);
    octets
        .map(exact)
        .transpose()
        .map_err(|octets| anyhow!("{name} has {N} octets, not {}", octets.len()))
}

fn flip(packet: &mut [u8], index: usize) -> Result<()> {
    let length = packet.len();
    let octet = packet
        .get_mut(index)
        .ok_or(anyhow!("damage={index}: the packet has {length} octets"))?;
    *octet ^= 0x01;
    Ok(())
}

/// `+1`, `-1` relative to the last accepted counter, or ten hexadecimal digits.
fn counter_option(text: &str, last: Counter) -> Result<[u8; 5]> {
    if let Some(distance) = text.strip_prefix('+') {
        return Ok(Counter::new(last.value() + distance.parse::<u64>()?)?.to_bytes());
    }
    if let Some(distance) = text.strip_prefix('-') {
        return Ok(Counter::new(last.value().saturating_sub(distance.parse()?))?.to_bytes());
    }
    hex::decode(text)?
        .try_into()
        .map_err(|_| anyhow!("cntr={text}: ten hexadecimal digits, or + or - a number"))
}

/// A counter from its five octets.
///
/// # Errors
/// There are not five.
pub fn counter(octets: &[u8]) -> Result<Counter> {
    Ok(Counter::from_bytes(
        octets
            .try_into()
            .map_err(|_| anyhow!("a counter has five octets"))?,
    ))
}

/// TP-UDs that carry the packet: one, or several with a concatenation element.
///
/// # Errors
/// The packet is too long for 255 segments.
pub fn segments(packet: &[u8], options: &Options, reference: u8) -> Result<Vec<Vec<u8>>> {
    let text = options.get("reference").unwrap_or("8");
    let (width, value) = text
        .split_once(':')
        .map_or((text, None), |(width, value)| (width, Some(value)));
    let value = |default: u16| {
        value
            .map_or(Ok(default), |value| u16::from_str_radix(value, 16))
            .context("reference")
    };
    let reference = match width {
        "8" => Reference::Ref8(u8::try_from(value(reference.into())?)?),
        "16" => Reference::Ref16(value(u16::from_be_bytes([0xA5, reference]))?),
        other => bail!("reference={other}: 8 or 16, or 8:2A with the reference itself"),
    };
    Ok(segment_command_packet(packet, reference)?)
}

/// Indices of the segments in the order they are sent.
///
/// # Errors
/// `order` names a segment that does not exist.
pub fn order(order: Option<&str>, segments: usize) -> Result<Vec<usize>> {
    let Some(order) = order else {
        return Ok((0..segments).collect());
    };
    let index = |word: &str| match word.parse::<usize>() {
        Ok(number) if (1..=segments).contains(&number) => Ok(number - 1),
        _ => Err(anyhow!("order={order}: the packet has segments 1 to {segments}")),
    };
    order.split(',').map(index).collect()
}

/// The ENVELOPE (SMS-PP DOWNLOAD) with an SMS-DELIVER that brings `user_data` (TS 31.111 §7.1.1, TS 23.040 §9.2.2.1), with
/// the originator and the INS that the options name.
///
/// # Errors
/// The user data does not fit, or an option has no meaning.
pub fn envelope(user_data: &[u8], options: &Options) -> Result<Vec<u8>> {
    let originator = Address::new(options.get("from").unwrap_or(ORIGINATOR))?;
    let time_stamp = TimeStamp::new(TIME_STAMP.0, TIME_STAMP.1, 0);
    let mut tpdu = SmsDeliver::data_download(originator, time_stamp, user_data).to_bytes()?;
    if let Some(octets) = options.hex("first-octet").map_err(|e| anyhow!(e))? {
        tpdu.splice(..1, octets);
    }
    if let Some(octets) = options.hex("udl").map_err(|e| anyhow!(e))? {
        let at = tpdu.len() - user_data.len() - 1;
        tpdu.splice(at..=at, octets);
    }
    let mut command = SmsPpDownload {
        sc_address: None,
        tpdu,
    }
    .to_command()?
    .to_bytes();
    command[1] = envelope_instruction(options)?;
    if let Some(octets) = options.hex("devices").map_err(|e| anyhow!(e))? {
        let at = command.windows(4).position(|window| window == DEVICE_IDENTITIES);
        let at = at.ok_or(anyhow!("the ENVELOPE has no device identities"))? + 2;
        command.splice(at..at + 2, octets);
    }
    Ok(command)
}

/// TS 102 223 §8.7: from the network (83) to the UICC (81).
const DEVICE_IDENTITIES: [u8; 4] = [0x82, 0x02, 0x83, 0x81];

/// SELECT by AID (ISO 7816-4 §11.2.2).
pub fn select(aid: &Aid) -> Vec<u8> {
    let aid = aid.as_bytes();
    let mut command = vec![0x00, 0xA4, 0x04, 0x00];
    command.extend(u8::try_from(aid.len()));
    command.extend(aid);
    command.push(0x00);
    command
}

/// INS of ENVELOPE, or the proprietary D0: a real UICC keeps C2 for its own toolkit framework, and `ENVELOPE_INS=D0` in the
/// environment changes it for every packet that does not name one.
fn envelope_instruction(options: &Options) -> Result<u8> {
    let from_environment = std::env::var("ENVELOPE_INS").unwrap_or_default();
    match options.get("ins").unwrap_or(&from_environment) {
        "" | "C2" => Ok(0xC2),
        "D0" => Ok(0xD0),
        other => bail!("the INS of ENVELOPE is C2 or D0, not {other}"),
    }
}

/// Opens a response packet. One that is not protected is taken only where the command asked for that.
///
/// # Errors
/// Its checksum is wrong, or it is that of another packet.
pub fn open_response(octets: &[u8], opener: &Opener) -> Result<ResponsePacket> {
    let response = decode_response(
        octets,
        &opener.header,
        &opener.keys,
        CcLength::Eight,
        ResponseDialect::WithUdh,
    )?;
    match response {
        Response::Authenticated(packet, _) => Ok(packet),
        Response::Unauthenticated(hint)
            if opener.header.spi.por_integrity() == secure_channel::scp80::Integrity::None =>
        {
            Ok(hint.claim)
        }
        Response::Unauthenticated(_) => bail!("the response packet is not protected as SPI2 asks"),
    }
}

/// Opens the inner response packet in the additional data of an outer one.
///
/// # Errors
/// There is none, or as [`open_response`].
pub fn open_inner_response(data: &[u8], opener: &Opener) -> Result<ResponsePacket> {
    let inner = nested::unwrap_response(data)?.ok_or(anyhow!("the second stage gave no answer"))?;
    open_response(inner, opener)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_of_another_length_is_no_default() {
        assert_eq!(fixed::<2>("spi", None).ok(), Some(None));
        assert_eq!(
            fixed("spi", Some(vec![0x16, 0x19])).ok(),
            Some(Some([0x16, 0x19]))
        );
        for wrong in [vec![], vec![0x16], vec![0x16, 0x19, 0x00]] {
            assert!(
                fixed::<2>("spi", Some(wrong.clone())).is_err(),
                "{wrong:02X?} was taken"
            );
        }
    }
}
