//! Deliveries.

use super::{CardId, RequestId, StoreError, WriteTransaction, damaged, signed, unsigned};
use crate::clock::UnixTime;
use crate::item::DataType;
use crate::plan::Plan;

/// A delivery to be queued.
pub(crate) struct NewRequest<'a> {
    pub(crate) card: CardId,
    pub(crate) item: &'a str,
    pub(crate) data_type: DataType,
    pub(crate) plan: &'a Plan,
}

/// A delivery that is being worked on.
pub(crate) struct RunningRequest {
    pub(crate) id: RequestId,
    pub(crate) plan: Plan,
    /// Index of the first command of the plan that is not known to be executed.
    pub(crate) next_command: usize,
    /// How often the chain has started again.
    pub(crate) restarts: u32,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: RequestId,
    plan: String,
    next_command: i64,
    restarts: i64,
}

impl TryFrom<Row> for RunningRequest {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            plan: serde_json::from_str(&row.plan).map_err(|error| damaged("plan of a delivery", error))?,
            next_command: unsigned("delivery", row.next_command)?,
            restarts: unsigned("delivery", row.restarts)?,
        })
    }
}

impl WriteTransaction {
    pub(crate) async fn add_request(
        &mut self,
        request: NewRequest<'_>,
        now: UnixTime,
    ) -> Result<RequestId, StoreError> {
        let plan =
            serde_json::to_string(request.plan).map_err(|error| damaged("plan of a delivery", error))?;
        Ok(sqlx::query_scalar(
            "INSERT INTO requests (card, item, data_type, state, plan, created_at)
             VALUES (?, ?, ?, 'queued', ?, ?) RETURNING id",
        )
        .bind(request.card)
        .bind(request.item)
        .bind(request.data_type.number())
        .bind(plan)
        .bind(now.0)
        .fetch_one(&mut *self.0)
        .await?)
    }

    /// How many deliveries wait for the card, the running one included.
    pub(crate) async fn open_requests(&mut self, card: CardId) -> Result<u32, StoreError> {
        let count: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM requests WHERE card = ? AND state IN ('queued', 'running')",
        )
        .bind(card)
        .fetch_one(&mut *self.0)
        .await?;
        unsigned("delivery", count)
    }

    /// Makes the oldest queued delivery of the card the running one; `None` if one runs already or none waits.
    pub(crate) async fn start_next_request(
        &mut self,
        card: CardId,
    ) -> Result<Option<RunningRequest>, StoreError> {
        let row: Option<Row> = sqlx::query_as(
            "UPDATE requests SET state = 'running'
             WHERE id = (SELECT min(id) FROM requests WHERE card = ?1 AND state = 'queued')
               AND NOT EXISTS (SELECT 1 FROM requests WHERE card = ?1 AND state = 'running')
             RETURNING id, plan, next_command, restarts",
        )
        .bind(card)
        .fetch_optional(&mut *self.0)
        .await?;
        row.map(RunningRequest::try_from).transpose()
    }

    pub(crate) async fn running_request(&mut self, id: RequestId) -> Result<RunningRequest, StoreError> {
        let row: Row = sqlx::query_as("SELECT id, plan, next_command, restarts FROM requests WHERE id = ?")
            .bind(id)
            .fetch_one(&mut *self.0)
            .await?;
        row.try_into()
    }

    pub(crate) async fn set_progress(
        &mut self,
        id: RequestId,
        next_command: usize,
        restarts: u32,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE requests SET next_command = ?, restarts = ? WHERE id = ?")
            .bind(signed(next_command as u64))
            .bind(restarts)
            .bind(id)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// Ends a delivery: `state` is `done` or `failed`.
    pub(crate) async fn finish_request(
        &mut self,
        id: RequestId,
        state: &'static str,
        outcome: &str,
        now: UnixTime,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE requests SET state = ?, outcome = ?, finished_at = ? WHERE id = ?")
            .bind(state)
            .bind(outcome)
            .bind(now.0)
            .bind(id)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// Cards with a queued delivery and none running: what a stopped server may have left.
    pub(crate) async fn idle_cards_with_work(&mut self) -> Result<Vec<CardId>, StoreError> {
        Ok(sqlx::query_scalar(
            "SELECT DISTINCT card FROM requests WHERE state = 'queued'
             AND card NOT IN (SELECT card FROM requests WHERE state = 'running')",
        )
        .fetch_all(&mut *self.0)
        .await?)
    }
}
