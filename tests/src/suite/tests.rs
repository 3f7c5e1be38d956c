#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use std::path::Path;

use card_proto::transport::CardTransport;

use super::*;

/// A card that holds both applets as far as a case needs it to begin, and answers nothing else; it is gone after so many
/// commands.
struct FakeCard {
    commands_left: usize,
}

impl CardTransport for FakeCard {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        self.commands_left = self
            .commands_left
            .checked_sub(1)
            .ok_or(TransportError::CardRemoved)?;
        Ok(match command {
            [0x00, 0xA4, ..] => vec![0x90, 0x00],
            [0x80, 0xCA, 0xDF, 0x02, ..] => vec![1, 0x88, 0x10, 0, 0, 0, 0, 0, 0x90, 0x00],
            _ => vec![0x6A, 0x88],
        })
    }

    fn reset(&mut self) -> Result<Vec<u8>, TransportError> {
        Ok(vec![0x3B, 0x00])
    }

    fn describe(&self) -> String {
        "fake".into()
    }
}

impl Testbed for FakeCard {}

fn played(text: &str, commands_left: usize) -> Played {
    let profile = Path::new(env!("CARGO_MANIFEST_DIR")).join("../keys/test-card.toml");
    let profile = CardProfile::read(&profile).expect("the published profile");
    play(
        &CaseFile::new("a", text),
        &mut FakeCard { commands_left },
        &profile,
    )
}

fn failure_of(played: &Played) -> &Failure {
    match &played.outcome {
        Outcome::Failed(failure) => failure,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_case_that_passes_counts_its_commands() {
    let played = played("> 80CADF0900\n< 6A88\n", 100);
    assert!(matches!(played.outcome, Outcome::Passed), "{played:?}");
    // Two stages are selected and asked for their counters, the first is selected again, twice.
    assert_eq!(played.effort.commands, 7);
}

#[test]
fn a_failure_names_its_line_both_sides_and_the_trace_of_its_step() {
    let played = played("> 80CADF0900\n< 6A88\n! reset\n> 80CADF0A00\n< 9000\n", 100);
    let failure = failure_of(&played);
    assert_eq!(failure.to_string(), "line 4: the response is 6A88, expected 9000");
    assert_eq!(failure.text, "> 80CADF0A00\n< 9000");
    assert_eq!(
        failure.expected.as_deref(),
        Some("no data, 9000 (normal ending of the command)")
    );
    assert!(
        failure
            .found
            .as_ref()
            .is_some_and(|found| found.starts_with("no data, 6A88 ("))
    );
    let commands: Vec<_> = failure
        .trace
        .iter()
        .map(|traced| traced.command.as_str())
        .collect();
    assert_eq!(commands, ["80CADF0A00"]);
    assert!(!played.card_is_gone);
}

#[test]
fn a_long_step_leaves_its_first_exchanges_out() {
    // Six commands begin the case, 22 of the snapshot are answered, one is not.
    let gone = played("! snapshot\n", 28);
    let failure = failure_of(&gone);
    assert_eq!(
        (failure.trace.len(), failure.left_out),
        (12, 23 - 12),
        "{failure}"
    );
}

#[test]
fn a_card_that_is_gone_is_told_from_one_that_answers_wrongly() {
    let before = played("> 80CADF0900\n< 6A88\n", 3);
    assert!(before.card_is_gone);
    assert_eq!(failure_of(&before).line, 0);
    assert!(
        failure_of(&before)
            .to_string()
            .starts_with("before the first step: the card was removed")
    );
    let last = failure_of(&before).trace.last().expect("a trace");
    assert_eq!((last.name.as_str(), last.response.as_str()), ("GET DATA", ""));
    let within = played("> 80CADF0900\n< 6A88\n", 6);
    assert_eq!((within.card_is_gone, failure_of(&within).line), (true, 1));
}

#[test]
fn a_file_that_is_no_case_fails_with_its_line() {
    let played = played("> 00\n? x\n", 100);
    assert!(
        failure_of(&played).message.contains("line 2: a line starts with"),
        "{played:?}"
    );
}
