//! The message center's events: a message is handed over, reported, or never reported.

use tracing::{info, warn};

use super::decide::{Decision, Standing, decide};
use super::{DeliveryError, executing_kvn, finish, send_messages, send_next, send_wrapped_again, start_next};
use crate::card::{Card, KVN_TYPE_1};
use crate::clock::UnixTime;
use crate::config::Config;
use crate::packet::Counters;
use crate::por::{self, Finding};
use crate::store::{
    Layer, MessageId, MessageState, NewProof, OpenMessage, PacketId, PacketRow, RunningRequest, Store,
    StoreError, WriteTransaction,
};

/// What a terminal reports of a message.
#[derive(Clone, Debug)]
pub(crate) struct Report {
    pub(crate) message: MessageId,
    pub(crate) outcome: Outcome,
    /// TP-UD of the SMS-DELIVER-REPORT; empty if the card had nothing to say.
    pub(crate) user_data: Vec<u8>,
}

/// RP-ACK or RP-ERROR with its TP-FCS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Ack,
    Error { cause: Option<u8> },
}

/// What became of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reported {
    /// It was new and counts.
    Taken,
    /// The message was reported before, or is no longer needed: nothing changes.
    Late,
    /// The message was never handed to this terminal.
    NotHandedOver,
    /// There is no such message for this terminal.
    Unknown,
}

/// S250: hands the next message to the terminal with this number.
pub(crate) async fn hand_over(
    store: &Store,
    config: &Config,
    msisdn: &str,
) -> Result<Option<OpenMessage>, DeliveryError> {
    if !store.has_queued_message(msisdn).await? {
        return Ok(None);
    }
    let now = config.clock.now();
    let mut tx = store.write().await?;
    let card = tx.card_by_msisdn(msisdn).await?;
    let Some(message) = tx.next_message(card).await? else {
        return Ok(None);
    };
    tx.hand_over(message.id, now).await?;
    let packet = tx.packet(message.packet).await?;
    let again = if message.attempts > 0 {
        ", again: no report came"
    } else {
        ""
    };
    let words = format!(
        "packet {}: the terminal took short message {} of {}{again}",
        packet.sequence, message.segment, message.total
    );
    tx.add_step(packet.request, Some(packet.id), "S250", &words, &[], now)
        .await?;
    tx.commit().await?;
    Ok(Some(message))
}

/// S260: takes a report and does what follows from it.
pub(crate) async fn report(
    store: &Store,
    config: &Config,
    msisdn: &str,
    report: &Report,
) -> Result<Reported, DeliveryError> {
    let now = config.clock.now();
    let mut tx = store.write().await?;
    let Some(message) = tx.reported_message(report.message, msisdn).await? else {
        return Ok(Reported::Unknown);
    };
    match message.state {
        MessageState::Queued if message.attempts == 0 => return Ok(Reported::NotHandedOver),
        MessageState::Queued | MessageState::HandedOver => {}
        MessageState::Reported | MessageState::Dropped => return Ok(Reported::Late),
    }
    tx.mark_reported(report.message).await?;
    let packet = tx.packet(message.packet).await?;
    let words = format!(
        "packet {}: the card answered ENVELOPE {} of {}: {}",
        packet.sequence,
        message.segment,
        message.total,
        outcome_words(report)
    );
    let layers: Vec<_> = (!report.user_data.is_empty())
        .then(|| Layer::new("answer", &report.user_data))
        .into_iter()
        .collect();
    tx.add_step(packet.request, Some(packet.id), "S260", &words, &layers, now)
        .await?;
    let last = message.segment == message.total;
    if last || !report.user_data.is_empty() || report.outcome != Outcome::Ack {
        judge(&mut tx, config, &packet, report, last, now).await?;
    }
    tx.commit().await?;
    Ok(Reported::Taken)
}

fn outcome_words(report: &Report) -> String {
    let data = match report.user_data.len() {
        0 => "no data".to_owned(),
        n => format!("{n} octets"),
    };
    match report.outcome {
        Outcome::Ack => format!("accepted, {data}"),
        Outcome::Error { cause: Some(cause) } => format!("error, TP-FCS {cause:02X}, {data}"),
        Outcome::Error { cause: None } => format!("error, {data}"),
    }
}

/// Judges an answer: any segment's may be the proof, the last one's (or an error) must be.
async fn judge(
    tx: &mut WriteTransaction,
    config: &Config,
    packet: &PacketRow,
    report: &Report,
    last: bool,
    now: UnixTime,
) -> Result<(), DeliveryError> {
    let request = tx.running_request(packet.request).await?;
    let card = tx.card(packet.card).await?;
    let mut finding = Finding::Nothing;
    if !report.user_data.is_empty() {
        let counters = Counters {
            outer: packet.outer_counter,
            inner: packet.inner_counter,
        };
        let decoded = por::decode(&card, request.plan.route, counters, &report.user_data);
        let summary = decoded
            .words
            .iter()
            .map(|(_, words)| words.as_str())
            .collect::<Vec<_>>()
            .join("; ");
        let proof = NewProof {
            packet: packet.id,
            message: report.message,
            bytes: &report.user_data,
            status: decoded.status,
            verified: decoded.verified,
            words: &summary,
        };
        tx.add_proof(proof, now).await?;
        if decoded.verified {
            tx.add_step(
                request.id,
                Some(packet.id),
                "S410",
                "the card reports: message received by the first stage",
                &[],
                now,
            )
            .await?;
        }
        for (step, words) in &decoded.words {
            let words = if decoded.verified {
                format!("the card reports: {words}")
            } else {
                words.clone()
            };
            let of_step = decoded.layers.iter().filter(|(of, _, _)| of == step);
            let layers: Vec<_> = of_step.map(|(_, name, bytes)| Layer::new(*name, bytes)).collect();
            tx.add_step(request.id, Some(packet.id), step, &words, &layers, now)
                .await?;
        }
        finding = decoded.finding;
    }
    // A segment before the last is answered without data; what proves nothing there decides nothing.
    if finding == Finding::Nothing && !last && report.outcome == Outcome::Ack {
        return Ok(());
    }
    settle(tx, config, &card, request, packet, &finding, now).await
}

/// Carries out what a finding leads to.
async fn settle(
    tx: &mut WriteTransaction,
    config: &Config,
    card: &Card,
    mut request: RunningRequest,
    packet: &PacketRow,
    finding: &Finding,
    now: UnixTime,
) -> Result<(), DeliveryError> {
    let standing = Standing {
        plan: &request.plan,
        first: packet.first_command,
        count: packet.command_count,
        attempts: packet.attempts,
        restarts: request.restarts,
    };
    let decision = decide(finding, standing, config);
    tx.drop_messages(packet.id).await?;
    let sent = match decision {
        Decision::Advance(next) if next >= request.plan.commands.len() => {
            tx.end_packet(packet.id, "proven").await?;
            let words = match request.plan.commands.len() {
                1 => "delivered: the card reports the command executed".to_owned(),
                n => format!("delivered: the card reports all {n} commands executed"),
            };
            finish(tx, request.id, Ok(words), now).await?;
            return start_next(tx, config, card, now).await;
        }
        Decision::Advance(next) => {
            tx.end_packet(packet.id, "proven").await?;
            request.next_command = next;
            tx.set_progress(request.id, next, request.restarts).await?;
            send_next(tx, config, card, &request, 1, now).await
        }
        Decision::Resume { at, why } => {
            note(tx, packet, &why, now).await?;
            tx.end_packet(packet.id, "proven").await?;
            (request.next_command, request.restarts) = (at, request.restarts + 1);
            tx.set_progress(request.id, at, request.restarts).await?;
            send_next(tx, config, card, &request, 1, now).await
        }
        Decision::Repeat(why) => {
            note(tx, packet, &why, now).await?;
            tx.count_packet_attempt(packet.id).await?;
            let round = packet.attempts + 1;
            send_messages(tx, config, card, packet.id, round, &packet.packet, now)
                .await
                .map(|_| ())
        }
        Decision::WrapAgain { above, why } => {
            note(tx, packet, &why, now).await?;
            tx.end_packet(packet.id, "replaced").await?;
            tx.raise_counter(card.id, KVN_TYPE_1, above.unwrap_or(0)).await?;
            let inner = packet.inner_packet.as_deref().unwrap_or_default();
            send_wrapped_again(tx, config, card, packet, inner, now).await
        }
        Decision::Renew { above, why } => {
            note(tx, packet, &why, now).await?;
            tx.end_packet(packet.id, "replaced").await?;
            tx.raise_counter(card.id, executing_kvn(request.plan.route), above)
                .await?;
            request.restarts += 1;
            request.next_command = packet.first_command;
            tx.set_progress(request.id, request.next_command, request.restarts)
                .await?;
            send_next(tx, config, card, &request, packet.attempts + 1, now).await
        }
        Decision::Fail(why) => return fail(tx, config, card, packet, why, now).await,
    };
    match sent {
        Err(DeliveryError::Store(error)) if !matches!(error, StoreError::CounterExhausted { .. }) => {
            Err(error.into())
        }
        Err(error) => fail(tx, config, card, packet, error.to_string(), now).await,
        Ok(()) => Ok(()),
    }
}

async fn fail(
    tx: &mut WriteTransaction,
    config: &Config,
    card: &Card,
    packet: &PacketRow,
    why: String,
    now: UnixTime,
) -> Result<(), DeliveryError> {
    tx.end_packet(packet.id, "failed").await?;
    finish(tx, packet.request, Err(why), now).await?;
    start_next(tx, config, card, now).await
}

/// A step of the server itself, between two packets.
async fn note(
    tx: &mut WriteTransaction,
    packet: &PacketRow,
    why: &str,
    now: UnixTime,
) -> Result<(), StoreError> {
    info!(
        request = packet.request.0,
        packet = packet.sequence,
        why,
        "sent again"
    );
    tx.add_step(packet.request, Some(packet.id), "S220", why, &[], now)
        .await
}

/// Looks for messages without a report: offers them again, repeats their packets, or gives up. True if anything changed.
pub(crate) async fn sweep(store: &Store, config: &Config) -> Result<bool, DeliveryError> {
    let now = config.clock.now();
    let limit = now.before(config.message_timeout);
    if !store.has_unreported(limit).await? {
        return Ok(false);
    }
    let mut tx = store.write().await?;
    let (_, lost) = tx.requeue_unreported(limit, config.message_attempts).await?;
    for id in lost {
        give_up_on_messages(&mut tx, config, id, now).await?;
    }
    tx.commit().await?;
    Ok(true)
}

async fn give_up_on_messages(
    tx: &mut WriteTransaction,
    config: &Config,
    id: PacketId,
    now: UnixTime,
) -> Result<(), DeliveryError> {
    let packet = tx.packet(id).await?;
    warn!(
        request = packet.request.0,
        packet = packet.sequence,
        "no report in time"
    );
    let request = tx.running_request(packet.request).await?;
    let card = tx.card(packet.card).await?;
    let words = format!(
        "packet {}: the terminal took a short message and never reported",
        packet.sequence
    );
    tx.add_step(packet.request, Some(id), "S260", &words, &[], now)
        .await?;
    settle(tx, config, &card, request, &packet, &Finding::Nothing, now).await
}
