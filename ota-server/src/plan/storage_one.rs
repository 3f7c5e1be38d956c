//! Commands for the first storage: phonebook records, authentication values, language preferences.

use card_proto::apdu::CommandApdu;
use card_proto::gp::store_data::{Dgi, store_data_command};
use card_proto::uicc::adn::AdnRecord;
use card_proto::uicc::language_preferences::TAG_LANGUAGE_PREFERENCES;

use super::{PlanError, PlannedCommand};
use crate::item::{Authentication, Languages, Octets, Phonebook};

/// Class of interindustry commands without secure messaging (ISO/IEC 7816-4 §5.4.1).
const CLA_INTERINDUSTRY: u8 = 0x00;
/// APPEND RECORD and UPDATE RECORD (ISO/IEC 7816-4 §11.4).
const INS_APPEND_RECORD: u8 = 0xE2;
const INS_UPDATE_RECORD: u8 = 0xDC;
/// P2 of UPDATE RECORD: the record with the number in P1.
const P2_ABSOLUTE: u8 = 0x04;
/// Data grouping of an authentication value: slot, value.
const DGI_AUTHENTICATION_VALUE: u16 = 0x0101;

/// One APPEND RECORD, or UPDATE RECORD where the item names a record, for each entry (TS 31.102 §4.4.2.3).
pub(super) fn phonebook(
    phonebook: &Phonebook,
    record_length: usize,
) -> Result<Vec<PlannedCommand>, PlanError> {
    let command = |(index, entry): (usize, &crate::item::PhonebookEntry)| {
        let wrong = |problem: String| PlanError::Entry {
            index: index + 1,
            name: entry.name.clone(),
            problem,
        };
        let record = AdnRecord {
            name: entry.name.clone(),
            number: entry.number.clone(),
        }
        .encode(record_length)
        .map_err(|error| wrong(error.to_string()))?;
        let (header, words) = match phonebook.start_record {
            None => (
                CommandApdu::new(CLA_INTERINDUSTRY, INS_APPEND_RECORD, 0, 0),
                format!("APPEND RECORD of entry {}", index + 1),
            ),
            Some(start) => {
                let number =
                    u8::try_from(usize::from(start) + index).map_err(|error| wrong(error.to_string()))?;
                let words = format!("UPDATE RECORD {number} with entry {}", index + 1);
                (
                    CommandApdu::new(CLA_INTERINDUSTRY, INS_UPDATE_RECORD, number, P2_ABSOLUTE),
                    words,
                )
            }
        };
        let apdu = header
            .with_data(&record)
            .map_err(|error| wrong(error.to_string()))?
            .to_bytes();
        Ok(PlannedCommand {
            apdu: Octets(apdu),
            resume_from: index,
            words,
        })
    };
    phonebook.entries.iter().enumerate().map(command).collect()
}

/// One STORE DATA for each value, so that each is stored, and answered for, by itself.
pub(super) fn authentication(authentication: &Authentication) -> Result<Vec<PlannedCommand>, PlanError> {
    let command = |(index, value): (usize, &crate::item::AuthenticationValue)| {
        let wrong = |problem: String| PlanError::Command {
            what: "STORE DATA of an authentication value",
            problem,
        };
        let mut grouping = vec![value.slot];
        grouping.extend(&value.value.0);
        let apdu = Dgi {
            identifier: DGI_AUTHENTICATION_VALUE,
            value: grouping,
        }
        .to_bytes()
        .and_then(|bytes| store_data_command(&bytes))
        .map_err(|error| wrong(error.to_string()))?;
        let words = format!("STORE DATA authentication value, slot {}", value.slot);
        Ok(PlannedCommand {
            apdu: Octets(apdu.to_bytes()),
            resume_from: index,
            words,
        })
    };
    authentication.values.iter().enumerate().map(command).collect()
}

/// One STORE DATA with all languages.
pub(super) fn languages(languages: &Languages) -> Result<Vec<PlannedCommand>, PlanError> {
    let apdu = Dgi {
        identifier: TAG_LANGUAGE_PREFERENCES,
        value: languages.preferred.to_bytes(),
    }
    .to_bytes()
    .and_then(|bytes| store_data_command(&bytes))
    .map_err(|error| PlanError::Command {
        what: "STORE DATA of language preferences",
        problem: error.to_string(),
    })?;
    Ok(vec![PlannedCommand {
        apdu: Octets(apdu.to_bytes()),
        resume_from: 0,
        words: "STORE DATA language preferences".to_owned(),
    }])
}
