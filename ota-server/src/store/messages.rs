//! Short messages of the message center: store and forward.

use super::{CardId, MessageId, PacketId, Store, StoreError, WriteTransaction, unsigned};
use crate::clock::UnixTime;

/// The next message for a terminal.
#[derive(Clone, Debug)]
pub(crate) struct OpenMessage {
    pub(crate) id: MessageId,
    pub(crate) packet: PacketId,
    pub(crate) segment: u32,
    pub(crate) total: u32,
    pub(crate) tpdu: Vec<u8>,
    /// How often it has been handed over before.
    pub(crate) attempts: u32,
}

/// Where a message stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MessageState {
    /// Waits to be handed over (also again).
    Queued,
    /// A terminal has it.
    HandedOver,
    /// A report has come.
    Reported,
    /// Its packet was decided or repeated without it.
    Dropped,
}

/// A message a report speaks of.
#[derive(Clone, Debug)]
pub(crate) struct ReportedMessage {
    pub(crate) packet: PacketId,
    pub(crate) segment: u32,
    pub(crate) total: u32,
    pub(crate) state: MessageState,
    pub(crate) attempts: u32,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: MessageId,
    packet: PacketId,
    segment: i64,
    total: i64,
    tpdu: Vec<u8>,
    state: String,
    attempts: i64,
}

impl Store {
    /// Whether a message waits to be handed to the terminal with this number. Cheap: asked by every waiting terminal.
    pub(crate) async fn has_queued_message(&self, msisdn: &str) -> Result<bool, StoreError> {
        // Segments go in order: the lowest open one decides, so a later one does not wait for this answer.
        let state: Option<String> = sqlx::query_scalar(
            "SELECT messages.state FROM cards
             JOIN packets ON packets.card = cards.id AND packets.state = 'in flight'
             JOIN messages ON messages.packet = packets.id AND messages.state IN ('queued', 'handed over')
             WHERE cards.msisdn = ? ORDER BY messages.segment LIMIT 1",
        )
        .bind(msisdn)
        .fetch_optional(&self.readers)
        .await?;
        Ok(state.as_deref() == Some("queued"))
    }
}

impl WriteTransaction {
    /// Stores the messages of a packet in segment order, as the given round of sending.
    pub(crate) async fn add_messages(
        &mut self,
        packet: PacketId,
        round: u32,
        tpdus: &[Vec<u8>],
    ) -> Result<(), StoreError> {
        for (segment, tpdu) in (1_i64..).zip(tpdus) {
            sqlx::query(
                "INSERT INTO messages (packet, round, segment, tpdu, state) VALUES (?, ?, ?, ?, 'queued')",
            )
            .bind(packet)
            .bind(round)
            .bind(segment)
            .bind(tpdu)
            .execute(&mut *self.0)
            .await?;
        }
        Ok(())
    }

    /// The message a terminal should get now; `None` while an earlier one is without a report or nothing waits.
    pub(crate) async fn next_message(&mut self, card: CardId) -> Result<Option<OpenMessage>, StoreError> {
        let row: Option<Row> = sqlx::query_as(
            "SELECT m.id, m.packet, m.segment, m.tpdu, m.state, m.attempts,
                    (SELECT count(*) FROM messages o WHERE o.packet = m.packet AND o.round = m.round) AS total
             FROM packets JOIN messages m ON m.packet = packets.id AND m.state IN ('queued', 'handed over')
             WHERE packets.card = ? AND packets.state = 'in flight' ORDER BY m.segment LIMIT 1",
        )
        .bind(card)
        .fetch_optional(&mut *self.0)
        .await?;
        row.filter(|row| row.state == "queued")
            .map(OpenMessage::try_from)
            .transpose()
    }

    pub(crate) async fn hand_over(&mut self, id: MessageId, now: UnixTime) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE messages SET state = 'handed over', attempts = attempts + 1, handed_at = ? WHERE id = ?",
        )
        .bind(now.0)
        .bind(id)
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    /// The message `id` if it is one of the card with this number.
    pub(crate) async fn reported_message(
        &mut self,
        id: MessageId,
        msisdn: &str,
    ) -> Result<Option<ReportedMessage>, StoreError> {
        let row: Option<Row> = sqlx::query_as(
            "SELECT m.id, m.packet, m.segment, m.tpdu, m.state, m.attempts,
                    (SELECT count(*) FROM messages o WHERE o.packet = m.packet AND o.round = m.round) AS total
             FROM messages m JOIN packets ON packets.id = m.packet JOIN cards ON cards.id = packets.card
             WHERE m.id = ? AND cards.msisdn = ?",
        )
        .bind(id)
        .bind(msisdn)
        .fetch_optional(&mut *self.0)
        .await?;
        row.map(ReportedMessage::try_from).transpose()
    }

    pub(crate) async fn mark_reported(&mut self, id: MessageId) -> Result<(), StoreError> {
        sqlx::query("UPDATE messages SET state = 'reported' WHERE id = ?")
            .bind(id)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// Drops every open message of a packet.
    pub(crate) async fn drop_messages(&mut self, packet: PacketId) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE messages SET state = 'dropped' WHERE packet = ? AND state IN ('queued', 'handed over')",
        )
        .bind(packet)
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    /// Queues again what terminals have held since before `limit`, up to `attempts` times each.
    ///
    /// Comes back with the packets of messages that have used up their attempts.
    pub(crate) async fn requeue_unreported(
        &mut self,
        limit: UnixTime,
        attempts: u32,
    ) -> Result<(u64, Vec<PacketId>), StoreError> {
        let requeued = sqlx::query(
            "UPDATE messages SET state = 'queued' WHERE state = 'handed over' AND handed_at <= ? AND attempts < ?",
        )
        .bind(limit.0)
        .bind(attempts)
        .execute(&mut *self.0)
        .await?
        .rows_affected();
        let lost = sqlx::query_scalar(
            "SELECT DISTINCT packet FROM messages WHERE state = 'handed over' AND handed_at <= ? LIMIT 1000",
        )
        .bind(limit.0)
        .fetch_all(&mut *self.0)
        .await?;
        Ok((requeued, lost))
    }
}

impl Store {
    /// Whether any message has been without a report since before `limit`.
    pub(crate) async fn has_unreported(&self, limit: UnixTime) -> Result<bool, StoreError> {
        let found: i64 = sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM messages WHERE state = 'handed over' AND handed_at <= ?)",
        )
        .bind(limit.0)
        .fetch_one(&self.readers)
        .await?;
        Ok(found != 0)
    }
}

impl TryFrom<Row> for OpenMessage {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            packet: row.packet,
            segment: unsigned("message", row.segment)?,
            total: unsigned("message", row.total)?,
            tpdu: row.tpdu,
            attempts: unsigned("message", row.attempts)?,
        })
    }
}

impl TryFrom<Row> for ReportedMessage {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let state = match row.state.as_str() {
            "queued" => MessageState::Queued,
            "handed over" => MessageState::HandedOver,
            "reported" => MessageState::Reported,
            _ => MessageState::Dropped,
        };
        Ok(Self {
            packet: row.packet,
            segment: unsigned("message", row.segment)?,
            total: unsigned("message", row.total)?,
            state,
            attempts: unsigned("message", row.attempts)?,
        })
    }
}
