//! A card as the server knows it: how it is reached, what it can take, its keys.

use secure_channel::key::KeySet;
use secure_channel::scp80::{ResponseDialect, Spi, Tar};

use crate::store::CardId;

mod file;

pub use file::CardFileError;

/// Key version number of the type-1 key set (first stage).
pub const KVN_TYPE_1: u8 = 1;
/// Key version number of the type-2 key set (second stage).
pub const KVN_TYPE_2: u8 = 2;

/// Everything about a card but its keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardProfile {
    /// ICCID, digits.
    pub iccid: String,
    /// Number of the subscription, digits; unique.
    pub msisdn: String,
    /// TAR of the first stage.
    pub first_stage_tar: Tar,
    /// TAR of the second stage.
    pub second_stage_tar: Tar,
    /// Most short messages one packet may take, 1–255.
    pub max_segments: u8,
    /// Length of a phonebook record, in octets, 15–255.
    pub phonebook_record_length: u8,
    /// SPI of the packets sent to the card.
    pub spi: Spi,
    /// What the card's proofs of receipt are computed over.
    pub response_dialect: ResponseDialect,
}

impl CardProfile {
    /// A card with the two stages as Twofold installs them.
    #[must_use]
    pub fn new(iccid: impl Into<String>, msisdn: impl Into<String>) -> Self {
        Self {
            iccid: iccid.into(),
            msisdn: msisdn.into(),
            first_stage_tar: Tar([0xBF, 0xFF, 0x10]),
            second_stage_tar: Tar([0xBF, 0xFF, 0x20]),
            max_segments: 7,
            phonebook_record_length: 46,
            // TS 102 225 §5.1.1: counter higher, ciphered, CC; PoR always, ciphered, with CC, in the answer to ENVELOPE.
            spi: Spi::from_bytes([0x16, 0x19]),
            response_dialect: ResponseDialect::WithUdh,
        }
    }
}

/// A card with the keys of both stages, as it is added to the database.
#[derive(Clone, Debug)]
pub struct NewCard {
    /// The card.
    pub profile: CardProfile,
    /// Key set of the first stage, KVN 1.
    pub type_1: KeySet,
    /// Key set of the second stage, KVN 2.
    pub type_2: KeySet,
}

/// A card of the database.
#[derive(Clone, Debug)]
pub(crate) struct Card {
    pub(crate) id: CardId,
    pub(crate) profile: CardProfile,
    pub(crate) type_1: KeySet,
    pub(crate) type_2: KeySet,
}
