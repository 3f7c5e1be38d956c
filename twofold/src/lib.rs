//! `deploy`, put together: a card, an OTA server and a terminal.
//!
//! - [`options`] the command line; [`target`] which card; [`progress`] what is going on; [`report`] what was done
//! - [`card`] the card of a run; [`pin`] its PINs
//! - [`deploy`] the story; [`delivery`] the terminal at work; [`proof`] what is read back; [`hostile`] what must be refused

pub mod card;
pub mod delivery;
pub mod deploy;
pub mod hostile;
pub mod options;
pub mod pin;
pub mod progress;
pub mod proof;
pub mod report;
pub mod target;
