//! A sequence as a file: what goes over the interface, octet for octet, for a card that is freshly installed.
//!
//! ```text
//! # what stands behind a number sign is a comment: the steps in words
//! ! card small       which installation of the test
//! ! reset            the card is reset
//! ! read back        everything both stages show is read, as the model says it is
//! ! cut 3            in the next command the power is cut before the persistent write after the third; what the card shows
//!                    afterwards must be a state between two commits
//! > OCTETS           a command APDU
//! < OCTETS           the response APDU that is right; none after a cut
//! ```

use std::fmt::Write as _;

use anyhow::{Context as _, Result, anyhow, bail, ensure};

use super::{
    Failure,
    session::{Line, Session, Stop, TestCard},
};
use crate::model::Card;

/// The file of a failure on the card with this name.
pub fn write(failure: &Failure, card: &str) -> String {
    let mut text = format!(
        "# Card and model differ: seed {}, {} of {} steps. A move to tests/cases/model/ makes it a case of the ordinary test.\n! card {card}\n",
        failure.seed,
        failure.steps.len(),
        failure.steps_at_first
    );
    for line in &failure.lines {
        // Writing to a String does not fail.
        let _ = match line {
            Line::Step(words) => writeln!(text, "\n# {words}"),
            Line::Reset => writeln!(text, "! reset"),
            Line::ReadBack => writeln!(text, "! read back"),
            Line::Cut(writes) => writeln!(text, "! cut {writes}"),
            Line::Command(command, answer) if answer.is_empty() => {
                writeln!(text, "> {}", hex::encode_upper(command))
            }
            Line::Command(command, answer) => writeln!(
                text,
                "> {}\n< {}",
                hex::encode_upper(command),
                hex::encode_upper(answer)
            ),
        };
    }
    let _ = writeln!(text, "\n# To {}:", hex::encode_upper(&failure.difference.command));
    for line in failure.difference.to_string().lines() {
        let _ = writeln!(text, "# {line}");
    }
    text
}

/// The name of the card that a file is for.
///
/// # Errors
/// It does not say.
pub fn card_name(text: &str) -> Result<&str> {
    text.lines()
        .find_map(|line| line.strip_prefix("! card "))
        .map(str::trim)
        .ok_or(anyhow!("a line `! card NAME` is missing"))
}

/// Replays a file: the card has to answer as the model, and the model as the file says.
///
/// # Errors
/// The line that went otherwise.
pub fn replay(text: &str, card: &mut dyn TestCard, model: &Card) -> Result<()> {
    let mut session = Session::start(card, model)?;
    let mut cut = None;
    for (index, line) in text.lines().enumerate() {
        let content = line.split('#').next().unwrap_or_default().trim();
        replay_line(content, &mut session, &mut cut)
            .with_context(|| format!("line {}: {content}", index + 1))?;
    }
    play(session.read_back())
}

fn replay_line(line: &str, session: &mut Session<'_>, cut: &mut Option<u32>) -> Result<()> {
    match line.split_once(' ') {
        None if line.is_empty() => Ok(()),
        Some(("!", "reset")) => play(session.reset()),
        Some(("!", "read back")) => play(session.read_back()),
        Some(("!", words)) if words.starts_with("card ") => Ok(()),
        Some(("!", words)) => {
            let writes = words.strip_prefix("cut ").ok_or(anyhow!("unknown directive"))?;
            *cut = Some(writes.parse()?);
            Ok(())
        }
        Some((">", octets)) => {
            let command = hex::decode(octets)?;
            match cut.take() {
                Some(writes) => play(session.command_until_cut(&command, writes)),
                None => play(session.command(&command)).map(drop),
            }
        }
        Some(("<", octets)) => {
            let said = session.lines().last();
            let right = matches!(said, Some(Line::Command(_, answer)) if *answer == hex::decode(octets)?);
            ensure!(right, "the model says otherwise: {said:02X?}");
            Ok(())
        }
        _ => bail!("a line starts with one of # ! > <"),
    }
}

fn play<T>(played: Result<T, Stop>) -> Result<T> {
    played.map_err(|stop| match stop {
        Stop::Card(error) => error,
        Stop::Difference(difference) => anyhow!(
            "{} was answered {}, expected {}",
            hex::encode_upper(&difference.command),
            hex::encode_upper(&difference.found),
            difference
                .expected
                .iter()
                .map(hex::encode_upper)
                .collect::<Vec<_>>()
                .join(" or ")
        ),
    })
}
