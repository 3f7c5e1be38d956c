//! What happened: steps and proofs of receipt.

use serde::{Deserialize, Serialize};

use super::{MessageId, PacketId, RequestId, StoreError, WriteTransaction, damaged};
use crate::clock::UnixTime;

/// The bytes of one layer of a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layer {
    /// Which layer.
    pub name: String,
    /// Its octets, as hexadecimal text.
    pub hex: String,
}

impl Layer {
    /// A layer of these octets.
    #[must_use]
    pub fn new(name: impl Into<String>, bytes: &[u8]) -> Self {
        Self {
            name: name.into(),
            hex: hex::encode(bytes),
        }
    }
}

/// A proof of receipt, as it came.
pub(crate) struct NewProof<'a> {
    pub(crate) packet: PacketId,
    pub(crate) message: MessageId,
    pub(crate) bytes: &'a [u8],
    pub(crate) status: Option<u8>,
    pub(crate) verified: bool,
    pub(crate) words: &'a str,
}

impl WriteTransaction {
    pub(crate) async fn add_step(
        &mut self,
        request: RequestId,
        packet: Option<PacketId>,
        step: &str,
        words: &str,
        layers: &[Layer],
        now: UnixTime,
    ) -> Result<(), StoreError> {
        let layers = serde_json::to_string(layers).map_err(|error| damaged("step", error))?;
        sqlx::query("INSERT INTO steps (request, packet, step, at, words, layers) VALUES (?, ?, ?, ?, ?, ?)")
            .bind(request)
            .bind(packet)
            .bind(step)
            .bind(now.0)
            .bind(words)
            .bind(layers)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    pub(crate) async fn add_proof(&mut self, proof: NewProof<'_>, now: UnixTime) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO proofs (packet, message, bytes, status, verified, words, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(proof.packet)
        .bind(proof.message)
        .bind(proof.bytes)
        .bind(proof.status)
        .bind(proof.verified)
        .bind(proof.words)
        .bind(now.0)
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }
}
