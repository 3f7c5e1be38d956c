//! The database (number 141): one SQLite file. All SQL of the server stands in this file and in `store/`.
//!
//! Every change goes through a [`WriteTransaction`], one at a time, durable when [`WriteTransaction::commit`] returns
//! (WAL with `synchronous=FULL`). A transaction that is dropped has done nothing.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Sqlite, Transaction};

mod cards;
mod items;
mod messages;
mod packets;
mod requests;
mod trace;
mod views;

pub(crate) use messages::{MessageState, OpenMessage};
pub(crate) use packets::{NewPacket, PacketRow};
pub(crate) use requests::{NewRequest, RunningRequest};
pub use trace::Layer;
pub(crate) use trace::NewProof;
pub use views::{CardView, ItemView, PacketView, ProofView, RequestView, StepView};

/// Why the database did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file could not be opened or brought to this version.
    #[error("database {}: {source}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the driver said.
        source: sqlx::Error,
    },
    /// A statement failed.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// The file's schema could not be brought to this version.
    #[error("database migration: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A row holds what no version of this program writes.
    #[error("database: {what} is damaged: {detail}")]
    Damaged {
        /// The row.
        what: String,
        /// What is wrong with it.
        detail: String,
    },
    /// There is no such row.
    #[error("there is no {what} \"{name}\"")]
    NotFound {
        /// Kind of row.
        what: &'static str,
        /// The name looked for.
        name: String,
    },
    /// The counter of a key set has reached its last value.
    #[error(
        "the counter of key set {kvn} has reached FFFFFFFFFF; the card needs new keys (TS 102 225 §5.1.4)"
    )]
    CounterExhausted {
        /// Key version number.
        kvn: u8,
    },
}

/// The database, shared by all tasks.
#[derive(Clone, Debug)]
pub struct Store {
    writer: SqlitePool,
    readers: SqlitePool,
}

/// A change under way. Nothing of it is seen or kept before [`WriteTransaction::commit`].
#[derive(Debug)]
pub struct WriteTransaction(Transaction<'static, Sqlite>);

impl Store {
    /// Opens the database file, creates it if it is missing and brings its schema to this version.
    ///
    /// # Errors
    /// If the file cannot be opened, or was written by a newer version.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        let opened = |source| StoreError::Open {
            path: path.to_owned(),
            source,
        };
        create_private(path).map_err(|error| opened(error.into()))?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10));
        // One writer: SQLite has one write lock, and waiting for a connection is fair where waiting for the lock is not.
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .connect_with(options.clone())
            .await
            .map_err(opened)?;
        sqlx::migrate!("src/store/migrations").run(&writer).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(4)
            .connect_with(options.read_only(true))
            .await
            .map_err(opened)?;
        Ok(Self { writer, readers })
    }

    /// Starts a change; waits while another is under way.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn write(&self) -> Result<WriteTransaction, StoreError> {
        Ok(WriteTransaction(self.writer.begin_with("BEGIN IMMEDIATE").await?))
    }

    /// Closes the file; transactions under way end first.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

impl WriteTransaction {
    /// Makes the change durable.
    ///
    /// # Errors
    /// If the database could not write; then nothing has changed.
    pub async fn commit(self) -> Result<(), StoreError> {
        Ok(self.0.commit().await?)
    }
}

/// Makes the file, if it is missing, readable by its owner only: it holds keys. SQLite gives its journals the same mode.
fn create_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// Row numbers, one type per table so that none is taken for another.
macro_rules! row_id {
    ($($(#[$doc:meta])* $name:ident),+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, sqlx::Type, serde::Serialize, serde::Deserialize)]
        #[sqlx(transparent)]
        #[serde(transparent)]
        pub struct $name(pub i64);
    )+};
}

row_id! {
    /// A card.
    CardId,
    /// A delivery.
    RequestId,
    /// A packet.
    PacketId,
    /// A short message.
    MessageId
}

/// A number of the schema that is never negative.
fn unsigned<T: TryFrom<i64>>(what: &str, value: i64) -> Result<T, StoreError> {
    T::try_from(value).map_err(|_| damaged(what, format!("the number {value} is out of range")))
}

/// A number as SQLite holds it. Counters have 40 bits and everything else is smaller.
fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn damaged(what: &str, detail: impl ToString) -> StoreError {
    StoreError::Damaged {
        what: what.to_owned(),
        detail: detail.to_string(),
    }
}
