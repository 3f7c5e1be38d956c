//! What the card must refuse, tried on it: a wrong checksum, a replay, the other type's keys.

use anyhow::{Context as _, Result, ensure};
use card_proto::{
    sms::{
        concat::segment_command_packet,
        tpdu::{Address, SmsDeliver, TimeStamp},
        user_data::Reference,
    },
    stage_information::{TAG_KEY_INFORMATION, TAG_RECORDS, TAG_STORAGE},
};
use host_harness::terminal::{DeliveryOutcome, Terminal};
use secure_channel::{
    key::KeySet,
    scp80::{CcLength, CommandHeader, Counter, Kic, Kid, ResponseStatus, Tar, encode_command},
};

use crate::{card::Card, report::Report};

/// GET DATA DF01: the version. A command that changes nothing, as the content of the packets here.
const SCRIPT: [u8; 9] = [0xAA, 0x07, 0x22, 0x05, 0x80, 0xCA, 0xDF, 0x01, 0x00];
/// State that both stages show: key versions and counters, storage, records of the last scripts.
const STATE: [u16; 3] = [TAG_KEY_INFORMATION, TAG_STORAGE, TAG_RECORDS];

/// Tries all of it, and adds what came back to the report.
///
/// # Errors
/// The card does not answer.
pub fn refusals(card: &mut Card, report: &mut Report) -> Result<()> {
    let before = state(card)?;
    let [first, second] = card.counters()?;
    let next = |counter: Counter| counter.next().context("the counter is used up");

    let mut packet = packet(card, &Keys::first(card), next(first)?)?;
    if let Some(octet) = packet.get_mut(16) {
        *octet ^= 0x01; // in the ciphered checksum
    }
    let outcome = send(card, &packet)?;
    let refused = is_refusal(&outcome);
    let unchanged = before == state(card)?;
    report.row(
        refused && unchanged,
        "a packet with a wrong checksum",
        "type-1 packet, one bit of the CC changed",
        words(refused, unchanged),
    );

    let keys = Keys {
        values: card.profile.first_stage.keys.clone(),
        ..Keys::second(card)
    };
    let packet = self::packet(card, &keys, next(second)?)?;
    let outcome = send(card, &packet)?;
    let refused = is_refusal(&outcome);
    let unchanged = before == state(card)?;
    report.row(
        refused && unchanged,
        "the type-1 keys for storage 2",
        "type-2 packet made with the type-1 keys",
        words(refused, unchanged),
    );
    replay(card, next(first)?, report)
}

/// An honest packet, and the same octets again.
fn replay(card: &mut Card, counter: Counter, report: &mut Report) -> Result<()> {
    let keys = Keys::first(card);
    let packet = packet(card, &keys, counter)?;
    let header = keys.header(card, counter);
    send(card, &packet)?;
    let before = state(card)?;
    let outcome = send(card, &packet)?;
    let unchanged = before == state(card)?;
    let data = outcome.user_data().unwrap_or_default();
    let response = secure_channel::scp80::decode_response(
        data,
        &header,
        &keys.values,
        CcLength::Eight,
        secure_channel::scp80::ResponseDialect::WithUdh,
    );
    let status = response
        .ok()
        .and_then(|response| response.authenticated())
        .map(|response| response.status);
    let refused = status == Some(ResponseStatus(0x02));
    let came_back = match status {
        Some(status) => format!("proof of receipt, {status}; {}", kept(unchanged)),
        None => "no verified proof of receipt".to_owned(),
    };
    report.row(
        refused && unchanged,
        "a replay",
        "the octets of an accepted packet once more",
        came_back,
    );
    Ok(())
}

/// A TAR with the keys and indices used for it, whether they belong to it or not.
struct Keys {
    tar: Tar,
    /// The key set whose version KIc and KID name.
    named: KeySet,
    values: KeySet,
}

impl Keys {
    fn first(card: &Card) -> Self {
        let stage = &card.profile.first_stage;
        Self {
            tar: stage.tar,
            named: stage.keys.clone(),
            values: stage.keys.clone(),
        }
    }

    fn second(card: &Card) -> Self {
        let stage = &card.profile.second_stage;
        Self {
            tar: stage.tar,
            named: stage.keys.clone(),
            values: stage.keys.clone(),
        }
    }

    fn header(&self, card: &Card, counter: Counter) -> CommandHeader {
        CommandHeader {
            spi: card.profile.spi,
            kic: Kic::for_key(self.named.kvn, &self.values.kic),
            kid: Kid::for_key(self.named.kvn, &self.values.kid),
            tar: self.tar,
            counter,
        }
    }
}

fn packet(card: &Card, keys: &Keys, counter: Counter) -> Result<Vec<u8>> {
    let values = KeySet {
        kvn: keys.named.kvn,
        ..keys.values.clone()
    };
    Ok(encode_command(
        &keys.header(card, counter),
        &values,
        CcLength::Eight,
        &SCRIPT,
    )?)
}

/// Sends a packet in one short message.
fn send(card: &mut Card, packet: &[u8]) -> Result<DeliveryOutcome> {
    let segments = segment_command_packet(packet, Reference::Ref8(1))?;
    ensure!(segments.len() == 1, "the packet does not fit one short message");
    let time_stamp = TimeStamp::new([26, 1, 1], [0, 0, 0], 0);
    let originator = Address::new("+999000000000")?;
    let message = SmsDeliver::data_download(originator, time_stamp, &segments.concat()).to_bytes()?;
    let form = card.form;
    let mut terminal = Terminal {
        card: card.with_first_stage()?,
        form,
    };
    Ok(terminal.deliver(&message, None)?)
}

fn state(card: &mut Card) -> Result<Vec<Vec<u8>>> {
    let mut state = Vec::new();
    for aid in [card.profile.first_stage.aid, card.profile.second_stage.aid] {
        card.select(&aid)?;
        for tag in STATE {
            state.push(card.get_data(tag)?.to_bytes());
        }
    }
    Ok(state)
}

/// SW 6200 and no data: nothing tells which check failed.
fn is_refusal(outcome: &DeliveryOutcome) -> bool {
    outcome.last_status_word().is_some_and(|sw| sw.0 == 0x6200) && outcome.user_data().is_none()
}

fn words(refused: bool, unchanged: bool) -> String {
    let answer = if refused {
        "6200 and no data"
    } else {
        "not the refusal 6200 without data"
    };
    format!("{answer}; {}", kept(unchanged))
}

fn kept(unchanged: bool) -> &'static str {
    if unchanged {
        "counters, storages and records as before"
    } else {
        "the state of the card changed"
    }
}
