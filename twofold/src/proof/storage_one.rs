//! Storage 1: the phonebook behind its PIN, authentication values, language preferences.

use anyhow::{Result, ensure};
use card_proto::{
    apdu::CommandApdu,
    status_word::StatusWord,
    uicc::{
        adn::AdnRecord,
        language_preferences::{LanguagePreferences, TAG_LANGUAGE_PREFERENCES},
    },
};
use ota_server::item::{Authentication, Languages, Phonebook};
use secure_channel::{key::Key, scp80::cmac};

use crate::{
    card::{Card, explained},
    pin::Verification,
    report::Report,
};

/// READ RECORD without the PIN, and with it.
///
/// # Errors
/// The card does not answer.
pub fn try_pin(card: &mut Card, report: &mut Report) -> Result<()> {
    card.select(&card.profile.first_stage.aid.clone())?;
    let closed = card.send(&read_record(1))?.sw;
    let verification = card.open_storage_1()?;
    let opened = card.send(&read_record(1))?.sw;
    let right = closed == StatusWord::SECURITY_STATUS_NOT_SATISFIED
        && verification == Verification::Verified
        && opened.is_success();
    report.row(
        right,
        "PIN of storage 1",
        "READ RECORD 1, VERIFY PIN 00200001, READ RECORD 1",
        format!("{:04X}; {}; {:04X}", closed.0, verification.words(), opened.0),
    );
    Ok(())
}

/// READ RECORD of the record with this number (ISO 7816-4 §11.4.3).
fn read_record(number: u8) -> CommandApdu {
    CommandApdu::new(0x00, 0xB2, number, 0x04).with_le(256)
}

/// READ RECORD over the whole phonebook.
pub(super) fn read_phonebook(card: &mut Card, phonebook: &Phonebook, report: &mut Report) -> Result<()> {
    let (step, sent) = (
        "read back storage 1: phonebook",
        "VERIFY PIN 00200001, READ RECORD 1, 2, …",
    );
    if let Verification::Refused(why) = card.open_storage_1()? {
        report.row(false, step, sent, why);
        return Ok(());
    }
    let mut found = Vec::new();
    for record in 1..=u8::MAX {
        let response = card.send(&read_record(record))?;
        if response.sw == StatusWord::RECORD_NOT_FOUND {
            break;
        }
        ensure!(
            response.sw.is_success(),
            "READ RECORD {record}: {}",
            explained(response.sw)
        );
        found.extend(AdnRecord::decode(&response.data)?);
    }
    let is_there = |name: &str, number: &str| found.iter().any(|r| r.name == name && r.number == number);
    let missing: Vec<&str> = phonebook
        .entries
        .iter()
        .filter(|entry| !is_there(&entry.name, &entry.number))
        .map(|entry| entry.name.as_str())
        .collect();
    let some: Vec<String> = found
        .iter()
        .take(3)
        .map(|record| format!("{} {}", record.name, record.number))
        .collect();
    let came_back = match missing.as_slice() {
        [] => format!(
            "all {} entries as sent: {}, …",
            phonebook.entries.len(),
            some.join(", ")
        ),
        missing => format!("{} entries are missing: {}", missing.len(), missing.join(", ")),
    };
    report.row(missing.is_empty(), step, sent, came_back);
    Ok(())
}

/// GET DATA (ISO 7816-4 §11.5.4) of the language preferences: they need no PIN.
pub(super) fn read_languages(card: &mut Card, languages: &Languages, report: &mut Report) -> Result<()> {
    card.select(&card.profile.first_stage.aid.clone())?;
    let response = card.get_data(TAG_LANGUAGE_PREFERENCES)?;
    let found = LanguagePreferences::parse(&response.data);
    let (right, came_back) = match &found {
        _ if !response.sw.is_success() => (false, explained(response.sw)),
        Ok(found) if *found == languages.preferred => (true, format!("{found}: as sent")),
        Ok(found) => (false, format!("{found}: not what was sent")),
        Err(error) => (false, format!("no language preferences: {error}")),
    };
    report.row(
        right,
        "read back storage 1: language preferences",
        format!("GET DATA {TAG_LANGUAGE_PREFERENCES:04X}"),
        came_back,
    );
    Ok(())
}

/// INTERNAL AUTHENTICATE (ISO 7816-4 §11.5.2) with each value, compared with the AES-CMAC computed here.
pub(super) fn authenticate(
    card: &mut Card,
    authentication: &Authentication,
    report: &mut Report,
) -> Result<()> {
    let slots: Vec<String> = authentication
        .values
        .iter()
        .map(|value| value.slot.to_string())
        .collect();
    let step = "use storage 1: authentication values";
    let sent = format!(
        "VERIFY PIN 00200001, INTERNAL AUTHENTICATE, slots {}, a challenge of 16 octets",
        slots.join(", ")
    );
    if let Verification::Refused(why) = card.open_storage_1()? {
        report.row(false, step, sent, why);
        return Ok(());
    }
    let challenge = challenge();
    let mut wrong = Vec::new();
    for value in &authentication.values {
        let command = CommandApdu::new(0x00, 0x88, 0x00, value.slot)
            .with_data(&challenge)?
            .with_le(256);
        let response = card.send(&command)?;
        let expected = cmac(&Key::aes(&value.value.0)?, &challenge)?;
        if !response.sw.is_success() {
            wrong.push(format!("slot {}: {}", value.slot, explained(response.sw)));
        } else if response.data != expected {
            wrong.push(format!(
                "slot {}: another AES-CMAC than that of the value sent",
                value.slot
            ));
        }
    }
    let came_back = match wrong.as_slice() {
        [] => "the AES-CMAC of the challenge under each value, as computed here; the values cannot be read"
            .to_owned(),
        wrong => wrong.join("; "),
    };
    report.row(wrong.is_empty(), step, sent, came_back);
    Ok(())
}

/// A challenge that no two runs share: the time. It needs to be new, not secret.
fn challenge() -> [u8; 16] {
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default();
    now.as_nanos().to_be_bytes()
}
