use card_proto::cat::envelope::SmsPpDownload;
use card_proto::cat::proactive::{
    CommandDetails, ProactiveBody, ProactiveCommand, TerminalResponse, fetch, general_result,
};
use card_proto::sms::address::Address;
use proptest::prelude::*;

use crate::{bytes, octets};

#[test]
fn an_envelope_has_the_octets_of_the_standard() {
    let envelope = SmsPpDownload {
        sc_address: Some(Address::new("+4917").unwrap()),
        tpdu: vec![0x44, 0x00],
    };
    let expected = octets("D1 0D 8202 8381 0603 91 9471 8B02 4400");
    assert_eq!(envelope.to_bytes(), expected);
    assert_eq!(SmsPpDownload::parse(&expected).unwrap(), envelope);
    let without_comprehension = octets("D1 0D 0202 8381 8603 91 9471 0B02 4400");
    assert_eq!(SmsPpDownload::parse(&without_comprehension).unwrap(), envelope);
    let command = envelope.to_command().unwrap();
    assert_eq!(command.to_bytes()[..5], octets("80C20000 0F"));
    assert_eq!(command.ne(), Some(256));
}

#[test]
fn a_long_tpdu_takes_a_length_of_two_octets() {
    let envelope = SmsPpDownload {
        sc_address: None,
        tpdu: vec![0; 160],
    };
    assert_eq!(envelope.to_bytes()[..10], octets("D1 81A7 8202 8381 8B 81A0"));
    assert_eq!(SmsPpDownload::parse(&envelope.to_bytes()).unwrap(), envelope);
}

#[test]
fn what_is_no_download_is_refused() {
    let rows = [
        ("D2 08 8202 8381 8B02 4400", "another tag"),
        ("D1 04 8B02 4400", "no device identities"),
        ("D1 08 8202 8281 8B02 4400", "devices other than network to UICC"),
        ("D1 04 8202 8381", "no TPDU"),
        ("D1 08 8202 8381 8B02 4400 00", "octets left over"),
        ("D1 08 8202 8381 8B03 4400", "a length too long"),
    ];
    for (text, what) in rows {
        assert!(SmsPpDownload::parse(&octets(text)).is_err(), "{what}");
    }
}

#[test]
fn send_short_message_is_read() {
    let bytes = octets("D0 12 8103 011300 8202 8183 8603 91 9471 8B02 4100");
    let command = ProactiveCommand::parse(&bytes).unwrap();
    assert_eq!(
        command,
        ProactiveCommand::send_short_message(Some(Address::new("+4917").unwrap()), vec![0x41, 0])
    );
    assert_eq!(command.to_bytes(), bytes);
    assert!(!command.packing_required());
}

#[test]
fn an_unknown_command_keeps_its_objects() {
    let bytes = octets("D0 0D 8103 012100 8202 8102 8D02 0441");
    let command = ProactiveCommand::parse(&bytes).unwrap();
    assert_eq!(
        command.details,
        CommandDetails {
            number: 1,
            command_type: 0x21,
            qualifier: 0
        }
    );
    assert_eq!(
        (command.destination, command.body.clone()),
        (0x02, ProactiveBody::Other(vec![(0x0D, true, vec![4, 0x41])]))
    );
    assert_eq!(command.to_bytes(), bytes);
}

#[test]
fn incomplete_commands_are_refused() {
    for text in [
        "D0 00",
        "D0 05 8103 011300",
        "D0 09 8103 011300 8202 8183",
        "D0 08 8102 0113 8202 8183",
    ] {
        assert!(ProactiveCommand::parse(&octets(text)).is_err(), "{text}");
    }
}

#[test]
fn a_terminal_response_has_the_octets_of_the_standard() {
    let details = CommandDetails {
        number: 1,
        command_type: 0x13,
        qualifier: 0,
    };
    let response = TerminalResponse {
        details,
        result: general_result::PERFORMED,
        additional: Vec::new(),
    };
    let expected = octets("8103 011300 8202 8281 8301 00");
    assert_eq!(response.to_bytes(), expected);
    assert_eq!(TerminalResponse::parse(&expected).unwrap(), response);
    assert_eq!(
        response.to_command().unwrap().to_bytes()[..5],
        octets("80140000 0C")
    );
    assert_eq!(fetch(256).to_bytes(), octets("80120000 00"));
}

proptest! {
    #[test]
    fn envelopes_come_back(sc in prop::option::of("\\+[0-9]{1,20}"), tpdu in bytes(0..200)) {
        let sc_address = sc.map(|text| Address::new(&text).unwrap());
        let envelope = SmsPpDownload { sc_address, tpdu };
        prop_assert_eq!(SmsPpDownload::parse(&envelope.to_bytes()).unwrap(), envelope);
    }

    #[test]
    fn proactive_commands_come_back(
        number: u8, qualifier: u8, destination: u8, alpha in prop::option::of(bytes(0..20)),
        sc in prop::option::of("[0-9]{1,20}"), tpdu in bytes(0..200),
    ) {
        let sc_address = sc.map(|text| Address::new(&text).unwrap());
        let body = ProactiveBody::SendShortMessage { alpha_identifier: alpha, sc_address, tpdu };
        let details = CommandDetails { number, command_type: 0x13, qualifier };
        let command = ProactiveCommand { details, destination, body };
        prop_assert_eq!(ProactiveCommand::parse(&command.to_bytes()).unwrap(), command);
    }

    #[test]
    fn terminal_responses_come_back(details: [u8; 3], result: u8, additional in bytes(0..20)) {
        let [number, command_type, qualifier] = details;
        let details = CommandDetails { number, command_type, qualifier };
        let response = TerminalResponse { details, result, additional };
        prop_assert_eq!(TerminalResponse::parse(&response.to_bytes()).unwrap(), response);
    }
}
