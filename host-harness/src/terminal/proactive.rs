//! What the card asks of the terminal after a message: FETCH, do it, TERMINAL RESPONSE (TS 102 223 §6).

use card_proto::cat::proactive::{
    CommandDetails, ProactiveBody, ProactiveCommand, TerminalResponse, fetch, general_result as result,
};
use card_proto::sms::tpdu::SmsSubmit;
use card_proto::status_word::StatusWord;
use card_proto::transport::{CardTransport, TransportError};

use crate::exchange::{Exchange, exchange, split};

/// A card that asks again and again must end some time.
const COMMANDS_MAX: usize = 16;

/// TS 102 223 §6.8: details of a command that could not be read.
const UNKNOWN_DETAILS: CommandDetails = CommandDetails {
    number: 0,
    command_type: 0,
    qualifier: 0,
};

/// Serves the card's commands as long as it says `91xx`, and returns the short messages it sent.
pub(super) fn session(
    card: &mut dyn CardTransport,
    mut sw: StatusWord,
    exchanges: &mut Vec<Exchange>,
) -> Result<Vec<SmsSubmit>, TransportError> {
    let mut submits = Vec::new();
    for _ in 0..COMMANDS_MAX {
        let Some(length) = sw.proactive_command_length() else {
            break;
        };
        let response = exchange(card, &fetch(length).to_bytes(), exchanges)?;
        let (answer, submit) = perform(split(&response).0);
        submits.extend(submit);
        // A TERMINAL RESPONSE of ours has a few octets and always fits.
        let command = answer
            .to_command()
            .map_err(|error| TransportError::Other(Box::new(error)))?;
        let response = exchange(card, &command.to_bytes(), exchanges)?;
        sw = StatusWord(split(&response).1);
    }
    Ok(submits)
}

/// Does what the command says, if it is one of those that a terminal without screen and network knows.
fn perform(command: &[u8]) -> (TerminalResponse, Option<SmsSubmit>) {
    let Ok(command) = ProactiveCommand::parse(command) else {
        return (respond(UNKNOWN_DETAILS, result::DATA_NOT_UNDERSTOOD), None);
    };
    let ProactiveBody::SendShortMessage { tpdu, .. } = &command.body else {
        return (respond(command.details, result::BEYOND_CAPABILITIES), None);
    };
    if command.packing_required() {
        return (respond(command.details, result::BEYOND_CAPABILITIES), None);
    }
    match SmsSubmit::parse(tpdu) {
        Ok(submit) => (respond(command.details, result::PERFORMED), Some(submit)),
        Err(_) => (respond(command.details, result::DATA_NOT_UNDERSTOOD), None),
    }
}

fn respond(details: CommandDetails, result: u8) -> TerminalResponse {
    TerminalResponse {
        details,
        result,
        additional: Vec::new(),
    }
}
