//! PINs (TS 102 221 §9.5): their format, the key references, and the commands on them, one file each.
//!
//! A PIN is a secret, and this crate cannot clear memory: `secure_channel::pin::Pin` holds one.

mod change;
mod unblock;
mod verify;

use std::fmt;

use crate::reader::{ReadError, Reader};

pub use change::change_pin;
pub use unblock::{unblock_pin, unblock_pin_query};
pub use verify::{verify_pin, verify_pin_query};

/// Octets of a PIN or PUK (TS 102 221 §11.1.9.3).
pub const PIN_LENGTH: usize = 8;
/// Fewest digits of a PIN.
pub const MIN_DIGITS: usize = 4;
/// Most tries that a `63Cx` can tell of.
pub const MAX_TRIES: u8 = 15;
/// What stands behind the digits.
const PADDING: u8 = 0xFF;
/// Class of the PIN commands (TS 102 221 §10.1.1): interindustry, basic channel.
const CLA: u8 = 0x00;

/// Which PIN: P2 of the commands (TS 102 221 §9.5.1, table 9.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyReference(pub u8);

impl KeyReference {
    /// PIN of application 1. Of the first stage: the PIN of its storage.
    pub const APPLICATION_1: Self = Self(0x01);
    /// Second PIN of application 1. Of the second stage: the PIN of the selected service.
    pub const SECOND_APPLICATION_1: Self = Self(0x81);
}

/// Why a text is no PIN. It does not hold the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PinError {
    /// Fewest digits that were asked for.
    least: usize,
}

impl fmt::Display for PinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.least {
            PIN_LENGTH => write!(f, "{PIN_LENGTH} digits 0-9 are expected, nothing else"),
            least => write!(f, "{least} to {PIN_LENGTH} digits 0-9 are expected, nothing else"),
        }
    }
}

impl std::error::Error for PinError {}

/// The eight octets of a PIN of 4 to 8 digits: ASCII digits, then `FF` (TS 102 221 §9.5).
///
/// # Errors
/// [`PinError`] for any other text.
pub fn encode_pin(digits: &str) -> Result<[u8; PIN_LENGTH], PinError> {
    encode(digits, MIN_DIGITS)
}

/// The eight octets of a PUK of exactly 8 digits.
///
/// # Errors
/// [`PinError`] for any other text.
pub fn encode_puk(digits: &str) -> Result<[u8; PIN_LENGTH], PinError> {
    encode(digits, PIN_LENGTH)
}

fn encode(digits: &str, least: usize) -> Result<[u8; PIN_LENGTH], PinError> {
    let is_right = (least..=PIN_LENGTH).contains(&digits.len());
    if !is_right || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err(PinError { least });
    }
    let mut octets = [PADDING; PIN_LENGTH];
    octets
        .iter_mut()
        .zip(digits.bytes())
        .for_each(|(place, digit)| *place = digit);
    Ok(octets)
}

/// Tag of the data object that is the PIN of a service of the second stage.
pub const TAG_PIN_OBJECT: u16 = 0xDF10;

/// A PIN as a service of the second stage keeps it: tries left, their limit, eight octets of PIN. `Debug` shows the tries
/// only.
#[derive(Clone, PartialEq, Eq)]
pub struct PinObject {
    /// Tries left, 1 to the limit.
    pub tries_left: u8,
    /// Limit of tries, 1 to 15.
    pub limit: u8,
    /// The PIN.
    pub pin: [u8; PIN_LENGTH],
}

impl fmt::Debug for PinObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PinObject({} of {} tries)", self.tries_left, self.limit)
    }
}

impl PinObject {
    /// The ten octets.
    pub fn to_bytes(&self) -> [u8; 2 + PIN_LENGTH] {
        let [a, b, c, d, e, f, g, h] = self.pin;
        [self.tries_left, self.limit, a, b, c, d, e, f, g, h]
    }

    /// Reads the ten octets.
    ///
    /// # Errors
    /// [`ReadError`] for another length, tries out of their range, or a PIN that is not 4 to 8 digits and padding.
    pub fn parse(bytes: &[u8]) -> Result<Self, ReadError> {
        let mut reader = Reader::new(bytes);
        let at_tries = reader.clone();
        let tries_left = reader.u8()?;
        let at_limit = reader.clone();
        let limit = reader.u8()?;
        if !(1..=MAX_TRIES).contains(&limit) {
            return Err(at_limit.reject("a limit of 1 to 15 tries", limit.into()));
        }
        if !(1..=limit).contains(&tries_left) {
            return Err(at_tries.reject("tries left from 1 to the limit", tries_left.into()));
        }
        let at_pin = reader.clone();
        let pin: [u8; PIN_LENGTH] = reader.array()?;
        if !is_pin(&pin) {
            // The value found is not told: it may be part of a PIN.
            return Err(at_pin.reject("a PIN of 4 to 8 digits and padding FF", 0));
        }
        reader.finish()?;
        Ok(Self {
            tries_left,
            limit,
            pin,
        })
    }
}

/// True for 4 to 8 ASCII digits and `FF` behind them.
pub fn is_pin(octets: &[u8; PIN_LENGTH]) -> bool {
    let digits = octets.iter().take_while(|octet| octet.is_ascii_digit()).count();
    digits >= MIN_DIGITS && octets.iter().skip(digits).all(|octet| *octet == PADDING)
}
