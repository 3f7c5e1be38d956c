//! ENVELOPE and the short message in it: TS 31.111 §7.1.1, TS 23.040 §9.2.2.1 and §9.2.3.24.

use card_proto::{
    cat::envelope::SmsPpDownload,
    sms::{
        concat::Reassembled,
        tpdu::SmsDeliver,
        user_data::{Concatenation, Reference, UserData},
    },
};

use super::Explainer;
use crate::suite::trace::Field;

impl Explainer<'_> {
    /// The data field of an ENVELOPE.
    pub(super) fn envelope(&mut self, data: &[u8], fields: &mut Vec<Field>) {
        let download = match SmsPpDownload::parse(data) {
            Ok(download) => download,
            Err(error) => return fields.push(Field::new(1, "no SMS-PP download", &[], error.to_string())),
        };
        if let Some(address) = &download.sc_address {
            fields.push(Field::new(1, "service center", &[], address.digits()));
        }
        fields.push(Field::new(
            1,
            "SMS TPDU",
            &[],
            format!("{} octets", download.tpdu.len()),
        ));
        match SmsDeliver::parse(&download.tpdu) {
            Ok(message) => self.message(&message, fields),
            Err(error) => fields.push(Field::new(2, "no SMS-DELIVER", &[], error.to_string())),
        }
    }

    fn message(&mut self, message: &SmsDeliver, fields: &mut Vec<Field>) {
        let pid = message.protocol_identifier;
        let dcs = message.data_coding_scheme;
        fields.push(Field::new(2, "TP-OA", &[], message.originating_address.digits()));
        fields.push(Field::new(
            2,
            "TP-PID TP-DCS",
            &[pid, dcs],
            download_in_words(message),
        ));
        let user_data = match message.user_data.parse() {
            Ok(user_data) if message.user_data.has_header => user_data,
            Ok(_) => return fields.push(Field::new(2, "TP-UDHI", &[], "not set: no packet")),
            Err(error) => {
                return fields.push(Field::new(
                    2,
                    "TP-UD",
                    &message.user_data.octets,
                    error.to_string(),
                ));
            }
        };
        fields.extend(header_elements(&user_data));
        match self.segments.accept(&message.originating_address, user_data) {
            Ok(Some(Reassembled::CommandPacket(packet))) => self.command_packet(&packet, 3, fields),
            Ok(Some(Reassembled::ResponsePacket(packet))) => {
                fields.push(Field::new(3, "response packet", &packet, "of no use to a card"));
            }
            Ok(None) => fields.push(Field::new(
                3,
                "packet",
                &[],
                "not whole yet: segments are missing",
            )),
            Err(error) => fields.push(Field::new(3, "no packet", &[], error.to_string())),
        }
    }
}

fn download_in_words(message: &SmsDeliver) -> &'static str {
    if message.is_data_download() {
        "data download: the terminal hands it to the card"
    } else {
        "a terminal would not hand this to the card"
    }
}

fn header_elements(user_data: &UserData) -> Vec<Field> {
    let words = |identifier| match identifier {
        0x00 | 0x08 => user_data
            .concatenation()
            .map_or("concatenation without sense".to_owned(), segment_in_words),
        0x70 => "a command packet follows (TS 31.115 §4)".to_owned(),
        0x71 => "a response packet follows (TS 31.115 §4)".to_owned(),
        _ => "skipped".to_owned(),
    };
    let field =
        |identifier: u8, data: &[u8]| Field::new(2, format!("IEI {identifier:02X}"), data, words(identifier));
    let elements = user_data.elements.iter();
    elements
        .map(|element| field(element.identifier, &element.data))
        .collect()
}

fn segment_in_words(concatenation: Concatenation) -> String {
    let Concatenation {
        reference,
        total,
        sequence,
    } = concatenation;
    let reference = match reference {
        Reference::Ref8(reference) => format!("{reference:02X}"),
        Reference::Ref16(reference) => format!("{reference:04X}"),
    };
    format!("segment {sequence} of {total}, reference {reference}")
}
