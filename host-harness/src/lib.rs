//! Drives a card: any card in a PC/SC reader, or a jCardSim card in a process of its own.
//!
//! | module | |
//! |---|---|
//! | [`transport`] | ways to a card: [`transport::pcsc`] (feature `pcsc`), [`transport::vpcd`] |
//! | [`jcardsim`] | a simulated card: compile, start, install, cut its power, stop |
//! | [`pcscd`] | a private pcscd in namespaces of its own (feature `pcsc`) |
//! | [`exchange`] | one command and its whole answer (T=0 `61xx`, `6Cxx`), with a trace |
//! | [`terminal`] | the mobile terminal, number 120: SMS-PP data download (TS 31.111 §7.1.1) |
//! | [`profile`] | card profiles and keys: strict TOML |
//! | [`install_parameters`] | what the applets get at their installation |
//! | [`project`] | where the files of a checkout are |
//!
//! ```no_run
//! use card_proto::transport::CardTransport;
//! use host_harness::jcardsim::{JcardsimCard, Via};
//!
//! let mut card = JcardsimCard::start(&Via::Direct)?;
//! println!("{}: {:02X?}", card.describe(), card.reset()?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod exchange;
pub mod install_parameters;
pub mod jcardsim;
#[cfg(feature = "pcsc")]
pub mod pcscd;
pub mod profile;
pub mod project;
pub mod terminal;
pub mod transport;
