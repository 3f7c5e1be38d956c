//! What is read back from the card after a delivery, and compared with what was to be delivered.

use anyhow::Result;
use ota_server::item::{DataItem, ItemContent};

use crate::{card::Card, report::Report};

mod storage_one;
mod storage_two;

pub use storage_one::try_pin;
pub use storage_two::has_entry;

/// Reads back what `item` should have left on the card, and adds what was found to the report.
///
/// # Errors
/// The card does not answer.
pub fn read_back(card: &mut Card, item: &DataItem, report: &mut Report) -> Result<()> {
    match &item.content {
        ItemContent::Phonebook(phonebook) => storage_one::read_phonebook(card, phonebook, report),
        ItemContent::Authentication(values) => storage_one::authenticate(card, values, report),
        ItemContent::Languages(languages) => storage_one::read_languages(card, languages, report),
        ItemContent::Service(service) => storage_two::read_service(card, service, report),
    }
}
