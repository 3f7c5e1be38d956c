//! Packets: the bytes are stored before they leave and never change.

use super::{CardId, PacketId, RequestId, StoreError, WriteTransaction, signed, unsigned};

/// A packet about to be stored, together with the counters it used.
pub(crate) struct NewPacket<'a> {
    pub(crate) request: RequestId,
    pub(crate) card: CardId,
    pub(crate) first_command: usize,
    pub(crate) command_count: usize,
    pub(crate) outer_counter: u64,
    pub(crate) inner_counter: Option<u64>,
    pub(crate) script: &'a [u8],
    pub(crate) inner_packet: Option<&'a [u8]>,
    pub(crate) packet: &'a [u8],
    /// How often its commands have been sent, this packet included.
    pub(crate) attempts: u32,
}

/// A stored packet.
pub(crate) struct PacketRow {
    pub(crate) id: PacketId,
    pub(crate) request: RequestId,
    pub(crate) sequence: u32,
    pub(crate) card: CardId,
    pub(crate) first_command: usize,
    pub(crate) command_count: usize,
    pub(crate) outer_counter: u64,
    pub(crate) inner_counter: Option<u64>,
    pub(crate) script: Vec<u8>,
    pub(crate) inner_packet: Option<Vec<u8>>,
    pub(crate) packet: Vec<u8>,
    pub(crate) attempts: u32,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: PacketId,
    request: RequestId,
    sequence: i64,
    card: CardId,
    first_command: i64,
    command_count: i64,
    outer_counter: i64,
    inner_counter: Option<i64>,
    script: Vec<u8>,
    inner_packet: Option<Vec<u8>>,
    packet: Vec<u8>,
    attempts: i64,
}

impl TryFrom<Row> for PacketRow {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            request: row.request,
            sequence: unsigned("packet", row.sequence)?,
            card: row.card,
            first_command: unsigned("packet", row.first_command)?,
            command_count: unsigned("packet", row.command_count)?,
            outer_counter: unsigned("packet", row.outer_counter)?,
            inner_counter: row
                .inner_counter
                .map(|value| unsigned("packet", value))
                .transpose()?,
            script: row.script,
            inner_packet: row.inner_packet,
            packet: row.packet,
            attempts: unsigned("packet", row.attempts)?,
        })
    }
}

impl WriteTransaction {
    /// Stores a packet as the one in flight; its number in the delivery comes back with its identity.
    pub(crate) async fn add_packet(&mut self, packet: NewPacket<'_>) -> Result<(PacketId, u32), StoreError> {
        let (id, sequence): (PacketId, i64) = sqlx::query_as(
            "INSERT INTO packets (request, card, sequence, first_command, command_count, outer_counter, inner_counter,
                                  script, inner_packet, packet, attempts, state)
             VALUES (?1, ?2, (SELECT coalesce(max(sequence), 0) + 1 FROM packets WHERE request = ?1),
                     ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 'in flight')
             RETURNING id, sequence",
        )
        .bind(packet.request)
        .bind(packet.card)
        .bind(signed(packet.first_command as u64))
        .bind(signed(packet.command_count as u64))
        .bind(signed(packet.outer_counter))
        .bind(packet.inner_counter.map(signed))
        .bind(packet.script)
        .bind(packet.inner_packet)
        .bind(packet.packet)
        .bind(packet.attempts)
        .fetch_one(&mut *self.0)
        .await?;
        Ok((id, unsigned("packet", sequence)?))
    }

    pub(crate) async fn packet(&mut self, id: PacketId) -> Result<PacketRow, StoreError> {
        let row: Row = sqlx::query_as("SELECT * FROM packets WHERE id = ?")
            .bind(id)
            .fetch_one(&mut *self.0)
            .await?;
        row.try_into()
    }

    /// Ends a packet: `state` is `proven`, `replaced` or `failed`.
    pub(crate) async fn end_packet(&mut self, id: PacketId, state: &'static str) -> Result<(), StoreError> {
        sqlx::query("UPDATE packets SET state = ? WHERE id = ?")
            .bind(state)
            .bind(id)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// Counts one more sending of the packet.
    pub(crate) async fn count_packet_attempt(&mut self, id: PacketId) -> Result<(), StoreError> {
        sqlx::query("UPDATE packets SET attempts = attempts + 1 WHERE id = ?")
            .bind(id)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }
}
