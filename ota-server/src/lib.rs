//! The OTA server (number 140) with its database (141) and an embedded message center (130).
//!
//! A request names a card and a data item. The server tells the item's type (S210), makes a plan of commands, encrypts
//! scripts of them under the type-1 key, the type-2 key or both (S220), and keeps the short messages until the card's
//! terminal takes them (S250) and reports the answer (S260). What the card's proofs of receipt prove decides what is
//! sent next. Packet and counter are committed before the packet leaves: a stop at any point loses nothing.
//!
//! - [`item`] data items and their TOML form; [`card`] cards; [`plan`] from item to commands to scripts
//! - [`store`] the database; all SQL stands there
//! - [`server`] the HTTP server; [`background`] the same in a thread
//! - [`terminal_client`] a terminal's side of it
//!
//! Specifications: TS 102 225 and TS 31.115 (packets), TS 102 226 (scripts), TS 23.040 (short messages), GPCS 2.3.1.
//!
//! In this version keys and PINs are stored in clear, so the database file is as secret as they are; whoever reaches the
//! server may use it: it listens on this machine only unless told otherwise.
//!
//! ```
//! use ota_server::{background::BackgroundServer, config::Config};
//! # let directory = tempfile::tempdir().unwrap();
//! let database = directory.path().join("ota.sqlite");
//! let server = BackgroundServer::start(([127, 0, 0, 1], 0).into(), &database, Config::default()).unwrap();
//! assert!(server.url().starts_with("http://127.0.0.1:"));
//! server.stop().unwrap();
//! ```

pub mod background;
pub mod card;
pub mod clock;
pub mod config;
mod delivery;
pub mod item;
mod packet;
mod page;
pub mod plan;
mod por;
pub mod server;
pub mod store;
pub mod terminal_client;

pub use delivery::DeliveryError;
pub use packet::PacketError;
