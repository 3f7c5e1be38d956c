//! A command packet inside another, and the answer to it: Twofold's own framing.
//!
//! The first octet of the authenticated data says what it is: `AA` or `AE` a command script, `01` a packet
//! that is still protected for the second stage. `01` and the length are no part of the inner packet or its
//! check.

use card_proto::reader::{ReadError, Reader};
use card_proto::tlv::ber;

/// Tag of a nested command packet.
pub const TAG_COMMAND_PACKET: u8 = 0x01;
/// Tag of a nested response packet.
pub const TAG_RESPONSE_PACKET: u8 = 0x02;

/// The data of an outer packet that carries `inner`, a command packet from CPL on: `01`, BER length, packet.
pub fn wrap(inner: &[u8]) -> Vec<u8> {
    frame(TAG_COMMAND_PACKET, inner)
}

/// The inner command packet, from CPL on, of an outer packet's data.
///
/// # Errors
/// [`ReadError`] when the data is not a nested packet, or does not end with it.
pub fn unwrap(data: &[u8]) -> Result<&[u8], ReadError> {
    let inner = unframe(data, TAG_COMMAND_PACKET, "tag 01 of a nested command packet")?;
    complete(inner, data)
}

/// The additional response data of an outer response that carries `inner`, a response packet from RPL on.
pub fn wrap_response(inner: &[u8]) -> Vec<u8> {
    frame(TAG_RESPONSE_PACKET, inner)
}

/// The inner response packet, from RPL on, of an outer response's additional data; `None` when that is empty:
/// the inner packet asked for no answer, or was refused without one.
///
/// # Errors
/// [`ReadError`] when the data is not a nested response packet, or does not end with it.
pub fn unwrap_response(data: &[u8]) -> Result<Option<&[u8]>, ReadError> {
    if data.is_empty() {
        return Ok(None);
    }
    let inner = unframe(data, TAG_RESPONSE_PACKET, "tag 02 of a nested response packet")?;
    complete(inner, data).map(Some)
}

fn frame(tag: u8, inner: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(inner.len() + 4);
    ber::write(&mut out, tag.into(), inner);
    out
}

fn unframe<'a>(data: &'a [u8], tag: u8, what: &'static str) -> Result<&'a [u8], ReadError> {
    let mut reader = Reader::new(data);
    let tlv = ber::read_expected(&mut reader, tag.into(), what)?;
    reader.finish()?;
    Ok(tlv.value)
}

/// Checks that the first two octets, CPL or RPL, count the rest.
fn complete<'a>(inner: &'a [u8], data: &[u8]) -> Result<&'a [u8], ReadError> {
    let mut reader = Reader::at(inner, data.len() - inner.len());
    let at_length = reader.clone();
    let length = reader.u16()?;
    if usize::from(length) == reader.remaining() {
        return Ok(inner);
    }
    Err(at_length.reject(
        "a packet length equal to the number of octets after it",
        length.into(),
    ))
}
