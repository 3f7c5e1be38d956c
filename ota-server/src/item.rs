//! Data items: what a delivery carries to a card, read from TOML.
//!
//! A file holds any number of items; the kind is the name of the table. Unknown fields are errors. Files are named
//! relative to the TOML file. Octets are written in hexadecimal. A load file that is a CAP file is verified, against the tables
//! of `card-api` and the export files named beside it.
//!
//! ```
//! # use ota_server::item::{DataItem, DataType};
//! let text = r#"
//! [[phonebook]]                 # type 1: records of the phonebook in the first storage
//! name = "emergency-contacts"
//! # start_record = 1            # optional: write records 1, 2, …; without it every entry is appended
//! entries = [
//!     { name = "Ambulance", number = "112" },
//!     { name = "Zoë", number = "+3225551234" },
//! ]
//!
//! [[authentication]]            # type 1: values a card authenticates with and never shows
//! name = "network-login"
//! values = [{ slot = 1, value = "000102030405060708090a0b0c0d0e0f" }] # 16, 24 or 32 octets
//!
//! [[languages]]                 # type 1: what languages the holder prefers
//! name = "languages"
//! preferred = ["pl", "en"]      # 1 to 4 codes of ISO 639, the most wanted first
//!
//! [[service]]                   # type 2: a load file, a service made from it, and the service's data objects
//! name = "transit-pass"
//! wrap = "double"               # "double" (default): type-2 packet inside a type-1 packet; "single": type-2 alone
//! module_aid = "F054574F464F4C44300100"
//! instance_aid = "F054574F464F4C443001000001"
//! privileges = "00"             # optional, 1 octet
//! pin = "1234"                  # optional, 4 to 8 digits: opens the objects with access "pin"
//! pin_tries = 3                 # optional, 1 to 15 (3): wrong tries in a row until the PIN is blocked
//! load_file = { aid = "F054574F464F4C443000", hex = "DECAFFED" }     # or file = "pass.cap", exports = ["library.exp"]
//! objects = [                   # tag: 2 octets; access: "public", "pin" or "never"
//!     { tag = "DF20", access = "public", text = "Line 1, zone A" },  # text, hex, base64, file or pem
//!     { tag = "DF21", access = "pin", hex = "313233" },
//! ]
//! "#;
//! let items = DataItem::parse_toml(text, std::path::Path::new("items.toml")).unwrap();
//! let types: Vec<_> = items.iter().map(DataItem::data_type).collect();
//! assert_eq!(types, [DataType::Type1, DataType::Type1, DataType::Type1, DataType::Type2]);
//! ```

use std::fmt;

use card_proto::reader::ReadError;
use card_proto::uicc::language_preferences::{LanguageCode, LanguageCodeError, LanguagePreferences};
use card_proto::uicc::pin::PinObject;
use serde::{Deserialize, Serialize};

mod base64;
mod file;
mod load_file;

pub use file::ItemError;

/// The longest load file or data object an item may carry, in octets. Far above any card; it bounds the memory used.
pub const MAX_OCTETS: usize = 64 * 1024;

/// The longest name of an item, in octets.
pub const MAX_NAME: usize = 64;

/// One thing a card can be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataItem {
    /// Unique name: 1 to [`MAX_NAME`] of `A`–`Z`, `a`–`z`, `0`–`9`, `-`, `_`, `.`.
    pub name: String,
    /// What it carries.
    pub content: ItemContent,
}

/// The content of a data item, by kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ItemContent {
    /// Records of the phonebook.
    Phonebook(Phonebook),
    /// Values for INTERNAL AUTHENTICATE.
    Authentication(Authentication),
    /// The languages the holder prefers.
    Languages(Languages),
    /// A load file, a service and its data objects.
    Service(Service),
}

/// Entries of the phonebook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phonebook {
    /// First record to write, 1–254; without it every entry is appended.
    pub start_record: Option<u8>,
    /// The entries in order.
    pub entries: Vec<PhonebookEntry>,
}

/// One name and its number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhonebookEntry {
    /// The name.
    pub name: String,
    /// Dialling number: digits, `*`, `#`, a leading `+`.
    pub number: String,
}

/// Authentication values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authentication {
    /// The values and their slots.
    pub values: Vec<AuthenticationValue>,
}

/// One authentication value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthenticationValue {
    /// Slot of the card, from 1.
    pub slot: u8,
    /// 16, 24 or 32 octets.
    pub value: Octets,
}

/// Language preferences; in TOML and JSON a list of codes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<String>", into = "Vec<String>")]
pub struct Languages {
    /// The languages, the most wanted first.
    pub preferred: LanguagePreferences,
}

impl TryFrom<Vec<String>> for Languages {
    type Error = String;

    fn try_from(texts: Vec<String>) -> Result<Self, String> {
        let codes: Vec<LanguageCode> = texts
            .iter()
            .map(|text| text.parse())
            .collect::<Result<_, _>>()
            .map_err(|error: LanguageCodeError| error.to_string())?;
        let preferred = LanguagePreferences::new(codes).map_err(|error| error.to_string())?;
        Ok(Self { preferred })
    }
}

impl From<Languages> for Vec<String> {
    fn from(languages: Languages) -> Self {
        languages
            .preferred
            .codes()
            .iter()
            .map(LanguageCode::to_string)
            .collect()
    }
}

/// A service of the second storage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// How its packets are wrapped.
    pub wrap: Wrap,
    /// AID of the executable load file, 5–16 octets.
    pub load_file_aid: Octets,
    /// The load file.
    pub load_file: Octets,
    /// AID of the executable module, 5–16 octets.
    pub module_aid: Octets,
    /// AID of the service, 5–16 octets.
    pub instance_aid: Octets,
    /// Privileges, 1 octet (GPCS §11.1.2).
    pub privileges: u8,
    /// Data objects of the service.
    pub objects: Vec<DataObject>,
    /// PIN of the service; without one nobody can read objects with [`Access::Pin`].
    #[serde(default)]
    pub pin: Option<ServicePin>,
}

/// PIN of a service. `Debug` shows the tries only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Octets", into = "Octets")]
pub struct ServicePin(pub PinObject);

impl TryFrom<Octets> for ServicePin {
    type Error = ReadError;

    fn try_from(octets: Octets) -> Result<Self, ReadError> {
        PinObject::parse(&octets.0).map(Self)
    }
}

impl From<ServicePin> for Octets {
    fn from(pin: ServicePin) -> Self {
        Self(pin.0.to_bytes().to_vec())
    }
}

/// A data object of a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataObject {
    /// Tag, also the data grouping identifier it is sent under.
    pub tag: u16,
    /// Who may read it.
    pub access: Access,
    /// The value.
    pub value: Octets,
}

/// Who may read a data object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Access {
    /// Anyone.
    Public,
    /// Who has verified the PIN.
    Pin,
    /// Nobody; the service itself uses it.
    Never,
}

impl Access {
    /// The access rule as the first octet of the object's value on the card.
    #[must_use]
    pub fn rule(self) -> u8 {
        match self {
            Self::Public => 0,
            Self::Pin => 1,
            Self::Never => 2,
        }
    }
}

/// How type-2 packets travel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wrap {
    /// The type-2 packet is the content of a type-1 packet.
    #[default]
    Double,
    /// The type-2 packet travels alone, addressed to the second stage.
    Single,
}

/// The two types of data of the delivery (S210).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DataType {
    /// For the first storage, under the type-1 key.
    Type1,
    /// For the second storage, under the type-2 key.
    Type2,
}

impl DataItem {
    /// The type of the item's data: S210. The kind alone decides.
    #[must_use]
    pub fn data_type(&self) -> DataType {
        match self.content {
            ItemContent::Phonebook(_) | ItemContent::Authentication(_) | ItemContent::Languages(_) => {
                DataType::Type1
            }
            ItemContent::Service(_) => DataType::Type2,
        }
    }

    /// Why the item has its type, in words for a person.
    #[must_use]
    pub fn type_words(&self) -> &'static str {
        match self.content {
            ItemContent::Phonebook(_) => "type 1: phonebook entries go to the first storage",
            ItemContent::Authentication(_) => "type 1: authentication values go to the first storage",
            ItemContent::Languages(_) => "type 1: language preferences go to the first storage",
            ItemContent::Service(Service {
                wrap: Wrap::Double, ..
            }) => {
                "type 2: a service goes to the second storage, encrypted with the type-2 key and again with the type-1 key"
            }
            ItemContent::Service(Service {
                wrap: Wrap::Single, ..
            }) => "type 2: a service goes to the second storage, encrypted with the type-2 key only",
        }
    }

    /// The kind as the TOML file writes it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self.content {
            ItemContent::Phonebook(_) => "phonebook",
            ItemContent::Authentication(_) => "authentication",
            ItemContent::Languages(_) => "languages",
            ItemContent::Service(_) => "service",
        }
    }
}

impl DataType {
    /// The type as a number, 1 or 2.
    #[must_use]
    pub fn number(self) -> u8 {
        match self {
            Self::Type1 => 1,
            Self::Type2 => 2,
        }
    }
}

/// Octets, written as hexadecimal text in TOML and JSON. `Debug` shows only how many there are: they may be secret.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Octets(pub Vec<u8>);

impl fmt::Debug for Octets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} octets", self.0.len())
    }
}

impl Serialize for Octets {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Octets {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        hex::decode(&text).map(Octets).map_err(|error| {
            serde::de::Error::custom(format!("not hexadecimal text of whole octets ({error})"))
        })
    }
}
