use card_proto::apdu::{ApduError, CommandApdu, ResponseApdu};
use card_proto::status_word::StatusWord;
use proptest::prelude::*;

use crate::{bytes, octets};

fn command(data: &[u8], ne: u32) -> CommandApdu {
    CommandApdu::new(0x80, 0xE2, 0x01, 0x02)
        .with_data(data)
        .unwrap()
        .with_le(ne)
}

/// ISO 7816-3 §12.1.3, table 11.
#[test]
fn the_four_cases_short_and_extended() {
    let long = vec![0xAA; 256];
    let rows: [(&str, &[u8], u32, String); 9] = [
        ("1", &[], 0, "80E20102".into()),
        ("2S", &[], 256, "80E20102 00".into()),
        ("2S", &[], 1, "80E20102 01".into()),
        ("2E", &[], 257, "80E20102 000101".into()),
        ("2E", &[], 65_536, "80E20102 000000".into()),
        ("3S", &[7], 0, "80E20102 01 07".into()),
        ("3E", &long, 0, format!("80E20102 000100 {}", "AA".repeat(256))),
        ("4S", &[7], 256, "80E20102 01 07 00".into()),
        ("4E", &[7], 257, "80E20102 000001 07 0101".into()),
    ];
    for (case, data, ne, expected) in rows {
        assert_eq!(command(data, ne).to_bytes(), octets(&expected), "case {case}");
        assert_eq!(
            CommandApdu::parse(&octets(&expected)).unwrap(),
            command(data, ne),
            "case {case}"
        );
    }
}

#[test]
fn lengths_that_do_not_add_up_are_refused() {
    for text in [
        "",
        "80E201",
        "80E20102 02 07",
        "80E20102 01 07 00 00",
        "80E20102 0000",
        "80E20102 000000 01 02",
    ] {
        let error = CommandApdu::parse(&octets(text)).unwrap_err();
        assert!(matches!(error, ApduError::Malformed(_)), "{text}: {error}");
    }
    let too_long = CommandApdu::new(0, 0, 0, 0)
        .with_data(&vec![0; 65_536])
        .unwrap_err();
    assert_eq!(too_long, ApduError::DataTooLong { length: 65_536 });
}

#[test]
fn debug_shows_no_data() {
    assert_eq!(
        format!("{:?}", command(&[0xAB, 0xCD], 256)),
        "CommandApdu(80 E2 01 02, Nc 2, Ne 256)"
    );
    let response = ResponseApdu {
        data: vec![0xAB],
        sw: StatusWord::OK,
    };
    assert_eq!(
        format!("{response:?}"),
        "ResponseApdu(1 octets, 9000 (normal ending of the command))"
    );
}

#[test]
fn a_response_ends_with_its_status_word() {
    let response = ResponseApdu::parse(&octets("0102 6A82")).unwrap();
    assert_eq!(
        (response.data.as_slice(), response.sw),
        (&[1, 2][..], StatusWord::FILE_NOT_FOUND)
    );
    assert!(ResponseApdu::parse(&[0x90]).is_err());
}

proptest! {
    #[test]
    fn commands_come_back(header: [u8; 4], data in bytes(0..600), ne in 0..=65_536_u32) {
        let [cla, ins, p1, p2] = header;
        let command = CommandApdu::new(cla, ins, p1, p2).with_data(&data).unwrap().with_le(ne);
        prop_assert_eq!(CommandApdu::parse(&command.to_bytes()).unwrap(), command);
    }

    #[test]
    fn what_parses_is_written_in_the_shortest_form(bytes in bytes(0..300)) {
        if let Ok(command) = CommandApdu::parse(&bytes) {
            let written = command.to_bytes();
            prop_assert!(written.len() <= bytes.len());
            prop_assert_eq!(CommandApdu::parse(&written).unwrap(), command);
        }
    }

    #[test]
    fn responses_come_back(data in bytes(0..300), sw: u16) {
        let response = ResponseApdu { data, sw: StatusWord(sw) };
        prop_assert_eq!(ResponseApdu::parse(&response.to_bytes()).unwrap(), response);
    }
}
