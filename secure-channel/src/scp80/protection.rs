//! How a packet is protected: the check and the cipher that SPI, KIc, KID and the keys make together.

use card_proto::reader::Reader;
use zeroize::Zeroizing;

use crate::key::{Key, KeySet};
use crate::primitives::{AES_BLOCK, crc_16, crc_32, verify_mac};
use crate::scp80::error::Scp80Error;
use crate::scp80::kic::{Algorithm, Kic, Kid, RedundancyAlgorithm};
use crate::scp80::spi::Integrity;

/// Octets of an AES cryptographic checksum (TS 102 225 §5.1.3); triple DES has always eight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CcLength {
    /// Four octets: cards that insist on it.
    Four,
    /// Eight octets: the rule.
    Eight,
}

impl CcLength {
    /// The number of octets.
    pub fn octets(self) -> usize {
        match self {
            Self::Four => 4,
            Self::Eight => 8,
        }
    }
}

/// Proof that a cryptographic checksum was compared and was right; only this crate makes one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MacVerified {
    cc_length: CcLength,
}

impl MacVerified {
    /// Length of the checksum that was right.
    pub fn cc_length(self) -> CcLength {
        self.cc_length
    }
}

/// The check over a packet.
#[derive(Clone, Copy)]
pub(crate) enum Check<'k> {
    None,
    Redundancy(RedundancyAlgorithm),
    Checksum(&'k Key, CcLength),
}

impl<'k> Check<'k> {
    /// The check that `integrity` and KID ask for, with the keys at hand.
    pub(crate) fn new(
        integrity: Integrity,
        kid: Kid,
        keys: &'k KeySet,
        cc_length: CcLength,
    ) -> Result<Self, Scp80Error> {
        match integrity {
            Integrity::None => Ok(Self::None),
            Integrity::RedundancyCheck => {
                kid.redundancy_algorithm()
                    .map(Self::Redundancy)
                    .ok_or(Scp80Error::UnsupportedAlgorithm {
                        field: "KID",
                        value: kid.0,
                    })
            }
            Integrity::CryptographicChecksum => {
                fits("KID", kid.0, kid.algorithm(), &keys.kid, keys)?;
                if !keys.kid.key_type().is_aes() && cc_length == CcLength::Four {
                    return Err(Scp80Error::ShortChecksum);
                }
                Ok(Self::Checksum(&keys.kid, cc_length))
            }
            Integrity::DigitalSignature => Err(Scp80Error::DigitalSignature),
        }
    }

    /// Octets of the RC/CC/DS field.
    pub(crate) fn length(self) -> usize {
        match self {
            Self::None => 0,
            Self::Redundancy(RedundancyAlgorithm::Crc16) => 2,
            Self::Redundancy(RedundancyAlgorithm::Crc32) => 4,
            Self::Checksum(_, cc_length) => cc_length.octets(),
        }
    }

    /// Fills `field`, of the length [`Check::length`] says, with the check over the parts.
    pub(crate) fn write(self, parts: &[&[u8]], field: &mut [u8]) {
        match self {
            Self::None => {}
            Self::Redundancy(RedundancyAlgorithm::Crc16) => fill(field, &crc_16(parts)),
            Self::Redundancy(RedundancyAlgorithm::Crc32) => fill(field, &crc_32(parts)),
            Self::Checksum(key, _) => fill(field, &key.schedule().checksum(parts)),
        }
    }

    /// Compares the check over the parts with the field received.
    pub(crate) fn verify(self, parts: &[&[u8]], field: &[u8]) -> Result<Option<MacVerified>, Scp80Error> {
        let mut computed = [0; 8];
        let computed = computed.get_mut(..self.length()).unwrap_or_default();
        self.write(parts, computed);
        match (verify_mac(computed, field), self) {
            (true, Self::Checksum(_, cc_length)) => Ok(Some(MacVerified { cc_length })),
            (true, _) => Ok(None),
            (false, Self::Checksum(..)) => Err(Scp80Error::MacMismatch),
            (false, _) => Err(Scp80Error::RedundancyCheckMismatch),
        }
    }
}

/// Copies the first octets of `source` that `field` has room for.
fn fill(field: &mut [u8], source: &[u8]) {
    field
        .iter_mut()
        .zip(source)
        .for_each(|(place, octet)| *place = *octet);
}

/// The key that ciphers, when `ciphered` says so and KIc fits it.
pub(crate) fn ciphering_key(ciphered: bool, kic: Kic, keys: &KeySet) -> Result<Option<&Key>, Scp80Error> {
    if !ciphered {
        return Ok(None);
    }
    fits("KIc", kic.0, kic.algorithm(), &keys.kic, keys)?;
    Ok(Some(&keys.kic))
}

/// Octets of padding that bring `length` octets to whole blocks of the cipher; none without ciphering.
pub(crate) fn padding(length: usize, cipher: Option<&Key>) -> u8 {
    let missing = cipher.map_or(0, |key| {
        let block = key.schedule().block_size();
        (block - length % block) % block
    });
    // A block has at most 16 octets.
    u8::try_from(missing).unwrap_or_default()
}

/// Takes all that is left in `reader`, deciphered when there is a key; cleared on drop, for it may hold keys.
pub(crate) fn decipher(
    reader: &mut Reader<'_>,
    cipher: Option<&Key>,
) -> Result<Zeroizing<Vec<u8>>, Scp80Error> {
    let at_body = reader.clone();
    let mut body = Zeroizing::new(reader.take_rest().to_vec());
    if let Some(key) = cipher {
        if !body.len().is_multiple_of(key.schedule().block_size()) {
            return Err(at_body
                .reject("whole cipher blocks after TAR", body.len() as u64)
                .into());
        }
        key.schedule().decrypt_cbc(&mut body);
    }
    Ok(body)
}

/// `data` without its last `pcntr` octets; `at_pcntr` is where PCNTR stands, for the error.
///
/// The values of padding octets are not looked at: senders differ. Without ciphering some senders pad to a
/// block all the same.
pub(crate) fn without_padding<'a>(
    data: &'a [u8],
    pcntr: u8,
    cipher: Option<&Key>,
    at_pcntr: &Reader<'_>,
) -> Result<&'a [u8], Scp80Error> {
    let block = cipher.map_or(AES_BLOCK, |key| key.schedule().block_size());
    let pad = usize::from(pcntr);
    let length = data.len().checked_sub(pad).filter(|_| pad < block);
    let unpadded = length.and_then(|length| data.get(..length));
    let wrong = at_pcntr.reject("PCNTR below the block length and within the data", pcntr.into());
    Ok(unpadded.ok_or(wrong)?)
}

fn fits(
    field: &'static str,
    value: u8,
    algorithm: Algorithm,
    key: &Key,
    keys: &KeySet,
) -> Result<(), Scp80Error> {
    let kvn = keys.kvn.value();
    match algorithm {
        Algorithm::SingleDes | Algorithm::SingleDesEcb | Algorithm::Proprietary | Algorithm::Reserved => {
            Err(Scp80Error::UnsupportedAlgorithm { field, value })
        }
        _ if !algorithm.takes(key.key_type()) => Err(Scp80Error::KeyTypeMismatch {
            field,
            value,
            key_type: key.key_type(),
        }),
        // TS 102 225 §5.1.2: key version 0 leaves the set to the receiver.
        _ if value >> 4 != 0 && value >> 4 != kvn => {
            Err(Scp80Error::KeyVersionMismatch { field, value, kvn })
        }
        _ => Ok(()),
    }
}
