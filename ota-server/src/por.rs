//! Proofs of receipt: what an answer of the card proves. Pure.
//!
//! Only what a cryptographic checksum vouches for is proof. Anything else is a hint: shown, never acted on.

use card_proto::remote_script::expanded::ResponseScript;
use card_proto::stage_information::ScriptRecord;
use card_proto::status_word::StatusWord;
use secure_channel::key::KeySet;
use secure_channel::scp80::{
    CcLength, CommandHeader, Response, ResponsePacket, ResponseStatus, decode_response, nested,
};

use crate::card::Card;
use crate::packet::{Counters, first_stage_header, second_stage_header};
use crate::plan::Route;

/// What an answer proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Finding {
    /// Nothing: no answer, or none that authenticates.
    Nothing,
    /// The script ran: so many commands, the last of them with this status word.
    Ran {
        executed: usize,
        last: Option<StatusWord>,
        repeated: bool,
    },
    /// The card could not read the script.
    BadScript(String),
    /// The outer packet's counter was used before; of the inner packet this says nothing.
    OuterRepeated { card_counter: Option<u64> },
    /// The counter of the stage that executes is ahead of the server's.
    CounterBehind { card_counter: Option<u64> },
    /// The outer packet was accepted; the inner one was refused or not answered.
    InnerRefused,
    /// The card authenticated the packet and refused it.
    Refused(ResponseStatus),
}

/// A decoded answer.
#[derive(Clone, Debug)]
pub(crate) struct Decoded {
    /// What it proves.
    pub(crate) finding: Finding,
    /// Status of the outer response packet, as far as it could be read.
    pub(crate) status: Option<u8>,
    /// Whether a cryptographic checksum vouches for it.
    pub(crate) verified: bool,
    /// What it says, in words, first stage before second.
    pub(crate) words: Vec<(&'static str, String)>,
    /// The content, layer by layer: the step it belongs to, its name, its octets.
    pub(crate) layers: Vec<(&'static str, &'static str, Vec<u8>)>,
}

impl Decoded {
    fn unproven(status: Option<u8>, words: String) -> Self {
        Self {
            finding: Finding::Nothing,
            status,
            verified: false,
            words: vec![("S260", words)],
            layers: vec![],
        }
    }
}

/// Decodes the answer to the packet that used `counters`.
pub(crate) fn decode(card: &Card, route: Route, counters: Counters, answer: &[u8]) -> Decoded {
    let (header, keys) = match route {
        Route::FirstStage | Route::Double => (first_stage_header(card, counters.outer), &card.type_1),
        Route::SecondStage => (second_stage_header(card, counters.outer), &card.type_2),
    };
    let Ok(header) = header else {
        return Decoded::unproven(None, "the stored counter is out of range".to_owned());
    };
    let packet = match authenticate(card, answer, &header, keys) {
        Ok(packet) => packet,
        Err((status, words)) => return Decoded::unproven(status, words),
    };
    let decipher_step = if route == Route::SecondStage {
        "S450"
    } else {
        "S420"
    };
    let mut decoded = Decoded {
        finding: Finding::Nothing,
        status: Some(packet.status.0),
        verified: true,
        words: vec![],
        layers: vec![(decipher_step, "response data in clear", packet.data.clone())],
    };
    match (route, counters.inner) {
        (Route::Double, Some(inner)) => decode_nested(card, inner, &packet, &mut decoded),
        (Route::SecondStage, _) => {
            decoded.words.push((
                "S430",
                "the packet is for the second stage and was passed on".to_owned(),
            ));
            decode_script(("S450", "S460"), &packet, counters.outer, &mut decoded);
        }
        _ => decode_script(("S420", "S461"), &packet, counters.outer, &mut decoded),
    }
    decoded
}

/// Checks the protection; the error is what an unprotected or wrong answer claims, in words.
fn authenticate(
    card: &Card,
    answer: &[u8],
    header: &CommandHeader,
    keys: &KeySet,
) -> Result<ResponsePacket, (Option<u8>, String)> {
    match decode_response(
        answer,
        header,
        keys,
        CcLength::Eight,
        card.profile.response_dialect,
    ) {
        Ok(Response::Authenticated(packet, _)) => Ok(packet),
        Ok(Response::Unauthenticated(hint)) => {
            let status = hint.claim.status;
            Err((
                Some(status.0),
                format!(
                    "the answer carries no checksum, so anyone may have made it; it claims status {status}: {}. \
                     Taken as a hint, not as proof",
                    status.explain().likely_cause
                ),
            ))
        }
        Err(error) => Err((None, format!("the answer proves nothing: {error}"))),
    }
}

fn decode_nested(card: &Card, inner_counter: u64, outer: &ResponsePacket, decoded: &mut Decoded) {
    if outer.status == ResponseStatus::COUNTER_LOW {
        decoded.words.push((
            "S420",
            "the first stage has accepted this outer packet or a later one before; that says nothing of the packet inside"
                .to_owned(),
        ));
        decoded.finding = Finding::OuterRepeated {
            card_counter: record(&outer.data).map(|record| record.0),
        };
        return;
    }
    if !outer.status.is_ok() {
        return refuse("S420", outer.status, decoded);
    }
    decoded.words.push((
        "S420",
        "deciphered with the type-1 key, checksum and counter accepted".to_owned(),
    ));
    decoded.words.push((
        "S430",
        "still encrypted: a packet for the second stage is inside".to_owned(),
    ));
    let inner = match nested::unwrap_response(&outer.data) {
        Ok(Some(inner)) => inner,
        Ok(None) => {
            decoded.words.push((
                "S440",
                "handed to the second stage, which refused the packet; it says not why (key, level or form)"
                    .to_owned(),
            ));
            decoded.finding = Finding::InnerRefused;
            return;
        }
        Err(error) => {
            decoded
                .words
                .push(("S440", format!("the answer inside cannot be read: {error}")));
            return;
        }
    };
    decoded
        .layers
        .push(("S440", "inner response packet", inner.to_vec()));
    decoded
        .words
        .push(("S440", "handed to the second stage".to_owned()));
    let Ok(header) = second_stage_header(card, inner_counter) else {
        return;
    };
    match authenticate(card, inner, &header, &card.type_2) {
        Ok(packet) => {
            decoded
                .layers
                .push(("S450", "inner response data in clear", packet.data.clone()));
            decode_script(("S450", "S460"), &packet, inner_counter, decoded);
        }
        Err((_, words)) => decoded.words.push(("S450", words)),
    }
}

/// The response of the stage that executes: `steps` are its deciphering and its storing step.
fn decode_script(
    steps: (&'static str, &'static str),
    packet: &ResponsePacket,
    counter: u64,
    decoded: &mut Decoded,
) {
    let (decipher, store) = steps;
    match packet.status {
        ResponseStatus::OK => {
            decoded
                .words
                .push((decipher, "deciphered, checksum and counter accepted".to_owned()));
            match ResponseScript::decode(&packet.data) {
                Ok(script) => decode_answers(store, &script, decoded),
                Err(error) => {
                    decoded
                        .words
                        .push((store, format!("the answer to the script cannot be read: {error}")));
                }
            }
        }
        ResponseStatus::COUNTER_LOW => match record(&packet.data) {
            Some((card_counter, executed, last)) if card_counter == counter => {
                decoded.words.push((
                    decipher,
                    "a repeat: the card's record names this very packet as the last one it accepted"
                        .to_owned(),
                ));
                decoded.words.push((
                    store,
                    match last {
                        Some(last) => format!("by that record {executed} commands were done, last SW {last}"),
                        None => "by that record no command was done".to_owned(),
                    },
                ));
                decoded.finding = Finding::Ran {
                    executed,
                    last,
                    repeated: true,
                };
            }
            other => {
                let card_counter = other.map(|record| record.0);
                let known =
                    card_counter.map_or_else(|| "unknown".to_owned(), |value| format!("{value:010X}"));
                decoded.words.push((
                    decipher,
                    format!(
                        "refused: the card's counter ({known}) is ahead of the packet's ({counter:010X})"
                    ),
                ));
                decoded.finding = Finding::CounterBehind { card_counter };
            }
        },
        other => refuse(decipher, other, decoded),
    }
}

fn decode_answers(store: &'static str, script: &ResponseScript, decoded: &mut Decoded) {
    if let Some(bad) = &script.bad_format {
        let words = format!(
            "the card could not read the script after {} commands: {bad}",
            script.executed
        );
        decoded.words.push((store, words.clone()));
        decoded.finding = Finding::BadScript(words);
        return;
    }
    let executed = usize::try_from(script.executed).unwrap_or(usize::MAX);
    // Answers that found no room are missing at the end; the last one present speaks for the last command only if
    // all are there.
    let last =
        (script.responses.len() == executed).then(|| script.responses.last().map(|response| response.sw));
    let sw = last.flatten();
    let says = sw.map_or_else(
        || "its last status word was left out".to_owned(),
        |sw| format!("last SW {sw}"),
    );
    decoded.words.push((
        store,
        format!("the card reports {executed} commands executed, {says}"),
    ));
    decoded.finding = Finding::Ran {
        executed,
        last: sw,
        repeated: false,
    };
}

fn refuse(step: &'static str, status: ResponseStatus, decoded: &mut Decoded) {
    decoded.words.push((
        step,
        format!("refused with status {status}: {}", status.explain().likely_cause),
    ));
    decoded.finding = Finding::Refused(status);
}

/// The record of the last packet under the key version of this one: CNTR, commands done, last SW. Before the first
/// command is done the SW speaks of no command.
fn record(data: &[u8]) -> Option<(u64, usize, Option<StatusWord>)> {
    let ScriptRecord {
        counter: [c1, c2, c3, c4, c5],
        executed,
        last,
    } = ScriptRecord::parse(data).ok()?;
    let counter = u64::from_be_bytes([0, 0, 0, c1, c2, c3, c4, c5]);
    Some((counter, executed.into(), last.filter(|_| executed > 0)))
}
