//! The one seam between this workspace and a card: a trait without an implementation.

use std::fmt;

/// Carries command APDUs to a card and response APDUs back.
///
/// What a card answers passes through as it is, `61xx` and `6Cxx` included: following them is the caller's business. A caller gives
/// up a transport after an error, or calls [`CardTransport::reset`].
pub trait CardTransport {
    /// Sends one command APDU and returns the response APDU: data, then SW1 SW2.
    ///
    /// # Errors
    /// [`TransportError`] when no response came. A status word is a response, not an error.
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError>;

    /// Resets the card and returns its ATR. Everything CLEAR_ON_RESET on the card is gone afterwards.
    ///
    /// # Errors
    /// [`TransportError`] when the card does not answer.
    fn reset(&mut self) -> Result<Vec<u8>, TransportError>;

    /// What is behind the transport, for people: the reader's name, or the simulator's.
    fn describe(&self) -> String;
}

/// Why no response APDU came back.
#[derive(Debug)]
#[non_exhaustive]
pub enum TransportError {
    /// The card left the reader.
    CardRemoved,
    /// Another program has reset the card: the command was not carried out, and nothing is selected any more. The
    /// transport can be used on.
    CardReset,
    /// The reader or simulator is gone; the text names it.
    ReaderGone(String),
    /// No answer within so many seconds.
    Timeout {
        /// The time waited.
        seconds: u64,
    },
    /// An answer came that is not a response APDU.
    Malformed {
        /// Number of octets of the answer.
        length: usize,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// An error of the system below.
    Other(Box<dyn std::error::Error + Send + Sync>),
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CardRemoved => f.write_str("the card was removed: insert it again and repeat"),
            Self::CardReset => {
                f.write_str("another program has reset the card: select the application again")
            }
            Self::ReaderGone(reader) => write!(f, "{reader} is gone: check the connection and start again"),
            Self::Timeout { seconds } => write!(
                f,
                "no answer from the card within {seconds} s: take the card out, insert it and start again"
            ),
            Self::Malformed { length, reason } => {
                write!(
                    f,
                    "the answer of {length} octets is not a response APDU: {reason}"
                )
            }
            Self::Other(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for TransportError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            // Its own text stands in ours, so the chain goes on behind it.
            Self::Other(error) => error.source(),
            _ => None,
        }
    }
}
