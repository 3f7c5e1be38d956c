//! The reader's side of the vpcd protocol: a virtual card connects to us over TCP.
//!
//! A frame is a length in 2 octets, big-endian, and a payload. A payload of one octet is a control code; anything else
//! is a command APDU, and the answer is a frame with the response APDU.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use card_proto::transport::{CardTransport, TransportError};

const CONTROL_POWER_OFF: u8 = 0x00;
const CONTROL_POWER_ON: u8 = 0x01;
const CONTROL_RESET: u8 = 0x02;
const CONTROL_GET_ATR: u8 = 0x04;

/// ISO/IEC 7816-3 §12.1.1: a command APDU has a header of 4 octets. Shorter ones could be taken for control codes.
const SHORTEST_COMMAND: usize = 4;

/// A loopback port at which a virtual card is expected.
#[derive(Debug)]
pub struct VpcdListener {
    listener: TcpListener,
    port: u16,
}

impl VpcdListener {
    /// Takes any free port of the loopback interface.
    ///
    /// # Errors
    /// What the system says.
    pub fn bind() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        Ok(Self { listener, port })
    }

    /// The port to connect to.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Takes the connection that a card has already made from `card_port`, and powers the card.
    ///
    /// Any other connection is closed: on a machine with several users, somebody else's program could be faster.
    ///
    /// # Errors
    /// [`TransportError`] when there is no such connection or the card does not give its ATR.
    pub fn accept_from(self, card_port: u16, command_limit: Duration) -> Result<VpcdCard, TransportError> {
        self.listener.set_nonblocking(true).map_err(other)?;
        loop {
            match self.listener.accept() {
                Ok((stream, SocketAddr::V4(peer))) if peer.port() == card_port => {
                    return VpcdCard::power_on(stream, command_limit);
                }
                Ok(_) => {}
                Err(error) => return Err(other(error)),
            }
        }
    }
}

/// A virtual card at the other end of a TCP connection.
#[derive(Debug)]
pub struct VpcdCard {
    stream: TcpStream,
    command_limit: Duration,
    lost: bool,
}

impl VpcdCard {
    fn power_on(stream: TcpStream, command_limit: Duration) -> Result<Self, TransportError> {
        stream.set_nonblocking(false).map_err(other)?;
        stream.set_nodelay(true).map_err(other)?;
        stream.set_read_timeout(Some(command_limit)).map_err(other)?;
        let mut card = Self {
            stream,
            command_limit,
            lost: false,
        };
        card.send(&[CONTROL_POWER_ON])?;
        card.atr()?;
        Ok(card)
    }

    fn atr(&mut self) -> Result<Vec<u8>, TransportError> {
        self.send(&[CONTROL_GET_ATR])?;
        self.receive()
    }

    fn send(&mut self, payload: &[u8]) -> Result<(), TransportError> {
        if self.lost {
            return Err(TransportError::ReaderGone(self.describe()));
        }
        let length = u16::try_from(payload.len())
            .map_err(|_| super::unsendable(payload, "a vpcd frame carries at most 65,535 octets"))?;
        // One write: two would meet the other side's delayed acknowledgement.
        let frame = [length.to_be_bytes().as_slice(), payload].concat();
        self.stream.write_all(&frame).map_err(|error| self.lose(error))
    }

    fn receive(&mut self) -> Result<Vec<u8>, TransportError> {
        let mut length = [0; 2];
        self.stream
            .read_exact(&mut length)
            .map_err(|error| self.lose(error))?;
        let mut payload = vec![0; u16::from_be_bytes(length).into()];
        self.stream
            .read_exact(&mut payload)
            .map_err(|error| self.lose(error))?;
        Ok(payload)
    }

    /// After any failure the stream may be in the middle of a frame, so it is not used again.
    fn lose(&mut self, error: io::Error) -> TransportError {
        self.lost = true;
        match error.kind() {
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => TransportError::Timeout {
                seconds: self.command_limit.as_secs(),
            },
            io::ErrorKind::UnexpectedEof | io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset => {
                TransportError::ReaderGone(self.describe())
            }
            _ => other(error),
        }
    }
}

impl CardTransport for VpcdCard {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        if command.len() < SHORTEST_COMMAND {
            return Err(super::unsendable(command, "its header needs 4 octets"));
        }
        self.send(command)?;
        super::checked(self.receive()?)
    }

    fn reset(&mut self) -> Result<Vec<u8>, TransportError> {
        self.send(&[CONTROL_RESET])?;
        self.atr()
    }

    fn describe(&self) -> String {
        "a virtual card (vpcd, direct)".to_owned()
    }
}

impl Drop for VpcdCard {
    fn drop(&mut self) {
        let _ = self.send(&[CONTROL_POWER_OFF]);
    }
}

fn other(error: io::Error) -> TransportError {
    TransportError::Other(Box::new(error))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    /// As long as a busy machine may take.
    const LIMIT: Duration = Duration::from_secs(20);
    /// What a test waits out.
    const SHORT_LIMIT: Duration = Duration::from_millis(50);

    /// A card that answers each frame of more than one octet, and the ATR request, with the next of `answers`.
    fn card(answers: &'static [&'static [u8]]) -> Result<VpcdCard, TransportError> {
        let listener = VpcdListener::bind().unwrap();
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, listener.port())).unwrap();
        let port = stream.local_addr().unwrap().port();
        std::thread::spawn(move || {
            let mut answers = answers.iter();
            loop {
                let mut length = [0; 2];
                stream.read_exact(&mut length)?;
                let mut payload = vec![0; u16::from_be_bytes(length).into()];
                stream.read_exact(&mut payload)?;
                if payload.len() == 1 && payload[0] != CONTROL_GET_ATR {
                    continue;
                }
                let Some(answer) = answers.next() else { continue };
                stream.write_all(answer)?;
            }
            #[expect(unreachable_code, reason = "gives the closure its type")]
            io::Result::Ok(())
        });
        listener.accept_from(port, LIMIT)
    }

    #[test]
    fn exchanges_frames() {
        let mut card = card(&[&[0, 1, 0x3B], &[0, 3, 0xAA, 0x90, 0x00], &[0, 2, 0x3B, 0x80]]).unwrap();
        assert_eq!(card.transmit(&[0, 0xA4, 4, 0]).unwrap(), [0xAA, 0x90, 0x00]);
        assert_eq!(card.reset().unwrap(), [0x3B, 0x80]);
    }

    #[test]
    fn refuses_what_could_be_a_control_code_or_does_not_fit() {
        let mut card = card(&[&[0, 1, 0x3B], &[0, 2, 0x90, 0x00]]).unwrap();
        assert!(matches!(card.transmit(&[2]), Err(TransportError::Other(_))));
        assert!(matches!(
            card.transmit(&vec![0; 65_536]),
            Err(TransportError::Other(_))
        ));
        // The card did not notice and can still be used.
        assert_eq!(card.transmit(&[0; 4]).unwrap(), [0x90, 0x00]);
    }

    #[test]
    fn a_response_without_status_word_is_malformed() {
        let mut card = card(&[&[0, 1, 0x3B], &[0, 1, 0x90]]).unwrap();
        assert!(matches!(
            card.transmit(&[0; 4]),
            Err(TransportError::Malformed { length: 1, .. })
        ));
    }

    #[test]
    fn a_silent_card_times_out_and_is_not_used_again() {
        let mut card = card(&[&[0, 1, 0x3B]]).unwrap();
        card.stream.set_read_timeout(Some(SHORT_LIMIT)).unwrap();
        assert!(matches!(
            card.transmit(&[0; 4]),
            Err(TransportError::Timeout { .. })
        ));
        assert!(matches!(
            card.transmit(&[0; 4]),
            Err(TransportError::ReaderGone(_))
        ));
    }

    #[test]
    fn a_stranger_is_not_the_card() {
        let listener = VpcdListener::bind().unwrap();
        let stranger = TcpStream::connect((Ipv4Addr::LOCALHOST, listener.port())).unwrap();
        let other_port = stranger.local_addr().unwrap().port().wrapping_add(1);
        assert!(listener.accept_from(other_port, LIMIT).is_err());
    }
}
