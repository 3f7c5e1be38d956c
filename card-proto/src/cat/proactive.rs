//! Proactive commands: what the card asks of the terminal (TS 102 223 §6.4, §6.6), and TERMINAL RESPONSE
//! (§6.8).

use crate::apdu::{ApduError, CommandApdu};
use crate::cat::{device, tag};
use crate::reader::{ReadError, Reader};
use crate::sms::address::Address;
use crate::tlv::{ber, comprehension};

/// BER-TLV tag of a proactive UICC command.
const TAG_PROACTIVE_COMMAND: u32 = 0xD0;
/// Type of command SEND SHORT MESSAGE (TS 102 223 §9.4).
const TYPE_SEND_SHORT_MESSAGE: u8 = 0x13;
/// b1 of the command qualifier: the terminal packs the text to 7 bits.
const PACKING_REQUIRED: u8 = 0x01;
const CLA_UICC: u8 = 0x80;
const INS_FETCH: u8 = 0x12;
const INS_TERMINAL_RESPONSE: u8 = 0x14;

/// FETCH of a proactive command of `length` octets (1 to 256), as `91xx` announced it.
pub fn fetch(length: u32) -> CommandApdu {
    CommandApdu::new(CLA_UICC, INS_FETCH, 0, 0).with_le(length)
}

/// Command details (TS 102 223 §8.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommandDetails {
    /// Command number, 01 to FE.
    pub number: u8,
    /// Type of command.
    pub command_type: u8,
    /// Command qualifier.
    pub qualifier: u8,
}

impl CommandDetails {
    fn to_array(self) -> [u8; 3] {
        [self.number, self.command_type, self.qualifier]
    }
}

/// A proactive command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProactiveCommand {
    /// Command details.
    pub details: CommandDetails,
    /// Destination device identity: where the command goes.
    pub destination: u8,
    /// What the command says.
    pub body: ProactiveBody,
}

/// The objects of a proactive command after its details and device identities.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProactiveBody {
    /// SEND SHORT MESSAGE (TS 102 223 §6.4.10).
    SendShortMessage {
        /// Alpha identifier, as coded; `None` leaves it to the terminal what to show.
        alpha_identifier: Option<Vec<u8>>,
        /// Service center; the terminal's default when absent.
        sc_address: Option<Address>,
        /// The SMS-SUBMIT (or SMS-COMMAND) TPDU.
        tpdu: Vec<u8>,
    },
    /// Another command: its objects as tag (without comprehension bit), comprehension required, value.
    Other(Vec<(u16, bool, Vec<u8>)>),
}

impl ProactiveCommand {
    /// Reads the answer to FETCH.
    ///
    /// # Errors
    /// [`ReadError`] when lengths do not add up, or details, device identities or a mandatory object are
    /// missing.
    pub fn parse(bytes: &[u8]) -> Result<Self, ReadError> {
        let mut reader = Reader::new(bytes);
        let command = ber::read_expected(
            &mut reader,
            TAG_PROACTIVE_COMMAND,
            "tag D0 of a proactive command",
        )?;
        reader.finish()?;
        let objects = comprehension::read_all(command.reader())?;
        let object = |tag| objects.iter().find(|object| object.tag == tag);
        let missing = |what| command.reader().reject(what, 0);

        let mut details = object(tag::COMMAND_DETAILS)
            .ok_or_else(|| missing("command details"))?
            .reader();
        let [number, command_type, qualifier] = details.array()?;
        details.finish()?;
        let mut devices = object(tag::DEVICE_IDENTITIES)
            .ok_or_else(|| missing("device identities"))?
            .reader();
        let [_source, destination] = devices.array()?;
        devices.finish()?;

        let body = if command_type == TYPE_SEND_SHORT_MESSAGE {
            let address = object(tag::ADDRESS).map(|address| Address::from_tlv_value(address.reader()));
            ProactiveBody::SendShortMessage {
                alpha_identifier: object(tag::ALPHA_IDENTIFIER).map(|alpha| alpha.value.to_vec()),
                sc_address: address.transpose()?,
                tpdu: object(tag::SMS_TPDU)
                    .ok_or_else(|| missing("an SMS TPDU"))?
                    .value
                    .to_vec(),
            }
        } else {
            let is_header = |tag| matches!(tag, tag::COMMAND_DETAILS | tag::DEVICE_IDENTITIES);
            let others = objects.iter().filter(|object| !is_header(object.tag));
            ProactiveBody::Other(
                others
                    .map(|o| (o.tag, o.comprehension_required, o.value.to_vec()))
                    .collect(),
            )
        };
        let details = CommandDetails {
            number,
            command_type,
            qualifier,
        };
        Ok(Self {
            details,
            destination,
            body,
        })
    }

    /// The BER-TLV `D0`, as a card sends it.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut value = Vec::new();
        comprehension::write(&mut value, tag::COMMAND_DETAILS, true, &self.details.to_array());
        comprehension::write(
            &mut value,
            tag::DEVICE_IDENTITIES,
            true,
            &[device::UICC, self.destination],
        );
        match &self.body {
            ProactiveBody::SendShortMessage {
                alpha_identifier,
                sc_address,
                tpdu,
            } => {
                if let Some(alpha) = alpha_identifier {
                    comprehension::write(&mut value, tag::ALPHA_IDENTIFIER, true, alpha);
                }
                if let Some(address) = sc_address {
                    comprehension::write(&mut value, tag::ADDRESS, true, &address.to_tlv_value());
                }
                comprehension::write(&mut value, tag::SMS_TPDU, true, tpdu);
            }
            ProactiveBody::Other(objects) => {
                for (tag, required, octets) in objects {
                    comprehension::write(&mut value, *tag, *required, octets);
                }
            }
        }
        let mut out = Vec::new();
        ber::write(&mut out, TAG_PROACTIVE_COMMAND, &value);
        out
    }

    /// SEND SHORT MESSAGE to the network, without packing, command number 1.
    pub fn send_short_message(sc_address: Option<Address>, tpdu: Vec<u8>) -> Self {
        Self {
            details: CommandDetails {
                number: 1,
                command_type: TYPE_SEND_SHORT_MESSAGE,
                qualifier: 0,
            },
            destination: device::NETWORK,
            body: ProactiveBody::SendShortMessage {
                alpha_identifier: None,
                sc_address,
                tpdu,
            },
        }
    }

    /// True when the qualifier of SEND SHORT MESSAGE asks the terminal to pack the text to 7 bits.
    pub fn packing_required(&self) -> bool {
        self.details.command_type == TYPE_SEND_SHORT_MESSAGE && self.details.qualifier & PACKING_REQUIRED != 0
    }
}

/// General results of a proactive command (TS 102 223 §8.12).
pub mod general_result {
    /// Command performed successfully.
    pub const PERFORMED: u8 = 0x00;
    /// Network currently unable to process command.
    pub const NETWORK_UNABLE: u8 = 0x21;
    /// Command beyond terminal's capabilities.
    pub const BEYOND_CAPABILITIES: u8 = 0x30;
    /// Command data not understood by terminal.
    pub const DATA_NOT_UNDERSTOOD: u8 = 0x32;
}

/// TERMINAL RESPONSE: how a proactive command ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TerminalResponse {
    /// Details of the command that is answered.
    pub details: CommandDetails,
    /// General result, one of [`general_result`] or another of TS 102 223 §8.12.
    pub result: u8,
    /// Additional information on the result, mostly empty.
    pub additional: Vec<u8>,
}

impl TerminalResponse {
    /// The data field: command details, device identities terminal → UICC, result.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        comprehension::write(&mut out, tag::COMMAND_DETAILS, true, &self.details.to_array());
        comprehension::write(
            &mut out,
            tag::DEVICE_IDENTITIES,
            true,
            &[device::TERMINAL, device::UICC],
        );
        let mut result = vec![self.result];
        result.extend_from_slice(&self.additional);
        comprehension::write(&mut out, tag::RESULT, true, &result);
        out
    }

    /// The command `80 14 00 00`.
    ///
    /// # Errors
    /// [`ApduError`] when the additional information is longer than any command's data field.
    pub fn to_command(&self) -> Result<CommandApdu, ApduError> {
        CommandApdu::new(CLA_UICC, INS_TERMINAL_RESPONSE, 0, 0).with_data(&self.to_bytes())
    }

    /// Reads the data field of TERMINAL RESPONSE; objects other than these three are skipped.
    ///
    /// # Errors
    /// [`ReadError`] when lengths do not add up, or details or result are missing.
    pub fn parse(data: &[u8]) -> Result<Self, ReadError> {
        let reader = Reader::new(data);
        let objects = comprehension::read_all(reader.clone())?;
        let object = |tag| objects.iter().find(|object| object.tag == tag);
        let mut details = object(tag::COMMAND_DETAILS)
            .ok_or_else(|| reader.reject("command details", 0))?
            .reader();
        let [number, command_type, qualifier] = details.array()?;
        details.finish()?;
        let mut result = object(tag::RESULT)
            .ok_or_else(|| reader.reject("a result", 0))?
            .reader();
        Ok(Self {
            details: CommandDetails {
                number,
                command_type,
                qualifier,
            },
            result: result.u8()?,
            additional: result.take_rest().to_vec(),
        })
    }
}
