//! Ways to a card: PC/SC, and the vpcd protocol without a pcscd. The trait is `card_proto::transport::CardTransport`.

use std::time::Duration;

use card_proto::transport::TransportError;

#[cfg(feature = "pcsc")]
pub mod pcsc;
pub mod vpcd;

/// How long one command may take before the card counts as hung. RSA key generation on a card is the slowest thing
/// known; nothing that is sent from here comes near.
pub const COMMAND_LIMIT: Duration = Duration::from_secs(30);

/// ISO/IEC 7816-3 §12.1.1: a response APDU ends with SW1 SW2.
fn checked(response: Vec<u8>) -> Result<Vec<u8>, TransportError> {
    if response.len() < 2 {
        return Err(TransportError::Malformed {
            length: response.len(),
            reason: "no status word",
        });
    }
    Ok(response)
}

/// A command that cannot be sent is refused here, so that the card's state stays known.
fn unsendable(command: &[u8], reason: &str) -> TransportError {
    TransportError::Other(
        format!(
            "the command APDU of {} octets cannot be sent: {reason}",
            command.len()
        )
        .into(),
    )
}
