//! Storage 2: the registry, and the objects of a service under their three access rules.

use anyhow::{Context as _, Result, bail, ensure};
use card_proto::{
    aid::Aid,
    apdu::CommandApdu,
    gp::{
        get_status::{RegistryEntry, StatusSubset, get_status},
        life_cycle::application_state_name,
    },
    status_word::StatusWord,
    uicc::pin::{KeyReference, TAG_PIN_OBJECT},
};
use ota_server::item::{Access, DataObject, Service};

use crate::{
    card::{Card, explained},
    pin::{Verification, verify},
    report::Report,
};

/// The registry and all objects of the service.
pub(super) fn read_service(card: &mut Card, service: &Service, report: &mut Report) -> Result<()> {
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
    read_objects(card, service, report)
}

/// GET DATA of every object: those behind the PIN before and after VERIFY PIN.
fn read_objects(card: &mut Card, service: &Service, report: &mut Report) -> Result<()> {
    let pin_object = service.pin.as_ref().map(|pin| DataObject {
        tag: TAG_PIN_OBJECT,
        access: Access::Never,
        value: pin.clone().into(),
    });
    let (behind_pin, others): (Vec<&DataObject>, Vec<&DataObject>) = service
        .objects
        .iter()
        .chain(&pin_object)
        .partition(|object| object.access == Access::Pin);
    for object in others {
        let found = read_object(card, object.tag)?;
        let (right, came_back) = match object.access {
            Access::Public => as_sent(&found, object),
            Access::Pin | Access::Never => closed(&found),
        };
        report.row(
            right,
            object_step(object),
            format!("GET DATA {:04X} ({:?})", object.tag, object.access),
            came_back,
        );
    }
    read_behind_pin(card, service, &behind_pin, report)
}

/// Objects with the rule PIN: closed before VERIFY PIN, as sent after it.
fn read_behind_pin(
    card: &mut Card,
    service: &Service,
    objects: &[&DataObject],
    report: &mut Report,
) -> Result<()> {
    let mut before = Vec::new();
    for object in objects {
        before.push(closed(&read_object(card, object.tag)?));
    }
    let verification = match &service.pin {
        Some(pin) => verify(card, KeyReference::SECOND_APPLICATION_1, &pin.0.pin)?,
        None => Verification::Refused("the service has no PIN".to_owned()),
    };
    for (object, (was_closed, before)) in objects.iter().zip(before) {
        let (right, after) = match &verification {
            Verification::Verified => as_sent(&read_object(card, object.tag)?, object),
            Verification::Refused(why) => (false, why.clone()),
        };
        report.row(
            was_closed && right,
            object_step(object),
            format!(
                "GET DATA {:04X} ({:?}), VERIFY PIN 00200081, GET DATA again",
                object.tag, object.access
            ),
            format!("{before}; then {after}"),
        );
    }
    Ok(())
}

fn object_step(object: &DataObject) -> String {
    format!("read back storage 2: object {:04X}", object.tag)
}

/// The content of an object, or what the card said instead.
type Found = (Vec<u8>, StatusWord);

/// Whether the object's content came back, and in words what did.
fn as_sent((found, sw): &Found, object: &DataObject) -> (bool, String) {
    if sw.is_success() {
        (*found == object.value.0, shown(found, &object.value.0))
    } else {
        (false, explained(*sw))
    }
}

/// Whether the object was refused, and in words what came back.
fn closed((found, sw): &Found) -> (bool, String) {
    if *sw == StatusWord::SECURITY_STATUS_NOT_SATISFIED && found.is_empty() {
        (true, format!("{sw}: as its access rule says"))
    } else {
        (
            false,
            format!("{sw} and {} octets, against its access rule", found.len()),
        )
    }
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
fn read_object(card: &mut Card, tag: u16) -> Result<Found> {
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
