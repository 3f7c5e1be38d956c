use card_proto::apdu::ResponseApdu;
use card_proto::remote_script::compact::{CompactResponse, decode_commands, direction, encode_commands};
use card_proto::remote_script::expanded::{BadFormat, CommandScript, ResponseScript};
use card_proto::status_word::StatusWord;
use proptest::prelude::*;

use crate::{bytes, octets};

fn script(commands: &[&str]) -> CommandScript {
    CommandScript {
        commands: commands.iter().map(|text| octets(text)).collect(),
    }
}

#[test]
fn both_codings_of_a_command_script() {
    let script = script(&["00B2010400", "80E2800001FF"]);
    let body = "22 05 00B2010400 22 06 80E2800001FF";
    assert_eq!(script.encode_definite(), octets(&format!("AA 0F {body}")));
    assert_eq!(script.encode_indefinite(), octets(&format!("AE 80 {body} 0000")));
    assert_eq!(CommandScript::decode(&script.encode_definite()).unwrap(), script);
    assert_eq!(
        CommandScript::decode(&script.encode_indefinite()).unwrap(),
        script
    );
    assert_eq!(format!("{script:?}"), "CommandScript(2 commands)");
}

/// TS 102 226 §5.2.2.2: what a card says, and how many commands it has executed by then.
#[test]
fn bad_formats_have_their_names() {
    let rows = [
        ("", BadFormat::UnknownTag, 0),
        ("AB 00", BadFormat::UnknownTag, 0),
        ("AA", BadFormat::LengthNotFound, 0),
        ("AA 03 22 01", BadFormat::WrongLength, 0),
        ("AA 03 22 01 00 00", BadFormat::WrongLength, 0),
        ("AA 06 22 01 00 23 01 00", BadFormat::UnknownTag, 1),
        ("AA 04 22 01 00 22", BadFormat::LengthNotFound, 1),
        ("AA 05 22 01 00 22 05", BadFormat::WrongLength, 1),
        ("AA 05 22 01 00 22 80", BadFormat::WrongLength, 1),
        ("AE 03", BadFormat::WrongLength, 0),
        ("AE 80 22 01 00", BadFormat::UnknownTag, 1),
        ("AE 80 22 01 00 00", BadFormat::WrongLength, 1),
        ("AE 80 22 01 00 00 00 00", BadFormat::WrongLength, 1),
    ];
    for (text, bad_format, commands_before) in rows {
        let error = CommandScript::decode(&octets(text)).unwrap_err();
        assert_eq!(
            (error.bad_format, error.commands_before),
            (bad_format, commands_before),
            "{text}: {error}"
        );
    }
}

/// The public example of a response, and one with everything in it.
#[test]
fn both_codings_of_a_response_script() {
    let ok = ResponseApdu {
        data: Vec::new(),
        sw: StatusWord::OK,
    };
    let response = ResponseScript {
        executed: 1,
        responses: vec![ok.clone()],
        bad_format: None,
    };
    assert_eq!(response.encode_definite(), octets("AB 07 80 01 01 23 02 9000"));
    let data = ResponseApdu {
        data: vec![7],
        sw: StatusWord::END_OF_FILE_REACHED,
    };
    let responses = vec![ok, data];
    let response = ResponseScript {
        executed: 300,
        responses,
        bad_format: Some(BadFormat::WrongLength),
    };
    let body = "80 02 012C 23 02 9000 23 03 07 6282 90 01 02";
    assert_eq!(response.encode_definite(), octets(&format!("AB 10 {body}")));
    assert_eq!(
        response.encode_indefinite(),
        octets(&format!("AF 80 {body} 0000"))
    );
    assert_eq!(
        ResponseScript::decode(&response.encode_definite()).unwrap(),
        response
    );
    assert_eq!(
        ResponseScript::decode(&response.encode_indefinite()).unwrap(),
        response
    );
}

#[test]
fn what_is_no_response_script_is_refused() {
    let rows = [
        "AA 00",
        "AB 00",
        "AB 03 23 01 90",
        "AB 02 80 00",
        "AB 07 80 05 0000000001",
        "AB 06 80 01 01 23 01 90",
        "AB 09 80 01 01 90 01 01 90 01 01",
        "AB 06 80 01 01 24 01 00",
        "AF 80 80 01 01",
        "AF 80 80 01 01 00",
        "AB 03 80 01 01 00",
    ];
    for text in rows {
        assert!(ResponseScript::decode(&octets(text)).is_err(), "{text}");
    }
}

#[test]
fn a_compact_script_is_cut_by_the_direction_of_its_commands() {
    let commands: Vec<Vec<u8>> = ["00A40004 02 3F00", "00B00000 0A", "00C00000 00"]
        .map(octets)
        .to_vec();
    assert_eq!(
        decode_commands(&encode_commands(&commands), direction).unwrap(),
        commands
    );
    assert!(decode_commands(&octets("00A40004 02 3F"), direction).is_err());
    assert!(decode_commands(&octets("00A40004"), direction).is_err());
}

#[test]
fn a_compact_response_is_number_status_word_data() {
    let response = CompactResponse {
        executed: 1,
        last_sw: StatusWord(0x6132),
        last_data: Vec::new(),
    };
    assert_eq!(response.to_bytes(), octets("01 6132"));
    assert_eq!(CompactResponse::parse(&octets("01 6132")).unwrap(), response);
    assert!(CompactResponse::parse(&octets("01 61")).is_err());
}

fn response() -> impl Strategy<Value = ResponseApdu> {
    (bytes(0..200), any::<u16>()).prop_map(|(data, sw)| ResponseApdu {
        data,
        sw: StatusWord(sw),
    })
}

proptest! {
    #[test]
    fn command_scripts_come_back(commands in prop::collection::vec(bytes(0..300), 0..6)) {
        let script = CommandScript { commands };
        prop_assert_eq!(CommandScript::decode(&script.encode_definite()).unwrap(), script.clone());
        prop_assert_eq!(CommandScript::decode(&script.encode_indefinite()).unwrap(), script);
    }

    #[test]
    fn response_scripts_come_back(
        executed: u32, responses in prop::collection::vec(response(), 0..5),
        bad_format in prop::option::of(any::<u8>()),
    ) {
        let bad_format = bad_format.map(BadFormat::from_octet);
        let script = ResponseScript { executed, responses, bad_format };
        prop_assert_eq!(ResponseScript::decode(&script.encode_definite()).unwrap(), script.clone());
        prop_assert_eq!(ResponseScript::decode(&script.encode_indefinite()).unwrap(), script);
    }

    #[test]
    fn compact_responses_come_back(executed: u8, sw: u16, last_data in bytes(0..50)) {
        let response = CompactResponse { executed, last_sw: StatusWord(sw), last_data };
        prop_assert_eq!(CompactResponse::parse(&response.to_bytes()).unwrap(), response);
    }
}
