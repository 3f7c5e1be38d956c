//! A server in a thread of its own, for programs that are not async.

use std::net::SocketAddr;
use std::path::Path;
use std::thread::JoinHandle;

use tokio::net::TcpListener;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::oneshot;

use crate::card::{KVN_TYPE_1, KVN_TYPE_2, NewCard};
use crate::config::Config;
use crate::item::DataItem;
use crate::server::{self, ServerError};
use crate::store::{Store, StoreError};

/// Why a server in the background did not start, or ended badly.
#[derive(Debug, thiserror::Error)]
pub enum BackgroundError {
    /// The runtime, its thread or the listener.
    #[error("server: {0}")]
    Io(#[from] std::io::Error),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The server.
    #[error(transparent)]
    Server(#[from] ServerError),
    /// The thread of the server panicked.
    #[error("the server ended unexpectedly; its log says more")]
    Panicked,
}

/// A running server. Dropping it stops the server, too, but tells no error.
#[derive(Debug)]
pub struct BackgroundServer {
    url: String,
    store: Store,
    runtime: Handle,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<Result<(), ServerError>>>,
}

impl BackgroundServer {
    /// Opens the database file and serves on `listen` (port 0: any free one).
    ///
    /// # Errors
    /// If the database cannot be opened or the address cannot be listened on.
    pub fn start(listen: SocketAddr, database: &Path, config: Config) -> Result<Self, BackgroundError> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()?;
        let store = runtime.block_on(Store::open(database))?;
        let listener = runtime.block_on(TcpListener::bind(listen))?;
        let url = format!("http://{}", listener.local_addr()?);
        let (stop, stopped) = oneshot::channel();
        let handle = runtime.handle().clone();
        let served = store.clone();
        let thread = std::thread::Builder::new()
            .name("ota-server".to_owned())
            .spawn(move || serve(&runtime, listener, served, config, stopped))?;
        Ok(Self {
            url,
            store,
            runtime: handle,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// The address, as `http://127.0.0.1:1234`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Adds a card, or brings it up to date. Counters never fall.
    ///
    /// # Errors
    /// If another card has the number, or the database could not write.
    pub fn add_card(&self, card: &NewCard) -> Result<(), StoreError> {
        self.runtime.block_on(async {
            let mut tx = self.store.write().await?;
            tx.add_card(card).await?;
            tx.commit().await
        })
    }

    /// Adds a data item, or replaces the one with its name.
    ///
    /// # Errors
    /// If the database could not write.
    pub fn add_item(&self, item: &DataItem) -> Result<(), StoreError> {
        self.runtime.block_on(async {
            let mut tx = self.store.write().await?;
            tx.add_item(item).await?;
            tx.commit().await
        })
    }

    /// The value a stage of the card must be installed with so that it takes no packet of the past: the last counter
    /// value used with the key set `kvn` (1 or 2).
    ///
    /// # Errors
    /// If there is no such card or key set.
    pub fn initial_counter(&self, iccid: &str, kvn: u8) -> Result<u64, StoreError> {
        self.runtime.block_on(async {
            let mut tx = self.store.write().await?;
            let card = tx.card_by_iccid(iccid).await?;
            tx.counter(card, kvn).await
        })
    }

    /// Tells the server what counter values the card has seen from elsewhere; lower values change nothing.
    ///
    /// # Errors
    /// If there is no such card, or the database could not write.
    pub fn raise_counters(&self, iccid: &str, type_1: u64, type_2: u64) -> Result<(), StoreError> {
        self.runtime.block_on(async {
            let mut tx = self.store.write().await?;
            let card = tx.card_by_iccid(iccid).await?;
            tx.raise_counter(card, KVN_TYPE_1, type_1).await?;
            tx.raise_counter(card, KVN_TYPE_2, type_2).await?;
            tx.commit().await
        })
    }

    /// Stops the server and waits until it has ended.
    ///
    /// # Errors
    /// If the server had failed.
    pub fn stop(mut self) -> Result<(), BackgroundError> {
        self.end()
    }

    fn end(&mut self) -> Result<(), BackgroundError> {
        drop(self.stop.take());
        match self.thread.take().map(JoinHandle::join) {
            Some(Ok(result)) => Ok(result?),
            Some(Err(_)) => Err(BackgroundError::Panicked),
            None => Ok(()),
        }
    }
}

impl Drop for BackgroundServer {
    fn drop(&mut self) {
        // Nobody is left to tell; `stop` tells.
        let _ = self.end();
    }
}

fn serve(
    runtime: &Runtime,
    listener: TcpListener,
    store: Store,
    config: Config,
    stopped: oneshot::Receiver<()>,
) -> Result<(), ServerError> {
    runtime.block_on(server::run(listener, store, config, async {
        // The other end is dropped to stop the server.
        let _ = stopped.await;
    }))
}
