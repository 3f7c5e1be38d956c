//! The command `ota-server`.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Parser;
use ota_server::card::NewCard;
use ota_server::config::Config;
use ota_server::item::DataItem;
use ota_server::server;
use ota_server::store::Store;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

/// OTA server: delivers data items to the two storages of a card by short message.
#[derive(Parser)]
#[command(version)]
struct Options {
    /// Address to listen on; port 0 takes any free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Database file; made if it is missing. It holds the cards' keys in clear [default: the one of `deploy`,
    /// target/deploy/ota.sqlite of the project]
    #[arg(long, value_name = "FILE", default_value_os_t = default_database(), hide_default_value = true)]
    database: PathBuf,
    /// Card profiles to add or bring up to date
    #[arg(long, value_name = "FILE", num_args = 1..)]
    cards: Vec<PathBuf>,
    /// Files of data items to add or replace
    #[arg(long, value_name = "FILE", num_args = 1..)]
    items: Vec<PathBuf>,
    /// Listen beyond this machine. There is no authentication yet: whoever reaches the port may send to the cards
    #[arg(long)]
    allow_remote: bool,
    /// Print the address as JSON
    #[arg(long)]
    json: bool,
}

/// The database of `deploy` in the checkout this program was built from, so that its deliveries can be looked at afterwards.
fn default_database() -> PathBuf {
    let crate_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    crate_folder
        .parent()
        .unwrap_or(crate_folder)
        .join("target/deploy/ota.sqlite")
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(&Options::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("ota-server: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: &Options) -> anyhow::Result<()> {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env()
                .unwrap_or_else(|_| "ota_server=info".into()),
        )
        .with_writer(std::io::stderr)
        .init();
    if !options.listen.ip().is_loopback() && !options.allow_remote {
        bail!(
            "{} can be reached from other machines, and there is no authentication yet; \
             listen on 127.0.0.1, or add --allow-remote",
            options.listen
        );
    }
    if let Some(folder) = options.database.parent() {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("folder of the database, {}", folder.display()))?;
    }
    let store = Store::open(&options.database).await?;
    provision(&store, options).await?;
    let listener = TcpListener::bind(options.listen)
        .await
        .with_context(|| format!("listening on {}", options.listen))?;
    let url = format!("http://{}", listener.local_addr()?);
    if options.json {
        println!("{}", serde_json::json!({ "url": url }));
    } else {
        println!("{url}");
    }
    let mut terminate = signal(SignalKind::terminate()).context("waiting for SIGTERM")?;
    let shutdown = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            result = tokio::signal::ctrl_c() => {
                if let Err(error) = result {
                    tracing::error!(%error, "SIGINT cannot be waited for; stopping");
                }
            }
        }
        tracing::info!("stopping");
    };
    let config = Config {
        allow_remote: options.allow_remote,
        // What others may see shows no personal data in clear.
        show_clear_data: options.listen.ip().is_loopback(),
        ..Config::default()
    };
    Ok(server::run(listener, store, config, shutdown).await?)
}

/// Adds the cards and items of the files, all or none.
async fn provision(store: &Store, options: &Options) -> anyhow::Result<()> {
    let mut tx = store.write().await?;
    for path in &options.cards {
        tx.add_card(&NewCard::read_toml(path)?)
            .await
            .with_context(|| format!("adding {}", path.display()))?;
    }
    for path in &options.items {
        for item in DataItem::read_toml(path)? {
            tx.add_item(&item).await?;
        }
    }
    Ok(tx.commit().await?)
}
