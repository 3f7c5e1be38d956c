//! One command and its whole answer: what a card that speaks T=0 gives in pieces is put together here.

use card_proto::status_word::StatusWord;
use card_proto::transport::{CardTransport, TransportError};

/// ISO/IEC 7816-4 §11.8.1: GET RESPONSE.
const INS_GET_RESPONSE: u8 = 0xC0;
/// A card that says `61xx` again and again must end some time: more than an extended response needs.
const PIECES_MAX: usize = 300;

/// A command APDU as it was sent, and the response APDU to it. `Debug` shows lengths and status word only.
#[derive(Clone, PartialEq, Eq)]
pub struct Exchange {
    /// The command APDU.
    pub command: Vec<u8>,
    /// The response APDU.
    pub response: Vec<u8>,
}

impl std::fmt::Debug for Exchange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let header = self.command.get(..4).unwrap_or(&self.command);
        let sw = status_word(&self.response);
        write!(
            f,
            "Exchange({}, {} octets; {sw})",
            hex::encode_upper(header),
            self.command.len()
        )
    }
}

/// Sends a command and follows `61xx` with GET RESPONSE and `6Cxx` with the right Le.
///
/// Returns the whole response APDU; all that went over the interface is added to `trace`.
///
/// # Errors
/// [`TransportError`] when the card does not answer, or never comes to an end.
pub fn exchange(
    card: &mut dyn CardTransport,
    command: &[u8],
    trace: &mut Vec<Exchange>,
) -> Result<Vec<u8>, TransportError> {
    let class = command.first().copied().unwrap_or_default();
    let mut next = command.to_vec();
    let mut data = Vec::new();
    for _ in 0..PIECES_MAX {
        let response = card.transmit(&next)?;
        trace.push(Exchange {
            command: next.clone(),
            response: response.clone(),
        });
        let (piece, sw) = split(&response);
        match sw.to_be_bytes() {
            // ISO/IEC 7816-3 §10.3.4: SW2 is the number of octets still to be fetched; 00 means 256.
            [0x61, le] => {
                data.extend_from_slice(piece);
                next = vec![class, INS_GET_RESPONSE, 0, 0, le];
            }
            // ISO/IEC 7816-3 §10.3.4: the same command again, with Le = SW2.
            [0x6C, le] if replace_le(&mut next, le) => {}
            _ => {
                data.extend_from_slice(&response);
                return Ok(data);
            }
        }
    }
    Err(TransportError::Malformed {
        length: data.len(),
        reason: "the card announces more data without end",
    })
}

/// Puts another Le into a short command, if it has one: case 2 or case 4 (ISO/IEC 7816-3 §12.1.3).
fn replace_le(command: &mut [u8], le: u8) -> bool {
    let lc = command.get(4).copied().map_or(0, usize::from);
    let has_le = command.len() == 5 || lc != 0 && command.len() == 6 + lc;
    match command.last_mut() {
        Some(last) if has_le => *last = le,
        _ => return false,
    }
    true
}

/// Splits a response APDU into data and status word.
pub(crate) fn split(response: &[u8]) -> (&[u8], u16) {
    response
        .split_last_chunk()
        .map_or((&[], 0), |(data, sw)| (data, u16::from_be_bytes(*sw)))
}

fn status_word(response: &[u8]) -> StatusWord {
    StatusWord(split(response).1)
}
