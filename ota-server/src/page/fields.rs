//! The bytes of a layer as named fields.

use card_proto::apdu::CommandApdu;
use card_proto::reader::Reader;
use card_proto::remote_script::expanded::{CommandScript, ResponseScript};
use card_proto::sms::tpdu::SmsDeliver;
use card_proto::status_word::StatusWord;
use secure_channel::scp80::Counter;
use secure_channel::scp80::response_packet::UDH;

use crate::store::Layer;

/// One field of a layer.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
    pub(super) note: String,
}

fn field(name: impl Into<String>, bytes: &[u8], note: impl Into<String>) -> Field {
    Field {
        name: name.into(),
        bytes: bytes.to_vec(),
        note: note.into(),
    }
}

/// The fields of a layer, or nothing if it does not have the form its name says.
pub(super) fn fields(layer: &Layer) -> Option<Vec<Field>> {
    let bytes = hex::decode(&layer.hex).ok()?;
    match layer.name.as_str() {
        "script in clear" => script(&bytes),
        "inner response packet" | "answer" => response_packet(&bytes),
        name if name.starts_with("short message") => short_message(&bytes),
        name if name.contains("response data in clear") => response_data(&bytes),
        name if name.contains("packet") => command_packet(&bytes),
        _ => None,
    }
}

/// TS 102 225 §5.1.
fn command_packet(bytes: &[u8]) -> Option<Vec<Field>> {
    let mut reader = Reader::new(bytes);
    let plan = [
        ("CPL", 2, "octets that follow"),
        ("CHL", 1, "octets of the header from SPI to the end of the CC"),
        (
            "SPI",
            2,
            "security: counter higher, ciphered, CC; proof of receipt ciphered with CC",
        ),
        ("KIc", 1, "key version and cipher: AES in CBC mode"),
        ("KID", 1, "key version and checksum: AES-CMAC"),
        ("TAR", 3, "the application that is meant"),
    ];
    let mut list = take(&mut reader, &plan)?;
    list.push(field(
        "ciphered",
        reader.take_rest(),
        "CNTR, PCNTR, CC, secured data and padding",
    ));
    Some(list)
}

/// TS 102 225 §5.2.
fn response_packet(bytes: &[u8]) -> Option<Vec<Field>> {
    let mut list = Vec::new();
    let packet = match bytes.strip_prefix(&UDH) {
        Some(packet) => {
            list.push(field("UDH", &UDH, "a response packet follows (IEI 71)"));
            packet
        }
        None => bytes,
    };
    let mut reader = Reader::new(packet);
    let plan = [
        ("RPL", 2, "octets that follow"),
        ("RHL", 1, "octets of the header from TAR to the end of the CC"),
        ("TAR", 3, "the application that answers"),
    ];
    list.extend(take(&mut reader, &plan)?);
    list.push(field(
        "ciphered",
        reader.take_rest(),
        "CNTR, PCNTR, status, CC, response data and padding",
    ));
    Some(list)
}

/// TS 23.040 §9.2.2.1.
fn short_message(bytes: &[u8]) -> Option<Vec<Field>> {
    let message = SmsDeliver::parse(bytes).ok()?;
    let user_data = message.user_data.octets.as_slice();
    let head = bytes.len().checked_sub(user_data.len())?;
    let header = usize::from(*user_data.first()?) + 1;
    let from = message.originating_address.digits();
    let note = match message.user_data.parse().ok()?.concatenation() {
        Some(part) => format!("segment {} of {}", part.sequence, part.total),
        None => "a command packet follows (IEI 70)".to_owned(),
    };
    Some(vec![
        field(
            "SMS-DELIVER",
            bytes.get(..head)?,
            format!("from {from}; PID 7F, DCS F6: the terminal passes it to the card"),
        ),
        field("UDH", user_data.get(..header)?, note),
        field("packet", user_data.get(header..)?, "the packet, or its part"),
    ])
}

/// TS 102 226 §5.2.1.
fn script(bytes: &[u8]) -> Option<Vec<Field>> {
    let script = CommandScript::decode(bytes).ok()?;
    let command = |(number, bytes): (usize, &Vec<u8>)| {
        let note =
            CommandApdu::parse(bytes).map_or_else(|error| error.to_string(), |apdu| command_words(&apdu));
        field(format!("C-APDU {number}"), bytes, note)
    };
    Some((1..).zip(&script.commands).map(command).collect())
}

fn command_words(apdu: &CommandApdu) -> String {
    let name = match (apdu.cla(), apdu.ins(), apdu.p1()) {
        (0x00, 0xE2, _) => "APPEND RECORD",
        (0x00, 0xDC, _) => "UPDATE RECORD",
        (0x80, 0xE6, 0x02) => "INSTALL [for load]",
        (0x80, 0xE6, 0x0C) => "INSTALL [for install and make selectable]",
        (0x80, 0xE6, 0x20) => "INSTALL [for personalization]",
        (0x80, 0xE8, 0x80) => "LOAD, last block",
        (0x80, 0xE8, _) => "LOAD",
        (0x80, 0xE2, 0x80) => "STORE DATA, last block",
        (0x80, 0xE2, _) => "STORE DATA",
        _ => "command",
    };
    format!("{name}, {} octets of data", apdu.data().len())
}

/// TS 102 226 §5.2.2, or a record of the last script, or a nested response.
fn response_data(bytes: &[u8]) -> Option<Vec<Field>> {
    if let Ok(script) = ResponseScript::decode(bytes) {
        let mut list = vec![field(
            "executed",
            &script.executed.to_be_bytes(),
            format!("{} commands", script.executed),
        )];
        for (number, response) in (1..).zip(&script.responses) {
            list.push(field(
                format!("R-APDU {number}"),
                &response.to_bytes(),
                explain(response.sw),
            ));
        }
        return Some(list);
    }
    match *bytes {
        [c1, c2, c3, c4, c5, done, sw1, sw2] => {
            let counter = [c1, c2, c3, c4, c5];
            Some(vec![
                field(
                    "CNTR",
                    &counter,
                    format!("last accepted: {}", Counter::from_bytes(counter).value()),
                ),
                field("done", &[done], format!("{done} commands")),
                field(
                    "SW",
                    &[sw1, sw2],
                    explain(StatusWord(u16::from_be_bytes([sw1, sw2]))),
                ),
            ])
        }
        [0x02, ..] => Some(vec![field(
            "nested",
            bytes,
            "02, length, then the response packet of the second stage",
        )]),
        _ => None,
    }
}

fn explain(sw: StatusWord) -> String {
    let explanation = sw.explain();
    if sw.is_success() {
        return explanation.name.to_owned();
    }
    format!(
        "{} ({}): {}",
        explanation.name, explanation.section, explanation.likely_cause
    )
}

fn take(reader: &mut Reader<'_>, plan: &[(&str, usize, &str)]) -> Option<Vec<Field>> {
    plan.iter()
        .map(|(name, length, note)| Some(field(*name, reader.take(*length).ok()?, *note)))
        .collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
    use proptest::prelude::*;

    use super::*;

    fn names(name: &str, hex: &str) -> Vec<String> {
        let layer = Layer {
            name: name.to_owned(),
            hex: hex.to_owned(),
        };
        fields(&layer)
            .unwrap()
            .into_iter()
            .map(|field| format!("{} {}", field.name, hex::encode(field.bytes)))
            .collect()
    }

    #[test]
    fn a_command_packet_has_its_fields() {
        let packet = "00281516191212bfff10aabb";
        let fields = [
            "CPL 0028",
            "CHL 15",
            "SPI 1619",
            "KIc 12",
            "KID 12",
            "TAR bfff10",
            "ciphered aabb",
        ];
        assert_eq!(names("packet", packet), fields);
    }

    #[test]
    fn an_answer_has_its_fields_with_and_without_header() {
        assert_eq!(names("answer", "027100001c12bfff10cc")[0], "UDH 027100");
        assert_eq!(names("inner response packet", "001c12bfff20cc")[0], "RPL 001c");
    }

    #[test]
    fn a_record_says_what_was_done() {
        assert_eq!(
            names("response data in clear", "0000000007029000"),
            ["CNTR 0000000007", "done 02", "SW 9000"]
        );
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), which in 0_usize..6) {
            let name = ["script in clear", "answer", "short message 1 of 1", "response data in clear", "packet", "x"][which];
            let _ = fields(&Layer::new(name, &bytes));
        }
    }
}
