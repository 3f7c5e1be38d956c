//! CHANGE PIN (TS 102 221 §11.1.10).

use super::{CLA, KeyReference, PIN_LENGTH};
use crate::apdu::{ApduError, CommandApdu};

const INS_CHANGE_PIN: u8 = 0x24;

/// The command `00 24 00 P2`: the old PIN, then the new one. A wrong old one costs a try.
///
/// # Errors
/// None that sixteen octets could bring about; the signature is that of its siblings.
pub fn change_pin(
    reference: KeyReference,
    old: &[u8; PIN_LENGTH],
    new: &[u8; PIN_LENGTH],
) -> Result<CommandApdu, ApduError> {
    CommandApdu::new(CLA, INS_CHANGE_PIN, 0, reference.0).with_data(&[old.as_slice(), new].concat())
}
