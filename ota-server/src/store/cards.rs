//! Cards, their keys and counters.

use secure_channel::key::{Key, KeySet, KeyType, KeyVersionNumber};
use secure_channel::scp80::{ResponseDialect, Spi, Tar};

use super::{CardId, StoreError, WriteTransaction, damaged, signed, unsigned};
use crate::card::{Card, CardProfile, KVN_TYPE_1, KVN_TYPE_2, NewCard};

#[derive(sqlx::FromRow)]
struct CardRow {
    id: CardId,
    iccid: String,
    msisdn: String,
    first_stage_tar: Vec<u8>,
    second_stage_tar: Vec<u8>,
    max_segments: i64,
    phonebook_record_length: i64,
    spi: Vec<u8>,
    response_dialect: String,
}

#[derive(sqlx::FromRow)]
struct KeyRow {
    kic: Vec<u8>,
    kid: Vec<u8>,
    dek: Vec<u8>,
}

impl WriteTransaction {
    /// Adds a card with its keys, or brings the one with its ICCID up to date. Counters never fall.
    ///
    /// # Errors
    /// If another card has the number, or the database could not write.
    pub async fn add_card(&mut self, card: &NewCard) -> Result<CardId, StoreError> {
        let profile = &card.profile;
        let id: CardId = sqlx::query_scalar(
            "INSERT INTO cards (iccid, msisdn, first_stage_tar, second_stage_tar, max_segments,
                                phonebook_record_length, spi, response_dialect)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?)
             ON CONFLICT (iccid) DO UPDATE SET
                 msisdn = excluded.msisdn, first_stage_tar = excluded.first_stage_tar,
                 second_stage_tar = excluded.second_stage_tar, max_segments = excluded.max_segments,
                 phonebook_record_length = excluded.phonebook_record_length, spi = excluded.spi,
                 response_dialect = excluded.response_dialect
             RETURNING id",
        )
        .bind(&profile.iccid)
        .bind(&profile.msisdn)
        .bind(profile.first_stage_tar.0.as_slice())
        .bind(profile.second_stage_tar.0.as_slice())
        .bind(profile.max_segments)
        .bind(profile.phonebook_record_length)
        .bind(profile.spi.to_bytes().as_slice())
        .bind(dialect_name(profile.response_dialect))
        .fetch_one(&mut *self.0)
        .await?;
        self.put_keys(id, KVN_TYPE_1, &card.type_1).await?;
        self.put_keys(id, KVN_TYPE_2, &card.type_2).await?;
        Ok(id)
    }

    async fn put_keys(&mut self, card: CardId, kvn: u8, keys: &KeySet) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO key_sets (card, kvn, kic, kid, dek) VALUES (?, ?, ?, ?, ?)
             ON CONFLICT (card, kvn) DO UPDATE SET kic = excluded.kic, kid = excluded.kid, dek = excluded.dek",
        )
        .bind(card)
        .bind(kvn)
        .bind(keys.kic.expose_secret())
        .bind(keys.kid.expose_secret())
        .bind(keys.dek.expose_secret())
        .execute(&mut *self.0)
        .await?;
        sqlx::query("INSERT INTO counters (card, kvn, last) VALUES (?, ?, 0) ON CONFLICT DO NOTHING")
            .bind(card)
            .bind(kvn)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// The card with this number.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is none.
    pub async fn card_by_msisdn(&mut self, msisdn: &str) -> Result<CardId, StoreError> {
        let id = sqlx::query_scalar("SELECT id FROM cards WHERE msisdn = ?")
            .bind(msisdn)
            .fetch_optional(&mut *self.0)
            .await?;
        id.ok_or_else(|| StoreError::NotFound {
            what: "card with the number",
            name: msisdn.to_owned(),
        })
    }

    /// The card with this ICCID.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is none.
    pub async fn card_by_iccid(&mut self, iccid: &str) -> Result<CardId, StoreError> {
        let id = sqlx::query_scalar("SELECT id FROM cards WHERE iccid = ?")
            .bind(iccid)
            .fetch_optional(&mut *self.0)
            .await?;
        id.ok_or_else(|| StoreError::NotFound {
            what: "card with the ICCID",
            name: iccid.to_owned(),
        })
    }

    /// The card with its keys.
    pub(crate) async fn card(&mut self, id: CardId) -> Result<Card, StoreError> {
        let row: CardRow = sqlx::query_as("SELECT * FROM cards WHERE id = ?")
            .bind(id)
            .fetch_one(&mut *self.0)
            .await?;
        let type_1 = self.keys(id, KVN_TYPE_1).await?;
        let type_2 = self.keys(id, KVN_TYPE_2).await?;
        Ok(Card {
            id: row.id,
            profile: row.try_into()?,
            type_1,
            type_2,
        })
    }

    async fn keys(&mut self, card: CardId, kvn: u8) -> Result<KeySet, StoreError> {
        let row: KeyRow = sqlx::query_as("SELECT kic, kid, dek FROM key_sets WHERE card = ? AND kvn = ?")
            .bind(card)
            .bind(kvn)
            .fetch_one(&mut *self.0)
            .await?;
        Ok(KeySet {
            kvn: KeyVersionNumber::new(kvn).map_err(|error| damaged("key set", error))?,
            kic: key(&row.kic)?,
            kid: key(&row.kid)?,
            dek: key(&row.dek)?,
        })
    }

    /// Takes the next counter value of a key set: one above the last.
    ///
    /// # Errors
    /// [`StoreError::CounterExhausted`] at the last value.
    pub(crate) async fn next_counter(&mut self, card: CardId, kvn: u8) -> Result<u64, StoreError> {
        let last: Option<i64> = sqlx::query_scalar(
            "UPDATE counters SET last = last + 1 WHERE card = ? AND kvn = ? AND last < 1099511627775 RETURNING last",
        )
        .bind(card)
        .bind(kvn)
        .fetch_optional(&mut *self.0)
        .await?;
        unsigned("counter", last.ok_or(StoreError::CounterExhausted { kvn })?)
    }

    /// Raises the last used counter of a key set to `value`; a lower value changes nothing.
    ///
    /// A card that is installed again must start at the last value used: give it [`WriteTransaction::counter`], and
    /// tell the server what another sender has used with this.
    ///
    /// # Errors
    /// If the database could not write.
    pub async fn raise_counter(&mut self, card: CardId, kvn: u8, value: u64) -> Result<(), StoreError> {
        sqlx::query("UPDATE counters SET last = max(last, ?) WHERE card = ? AND kvn = ?")
            .bind(signed(value))
            .bind(card)
            .bind(kvn)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// The last counter value used with a key set.
    ///
    /// # Errors
    /// If the card has no such key set.
    pub async fn counter(&mut self, card: CardId, kvn: u8) -> Result<u64, StoreError> {
        let last = sqlx::query_scalar("SELECT last FROM counters WHERE card = ? AND kvn = ?")
            .bind(card)
            .bind(kvn)
            .fetch_one(&mut *self.0)
            .await?;
        unsigned("counter", last)
    }

    /// Takes the card's next concatenation reference, so that no two messages in flight have the same.
    pub(crate) async fn next_concatenation_reference(&mut self, card: CardId) -> Result<u8, StoreError> {
        let reference = sqlx::query_scalar(
            "UPDATE cards SET concatenation_reference = (concatenation_reference + 1) % 256 WHERE id = ?
             RETURNING concatenation_reference",
        )
        .bind(card)
        .fetch_one(&mut *self.0)
        .await?;
        unsigned("card", reference)
    }
}

impl TryFrom<CardRow> for CardProfile {
    type Error = StoreError;

    fn try_from(row: CardRow) -> Result<Self, StoreError> {
        Ok(Self {
            first_stage_tar: Tar(octets(&row.first_stage_tar)?),
            second_stage_tar: Tar(octets(&row.second_stage_tar)?),
            max_segments: unsigned("card", row.max_segments)?,
            phonebook_record_length: unsigned("card", row.phonebook_record_length)?,
            spi: Spi::from_bytes(octets(&row.spi)?),
            response_dialect: dialect(&row.response_dialect)?,
            iccid: row.iccid,
            msisdn: row.msisdn,
        })
    }
}

fn octets<const N: usize>(bytes: &[u8]) -> Result<[u8; N], StoreError> {
    bytes
        .try_into()
        .map_err(|_| damaged("card", "a field has the wrong length"))
}

/// 16 and 32 octets are AES; 24 octets are taken as AES-192, too: the stages refuse triple DES.
fn key(bytes: &[u8]) -> Result<Key, StoreError> {
    let key_type =
        KeyType::aes_of_length(bytes.len()).ok_or_else(|| damaged("key set", "not the length of a key"))?;
    Key::from_bytes(key_type, bytes).map_err(|error| damaged("key set", error))
}

fn dialect_name(dialect: ResponseDialect) -> &'static str {
    match dialect {
        ResponseDialect::WithUdh => "with-udh",
        ResponseDialect::WithLengths => "with-lengths",
        ResponseDialect::Normal => "normal",
    }
}

fn dialect(name: &str) -> Result<ResponseDialect, StoreError> {
    [
        ResponseDialect::WithUdh,
        ResponseDialect::WithLengths,
        ResponseDialect::Normal,
    ]
    .into_iter()
    .find(|dialect| dialect_name(*dialect) == name)
    .ok_or_else(|| damaged("card", format!("response dialect \"{name}\"")))
}
