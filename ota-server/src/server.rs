//! The server: routes, guards and the task that looks at timeouts.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio::time::{MissedTickBehavior, interval};
use tracing::{error, info};

use crate::config::Config;
use crate::delivery::{self, DeliveryError};
use crate::store::Store;

mod answer;
mod api;
mod guard;
mod message_center;
mod waiting;

use waiting::Waiting;

/// Why the server stopped.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The listener failed.
    #[error("HTTP listener: {0}")]
    Listener(#[from] std::io::Error),
    /// What an earlier run left could not be taken up.
    #[error("deliveries of an earlier run: {0}")]
    Resume(#[from] DeliveryError),
}

/// What every handler needs.
#[derive(Debug)]
struct Context {
    store: Store,
    config: Config,
    waiting: Waiting,
    exchanges: Semaphore,
    address: SocketAddr,
    stopping: watch::Receiver<bool>,
}

type Shared = Arc<Context>;

/// Serves until `shutdown` completes: then no new connections are taken, and those open end first.
///
/// Deliveries an earlier run left are taken up at once, with the same packet bytes.
///
/// # Errors
/// If the listener fails, or the database does not answer at the start.
pub async fn run(
    listener: TcpListener,
    store: Store,
    config: Config,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServerError> {
    delivery::resume(&store, &config).await?;
    let (stop, stopping) = watch::channel(false);
    let context = Arc::new(Context {
        exchanges: Semaphore::new(config.open_exchanges),
        address: listener.local_addr()?,
        waiting: Waiting::default(),
        store,
        config,
        stopping,
    });
    let sweeper = tokio::spawn(sweep(Arc::clone(&context)));
    info!(address = %context.address, "listening");
    let served = axum::serve(listener, router(Arc::clone(&context)))
        .with_graceful_shutdown(async move {
            shutdown.await;
            // Terminals that wait for a message are answered at once.
            let _ = stop.send(true);
        })
        .await;
    sweeper.abort();
    context.store.close().await;
    Ok(served?)
}

fn router(context: Shared) -> Router {
    Router::new()
        .route("/", get(api::front_page))
        .route("/requests", post(api::create_request).get(api::list_requests))
        .route("/requests/{id}", get(api::request))
        .route("/requests/{id}/page", get(api::request_page))
        .route("/message-center/{msisdn}/next", get(message_center::next))
        .route("/message-center/{msisdn}/reports", post(message_center::report))
        .fallback(answer::not_found)
        .layer(axum::middleware::from_fn_with_state(
            Arc::clone(&context),
            guard::admit,
        ))
        .with_state(context)
}

/// Looks at timeouts every [`Config::tick`].
async fn sweep(context: Shared) {
    let mut ticks = interval(context.config.tick);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        match delivery::sweep(&context.store, &context.config).await {
            Ok(true) => context.waiting.wake_all(),
            Ok(false) => {}
            Err(problem) => error!(%problem, "timeouts could not be looked at; tried again"),
        }
    }
}
