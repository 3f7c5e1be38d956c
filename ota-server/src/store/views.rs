//! What pages and the API show. No keys are read here.

use serde::Serialize;

use super::trace::Layer;
use super::{RequestId, Store, StoreError, damaged};

/// A delivery as it is shown.
#[derive(Clone, Debug, Serialize, sqlx::FromRow)]
pub struct RequestView {
    /// Number of the delivery.
    pub id: i64,
    /// Number of the subscription.
    pub terminal: String,
    /// ICCID.
    pub card: String,
    /// Name of the data item.
    pub item: String,
    /// Type of its data, 1 or 2.
    #[serde(rename = "type")]
    pub data_type: i64,
    /// `queued`, `running`, `done` or `failed`.
    pub state: String,
    /// How it ended, in words; empty before.
    pub outcome: String,
    /// Milliseconds since 1970, UTC.
    pub created_at: i64,
    /// Milliseconds since 1970, UTC.
    pub finished_at: Option<i64>,
}

/// A step as it is shown.
#[derive(Clone, Debug, Serialize)]
pub struct StepView {
    /// Number of the step, `S210` to `S461`.
    pub step: String,
    /// Number of the packet in the delivery, from 1, if the step is one packet's.
    pub packet: Option<i64>,
    /// Milliseconds since 1970, UTC.
    pub at: i64,
    /// What happened.
    pub words: String,
    /// The bytes of each layer.
    pub layers: Vec<Layer>,
}

/// A packet as it is shown.
#[derive(Clone, Debug, Serialize, sqlx::FromRow)]
pub struct PacketView {
    /// Number in the delivery, from 1.
    pub sequence: i64,
    /// `in flight`, `proven`, `replaced` or `failed`.
    pub state: String,
    /// Counter of the packet that travels.
    pub outer_counter: i64,
    /// Counter of the packet inside.
    pub inner_counter: Option<i64>,
    /// How often its commands have been sent.
    pub attempts: i64,
}

/// A proof of receipt as it is shown.
#[derive(Clone, Debug, Serialize, sqlx::FromRow)]
pub struct ProofView {
    /// Number of the packet in the delivery.
    pub packet: i64,
    /// Response status code, if it could be read.
    pub status: Option<i64>,
    /// Whether a cryptographic checksum vouches for it.
    pub verified: bool,
    /// What it says.
    pub words: String,
}

/// A card as it is shown.
#[derive(Clone, Debug, Serialize, sqlx::FromRow)]
pub struct CardView {
    /// ICCID.
    pub iccid: String,
    /// Number of the subscription.
    pub msisdn: String,
    /// Most short messages one packet may take.
    pub max_segments: i64,
    /// Last counter value used with the type-1 key set.
    pub type_1_counter: i64,
    /// Last counter value used with the type-2 key set.
    pub type_2_counter: i64,
}

/// A data item as it is shown.
#[derive(Clone, Debug, Serialize, sqlx::FromRow)]
pub struct ItemView {
    /// Its name.
    pub name: String,
    /// `phonebook`, `authentication`, `languages` or `service`.
    pub kind: String,
}

/// Columns of a [`RequestView`].
macro_rules! request_query {
    ($rest:literal) => {
        concat!(
            "SELECT requests.id, cards.msisdn AS terminal, cards.iccid AS card, item, data_type, state, outcome,
                    created_at, finished_at
             FROM requests JOIN cards ON cards.id = requests.card ",
            $rest
        )
    };
}

impl Store {
    /// The newest deliveries, newest first.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn list_requests(&self, most: u32) -> Result<Vec<RequestView>, StoreError> {
        let query = request_query!("ORDER BY requests.id DESC LIMIT ?");
        Ok(sqlx::query_as(query).bind(most).fetch_all(&self.readers).await?)
    }

    /// One delivery.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn view_request(&self, id: RequestId) -> Result<Option<RequestView>, StoreError> {
        let query = request_query!("WHERE requests.id = ?");
        Ok(sqlx::query_as(query)
            .bind(id)
            .fetch_optional(&self.readers)
            .await?)
    }

    /// The steps of a delivery, in order.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn view_steps(&self, id: RequestId) -> Result<Vec<StepView>, StoreError> {
        let rows: Vec<(String, Option<i64>, i64, String, String)> = sqlx::query_as(
            "SELECT step, packets.sequence, at, words, layers FROM steps
             LEFT JOIN packets ON packets.id = steps.packet WHERE steps.request = ? ORDER BY steps.id",
        )
        .bind(id)
        .fetch_all(&self.readers)
        .await?;
        let view = |(step, packet, at, words, layers): (String, Option<i64>, i64, String, String)| {
            let layers = serde_json::from_str(&layers).map_err(|error| damaged("step", error))?;
            Ok(StepView {
                step,
                packet,
                at,
                words,
                layers,
            })
        };
        rows.into_iter().map(view).collect()
    }

    /// The packets of a delivery, in order.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn view_packets(&self, id: RequestId) -> Result<Vec<PacketView>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT sequence, state, outer_counter, inner_counter, attempts FROM packets
             WHERE request = ? ORDER BY sequence",
        )
        .bind(id)
        .fetch_all(&self.readers)
        .await?)
    }

    /// The proofs of receipt of a delivery, in order.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn view_proofs(&self, id: RequestId) -> Result<Vec<ProofView>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT packets.sequence AS packet, status, verified, words FROM proofs
             JOIN packets ON packets.id = proofs.packet WHERE packets.request = ? ORDER BY proofs.id",
        )
        .bind(id)
        .fetch_all(&self.readers)
        .await?)
    }

    /// All cards, up to `most`, by number.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn list_cards(&self, most: u32) -> Result<Vec<CardView>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT iccid, msisdn, max_segments,
                    (SELECT last FROM counters WHERE card = cards.id AND kvn = 1) AS type_1_counter,
                    (SELECT last FROM counters WHERE card = cards.id AND kvn = 2) AS type_2_counter
             FROM cards ORDER BY msisdn LIMIT ?",
        )
        .bind(most)
        .fetch_all(&self.readers)
        .await?)
    }

    /// All data items, up to `most`, by name.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn list_items(&self, most: u32) -> Result<Vec<ItemView>, StoreError> {
        Ok(
            sqlx::query_as("SELECT name, kind FROM data_items ORDER BY name LIMIT ?")
                .bind(most)
                .fetch_all(&self.readers)
                .await?,
        )
    }

    /// Whether a card has this number.
    pub(crate) async fn has_terminal(&self, msisdn: &str) -> Result<bool, StoreError> {
        let found: i64 = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM cards WHERE msisdn = ?)")
            .bind(msisdn)
            .fetch_one(&self.readers)
            .await?;
        Ok(found != 0)
    }
}
