//! Deliveries: what happens when one is requested, when a report comes, when none comes.
//!
//! Each function here is one change of the database: it does all that follows from an event in one transaction, the next
//! packet with its counters included. So a server that stops at any point goes on from the last event, with the
//! same bytes.

use tracing::info;

use crate::card::{Card, KVN_TYPE_1, KVN_TYPE_2};
use crate::clock::UnixTime;
use crate::config::Config;
use crate::packet::{self, Counters, Encrypted, PacketError};
use crate::plan::{self, PlanError, Route};
use crate::store::{
    CardId, Layer, NewPacket, NewRequest, PacketId, PacketRow, RequestId, RunningRequest, Store, StoreError,
    WriteTransaction,
};

mod decide;
mod report;

pub(crate) use report::{Outcome, Report, Reported, hand_over, report, sweep};

/// Why a delivery could not go on, or not be requested.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The item does not suit the card.
    #[error("the item cannot be sent to this card: {0}")]
    Plan(#[from] PlanError),
    /// A packet cannot be made.
    #[error(transparent)]
    Packet(#[from] PacketError),
    /// The type-2 key cannot compute the check value of a load file.
    #[error("type-2 key set: {0}")]
    Key(#[from] secure_channel::key::KeyError),
    /// Too much waits for the card.
    #[error("{waiting} deliveries wait for this card already; wait until some are done")]
    QueueFull {
        /// How many.
        waiting: u32,
    },
}

/// Whom a delivery is for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Addressee<'a> {
    Msisdn(&'a str),
    Iccid(&'a str),
}

/// S210: finds the item, tells its type, plans its commands and queues the delivery; sends at once if the card is idle.
pub(crate) async fn request(
    store: &Store,
    config: &Config,
    to: Addressee<'_>,
    item_name: &str,
) -> Result<(RequestId, u8, CardId), DeliveryError> {
    let now = config.clock.now();
    let mut tx = store.write().await?;
    let card_id = match to {
        Addressee::Msisdn(msisdn) => tx.card_by_msisdn(msisdn).await?,
        Addressee::Iccid(iccid) => tx.card_by_iccid(iccid).await?,
    };
    let item = tx.item(item_name).await?;
    let waiting = tx.open_requests(card_id).await?;
    if waiting >= config.queue_limit {
        return Err(DeliveryError::QueueFull { waiting });
    }
    let card = tx.card(card_id).await?;
    let mut mac_error = None;
    let plan = plan::plan(
        &item,
        &card.profile,
        |load_file| match secure_channel::scp80::load_file_mac(&card.type_2.kid, load_file) {
            Ok(mac) => mac.to_vec(),
            Err(error) => {
                mac_error = Some(error);
                Vec::new()
            }
        },
    )?;
    if let Some(error) = mac_error {
        return Err(error.into());
    }
    let data_type = item.data_type();
    let new = NewRequest {
        card: card_id,
        item: item_name,
        data_type,
        plan: &plan,
    };
    let id = tx.add_request(new, now).await?;
    let words = format!(
        "found \"{item_name}\" ({}); {}; {} commands",
        item.kind(),
        item.type_words(),
        plan.commands.len()
    );
    tx.add_step(id, None, "S210", &words, &[], now).await?;
    start_next(&mut tx, config, &card, now).await?;
    tx.commit().await?;
    info!(request = id.0, item = item_name, "delivery requested");
    Ok((id, data_type.number(), card_id))
}

/// Starts queued deliveries of the card until one has a packet in flight or none waits.
pub(crate) async fn start_next(
    tx: &mut WriteTransaction,
    config: &Config,
    card: &Card,
    now: UnixTime,
) -> Result<(), DeliveryError> {
    while let Some(request) = tx.start_next_request(card.id).await? {
        match send_next(tx, config, card, &request, 1, now).await {
            Ok(()) => return Ok(()),
            Err(DeliveryError::Store(error)) if !matches!(error, StoreError::CounterExhausted { .. }) => {
                return Err(error.into());
            }
            Err(error) => finish(tx, request.id, Err(error.to_string()), now).await?,
        }
    }
    Ok(())
}

/// S220: cuts the next script from the plan, encrypts it, stores packet, counters and messages.
async fn send_next(
    tx: &mut WriteTransaction,
    config: &Config,
    card: &Card,
    request: &RunningRequest,
    attempts: u32,
    now: UnixTime,
) -> Result<(), DeliveryError> {
    let plan = &request.plan;
    let count = plan::next_script(
        plan,
        request.next_command,
        plan.route.capacity(card.profile.max_segments),
    );
    let script = plan::encode_script(plan, request.next_command, count);
    let counters = Counters {
        outer: tx.next_counter(card.id, packet::outer_kvn(plan.route)).await?,
        inner: match plan.route {
            Route::Double => Some(tx.next_counter(card.id, KVN_TYPE_2).await?),
            Route::FirstStage | Route::SecondStage => None,
        },
    };
    let encrypted = packet::encrypt(card, plan.route, &script, counters)?;
    let commands = plan.commands.iter().skip(request.next_command).take(count);
    let list = commands
        .map(|command| command.words.as_str())
        .collect::<Vec<_>>()
        .join("; ");
    let words = format!(
        "commands {} to {} of {}: {list}",
        request.next_command + 1,
        request.next_command + count,
        plan.commands.len()
    );
    let draft = Draft {
        request: request.id,
        first: request.next_command,
        count,
        script: &script,
        counters,
        encrypted: &encrypted,
        attempts,
    };
    store_packet(tx, config, card, draft, &words, now).await
}

/// The same inner bytes under a new outer counter.
async fn send_wrapped_again(
    tx: &mut WriteTransaction,
    config: &Config,
    card: &Card,
    old: &PacketRow,
    inner: &[u8],
    now: UnixTime,
) -> Result<(), DeliveryError> {
    let outer = tx.next_counter(card.id, KVN_TYPE_1).await?;
    let packet = packet::wrap_again(card, inner, outer)?;
    let draft = Draft {
        request: old.request,
        first: old.first_command,
        count: old.command_count,
        script: &old.script,
        counters: Counters {
            outer,
            inner: old.inner_counter,
        },
        encrypted: &Encrypted {
            inner: Some(inner.to_vec()),
            packet,
        },
        attempts: old.attempts + 1,
    };
    store_packet(
        tx,
        config,
        card,
        draft,
        "the same inner packet under a new outer counter",
        now,
    )
    .await
}

/// A packet ready to be stored.
struct Draft<'a> {
    request: RequestId,
    first: usize,
    count: usize,
    script: &'a [u8],
    counters: Counters,
    encrypted: &'a Encrypted,
    attempts: u32,
}

async fn store_packet(
    tx: &mut WriteTransaction,
    config: &Config,
    card: &Card,
    draft: Draft<'_>,
    words: &str,
    now: UnixTime,
) -> Result<(), DeliveryError> {
    let (id, sequence) = tx
        .add_packet(NewPacket {
            request: draft.request,
            card: card.id,
            first_command: draft.first,
            command_count: draft.count,
            outer_counter: draft.counters.outer,
            inner_counter: draft.counters.inner,
            script: draft.script,
            inner_packet: draft.encrypted.inner.as_deref(),
            packet: &draft.encrypted.packet,
            attempts: draft.attempts,
        })
        .await?;
    let mut layers = vec![Layer::new("script in clear", draft.script)];
    if let Some(inner) = &draft.encrypted.inner {
        layers.push(Layer::new("inner packet (type-2 key)", inner));
        layers.push(Layer::new("outer packet (type-1 key)", &draft.encrypted.packet));
    } else {
        layers.push(Layer::new("packet", &draft.encrypted.packet));
    }
    let segments = send_messages(tx, config, card, id, draft.attempts, &draft.encrypted.packet, now).await?;
    let total = segments.len();
    for (number, tpdu) in (1..).zip(&segments) {
        layers.push(Layer::new(format!("short message {number} of {total}"), tpdu));
    }
    let plural = if total == 1 {
        "short message"
    } else {
        "short messages"
    };
    let words = format!("packet {sequence}, {total} {plural}: {words}");
    tx.add_step(draft.request, Some(id), "S220", &words, &layers, now)
        .await?;
    Ok(())
}

/// Queues the short messages of a packet under a concatenation reference of their own.
async fn send_messages(
    tx: &mut WriteTransaction,
    config: &Config,
    card: &Card,
    packet: PacketId,
    round: u32,
    bytes: &[u8],
    now: UnixTime,
) -> Result<Vec<Vec<u8>>, DeliveryError> {
    let reference = tx.next_concatenation_reference(card.id).await?;
    let tpdus = packet::short_messages(bytes, reference, &config.originating_address, now)?;
    tx.add_messages(packet, round, &tpdus).await?;
    Ok(tpdus)
}

/// Ends a delivery: `Ok` with what was achieved, `Err` with why not.
async fn finish(
    tx: &mut WriteTransaction,
    id: RequestId,
    result: Result<String, String>,
    now: UnixTime,
) -> Result<(), StoreError> {
    let (state, words) = match result {
        Ok(words) => ("done", words),
        Err(words) => ("failed", words),
    };
    info!(request = id.0, state, "delivery ended");
    tx.finish_request(id, state, &words, now).await
}

/// Takes up what a stopped server has left: messages that terminals had are offered again, idle cards go on.
pub(crate) async fn resume(store: &Store, config: &Config) -> Result<(), DeliveryError> {
    let now = config.clock.now();
    let mut tx = store.write().await?;
    let (requeued, _) = tx
        .requeue_unreported(UnixTime(i64::MAX), config.message_attempts)
        .await?;
    let idle = tx.idle_cards_with_work().await?;
    for id in &idle {
        let card = tx.card(*id).await?;
        start_next(&mut tx, config, &card, now).await?;
    }
    tx.commit().await?;
    if requeued > 0 || !idle.is_empty() {
        info!(
            messages = requeued,
            cards = idle.len(),
            "taken up where the last run stopped"
        );
    }
    Ok(())
}

/// The key version of the stage that executes the commands of a route.
fn executing_kvn(route: Route) -> u8 {
    match route {
        Route::FirstStage => KVN_TYPE_1,
        Route::Double | Route::SecondStage => KVN_TYPE_2,
    }
}
