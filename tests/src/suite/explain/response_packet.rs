//! Response packets, TS 102 225 §5.2, and what they carry.

use card_proto::{remote_script::expanded::ResponseScript, status_word::StatusWord};
use secure_channel::scp80::{
    CcLength, Counter, Response, ResponseDialect, ResponsePacket, nested, response_packet::decode_response,
};

use super::{Opened, command_packet::command_in_words};
use crate::{mismatch::status_word_in_words, suite::trace::Field};

/// The answer to the packet `outer`, from `02 71 00` on; `inner` is the packet that lay in it.
pub(super) fn outer(data: &[u8], outer: &Opened<'_>, inner: Option<&Opened<'_>>, fields: &mut Vec<Field>) {
    let Some(packet) = packet(data, outer, 1, fields) else {
        return;
    };
    match (inner, nested::unwrap_response(&packet.data)) {
        (Some(_), Ok(None)) => fields.push(Field::new(2, "inner answer", &[], "none")),
        (Some(inner), Ok(Some(response))) => {
            fields.push(Field::new(
                2,
                "inner response packet",
                response,
                format!("{} octets", response.len()),
            ));
            if let Some(response) = self::packet(response, inner, 3, fields) {
                content(&response.data, &inner.script, 4, fields);
            }
        }
        _ => content(&packet.data, &outer.script, 2, fields),
    }
}

fn packet(
    data: &[u8],
    command: &Opened<'_>,
    depth: usize,
    fields: &mut Vec<Field>,
) -> Option<ResponsePacket> {
    let keys = &command.stage.keys;
    let response = decode_response(
        data,
        &command.header,
        keys,
        CcLength::Eight,
        ResponseDialect::WithUdh,
    );
    let (packet, verified) = match response {
        Ok(Response::Authenticated(packet, _)) => (packet, "its CC is right"),
        Ok(Response::Unauthenticated(hint)) => (hint.claim, "without a CC: anybody can have made it"),
        Err(error) => {
            fields.push(Field::new(depth, "not opened", &[], error.to_string()));
            return None;
        }
    };
    let explanation = packet.status.explain();
    let counter = packet.counter;
    fields.extend([
        Field::new(depth, "response packet", &[], verified),
        Field::new(depth, "TAR", &packet.tar.0, "that of the command"),
        Field::new(depth, "CNTR", &counter.to_bytes(), counter.value().to_string()),
        Field::new(
            depth,
            "status",
            &[packet.status.0],
            format!("{}: {}", explanation.name, explanation.likely_cause),
        ),
    ]);
    Some(packet)
}

/// Additional response data: the answer to a script, a record (as with status 02), or something else.
fn content(data: &[u8], script: &[Vec<u8>], depth: usize, fields: &mut Vec<Field>) {
    fields.push(Field::new(
        depth,
        "response data",
        data,
        format!("{} octets, deciphered", data.len()),
    ));
    if let Ok(answer) = ResponseScript::decode(data) {
        return answers(&answer, script, depth + 1, fields);
    }
    if let [c1, c2, c3, c4, c5, executed, sw1, sw2] = *data {
        let counter = [c1, c2, c3, c4, c5];
        let sw = StatusWord(u16::from_be_bytes([sw1, sw2]));
        fields.extend([
            Field::new(
                depth + 1,
                "record: CNTR",
                &counter,
                Counter::from_bytes(counter).value().to_string(),
            ),
            Field::new(depth + 1, "commands executed", &[executed], executed.to_string()),
            Field::new(depth + 1, "last SW", &[sw1, sw2], sw.to_string()),
        ]);
    }
}

/// TS 102 226 §5.2.2.
fn answers(answer: &ResponseScript, script: &[Vec<u8>], depth: usize, fields: &mut Vec<Field>) {
    fields.push(Field::new(
        depth,
        "executed",
        &[],
        format!("{} commands", answer.executed),
    ));
    let commands = script.iter().map(|command| command_in_words(command));
    let commands = commands.chain(std::iter::repeat("no such command"));
    for ((number, response), command) in (1..).zip(&answer.responses).zip(commands) {
        let words = format!("{command}: {}", status_word_in_words(response.sw));
        fields.push(Field::new(
            depth,
            format!("R-APDU {number}"),
            &response.to_bytes(),
            words,
        ));
    }
    if let Some(bad_format) = answer.bad_format {
        fields.push(Field::new(
            depth,
            "bad format",
            &[bad_format.to_octet()],
            bad_format.to_string(),
        ));
    }
}
