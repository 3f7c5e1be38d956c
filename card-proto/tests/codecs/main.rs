//! Every codec: known octets, `decode(encode(x)) == x`, and arbitrary octets without a panic.
#![expect(
    clippy::unwrap_used,
    reason = "a value that is not there is a failure of the test"
)]

mod adn;
mod alphabet;
mod apdu;
mod cat;
mod cla;
mod concat;
mod gp;
mod hostile;
mod language_preferences;
mod pin;
mod reader;
mod remote_script;
mod search_record;
mod stage_information;
mod status_word;
mod tlv;
mod tpdu;

use proptest::collection::SizeRange;
use proptest::prelude::*;

/// Octets of hexadecimal text; blanks are for the eye.
fn octets(text: &str) -> Vec<u8> {
    hex::decode(text.replace(' ', "")).unwrap()
}

/// Octets of any value, as many as `length` allows.
fn bytes(length: impl Into<SizeRange>) -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), length)
}
