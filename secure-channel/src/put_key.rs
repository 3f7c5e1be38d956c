//! Keys on their way into a card with PUT KEY: enciphered under a DEK, with a key check value (GPCS §11.8, GPCS
//! Amendment D §7.2).

use std::num::NonZeroU8;

use card_proto::gp::put_key::{CHECK_VALUE_LENGTH, EncipheredKey, PutKey};
use zeroize::Zeroizing;

use crate::key::{Key, KeyError, KeySet, KeyVersionNumber};
use crate::primitives::{AES_BLOCK, verify_mac};
use crate::scp80::Counter;

/// What is enciphered for the check value of an AES key: octets of 01.
const CHECK_BLOCK: [u8; AES_BLOCK] = [0x01; AES_BLOCK];

/// PUT KEY that brings `new` to a stage. `dek` is the DEK of the version whose packet carries the command; `replaces` names
/// the version that `new` takes the place of, `None` adds it; `counter` counts as used under it.
///
/// # Errors
/// [`KeyError::NotAes`] when one of the keys, or `dek`, is no AES key; [`KeyError::MixedTypes`] when the keys of `new` are
/// not of one length.
pub fn put_key(
    new: &KeySet,
    replaces: Option<KeyVersionNumber>,
    counter: Option<Counter>,
    dek: &Key,
) -> Result<PutKey, KeyError> {
    let types = [&new.kic, &new.kid, &new.dek].map(Key::key_type);
    if types.iter().any(|key_type| *key_type != types[0]) {
        return Err(KeyError::MixedTypes);
    }
    Ok(PutKey {
        replaces: replaces.and_then(|version| NonZeroU8::new(version.value())),
        version: new.kvn.value(),
        keys: [
            encipher_key(&new.kic, dek)?,
            encipher_key(&new.kid, dek)?,
            encipher_key(&new.dek, dek)?,
        ],
        counter: counter.map(Counter::to_bytes),
    })
}

/// Key check value of an AES key: the first three octets of one block of 01 enciphered under it (GPCS Amendment D §7.2).
///
/// # Errors
/// [`KeyError::NotAes`].
pub fn check_value(key: &Key) -> Result<[u8; CHECK_VALUE_LENGTH], KeyError> {
    let mut block = CHECK_BLOCK;
    // CBC over one block with a vector of zeros is ECB.
    aes(key)?.schedule().encrypt_cbc(&mut block);
    let [first, second, third, ..] = block;
    Ok([first, second, third])
}

/// `key` padded with zeros to whole blocks and enciphered under `dek`, AES in CBC mode with a vector of zeros, with its
/// check value.
///
/// # Errors
/// [`KeyError::NotAes`] when one of the two is no AES key.
pub fn encipher_key(key: &Key, dek: &Key) -> Result<EncipheredKey, KeyError> {
    let check_value = check_value(key)?;
    let secret = key.expose_secret();
    let mut octets = Zeroizing::new(vec![0; padded(secret.len())]);
    octets
        .iter_mut()
        .zip(secret)
        .for_each(|(place, octet)| *place = *octet);
    aes(dek)?.schedule().encrypt_cbc(&mut octets);
    let length = u8::try_from(secret.len()).map_err(|_| KeyError::AesLength { found: secret.len() })?;
    Ok(EncipheredKey {
        length,
        ciphertext: octets.to_vec(),
        check_value,
    })
}

/// The key that [`encipher_key`] enciphered under `dek`.
///
/// # Errors
/// [`KeyError::AesLength`] or [`KeyError::CiphertextLength`] for wrong lengths; [`KeyError::CheckValue`] when it was
/// enciphered under another key; [`KeyError::NotAes`].
pub fn decipher_key(enciphered: &EncipheredKey, dek: &Key) -> Result<Key, KeyError> {
    let length = usize::from(enciphered.length);
    let found = enciphered.ciphertext.len();
    if found != padded(length) {
        return Err(KeyError::CiphertextLength { length, found });
    }
    let mut octets = Zeroizing::new(enciphered.ciphertext.clone());
    aes(dek)?.schedule().decrypt_cbc(&mut octets);
    let key = Key::aes(octets.get(..length).unwrap_or_default())?;
    if verify_mac(&check_value(&key)?, &enciphered.check_value) {
        Ok(key)
    } else {
        Err(KeyError::CheckValue)
    }
}

fn padded(length: usize) -> usize {
    length.next_multiple_of(AES_BLOCK)
}

fn aes(key: &Key) -> Result<&Key, KeyError> {
    if key.key_type().is_aes() {
        Ok(key)
    } else {
        Err(KeyError::NotAes {
            found: key.key_type(),
        })
    }
}
