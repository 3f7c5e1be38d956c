#![expect(clippy::unwrap_used, reason = "a test may panic")]

use card_proto::cat::proactive::ProactiveCommand;
use card_proto::sms::tpdu::TimeStamp;
use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

/// A card that expects commands by their first octets and answers what the script says.
struct Script(Vec<(&'static str, String)>);

impl CardTransport for Script {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        let (expected, response) = self.0.remove(0);
        let command = hex::encode_upper(command);
        assert!(command.starts_with(expected), "{command} instead of {expected}");
        Ok(hex::decode(response).unwrap())
    }

    fn reset(&mut self) -> Result<Vec<u8>, TransportError> {
        Ok(vec![0x3B])
    }

    fn describe(&self) -> String {
        "a script".to_owned()
    }
}

fn message() -> SmsDeliver {
    let time_stamp = TimeStamp::new([26, 11, 22], [16, 0, 0], 0);
    SmsDeliver::data_download(
        Address::new("+88210000000001").unwrap(),
        time_stamp,
        &[2, 0x70, 0, 0xAA, 0xBB],
    )
}

fn deliver(script: &[(&'static str, &str)]) -> DeliveryOutcome {
    let script = script
        .iter()
        .map(|(command, response)| (*command, (*response).to_owned()))
        .collect();
    let mut card = Script(script);
    let outcome = Terminal::new(&mut card)
        .deliver(&message().to_bytes().unwrap(), None)
        .unwrap();
    assert!(card.0.is_empty(), "the card expected more commands");
    outcome
}

fn ack(data: &[u8]) -> Acknowledgement {
    Acknowledgement::RpAck {
        user_data: (!data.is_empty()).then(|| data.to_vec()),
    }
}

fn error(cause: u8, data: &[u8]) -> Acknowledgement {
    Acknowledgement::RpError {
        cause,
        user_data: (!data.is_empty()).then(|| data.to_vec()),
    }
}

#[test]
fn the_status_word_decides_on_the_acknowledgement() {
    let cases = [
        ("9000", ack(&[])),
        ("0271009000", ack(&[2, 0x71, 0])),
        ("6200", ack(&[])),
        ("AA6310", ack(&[0xAA])),
        ("6F00", error(0xD5, &[])),
        ("AA6A80", error(0xD5, &[0xAA])),
        ("9862", error(0xD5, &[])),
    ];
    for (response, expected) in cases {
        assert_eq!(deliver(&[("80C20000", response)]).rp, expected, "{response}");
    }
}

#[test]
fn the_envelope_holds_the_message_as_it_came() {
    let tpdu = message().to_bytes().unwrap();
    let sc = Address::new("+88219").unwrap();
    let mut card = Script(vec![("80C20000", "9000".to_owned())]);
    let outcome = Terminal::new(&mut card).deliver(&tpdu, Some(&sc)).unwrap();
    let command = &outcome.exchanges[0].command;
    let download = SmsPpDownload::parse(&command[5..command.len() - 1]).unwrap();
    assert_eq!(
        download,
        SmsPpDownload {
            sc_address: Some(sc),
            tpdu
        }
    );
}

#[test]
fn the_proprietary_form_differs_in_the_instruction_only() {
    let tpdu = message().to_bytes().unwrap();
    let mut card = Script(vec![("80D00000", "9000".to_owned())]);
    let mut terminal = Terminal {
        card: &mut card,
        form: EnvelopeForm::Proprietary,
    };
    assert_eq!(terminal.deliver(&tpdu, None).unwrap().rp, ack(&[]));
}

#[test]
fn pieces_are_fetched() {
    let outcome = deliver(&[("80C20000", "6102"), ("80C0000002", "AABB9000")]);
    assert_eq!(outcome.rp, ack(&[0xAA, 0xBB]));
    assert_eq!(outcome.exchanges.len(), 2);
    assert_eq!(outcome.last_status_word(), Some(StatusWord(0x9000)));
}

#[test]
fn a_wrong_le_is_corrected() {
    assert_eq!(
        deliver(&[("80C20000", "6C01"), ("80C20000", "AA9000")]).rp,
        ack(&[0xAA])
    );
}

#[test]
fn a_busy_card_is_asked_again_and_then_reported() {
    let busy = ("80C20000", "9300");
    assert_eq!(deliver(&[busy, ("80C20000", "9000")]).rp, ack(&[]));
    assert_eq!(deliver(&[busy, busy, busy]).rp, error(0xD4, &[]));
}

#[test]
fn a_short_message_of_the_card_is_collected() {
    let submit = SmsSubmit::secured_packet(Address::new("+88219").unwrap(), &[2, 0x71, 0, 1]);
    let command = ProactiveCommand::send_short_message(None, submit.to_bytes().unwrap()).to_bytes();
    let fetched = format!("{}9000", hex::encode(command));
    let outcome = deliver(&[
        ("80C20000", "9120"),
        ("8012000020", &fetched),
        ("80140000", "9000"),
    ]);
    assert_eq!(outcome.submits, [submit]);
    assert_eq!(outcome.rp, ack(&[]));
    // TERMINAL RESPONSE: command details of the command, terminal to UICC, performed.
    let response = hex::encode_upper(&outcome.exchanges[2].command);
    assert!(
        response.contains("8103011300") && response.contains("830100"),
        "{response}"
    );
}

#[test]
fn other_proactive_commands_are_beyond_the_terminal() {
    // DISPLAY TEXT.
    let outcome = deliver(&[
        ("80C20000", "910F"),
        ("801200000F", "D00D8103012180820281028D0204419000"),
        ("80140000", "9000"),
    ]);
    assert!(outcome.submits.is_empty());
    assert!(hex::encode_upper(&outcome.exchanges[2].command).contains("830130"));
}

#[test]
fn a_proactive_command_that_cannot_be_read_is_answered_too() {
    let outcome = deliver(&[
        ("80C20000", "9102"),
        ("8012000002", "FFFF9000"),
        ("80140000", "9000"),
    ]);
    assert!(hex::encode_upper(&outcome.exchanges[2].command).contains("830132"));
}

#[test]
fn a_card_that_never_ends_is_left() {
    let mut script = vec![("80C20000", "9102")];
    for _ in 0..16 {
        script.extend([("8012000002", "FFFF9000"), ("80140000", "9102")]);
    }
    assert_eq!(deliver(&script).exchanges.len(), 33);

    struct Endless;
    impl CardTransport for Endless {
        fn transmit(&mut self, _: &[u8]) -> Result<Vec<u8>, TransportError> {
            Ok(vec![0x61, 0x10])
        }
        fn reset(&mut self) -> Result<Vec<u8>, TransportError> {
            Ok(vec![])
        }
        fn describe(&self) -> String {
            String::new()
        }
    }
    let error = Terminal::new(&mut Endless)
        .deliver(&message().to_bytes().unwrap(), None)
        .unwrap_err();
    assert!(matches!(
        error,
        TerminalError::Transport(TransportError::Malformed { .. })
    ));
}

#[test]
fn a_message_for_people_is_not_passed_on() {
    let mut text = message();
    text.protocol_identifier = 0;
    let error = Terminal::new(&mut Script(vec![]))
        .deliver(&text.to_bytes().unwrap(), None)
        .unwrap_err();
    assert!(
        matches!(
            error,
            TerminalError::NotDataDownload {
                protocol_identifier: 0,
                ..
            }
        ),
        "{error}"
    );
    let error = Terminal::new(&mut Script(vec![]))
        .deliver(&[0x04], None)
        .unwrap_err();
    assert!(matches!(error, TerminalError::Malformed(_)), "{error}");
}

#[test]
fn the_report_repeats_the_kind_of_the_message() {
    let report = deliver(&[("80C20000", "0271009000")]).deliver_report();
    assert_eq!(
        (report.protocol_identifier, report.data_coding_scheme),
        (Some(0x7F), Some(0xF6))
    );
    assert_eq!(report.user_data.unwrap().octets, [2, 0x71, 0]);
    assert_eq!(
        deliver(&[("80C20000", "6F00")]).deliver_report().failure_cause,
        Some(0xD5)
    );
}

/// A card that answers anything.
struct Anything(Vec<Vec<u8>>);

impl CardTransport for Anything {
    fn transmit(&mut self, _: &[u8]) -> Result<Vec<u8>, TransportError> {
        self.0.pop().ok_or(TransportError::CardRemoved)
    }

    fn reset(&mut self) -> Result<Vec<u8>, TransportError> {
        Err(TransportError::CardRemoved)
    }

    fn describe(&self) -> String {
        "anything".to_owned()
    }
}

proptest! {
    #[test]
    fn no_message_and_no_answer_is_too_strange(
        tpdu in vec(any::<u8>(), 0..200),
        answers in vec(vec(any::<u8>(), 0..60), 0..40),
        first in vec(any::<u8>(), 0..4),
    ) {
        let mut card = Anything(answers);
        let _ = Terminal::new(&mut card).deliver(&tpdu, None);
        card.0.push([first.as_slice(), &[0x91, 0x10]].concat());
        let _ = Terminal::new(&mut card).deliver(&message().to_bytes().unwrap(), None);
    }
}
