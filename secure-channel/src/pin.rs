//! PINs and PUKs: cleared from memory when dropped, never printed.

use std::fmt;

use card_proto::uicc::pin::{PIN_LENGTH, PinError, encode_pin, encode_puk};
use zeroize::Zeroizing;

/// A PIN or PUK in the eight octets a card takes (TS 102 221 §9.5). `Debug` shows nothing of it, not even its length.
#[derive(Clone)]
pub struct Pin {
    // On the heap, so that moving it leaves no copy behind.
    octets: Box<Zeroizing<[u8; PIN_LENGTH]>>,
}

impl Pin {
    /// A PIN of 4 to 8 digits.
    ///
    /// # Errors
    /// [`PinError`] for any other text; it does not show the text.
    pub fn from_digits(digits: &str) -> Result<Self, PinError> {
        encode_pin(digits)
            .map(Zeroizing::new)
            .map(|octets| Self::new(&octets))
    }

    /// A PUK of 8 digits.
    ///
    /// # Errors
    /// [`PinError`] for any other text; it does not show the text.
    pub fn puk_from_digits(digits: &str) -> Result<Self, PinError> {
        encode_puk(digits)
            .map(Zeroizing::new)
            .map(|octets| Self::new(&octets))
    }

    fn new(octets: &[u8; PIN_LENGTH]) -> Self {
        let mut pin = Self {
            octets: Box::default(),
        };
        pin.octets.copy_from_slice(octets);
        pin
    }

    /// The octets, for the one purpose of handing them to a card. They must not be kept or shown.
    pub fn expose_secret(&self) -> &[u8; PIN_LENGTH] {
        &self.octets
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin")
    }
}
