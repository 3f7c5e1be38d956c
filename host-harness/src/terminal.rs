//! The mobile terminal (number 120): takes the secured packet out of a short message and passes it to the card, as a
//! mobile equipment does with SMS-PP data download (TS 31.111 §7.1.1).

mod proactive;

use card_proto::apdu::ApduError;
use card_proto::cat::envelope::SmsPpDownload;
use card_proto::reader::ReadError;
use card_proto::sms::address::Address;
use card_proto::sms::tpdu::{
    FCS_DATA_DOWNLOAD_ERROR, FCS_TOOLKIT_BUSY, SmsDeliver, SmsDeliverReport, SmsSubmit, TpUserData,
};
use card_proto::status_word::StatusWord;
use card_proto::transport::{CardTransport, TransportError};

use crate::exchange::{Exchange, exchange, split};

/// How often a message is offered to a card that says it is busy (`9300`).
const BUSY_ATTEMPTS: u32 = 3;
/// INS of the command that carries the same BER-TLV as ENVELOPE to applets on cards that keep ENVELOPE to themselves.
const INS_PROPRIETARY_ENVELOPE: u8 = 0xD0;
const OFFSET_INS: usize = 1;

/// The command in which a short message goes to the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EnvelopeForm {
    /// ENVELOPE, `80 C2`.
    #[default]
    Envelope,
    /// The proprietary command `80 D0` to the selected applet.
    Proprietary,
}

/// A terminal with a card in it.
pub struct Terminal<'a> {
    /// The card.
    pub card: &'a mut dyn CardTransport,
    /// How short messages go to the card.
    pub form: EnvelopeForm,
}

/// What the network gets back for a short message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Acknowledgement {
    /// RP-ACK: the card took the message.
    RpAck {
        /// TP-UD of the SMS-DELIVER-REPORT: the card's answer.
        user_data: Option<Vec<u8>>,
    },
    /// RP-ERROR: the card refused the message.
    RpError {
        /// TP-Failure-Cause (TS 23.040 §9.2.3.22).
        cause: u8,
        /// TP-UD of the SMS-DELIVER-REPORT: the card's answer.
        user_data: Option<Vec<u8>>,
    },
}

/// What came of a short message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryOutcome {
    /// What the network gets back.
    pub rp: Acknowledgement,
    /// Short messages that the card sent meanwhile.
    pub submits: Vec<SmsSubmit>,
    /// Everything that went over the interface, in order.
    pub exchanges: Vec<Exchange>,
    protocol_identifier: u8,
    data_coding_scheme: u8,
}

impl DeliveryOutcome {
    /// The card's answer, whatever the acknowledgement.
    pub fn user_data(&self) -> Option<&[u8]> {
        match &self.rp {
            Acknowledgement::RpAck { user_data } | Acknowledgement::RpError { user_data, .. } => {
                user_data.as_deref()
            }
        }
    }

    /// The status word of the last command.
    pub fn last_status_word(&self) -> Option<StatusWord> {
        self.exchanges
            .last()
            .map(|exchange| StatusWord(split(&exchange.response).1))
    }

    /// The SMS-DELIVER-REPORT. TS 31.111 §7.1.1.1: TP-PID and TP-DCS are those of the message.
    pub fn deliver_report(&self) -> SmsDeliverReport {
        let (pid, dcs) = (self.protocol_identifier, self.data_coding_scheme);
        let mut report = match self.user_data() {
            Some(data) => SmsDeliverReport::acknowledge(pid, dcs, data),
            None => SmsDeliverReport {
                failure_cause: None,
                protocol_identifier: None,
                data_coding_scheme: None,
                user_data: None::<TpUserData>,
            },
        };
        if let Acknowledgement::RpError { cause, .. } = self.rp {
            report.failure_cause = Some(cause);
        }
        report
    }
}

impl<'a> Terminal<'a> {
    /// A terminal that passes messages on with ENVELOPE.
    pub fn new(card: &'a mut dyn CardTransport) -> Self {
        Self {
            card,
            form: EnvelopeForm::Envelope,
        }
    }

    /// Takes a short message from the network, an SMS-DELIVER TPDU, and does with it what the card asks.
    ///
    /// A segment of a concatenated message is a message here: the card puts them together.
    ///
    /// # Errors
    /// [`TerminalError`] when the message is not for the card, or the card does not answer.
    pub fn deliver(&mut self, tpdu: &[u8], sc: Option<&Address>) -> Result<DeliveryOutcome, TerminalError> {
        // S250: the encrypted data is taken out of the message.
        let message = SmsDeliver::parse(tpdu)?;
        if !message.is_data_download() {
            return Err(TerminalError::NotDataDownload {
                protocol_identifier: message.protocol_identifier,
                data_coding_scheme: message.data_coding_scheme,
            });
        }
        // S260: it is passed on to the card.
        let download = SmsPpDownload {
            sc_address: sc.cloned(),
            tpdu: tpdu.to_vec(),
        };
        let mut command = download.to_command()?.to_bytes();
        if self.form == EnvelopeForm::Proprietary {
            command[OFFSET_INS] = INS_PROPRIETARY_ENVELOPE;
        }
        let mut exchanges = Vec::new();
        let response = self.offer(&command, &mut exchanges)?;
        let (data, sw) = split(&response);
        let rp = acknowledgement(data, StatusWord(sw));
        let submits = proactive::session(self.card, StatusWord(sw), &mut exchanges)?;
        let (protocol_identifier, data_coding_scheme) =
            (message.protocol_identifier, message.data_coding_scheme);
        Ok(DeliveryOutcome {
            rp,
            submits,
            exchanges,
            protocol_identifier,
            data_coding_scheme,
        })
    }

    /// Sends the command until the card is not busy.
    fn offer(&mut self, command: &[u8], exchanges: &mut Vec<Exchange>) -> Result<Vec<u8>, TransportError> {
        let mut response = exchange(self.card, command, exchanges)?;
        for _ in 1..BUSY_ATTEMPTS {
            if split(&response).1 != SW_TOOLKIT_BUSY {
                break;
            }
            response = exchange(self.card, command, exchanges)?;
        }
        Ok(response)
    }
}

/// TS 102 221 §10.2.1.3: the toolkit is busy.
const SW_TOOLKIT_BUSY: u16 = 0x9300;

/// What the network hears, as the status word of ENVELOPE says (TS 31.111 §7.1.1.1).
fn acknowledgement(data: &[u8], sw: StatusWord) -> Acknowledgement {
    let user_data = (!data.is_empty()).then(|| data.to_vec());
    match (sw.sw1(), sw.0) {
        // From Release 11 on, a warning acknowledges the message too.
        (0x91 | 0x62 | 0x63, _) | (_, 0x9000) => Acknowledgement::RpAck { user_data },
        (_, SW_TOOLKIT_BUSY) => Acknowledgement::RpError {
            cause: FCS_TOOLKIT_BUSY,
            user_data,
        },
        _ => Acknowledgement::RpError {
            cause: FCS_DATA_DOWNLOAD_ERROR,
            user_data,
        },
    }
}

/// Why a short message did not get to the card, or no answer came.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TerminalError {
    /// Not an SMS-DELIVER TPDU.
    #[error("the message is not an SMS-DELIVER TPDU")]
    Malformed(#[from] ReadError),
    /// A message that a terminal keeps for itself.
    #[error(
        "the message is not SMS-PP data download: TP-PID {protocol_identifier:02X} (7F expected), \
         TP-DCS {data_coding_scheme:02X} (8-bit data of class 2 expected: F6 or 16)"
    )]
    NotDataDownload {
        /// Its TP-PID.
        protocol_identifier: u8,
        /// Its TP-DCS.
        data_coding_scheme: u8,
    },
    /// The message does not fit into a command.
    #[error("the message does not fit into a command")]
    Command(#[from] ApduError),
    /// The card does not answer.
    #[error(transparent)]
    Transport(#[from] TransportError),
}

#[cfg(test)]
mod tests;
