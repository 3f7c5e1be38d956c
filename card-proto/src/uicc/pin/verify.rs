//! VERIFY PIN (TS 102 221 §11.1.9).

use super::{CLA, KeyReference, PIN_LENGTH};
use crate::apdu::{ApduError, CommandApdu};

const INS_VERIFY_PIN: u8 = 0x20;

/// The command `00 20 00 P2` with a PIN. A wrong one costs a try: `63Cx` tells how many are left, `6983` that none is.
///
/// # Errors
/// None that eight octets could bring about; the signature is that of its siblings.
pub fn verify_pin(reference: KeyReference, pin: &[u8; PIN_LENGTH]) -> Result<CommandApdu, ApduError> {
    verify_pin_query(reference).with_data(pin)
}

/// The command without data: costs no try. `63Cx` tells how many are left, `6983` that none is.
pub fn verify_pin_query(reference: KeyReference) -> CommandApdu {
    CommandApdu::new(CLA, INS_VERIFY_PIN, 0, reference.0)
}
