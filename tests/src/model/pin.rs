//! A PIN and its tries (`applets/stage-link/README.md`, PIN values).

/// Octets of a PIN: 4 to 8 digits, the rest FF.
pub const PIN_LENGTH: usize = 8;
const DIGITS_MIN: usize = 4;
const TRIES_MAX: u8 = 15;
const PADDING: u8 = 0xFF;

/// A PIN with its counter of tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pin {
    /// Tries left.
    pub tries: u8,
    /// Tries after a success.
    pub limit: u8,
    /// The PIN, padded.
    pub value: [u8; PIN_LENGTH],
}

impl Pin {
    /// A PIN nobody has tried.
    pub fn new(value: [u8; PIN_LENGTH], limit: u8) -> Self {
        Self {
            tries: limit,
            limit,
            value,
        }
    }

    /// From the content of an object as it is stored: tries left, limit, PIN.
    pub fn stored(content: &[u8]) -> Option<Self> {
        let (&[tries, limit], value) = content.split_first_chunk()?;
        let value = value.try_into().ok()?;
        Some(Self { tries, limit, value })
    }

    /// From the content of an object that comes: as [`Pin::stored`], and `None` too when a part is not as it has to be.
    pub fn from_content(content: &[u8]) -> Option<Self> {
        let good = |pin: &Self| {
            let limits = (1..=TRIES_MAX).contains(&pin.limit) && (1..=pin.limit).contains(&pin.tries);
            limits && is_pin(&pin.value)
        };
        Self::stored(content).filter(good)
    }

    /// The content of an object that holds this PIN.
    pub fn to_content(self) -> Vec<u8> {
        [[self.tries, self.limit].as_slice(), &self.value].concat()
    }
}

/// True for 4 to 8 digits and padding behind them.
pub fn is_pin(value: &[u8; PIN_LENGTH]) -> bool {
    let digits = value.iter().take_while(|octet| octet.is_ascii_digit()).count();
    digits >= DIGITS_MIN && value.iter().skip(digits).all(|octet| *octet == PADDING)
}
