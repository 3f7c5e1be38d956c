//! UNBLOCK PIN (TS 102 221 §11.1.13).

use super::{CLA, KeyReference, PIN_LENGTH};
use crate::apdu::{ApduError, CommandApdu};

const INS_UNBLOCK_PIN: u8 = 0x2C;

/// The command `00 2C 00 P2`: the PUK, then the new PIN. A wrong PUK costs one of its own tries.
///
/// # Errors
/// None that sixteen octets could bring about; the signature is that of its siblings.
pub fn unblock_pin(
    reference: KeyReference,
    puk: &[u8; PIN_LENGTH],
    new: &[u8; PIN_LENGTH],
) -> Result<CommandApdu, ApduError> {
    unblock_pin_query(reference).with_data(&[puk.as_slice(), new].concat())
}

/// The command without data: costs no try. `63Cx` tells how many tries of the PUK are left, `6983` that none is.
pub fn unblock_pin_query(reference: KeyReference) -> CommandApdu {
    CommandApdu::new(CLA, INS_UNBLOCK_PIN, 0, reference.0)
}
