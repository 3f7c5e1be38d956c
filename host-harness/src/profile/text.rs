//! The TOML text of a card profile.

use std::fmt;

use card_proto::aid::Aid;
use card_proto::sms::address::Address;
use card_proto::uicc::pin::{MAX_TRIES, PinError};
use secure_channel::key::{Key, KeySet, KeyType, KeyVersionNumber};
use secure_channel::pin::Pin;
use secure_channel::scp80::{Spi, Tar};
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};
use toml::Spanned;
use zeroize::Zeroizing;

use super::{CardProfile, FirstStageSizes, SecondStageSizes, StageProfile};
use crate::install_parameters::PinParameters;

/// What is wrong, and in which line, from 1.
pub(super) struct Defect {
    pub(super) line: usize,
    pub(super) reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    name: String,
    iccid: Spanned<String>,
    msisdn: Spanned<String>,
    spi: Spanned<String>,
    first_stage: FirstStage,
    second_stage: SecondStage,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FirstStage {
    aid: Spanned<String>,
    tar: Spanned<String>,
    max_segments: u8,
    records: u8,
    record_length: u8,
    slots: u8,
    keys: Keys,
    pin: PinTable,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SecondStage {
    aid: Spanned<String>,
    tar: Spanned<String>,
    max_packet_length: u16,
    arena: u16,
    keys: Keys,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Keys {
    kvn: Spanned<u8>,
    kic: Spanned<Secret>,
    kid: Spanned<Secret>,
    dek: Spanned<Secret>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PinTable {
    pin: Spanned<Secret>,
    puk: Spanned<Secret>,
    pin_tries: Spanned<u8>,
    puk_tries: Spanned<u8>,
}

/// The text of a key, a PIN or a PUK.
struct Secret(Zeroizing<String>);

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SecretVisitor)
    }
}

/// The library's own message about a value of another type would show the value.
struct SecretVisitor;

const NOT_TEXT: &str = "a key is hexadecimal text in quotes, a PIN or PUK is digits in quotes";

impl Visitor<'_> for SecretVisitor {
    type Value = Secret;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(NOT_TEXT)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Secret, E> {
        Ok(Secret(Zeroizing::new(text.to_owned())))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Secret, E> {
        Ok(Secret(Zeroizing::new(text)))
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Secret, E> {
        Err(E::custom(NOT_TEXT))
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Secret, E> {
        Err(E::custom(NOT_TEXT))
    }

    fn visit_i128<E: Error>(self, _: i128) -> Result<Secret, E> {
        Err(E::custom(NOT_TEXT))
    }

    fn visit_u128<E: Error>(self, _: u128) -> Result<Secret, E> {
        Err(E::custom(NOT_TEXT))
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Secret, E> {
        Err(E::custom(NOT_TEXT))
    }
}

pub(super) fn parse(text: &str) -> Result<CardProfile, Defect> {
    // The error's own text would quote the line, and a secret may stand in it.
    let parsed: Text = toml::from_str(text).map_err(|error| Defect {
        line: error.span().map_or(1, |span| line_of(text, span.start)),
        reason: error.message().trim().to_owned(),
    })?;
    let source = Source(text);
    let Text {
        name,
        iccid,
        msisdn,
        spi,
        first_stage: first,
        second_stage: second,
    } = parsed;
    Ok(CardProfile {
        name,
        iccid: source.checked(&iccid, "iccid", is_iccid, "18 to 20 digits")?,
        msisdn: source.checked(
            &msisdn,
            "msisdn",
            is_msisdn,
            "a number in international form: + and digits",
        )?,
        spi: Spi::from_bytes(source.octets(&spi, "spi")?),
        first_stage: source.stage("first_stage", &first.aid, &first.tar, &first.keys)?,
        first_stage_sizes: FirstStageSizes {
            max_segments: first.max_segments,
            records: first.records,
            record_length: first.record_length,
            slots: first.slots,
        },
        first_stage_pin: source.pin("first_stage.pin", &first.pin)?,
        second_stage: source.stage("second_stage", &second.aid, &second.tar, &second.keys)?,
        second_stage_sizes: SecondStageSizes {
            max_packet_length: second.max_packet_length,
            arena: second.arena,
        },
    })
}

/// The text, to tell lines by.
struct Source<'a>(&'a str);

impl Source<'_> {
    fn defect<T>(&self, at: &Spanned<T>, field: &str, reason: impl fmt::Display) -> Defect {
        Defect {
            line: line_of(self.0, at.span().start),
            reason: format!("{field}: {reason}"),
        }
    }

    fn checked(
        &self,
        value: &Spanned<String>,
        field: &str,
        is_good: fn(&str) -> bool,
        wanted: &str,
    ) -> Result<String, Defect> {
        let text = value.get_ref();
        if is_good(text) {
            Ok(text.clone())
        } else {
            Err(self.defect(value, field, format!("{text:?} is not {wanted}")))
        }
    }

    fn octets<const N: usize>(&self, value: &Spanned<String>, field: &str) -> Result<[u8; N], Defect> {
        let mut octets = [0; N];
        match hex::decode_to_slice(value.get_ref(), &mut octets) {
            Ok(()) => Ok(octets),
            Err(_) => Err(self.defect(value, field, format!("{} hexadecimal digits are expected", 2 * N))),
        }
    }

    fn stage(
        &self,
        field: &str,
        aid: &Spanned<String>,
        tar: &Spanned<String>,
        keys: &Keys,
    ) -> Result<StageProfile, Defect> {
        let octets: [u8; 16] = self.octets(aid, &format!("{field}.aid"))?;
        let parsed = Aid::new(&octets).map_err(|error| self.defect(aid, &format!("{field}.aid"), error))?;
        let tar_octets = self.octets(tar, &format!("{field}.tar"))?;
        // TS 101 220 Annex D: octets 13 to 15 of a toolkit application's AID are its TAR.
        if parsed.tar() != Some(tar_octets) {
            return Err(self.defect(
                tar,
                &format!("{field}.tar"),
                "octets 13 to 15 of the AID are another TAR",
            ));
        }
        Ok(StageProfile {
            aid: parsed,
            tar: Tar(tar_octets),
            keys: self.keys(field, keys)?,
        })
    }

    fn keys(&self, stage: &str, keys: &Keys) -> Result<KeySet, Defect> {
        let kvn = KeyVersionNumber::new(*keys.kvn.get_ref())
            .map_err(|error| self.defect(&keys.kvn, &format!("{stage}.keys.kvn"), error))?;
        let key = |key: &Spanned<Secret>, name: &str| {
            Key::from_hex(KeyType::Aes128, &key.get_ref().0)
                .map_err(|error| self.defect(key, &format!("{stage}.keys.{name}"), error))
        };
        Ok(KeySet {
            kvn,
            kic: key(&keys.kic, "kic")?,
            kid: key(&keys.kid, "kid")?,
            dek: key(&keys.dek, "dek")?,
        })
    }

    fn pin(&self, table: &str, pin: &PinTable) -> Result<PinParameters, Defect> {
        type Read = fn(&str) -> Result<Pin, PinError>;
        let secret = |digits: &Spanned<Secret>, name: &str, read: Read| {
            read(&digits.get_ref().0).map_err(|error| self.defect(digits, &format!("{table}.{name}"), error))
        };
        let tries = |tries: &Spanned<u8>, name: &str| match *tries.get_ref() {
            number @ 1..=MAX_TRIES => Ok(number),
            _ => Err(self.defect(
                tries,
                &format!("{table}.{name}"),
                format!("1 to {MAX_TRIES} tries are possible"),
            )),
        };
        Ok(PinParameters {
            pin: secret(&pin.pin, "pin", Pin::from_digits)?,
            puk: secret(&pin.puk, "puk", Pin::puk_from_digits)?,
            pin_tries: tries(&pin.pin_tries, "pin_tries")?,
            puk_tries: tries(&pin.puk_tries, "puk_tries")?,
        })
    }
}

fn is_iccid(text: &str) -> bool {
    (18..=20).contains(&text.len()) && text.bytes().all(|octet| octet.is_ascii_digit())
}

fn is_msisdn(text: &str) -> bool {
    text.starts_with('+') && Address::new(text).is_ok()
}

fn line_of(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|octet| *octet == b'\n').count()
}
