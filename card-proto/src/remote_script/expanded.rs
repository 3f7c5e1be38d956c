//! The expanded format (TS 102 226 §5.2): command TLVs in a script template, R-APDUs in the answer.

mod command;
mod response;

pub use command::{CommandScript, ScriptError};
pub use response::{BadFormat, ResponseScript};

use crate::reader::{ReadError, Reader};
use crate::tlv::ber;

/// Command scripting template for definite length coding (TS 102 226 §5.2.1.1).
pub const TAG_COMMAND_SCRIPT: u8 = 0xAA;
/// Command scripting template for indefinite length coding.
pub const TAG_COMMAND_SCRIPT_INDEFINITE: u8 = 0xAE;
/// Response scripting template for definite length coding (TS 102 226 §5.2.2.1).
pub const TAG_RESPONSE_SCRIPT: u8 = 0xAB;
/// Response scripting template for indefinite length coding.
pub const TAG_RESPONSE_SCRIPT_INDEFINITE: u8 = 0xAF;
/// C-APDU.
const TAG_COMMAND_APDU: u32 = 0x22;
/// R-APDU.
const TAG_RESPONSE_APDU: u32 = 0x23;
/// Number of executed command TLVs.
const TAG_EXECUTED: u32 = 0x80;
/// Bad format.
const TAG_BAD_FORMAT: u32 = 0x90;
/// Length octet of the indefinite coding.
const INDEFINITE: u8 = 0x80;
/// End-of-contents octet, twice after the indefinite coding.
const END: u8 = 0x00;

/// Wraps the body of a script into its template with a definite length.
fn definite(tag: u8, body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len() + 4);
    ber::write(&mut out, tag.into(), body);
    out
}

/// Wraps the body of a script into its template with an indefinite length.
fn indefinite(tag: u8, body: &[u8]) -> Vec<u8> {
    [&[tag, INDEFINITE], body, &[END, END]].concat()
}

/// True at the two end-of-contents octets.
fn at_end_of_contents(reader: &Reader<'_>) -> bool {
    reader.peek() == Some(END)
}

/// Reads the end-of-contents octets.
fn read_end_of_contents(reader: &mut Reader<'_>) -> Result<(), ReadError> {
    reader.expect(END, "the first end-of-contents octet")?;
    reader.expect(END, "the second end-of-contents octet")
}
