//! Answers of the model and the status words in them (ISO/IEC 7816-4 §5.6).

/// Success.
pub const OK: u16 = 0x9000;
/// A message that is not authenticated, whatever is wrong with it.
pub const REFUSED: u16 = 0x6200;
/// SEARCH RECORD: no record contains the string.
pub const NOTHING_FOUND: u16 = 0x6282;
/// More data is there than was asked for, or fits.
pub const MORE_DATA: u16 = 0x6310;
/// A PIN was wrong; the low four bits are the tries left.
pub const WRONG_PIN: u16 = 0x63C0;
/// Wrong length.
pub const LENGTH: u16 = 0x6700;
/// Security status not satisfied.
pub const SECURITY: u16 = 0x6982;
/// No tries are left.
pub const BLOCKED: u16 = 0x6983;
/// Conditions of use not satisfied.
pub const CONDITIONS: u16 = 0x6985;
/// Incorrect data.
pub const DATA: u16 = 0x6A80;
/// No such service.
pub const FILE_NOT_FOUND: u16 = 0x6A82;
/// No such record.
pub const RECORD_NOT_FOUND: u16 = 0x6A83;
/// No room.
pub const NO_ROOM: u16 = 0x6A84;
/// Incorrect P1-P2.
pub const P1P2: u16 = 0x6A86;
/// Referenced data not found.
pub const NOT_FOUND: u16 = 0x6A88;
/// An offset behind the end of an object.
pub const OFFSET: u16 = 0x6B00;
/// INS not known.
pub const INS: u16 = 0x6D00;
/// CLA not known.
pub const CLA: u16 = 0x6E00;
/// GPCS §11.8: the key type or length is not offered.
pub const KEY_TYPE: u16 = 0x9484;
/// GPCS §11.8: a key check value is wrong.
pub const KEY_CHECK: u16 = 0x9485;

/// A response APDU.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its data.
    pub data: Vec<u8>,
    /// Its status word.
    pub sw: u16,
}

/// What a command comes to: an answer, or the status word of a refusal.
pub type Outcome = Result<Answer, u16>;

impl Answer {
    /// Success with data.
    pub fn data(data: Vec<u8>) -> Self {
        Self { data, sw: OK }
    }

    /// Success without data.
    pub fn done() -> Self {
        Self::data(Vec::new())
    }

    /// The answer of a command, refused or not.
    pub fn of(outcome: Outcome) -> Self {
        outcome.unwrap_or_else(|sw| Self { data: Vec::new(), sw })
    }

    /// The response APDU as it goes over the interface.
    pub fn to_bytes(&self) -> Vec<u8> {
        [self.data.as_slice(), &self.sw.to_be_bytes()].concat()
    }
}

/// Refuses with a status word what does not hold.
///
/// # Errors
/// The status word.
pub fn require(condition: bool, sw: u16) -> Result<(), u16> {
    if condition { Ok(()) } else { Err(sw) }
}
