//! S220: from a script to packets and short messages. Pure; counters come from the caller, who stores them first.

use card_proto::sms::address::Address;
use card_proto::sms::concat::segment_command_packet;
use card_proto::sms::tpdu::{SmsDeliver, TimeStamp};
use card_proto::sms::user_data::Reference;
use secure_channel::key::KeySet;
use secure_channel::scp80::{
    CcLength, CommandHeader, Counter, Kic, Kid, Scp80Error, Tar, encode_command, nested,
};

use crate::card::{Card, KVN_TYPE_1, KVN_TYPE_2};
use crate::clock::UnixTime;
use crate::plan::Route;

/// A script made ready to leave.
#[derive(Debug)]
pub(crate) struct Encrypted {
    /// The type-2 packet inside, on the double route.
    pub(crate) inner: Option<Vec<u8>>,
    /// The packet that travels, from CPL on.
    pub(crate) packet: Vec<u8>,
}

/// The counters one packet uses: that of the packet that travels, and that of the one inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Counters {
    pub(crate) outer: u64,
    pub(crate) inner: Option<u64>,
}

/// Why a packet could not be made.
#[derive(Debug, thiserror::Error)]
pub enum PacketError {
    /// Keys, SPI or length do not go together.
    #[error("packet: {0}")]
    Packet(#[from] Scp80Error),
    /// A counter above 40 bits.
    #[error("packet: {0}")]
    Counter(#[from] secure_channel::scp80::counter::CounterError),
    /// The message around it cannot be coded.
    #[error("short message: {0}")]
    Message(String),
}

/// The key version whose counter the packet that travels uses.
pub(crate) fn outer_kvn(route: Route) -> u8 {
    match route {
        Route::FirstStage | Route::Double => KVN_TYPE_1,
        Route::SecondStage => KVN_TYPE_2,
    }
}

/// Encrypts a script: once for its stage, and on the double route once more for the first stage.
pub(crate) fn encrypt(
    card: &Card,
    route: Route,
    script: &[u8],
    counters: Counters,
) -> Result<Encrypted, PacketError> {
    match (route, counters.inner) {
        (Route::Double, Some(inner)) => {
            let header = second_stage_header(card, inner)?;
            let inner = encode_command(&header, &card.type_2, CcLength::Eight, script)?;
            let packet = wrap_again(card, &inner, counters.outer)?;
            Ok(Encrypted {
                inner: Some(inner),
                packet,
            })
        }
        (Route::SecondStage, _) => {
            let header = second_stage_header(card, counters.outer)?;
            Ok(Encrypted {
                inner: None,
                packet: encode_command(&header, &card.type_2, CcLength::Eight, script)?,
            })
        }
        (Route::FirstStage | Route::Double, _) => {
            let header = first_stage_header(card, counters.outer)?;
            Ok(Encrypted {
                inner: None,
                packet: encode_command(&header, &card.type_1, CcLength::Eight, script)?,
            })
        }
    }
}

/// Wraps the bytes of an inner packet for the first stage, under another counter.
pub(crate) fn wrap_again(card: &Card, inner: &[u8], outer_counter: u64) -> Result<Vec<u8>, PacketError> {
    let header = first_stage_header(card, outer_counter)?;
    Ok(encode_command(
        &header,
        &card.type_1,
        CcLength::Eight,
        &nested::wrap(inner),
    )?)
}

/// The header of a packet for the first stage.
pub(crate) fn first_stage_header(card: &Card, counter: u64) -> Result<CommandHeader, PacketError> {
    header(card, &card.type_1, card.profile.first_stage_tar, counter)
}

/// The header of a packet for the second stage.
pub(crate) fn second_stage_header(card: &Card, counter: u64) -> Result<CommandHeader, PacketError> {
    header(card, &card.type_2, card.profile.second_stage_tar, counter)
}

fn header(card: &Card, keys: &KeySet, tar: Tar, counter: u64) -> Result<CommandHeader, PacketError> {
    Ok(CommandHeader {
        spi: card.profile.spi,
        kic: Kic::for_key(keys.kvn, &keys.kic),
        kid: Kid::for_key(keys.kvn, &keys.kid),
        tar,
        counter: Counter::new(counter)?,
    })
}

/// The SMS-DELIVER TPDUs that carry a packet (TS 31.115 §4), one for each segment.
pub(crate) fn short_messages(
    packet: &[u8],
    reference: u8,
    originating_address: &str,
    now: UnixTime,
) -> Result<Vec<Vec<u8>>, PacketError> {
    let wrong = |error: &dyn std::fmt::Display| PacketError::Message(error.to_string());
    let originator = Address::new(originating_address).map_err(|error| wrong(&error))?;
    let segments =
        segment_command_packet(packet, Reference::Ref8(reference)).map_err(|error| wrong(&error))?;
    let message = |user_data: &Vec<u8>| {
        SmsDeliver::data_download(originator.clone(), time_stamp(now), user_data)
            .to_bytes()
            .map_err(|error| wrong(&error))
    };
    segments.iter().map(message).collect()
}

/// TP-SCTS in UTC (TS 23.040 §9.2.3.11).
fn time_stamp(now: UnixTime) -> TimeStamp {
    let civil = now.civil();
    let year = u8::try_from(civil.year.rem_euclid(100)).unwrap_or(0);
    TimeStamp::new(
        [year, civil.month, civil.day],
        [civil.hour, civil.minute, civil.second],
        0,
    )
}
