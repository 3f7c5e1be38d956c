//! The TOML form of data items: read strictly, then checked, then turned into [`DataItem`]s.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use cap_format::export_file::ExportFile;
use card_proto::uicc::pin::{MAX_TRIES, PinObject, TAG_PIN_OBJECT, encode_pin};
use serde::Deserialize;

use super::{
    Access, Authentication, AuthenticationValue, DataItem, DataObject, ItemContent, Languages, MAX_NAME,
    MAX_OCTETS, Octets, Phonebook, PhonebookEntry, Service, ServicePin, Wrap, base64, load_file,
};

/// Tries of a service's PIN where the item names none.
const PIN_TRIES: u8 = 3;
/// Tags that the second stage keeps for itself.
const STAGE_TAGS: std::ops::RangeInclusive<u16> = 0xDF01..=0xDF0F;

/// Why an items file was refused. The text names file and field.
#[derive(Debug, thiserror::Error)]
pub enum ItemError {
    /// The file could not be read.
    #[error("{} cannot be read", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The text is not TOML, or has an unknown, missing or ill-typed field.
    #[error("{}: line {line}: {message}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Line, from 1; 0 if unknown.
        line: usize,
        /// What is wrong. The line itself is not shown: it may hold a secret.
        message: String,
    },
    /// A field has a value that cannot be used.
    #[error("{}: item \"{item}\", {field}: {problem}", path.display())]
    Field {
        /// The file.
        path: PathBuf,
        /// Name of the item.
        item: String,
        /// Name of the field.
        field: String,
        /// What is wrong, and what would be right.
        problem: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ItemsFile {
    #[serde(default)]
    phonebook: Vec<PhonebookTable>,
    #[serde(default)]
    authentication: Vec<AuthenticationTable>,
    #[serde(default)]
    languages: Vec<LanguagesTable>,
    #[serde(default)]
    service: Vec<ServiceTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PhonebookTable {
    name: String,
    start_record: Option<u8>,
    entries: Vec<PhonebookEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AuthenticationTable {
    name: String,
    values: Vec<AuthenticationValue>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LanguagesTable {
    name: String,
    preferred: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ServiceTable {
    name: String,
    #[serde(default)]
    wrap: Wrap,
    load_file: LoadFileTable,
    module_aid: Octets,
    instance_aid: Octets,
    privileges: Option<Octets>,
    /// Any value: the library's message about one of another type would show it.
    pin: Option<toml::Value>,
    pin_tries: Option<u8>,
    #[serde(default)]
    objects: Vec<ObjectTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LoadFileTable {
    aid: Octets,
    hex: Option<Octets>,
    file: Option<PathBuf>,
    #[serde(default)]
    exports: Vec<PathBuf>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ObjectTable {
    tag: Octets,
    access: Access,
    text: Option<String>,
    hex: Option<Octets>,
    base64: Option<String>,
    file: Option<PathBuf>,
    pem: Option<PathBuf>,
}

impl DataItem {
    /// Reads all items of a TOML file.
    ///
    /// # Errors
    /// If the file or one it names cannot be read, or a field is unknown, missing or has no usable value.
    pub fn read_toml(path: &Path) -> Result<Vec<Self>, ItemError> {
        let bytes = read_bounded(path)?;
        let text = String::from_utf8(bytes).map_err(|error| ItemError::Unreadable {
            path: path.to_owned(),
            source: std::io::Error::new(std::io::ErrorKind::InvalidData, error.utf8_error()),
        })?;
        Self::parse_toml(&text, path)
    }

    /// Reads all items of TOML text; `path` names it in errors and is where relative files are looked for.
    ///
    /// # Errors
    /// As [`DataItem::read_toml`].
    pub fn parse_toml(text: &str, path: &Path) -> Result<Vec<Self>, ItemError> {
        let file: ItemsFile = toml::from_str(text).map_err(|error| syntax(path, text, &error))?;
        let mut items = Vec::new();
        for table in file.phonebook {
            items.push(phonebook(table, path)?);
        }
        for table in file.authentication {
            items.push(authentication(table, path)?);
        }
        for table in file.languages {
            items.push(languages(table, path)?);
        }
        for table in file.service {
            items.push(service(table, path)?);
        }
        for (index, item) in items.iter().enumerate() {
            if items.iter().take(index).any(|other| other.name == item.name) {
                return Err(Field {
                    path,
                    item: &item.name,
                }
                .error("name", "stands twice in this file"));
            }
        }
        Ok(items)
    }
}

/// The place an error message names.
#[derive(Clone, Copy)]
struct Field<'a> {
    path: &'a Path,
    item: &'a str,
}

impl Field<'_> {
    fn error(self, field: &str, problem: impl Into<String>) -> ItemError {
        ItemError::Field {
            path: self.path.to_owned(),
            item: self.item.to_owned(),
            field: field.to_owned(),
            problem: problem.into(),
        }
    }

    fn name(self) -> Result<(), ItemError> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if self.item.is_empty() || self.item.len() > MAX_NAME || !self.item.chars().all(allowed) {
            let rule = format!("must be 1 to {MAX_NAME} letters, digits, '-', '_' or '.'");
            return Err(self.error("name", rule));
        }
        Ok(())
    }

    /// ISO/IEC 7816-4 §12.2.3: an AID has 5 to 16 octets.
    fn aid(self, field: &str, aid: &Octets) -> Result<(), ItemError> {
        match aid.0.len() {
            5..=16 => Ok(()),
            other => Err(self.error(field, format!("an AID has 5 to 16 octets, not {other}"))),
        }
    }

    fn count(self, field: &str, found: usize, most: usize) -> Result<(), ItemError> {
        match found {
            0 => Err(self.error(field, "is empty; nothing would be delivered")),
            n if n > most => Err(self.error(field, format!("has {n} entries; at most {most} are taken"))),
            _ => Ok(()),
        }
    }

    fn size(self, field: &str, octets: Vec<u8>) -> Result<Octets, ItemError> {
        match octets.len() {
            0 => Err(self.error(field, "is empty")),
            n if n > MAX_OCTETS => {
                Err(self.error(field, format!("has {n} octets; at most {MAX_OCTETS} are taken")))
            }
            _ => Ok(Octets(octets)),
        }
    }

    /// The file `name` relative to the TOML file.
    fn read(self, name: &Path) -> Result<Vec<u8>, ItemError> {
        read_bounded(&self.path.parent().unwrap_or(Path::new(".")).join(name))
    }
}

fn phonebook(table: PhonebookTable, path: &Path) -> Result<DataItem, ItemError> {
    let field = Field {
        path,
        item: &table.name,
    };
    field.name()?;
    field.count("entries", table.entries.len(), 254)?;
    let last = usize::from(table.start_record.unwrap_or(1)) + table.entries.len() - 1;
    if table.start_record == Some(0) || last > 254 {
        return Err(field.error("start_record", "records are numbered 1 to 254"));
    }
    let content = ItemContent::Phonebook(Phonebook {
        start_record: table.start_record,
        entries: table.entries,
    });
    Ok(DataItem {
        name: table.name,
        content,
    })
}

fn authentication(table: AuthenticationTable, path: &Path) -> Result<DataItem, ItemError> {
    let field = Field {
        path,
        item: &table.name,
    };
    field.name()?;
    field.count("values", table.values.len(), 254)?;
    for (index, value) in table.values.iter().enumerate() {
        if value.slot == 0 {
            return Err(field.error(&format!("values[{index}].slot"), "slots are numbered from 1"));
        }
        if !matches!(value.value.0.len(), 16 | 24 | 32) {
            let problem = format!("must have 16, 24 or 32 octets, not {}", value.value.0.len());
            return Err(field.error(&format!("values[{index}].value"), problem));
        }
    }
    let content = ItemContent::Authentication(Authentication { values: table.values });
    Ok(DataItem {
        name: table.name,
        content,
    })
}

fn languages(table: LanguagesTable, path: &Path) -> Result<DataItem, ItemError> {
    let field = Field {
        path,
        item: &table.name,
    };
    field.name()?;
    let languages =
        Languages::try_from(table.preferred).map_err(|problem| field.error("preferred", problem))?;
    Ok(DataItem {
        name: table.name,
        content: ItemContent::Languages(languages),
    })
}

fn service(table: ServiceTable, path: &Path) -> Result<DataItem, ItemError> {
    let field = Field {
        path,
        item: &table.name,
    };
    field.name()?;
    field.aid("load_file.aid", &table.load_file.aid)?;
    field.aid("module_aid", &table.module_aid)?;
    field.aid("instance_aid", &table.instance_aid)?;
    let privileges = match table.privileges.as_ref().map(|octets| octets.0.as_slice()) {
        None => 0,
        Some(&[octet]) => octet,
        Some(other) => return Err(field.error("privileges", format!("is 1 octet, not {}", other.len()))),
    };
    let load_file = checked_load_file(&table.load_file, field)?;
    let mut objects = Vec::new();
    for (index, object) in table.objects.into_iter().enumerate() {
        objects.push(data_object(object, field, &format!("objects[{index}]"))?);
    }
    let pin = service_pin(table.pin, table.pin_tries, field)?;
    if pin.is_none() && objects.iter().any(|object| object.access == Access::Pin) {
        return Err(field.error(
            "pin",
            "is needed: without it nobody can read the objects with access \"pin\"",
        ));
    }
    let content = ItemContent::Service(Service {
        wrap: table.wrap,
        load_file_aid: table.load_file.aid,
        load_file: field.size("load_file", load_file)?,
        module_aid: table.module_aid,
        instance_aid: table.instance_aid,
        privileges,
        objects,
        pin,
    });
    Ok(DataItem {
        name: table.name.clone(),
        content,
    })
}

/// The octets of a load file. A CAP file is verified, and must be of the package that the item names.
fn checked_load_file(table: &LoadFileTable, field: Field<'_>) -> Result<Vec<u8>, ItemError> {
    let octets = match (&table.hex, &table.file) {
        (Some(hex), None) => hex.0.clone(),
        (None, Some(name)) => field.read(name)?,
        _ => return Err(field.error("load_file", "needs exactly one of hex, file")),
    };
    let mut exports = Vec::new();
    for name in &table.exports {
        let export_file = ExportFile::read(&field.read(name)?);
        exports.push(export_file.map_err(|error| field.error("load_file.exports", error.to_string()))?);
    }
    if !load_file::is_cap(&octets) {
        return Ok(octets);
    }
    let (load_file, package) =
        load_file::verified(&octets, &exports).map_err(|problem| field.error("load_file", problem))?;
    if package.aid.as_bytes() != table.aid.0 {
        let problem = format!("is not that of the CAP file, {}", package.aid);
        return Err(field.error("load_file.aid", problem));
    }
    Ok(load_file)
}

fn service_pin(
    pin: Option<toml::Value>,
    tries: Option<u8>,
    field: Field<'_>,
) -> Result<Option<ServicePin>, ItemError> {
    let digits = match (pin, tries) {
        (None, None) => return Ok(None),
        (None, Some(_)) => return Err(field.error("pin_tries", "needs a pin")),
        (Some(toml::Value::String(digits)), _) => digits,
        (Some(_), _) => return Err(field.error("pin", "is digits in quotes, as in \"1234\"")),
    };
    let pin = encode_pin(&digits).map_err(|error| field.error("pin", error.to_string()))?;
    let limit = tries.unwrap_or(PIN_TRIES);
    if !(1..=MAX_TRIES).contains(&limit) {
        return Err(field.error("pin_tries", format!("is 1 to {MAX_TRIES}")));
    }
    Ok(Some(ServicePin(PinObject {
        tries_left: limit,
        limit,
        pin,
    })))
}

fn data_object(table: ObjectTable, field: Field<'_>, place: &str) -> Result<DataObject, ItemError> {
    let tag = match *table.tag.0.as_slice() {
        [high, low] => u16::from_be_bytes([high, low]),
        _ => return Err(field.error(&format!("{place}.tag"), "is 2 octets, as in \"DF20\"")),
    };
    // The second stage answers these itself or keeps them for later; it refuses objects under them.
    if STAGE_TAGS.contains(&tag) {
        return Err(field.error(&format!("{place}.tag"), "DF01 to DF0F belong to the card"));
    }
    if tag == TAG_PIN_OBJECT {
        return Err(field.error(
            &format!("{place}.tag"),
            "DF10 is the PIN of the service: give the service a pin instead",
        ));
    }
    let value = match (table.text, table.hex, table.base64, table.file, table.pem) {
        (Some(text), None, None, None, None) => text.into_bytes(),
        (None, Some(hex), None, None, None) => hex.0,
        (None, None, Some(text), None, None) => base64::decode(&text)
            .ok_or_else(|| field.error(&format!("{place}.base64"), "is not base64 text"))?,
        (None, None, None, Some(name), None) => field.read(&name)?,
        (None, None, None, None, Some(name)) => pem(&field.read(&name)?)
            .ok_or_else(|| field.error(&format!("{place}.pem"), "the file holds no whole PEM block"))?,
        _ => return Err(field.error(place, "needs exactly one of text, hex, base64, file, pem")),
    };
    // With the access rule before it the value must fit the 2-octet length of a DGI (GPCS §11.11.2.3).
    if value.len() >= 0xFFFF {
        return Err(field.error(place, "has more than 65534 octets"));
    }
    Ok(DataObject {
        tag,
        access: table.access,
        value: field.size(place, value)?,
    })
}

fn syntax(path: &Path, text: &str, error: &toml::de::Error) -> ItemError {
    let before = error.span().and_then(|span| text.get(..span.start));
    ItemError::Syntax {
        path: path.to_owned(),
        line: before.map_or(0, |before| before.matches('\n').count() + 1),
        message: error.message().to_owned(),
    }
}

fn pem(bytes: &[u8]) -> Option<Vec<u8>> {
    base64::decode_pem(std::str::from_utf8(bytes).ok()?)
}

/// Reads a file, but never more than a TOML file with the largest item in hexadecimal can have.
fn read_bounded(path: &Path) -> Result<Vec<u8>, ItemError> {
    let unreadable = |source| ItemError::Unreadable {
        path: path.to_owned(),
        source,
    };
    let most = 8 * MAX_OCTETS;
    let mut bytes = Vec::new();
    let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    fs::File::open(path)
        .map_err(unreadable)?
        .take(limit)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if bytes.len() > most {
        return Err(unreadable(std::io::Error::other(format!(
            "larger than {most} octets"
        ))));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests;
