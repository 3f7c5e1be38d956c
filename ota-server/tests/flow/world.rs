//! A server, a terminal and a card.

use std::path::Path;
use std::time::Duration;

use ota_server::background::BackgroundServer;
use ota_server::card::NewCard;
use ota_server::clock::{Clock, UnixTime};
use ota_server::config::Config;
use ota_server::item::DataItem;
use ota_server::terminal_client::{CardAnswer, ClientError, DeliveryState, Message, TerminalClient};
use tempfile::TempDir;

use crate::software_card::SoftwareCard;

pub(crate) const MSISDN: &str = "+999000000001";
pub(crate) const ICCID: &str = "8999900000000000006";
const NO_WAIT: Duration = Duration::ZERO;
const ITEMS: &str = include_str!("items.toml");
const ITEMS_PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/flow/items.toml");

pub(crate) struct World {
    pub(crate) server: Option<BackgroundServer>,
    pub(crate) terminal: TerminalClient,
    pub(crate) card: SoftwareCard,
    pub(crate) clock: Clock,
    pub(crate) directory: TempDir,
}

pub(crate) fn new_card() -> NewCard {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../keys/test-card.toml"));
    NewCard::read_toml(path).unwrap()
}

impl World {
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let clock = Clock::manual(UnixTime(1_795_000_000_000));
        let server = start(directory.path(), &clock);
        let card = new_card();
        server.add_card(&card).unwrap();
        for item in DataItem::parse_toml(ITEMS, Path::new(ITEMS_PATH)).unwrap() {
            server.add_item(&item).unwrap();
        }
        let terminal = TerminalClient::new(server.url(), MSISDN);
        Self {
            server: Some(server),
            terminal,
            card: SoftwareCard::new(&card),
            clock,
            directory,
        }
    }

    /// Stops the server and starts another from the same file.
    pub(crate) fn restart(&mut self) {
        drop(self.server.take());
        let server = start(self.directory.path(), &self.clock);
        self.terminal = TerminalClient::new(server.url(), MSISDN);
        self.server = Some(server);
    }

    pub(crate) fn poll(&self) -> Option<Message> {
        self.terminal.poll(NO_WAIT).unwrap()
    }

    pub(crate) fn report(&self, message: &Message, user_data: Option<Vec<u8>>) {
        self.terminal
            .report(message.id, &CardAnswer::Ack { user_data })
            .unwrap();
    }

    /// Lets terminal and card work until no message waits. `change` may tamper with each answer.
    pub(crate) fn work(&mut self, mut change: impl FnMut(usize, Option<Vec<u8>>) -> Option<Vec<u8>>) {
        let Self { terminal, card, .. } = self;
        for number in 0.. {
            let deliver = |message: &Message| {
                let user_data = change(number, card.envelope(&message.tpdu));
                Ok::<_, ClientError>(CardAnswer::Ack { user_data })
            };
            if !terminal.serve_one(NO_WAIT, deliver).unwrap() {
                return;
            }
        }
    }

    pub(crate) fn request(&self, item: &str) -> i64 {
        self.terminal.request(item).unwrap().id
    }

    pub(crate) fn state(&self, id: i64) -> DeliveryState {
        self.terminal.state(id).unwrap()
    }

    /// Requests the item and works until nothing is left.
    pub(crate) fn deliver(&mut self, item: &str) -> DeliveryState {
        let id = self.request(item);
        self.work(|_, answer| answer);
        self.state(id)
    }

    /// Moves time beyond the timeout and waits until the server has looked.
    pub(crate) fn let_time_out(&self) {
        self.clock.advance(Config::default().message_timeout * 2);
    }

    pub(crate) fn url(&self) -> String {
        self.server.as_ref().unwrap().url().to_owned()
    }

    pub(crate) fn text(&self, path: &str, accept: &str) -> String {
        let url = format!("{}{path}", self.url());
        ureq::get(&url)
            .header("Accept", accept)
            .call()
            .unwrap()
            .body_mut()
            .read_to_string()
            .unwrap()
    }
}

pub(crate) fn start(directory: &Path, clock: &Clock) -> BackgroundServer {
    let config = Config {
        clock: clock.clone(),
        tick: Duration::from_millis(5),
        ..Config::default()
    };
    BackgroundServer::start(([127, 0, 0, 1], 0).into(), &directory.join("ota.sqlite"), config).unwrap()
}
