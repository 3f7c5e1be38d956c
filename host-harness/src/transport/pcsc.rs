//! PC/SC: any card in any reader that the system knows.
//!
//! A driver may wait for a card for ever. So a thread of its own owns the card, and the caller waits for the answer
//! only so long; after that the connection is not used again.

mod error;
mod readers;

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use card_proto::transport::{CardTransport, TransportError};
use pcsc::{Card, Disposition, Error, Protocols, ShareMode};
use zeroize::Zeroizing;

pub use self::error::PcscError;
pub use self::readers::{Reader, list_readers};
use self::readers::{establish, text, wait_for_card, wait_for_reader};

/// Room for the longest extended response and its status word.
const RESPONSE_MAX: usize = 65_536 + 2;
/// ISO/IEC 7816-3 §12.1.1: a command APDU has a header of 4 octets.
const SHORTEST_COMMAND: usize = 4;

/// Who else may use the card meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sharing {
    /// Nobody: what keys and counters need.
    Exclusive,
    /// Other programs too.
    Shared,
}

/// How to connect.
#[derive(Debug, Clone)]
pub struct PcscOptions {
    /// Who else may use the card.
    pub sharing: Sharing,
    /// How long to wait for a reader, if there is none, and for a card in it.
    pub card_limit: Duration,
    /// How long one command may take before the card counts as hung.
    pub command_limit: Duration,
}

impl Default for PcscOptions {
    /// Exclusive; 5 s for the card, 30 s for a command.
    fn default() -> Self {
        Self {
            sharing: Sharing::Exclusive,
            card_limit: Duration::from_secs(5),
            command_limit: super::COMMAND_LIMIT,
        }
    }
}

/// A card in a PC/SC reader. GET RESPONSE is the caller's business: see [`crate::exchange`].
#[derive(Debug)]
pub struct PcscCard {
    reader: String,
    requests: Sender<Request>,
    answers: Receiver<Result<Vec<u8>, Error>>,
    command_limit: Duration,
    hung: bool,
}

#[derive(Debug)]
enum Request {
    Transmit(Zeroizing<Vec<u8>>),
    Reset,
    Disconnect,
}

impl PcscCard {
    /// Connects to the card in the reader with this name, or with the only name that contains it.
    ///
    /// # Errors
    /// [`TransportError::Other`] with a [`PcscError`] inside.
    pub fn connect(reader: &str, options: &PcscOptions) -> Result<Self, TransportError> {
        Self::connect_to_card(reader, options).map_err(|error| TransportError::Other(Box::new(error)))
    }

    fn connect_to_card(reader: &str, options: &PcscOptions) -> Result<Self, PcscError> {
        let deadline = Instant::now() + options.card_limit;
        let context = establish()?;
        let name = wait_for_reader(&context, reader, deadline)?;
        wait_for_card(&context, &name, deadline)?;
        let sharing = match options.sharing {
            Sharing::Exclusive => ShareMode::Exclusive,
            Sharing::Shared => ShareMode::Shared,
        };
        let card = context
            .connect(&name, sharing, Protocols::ANY)
            .map_err(|error| match error {
                Error::SharingViolation => PcscError::InUse { reader: text(&name) },
                error => PcscError::Refused {
                    action: "connect to the card",
                    reader: text(&name),
                    source: error,
                },
            })?;
        let (requests, incoming) = channel();
        let (outgoing, answers) = channel();
        std::thread::Builder::new()
            .name("pcsc".to_owned())
            .spawn(move || serve(card, sharing, &incoming, &outgoing))
            .map_err(PcscError::Thread)?;
        Ok(Self {
            reader: text(&name),
            requests,
            answers,
            command_limit: options.command_limit,
            hung: false,
        })
    }

    fn ask(&mut self, request: Request) -> Result<Vec<u8>, TransportError> {
        if self.hung || self.requests.send(request).is_err() {
            return Err(TransportError::ReaderGone(self.describe()));
        }
        match self.answers.recv_timeout(self.command_limit) {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(self.explain(error)),
            Err(RecvTimeoutError::Timeout) => {
                self.hung = true;
                Err(TransportError::Timeout {
                    seconds: self.command_limit.as_secs(),
                })
            }
            Err(RecvTimeoutError::Disconnected) => Err(TransportError::ReaderGone(self.describe())),
        }
    }

    fn explain(&self, error: Error) -> TransportError {
        match error {
            Error::RemovedCard | Error::NoSmartcard => TransportError::CardRemoved,
            Error::ResetCard => TransportError::CardReset,
            Error::ReaderUnavailable | Error::UnknownReader | Error::NoService | Error::ServiceStopped => {
                TransportError::ReaderGone(self.describe())
            }
            source => TransportError::Other(Box::new(PcscError::Refused {
                action: "exchange an APDU with the card",
                reader: self.reader.clone(),
                source,
            })),
        }
    }
}

impl CardTransport for PcscCard {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        if command.len() < SHORTEST_COMMAND {
            return Err(super::unsendable(command, "its header needs 4 octets"));
        }
        super::checked(self.ask(Request::Transmit(Zeroizing::new(command.to_vec())))?)
    }

    fn reset(&mut self) -> Result<Vec<u8>, TransportError> {
        self.ask(Request::Reset)
    }

    fn describe(&self) -> String {
        format!("reader {:?}", self.reader)
    }
}

/// Lets go of the card before this returns, unless the card hangs.
impl Drop for PcscCard {
    fn drop(&mut self) {
        if !self.hung && self.requests.send(Request::Disconnect).is_ok() {
            let _ = self.answers.recv_timeout(self.command_limit);
        }
    }
}

/// Sends a command. Where another program has reset the card, the connection is made good again and the caller is told: the command
/// has not been carried out, and nothing is selected any more.
fn transmit(card: &mut Card, share: ShareMode, command: &[u8], buffer: &mut [u8]) -> Result<Vec<u8>, Error> {
    let answer = card.transmit(command, buffer).map(<[u8]>::to_vec);
    if answer == Err(Error::ResetCard) {
        card.reconnect(share, Protocols::ANY, Disposition::LeaveCard)?;
    }
    answer
}

/// The thread that owns the card.
fn serve(
    mut card: Card,
    share: ShareMode,
    incoming: &Receiver<Request>,
    outgoing: &Sender<Result<Vec<u8>, Error>>,
) {
    let mut buffer = Zeroizing::new(vec![0; RESPONSE_MAX]);
    for request in incoming {
        let answer = match request {
            Request::Transmit(command) => transmit(&mut card, share, &command, &mut buffer),
            Request::Reset => card
                .reconnect(share, Protocols::ANY, Disposition::ResetCard)
                .and_then(|()| card.status2_owned())
                .map(|status| status.atr().to_vec()),
            Request::Disconnect => break,
        };
        if outgoing.send(answer).is_err() {
            break;
        }
    }
    // A card that keeps keys and counters is not left with an application selected.
    if let Err((card, _)) = card.disconnect(Disposition::ResetCard) {
        drop(card);
    }
}
