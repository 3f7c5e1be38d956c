//! The whole story: a card, an OTA server and a terminal put together, the samples delivered, the result proven.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use host_harness::{jcardsim::Via, profile::CardProfile};
use ota_server::{
    background::BackgroundServer,
    card::{KVN_TYPE_1, KVN_TYPE_2, NewCard},
    config::Config,
    item::{DataItem, ItemContent},
    terminal_client::TerminalClient,
};
use secure_channel::scp80::Counter;

use crate::{
    card::Card,
    delivery::{deliver, pass_on},
    hostile::refusals,
    options::Options,
    progress::Progress,
    proof::{has_entry, read_back, try_pin},
    report::{Kept, Report},
    target::Target,
};

/// How long the terminal waits for a message before it looks whether it shall stop.
const KEEP_WAIT: Duration = Duration::from_millis(500);

/// Does all of it. With `--keep`, the card, the server and the terminal stay up afterwards: see [`Running::keep`].
///
/// # Errors
/// Something is missing or does not answer. A step that went wrong is no error: the report says it.
pub fn run(options: &Options, via: &Via, progress: &Progress) -> Result<Running> {
    let start = Instant::now();
    let profile = CardProfile::read(&options.card)?;
    let items = read_items(&options.samples)?;

    progress.doing("starting the OTA server");
    let server = start_server(options, &items)?;
    progress.done(&format!(
        "OTA server with {} data items at {}",
        items.len(),
        server.url()
    ));

    progress.doing(match options.target {
        Target::Pcsc(_) => "connecting to the card",
        _ => "building the applets and starting the simulated card",
    });
    let mut card = open_card(options, via, profile, &server)?;
    let mut report = Report {
        card: card.describe(),
        page: server.url().to_owned(),
        ..Report::default()
    };
    introduce(options, &mut card, &server, &mut report)?;
    progress.done(&report.card);

    progress.doing("trying the PIN of storage 1");
    try_pin(&mut card, &mut report)?;
    let client = TerminalClient::new(server.url(), &card.profile.msisdn);
    for item in &items {
        if is_there_already(&mut card, item)? {
            report.row(
                true,
                format!("{}: already on the card", item.name),
                "nothing",
                "its load file is in the registry",
            );
        } else {
            deliver(&client, &mut card, item, &mut report, progress)?;
        }
        progress.doing(&format!("reading back {}", item.name));
        read_back(&mut card, item, &mut report)?;
    }
    progress.doing("trying what the card must refuse");
    refusals(&mut card, &mut report)?;
    // The packets just sent were not the server's: it goes on from where the card is now.
    let [first, second] = card.counters()?;
    server.raise_counters(&card.profile.iccid, first.value(), second.value())?;
    progress.done("wrong checksum, foreign keys and replay refused");

    report.seconds = start.elapsed().as_secs_f64();
    progress.finish();
    Ok(Running {
        card,
        server,
        client,
        report,
    })
}

/// What a run leaves up.
pub struct Running {
    card: Card,
    server: BackgroundServer,
    client: TerminalClient,
    /// What was done.
    pub report: Report,
}

impl Running {
    /// How others reach what is up.
    pub fn describe_kept(&mut self, target: &Target) {
        let socket = std::env::var("PCSCLITE_CSOCK_NAME").unwrap_or_default();
        let environment = if socket.is_empty() {
            String::new()
        } else {
            format!("PCSCLITE_CSOCK_NAME={socket}")
        };
        let profile = &self.card.profile;
        self.report.kept = Some(Kept {
            environment,
            reader: target.reader().to_owned(),
            aids: [profile.first_stage.aid, profile.second_stage.aid].map(|aid| aid.to_string()),
        });
    }

    /// Serves the message center until `stop`: what is asked for on the page is delivered to the card.
    ///
    /// # Errors
    /// The server or the card does not answer any more.
    pub fn keep(&mut self, stop: &AtomicBool, progress: &Progress) -> Result<()> {
        while !stop.load(Ordering::Relaxed) {
            let card = &mut self.card;
            self.client.serve_one(KEEP_WAIT, |message| {
                let answer = pass_on(card, message)?;
                progress.line(&format!("  short message {} passed to the card", message.id));
                anyhow::Ok(answer)
            })?;
        }
        Ok(())
    }

    /// Stops the server and the card.
    ///
    /// # Errors
    /// The server had failed.
    pub fn stop(self) -> Result<()> {
        Ok(self.server.stop()?)
    }
}

/// All items of all TOML files in the folder, terminal information first.
fn read_items(folder: &Path) -> Result<Vec<DataItem>> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("folder of data items {}", folder.display()))?;
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
    files.sort();
    let mut items = Vec::new();
    for file in &files {
        items.extend(DataItem::read_toml(file)?);
    }
    ensure!(
        !items.is_empty(),
        "{} holds no data items (*.toml)",
        folder.display()
    );
    items.sort_by_key(|item| item.data_type().number());
    Ok(items)
}

fn start_server(options: &Options, items: &[DataItem]) -> Result<BackgroundServer> {
    if let Some(folder) = options
        .database
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        fs::create_dir_all(folder)
            .with_context(|| format!("folder of the database, {}", folder.display()))?;
    }
    ensure!(
        options.listen.ip().is_loopback(),
        "{} is not a loopback address; the server has no log-in",
        options.listen
    );
    let server = BackgroundServer::start(options.listen, &options.database, Config::default())?;
    server.add_card(&NewCard::read_toml(&options.card)?)?;
    for item in items {
        server.add_item(item)?;
    }
    Ok(server)
}

/// A simulated card is installed with the counters the server has used; a real one tells where it is.
fn open_card(options: &Options, via: &Via, profile: CardProfile, server: &BackgroundServer) -> Result<Card> {
    let used = |kvn| -> Result<Counter> { Ok(Counter::new(server.initial_counter(&profile.iccid, kvn)?)?) };
    let counters = [used(KVN_TYPE_1)?, used(KVN_TYPE_2)?];
    let mut card = Card::open(options, via, profile, counters)?;
    let [first, second] = card.counters()?;
    server.raise_counters(&card.profile.iccid, first.value(), second.value())?;
    Ok(card)
}

/// The first rows: which card this is, and what is on it.
fn introduce(
    options: &Options,
    card: &mut Card,
    server: &BackgroundServer,
    report: &mut Report,
) -> Result<()> {
    let atr = card.reset()?;
    report.row(
        true,
        "card",
        format!("reset of {}", report.card),
        format!("ATR {}", hex::encode_upper(atr)),
    );
    let [first, second] = card.counters()?;
    let sent = match options.target {
        Target::Pcsc(_) => "SELECT of both stages, which the card already held",
        _ => "both applets: AIDs, sizes, first counters, a key set of each type, a PIN",
    };
    report.row(
        true,
        "applets",
        sent,
        format!("first stage at counter {first}, second stage at {second}"),
    );
    report.row(
        true,
        "OTA server",
        "card, key sets and data items into its database",
        format!("up at {}", server.url()),
    );
    Ok(())
}

/// An AID can be in the registry once: what is there is not sent again.
fn is_there_already(card: &mut Card, item: &DataItem) -> Result<bool> {
    match &item.content {
        ItemContent::Service(service) => has_entry(card, &service.load_file_aid.0),
        ItemContent::Phonebook(_) | ItemContent::Authentication(_) | ItemContent::Languages(_) => Ok(false),
    }
}
