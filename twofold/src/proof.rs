//! What is read back from the card after a delivery, and compared with what was to be delivered.

use anyhow::{Context as _, Result, bail, ensure};
use card_proto::{
    aid::Aid,
    apdu::CommandApdu,
    gp::{
        get_status::{RegistryEntry, StatusSubset, get_status},
        life_cycle::application_state_name,
    },
    status_word::StatusWord,
    uicc::adn::AdnRecord,
};
use ota_server::item::{Access, Authentication, DataItem, ItemContent, Phonebook, Service};
use secure_channel::{key::Key, scp80::cmac};

use crate::{card::Card, card::explained, report::Report};

/// Reads back what `item` should have left on the card, and adds what was found to the report.
///
/// # Errors
/// The card does not answer.
pub fn read_back(card: &mut Card, item: &DataItem, report: &mut Report) -> Result<()> {
    match &item.content {
        ItemContent::Phonebook(phonebook) => read_phonebook(card, phonebook, report),
        ItemContent::Authentication(values) => authenticate(card, values, report),
        ItemContent::Service(service) => read_service(card, service, report),
    }
}

/// READ RECORD (ISO 7816-4 §11.4.3) over the whole phonebook.
fn read_phonebook(card: &mut Card, phonebook: &Phonebook, report: &mut Report) -> Result<()> {
    card.select(&card.profile.first_stage.aid.clone())?;
    let mut found = Vec::new();
    for record in 1..=u8::MAX {
        let response = card.send(&CommandApdu::new(0x00, 0xB2, record, 0x04).with_le(256))?;
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
    report.row(
        missing.is_empty(),
        "read back storage 1: phonebook",
        "READ RECORD 1, 2, …",
        came_back,
    );
    Ok(())
}

/// INTERNAL AUTHENTICATE (ISO 7816-4 §11.5.2) with each value, compared with the AES-CMAC computed here.
fn authenticate(card: &mut Card, authentication: &Authentication, report: &mut Report) -> Result<()> {
    card.select(&card.profile.first_stage.aid.clone())?;
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
    let slots: Vec<String> = authentication
        .values
        .iter()
        .map(|value| value.slot.to_string())
        .collect();
    let came_back = match wrong.as_slice() {
        [] => "the AES-CMAC of the challenge under each value, as computed here; the values cannot be read"
            .to_owned(),
        wrong => wrong.join("; "),
    };
    let sent = format!(
        "INTERNAL AUTHENTICATE, slots {}, a challenge of 16 octets",
        slots.join(", ")
    );
    report.row(
        wrong.is_empty(),
        "use storage 1: authentication values",
        sent,
        came_back,
    );
    Ok(())
}

/// A challenge that no two runs share: the time. It needs to be new, not secret.
fn challenge() -> [u8; 16] {
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default();
    now.as_nanos().to_be_bytes()
}

fn read_service(card: &mut Card, service: &Service, report: &mut Report) -> Result<()> {
    card.select(&card.profile.second_stage.aid.clone())?;
    let registry = registry(card)?;
    let state = |aid: &[u8]| {
        registry
            .iter()
            .find(|entry| entry.aid.as_bytes() == aid)
            .map(|entry| entry.life_cycle)
    };
    let (load_file, instance) = (state(&service.load_file_aid.0), state(&service.instance_aid.0));
    let came_back = match (load_file, instance) {
        (Some(load_file), Some(instance)) => format!(
            "load file {} ({load_file:02X}), service {} ({})",
            hex::encode_upper(&service.load_file_aid.0),
            hex::encode_upper(&service.instance_aid.0),
            application_state_name(instance)
        ),
        _ => "the load file or the service is not there".to_owned(),
    };
    let installed = load_file.is_some() && instance.is_some();
    report.row(
        installed,
        "read back storage 2: registry",
        "GET STATUS",
        came_back,
    );
    if !installed {
        return Ok(());
    }
    select_service(card, &service.instance_aid.0)?;
    for object in &service.objects {
        let (found, sw) = read_object(card, object.tag)?;
        let (right, came_back) = match object.access {
            Access::Public => (
                sw.is_success() && found == object.value.0,
                if sw.is_success() {
                    shown(&found, &object.value.0)
                } else {
                    explained(sw)
                },
            ),
            Access::Pin | Access::Never => (
                sw == StatusWord::SECURITY_STATUS_NOT_SATISFIED && found.is_empty(),
                format!("{sw}: as its access rule says"),
            ),
        };
        let step = format!("read back storage 2: object {:04X}", object.tag);
        report.row(
            right,
            step,
            format!("GET DATA {:04X} ({:?})", object.tag, object.access),
            came_back,
        );
    }
    Ok(())
}

/// GET STATUS (GPCS §11.4) of load files and services, all pages.
fn registry(card: &mut Card) -> Result<Vec<RegistryEntry>> {
    let subset = StatusSubset::APPLICATIONS.and(StatusSubset::LOAD_FILES);
    let mut entries = Vec::new();
    for page in 0..u8::MAX {
        let response = card.send(&get_status(subset, page > 0))?;
        match response.sw {
            sw if sw.is_success() || sw == StatusWord::MORE_DATA_AVAILABLE => {
                entries.extend(RegistryEntry::parse_all(&response.data)?)
            }
            StatusWord::REFERENCED_DATA_NOT_FOUND => return Ok(entries),
            sw => bail!("GET STATUS: {}", explained(sw)),
        }
        if response.sw.is_success() {
            return Ok(entries);
        }
    }
    bail!("GET STATUS announces more data without end")
}

/// Whether the second stage's registry has this AID.
///
/// # Errors
/// The card does not answer.
pub fn has_entry(card: &mut Card, aid: &[u8]) -> Result<bool> {
    card.select(&card.profile.second_stage.aid.clone())?;
    Ok(registry(card)?.iter().any(|entry| entry.aid.as_bytes() == aid))
}

/// The second stage's own selection of a service: it is no applet, so SELECT cannot find it.
fn select_service(card: &mut Card, aid: &[u8]) -> Result<()> {
    let aid = Aid::new(aid).context("AID of the service")?;
    let command = CommandApdu::new(0x80, 0xA4, 0x04, 0x00).with_data(aid.as_bytes())?;
    let response = card.send(&command)?;
    ensure!(
        response.sw.is_success(),
        "service {aid} cannot be selected: {}",
        explained(response.sw)
    );
    Ok(())
}

/// An object of the selected service, however long: GET DATA from an offset until no more is there.
fn read_object(card: &mut Card, tag: u16) -> Result<(Vec<u8>, StatusWord)> {
    let [p1, p2] = tag.to_be_bytes();
    let mut octets = Vec::new();
    loop {
        let [high, low] = u16::try_from(octets.len())
            .context("the object does not end")?
            .to_be_bytes();
        let command = CommandApdu::new(0x80, 0xCB, p1, p2)
            .with_data(&[0x54, 0x02, high, low])?
            .with_le(256);
        let response = card.send(&command)?;
        octets.extend(&response.data);
        if response.sw != StatusWord::MORE_DATA_AVAILABLE || response.data.is_empty() {
            return Ok((octets, response.sw));
        }
    }
}

/// Text as text, anything else by its length.
fn shown(found: &[u8], expected: &[u8]) -> String {
    if found != expected {
        return format!("{} octets, not those that were sent", found.len());
    }
    match std::str::from_utf8(found) {
        Ok(text) if !text.chars().any(char::is_control) => format!("«{text}», as sent"),
        _ => format!("{} octets, as sent", found.len()),
    }
}
