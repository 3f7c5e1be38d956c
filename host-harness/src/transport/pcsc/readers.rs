//! The readers there are, and the one that is meant.

use std::ffi::{CStr, CString};
use std::time::{Duration, Instant};

use pcsc::{Context, Error, ReaderState, Scope, State};

use super::PcscError;

/// How long one look at a reader blocks before the deadline is checked again.
const LOOK: Duration = Duration::from_millis(50);

/// A reader, as `--list-readers` shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    /// Its name.
    pub name: String,
    /// The ATR of the card in it, if there is one.
    pub atr: Option<Vec<u8>>,
}

/// The readers the system knows, and the cards in them.
///
/// # Errors
/// [`PcscError::NoService`] when no pcscd runs, other errors of PC/SC as they are.
pub fn list_readers() -> Result<Vec<Reader>, PcscError> {
    let context = establish()?;
    let names = reader_names(&context)?;
    names
        .iter()
        .map(|name| {
            Ok(Reader {
                name: text(name),
                atr: card_in(&context, name)?,
            })
        })
        .collect()
}

pub(super) fn establish() -> Result<Context, PcscError> {
    Context::establish(Scope::User).map_err(|error| match error {
        Error::NoService | Error::ServiceStopped => PcscError::NoService,
        source => PcscError::Unusable(source),
    })
}

fn reader_names(context: &Context) -> Result<Vec<CString>, PcscError> {
    match context.list_readers_owned() {
        Ok(names) => Ok(names),
        Err(Error::NoReadersAvailable) => Ok(Vec::new()),
        Err(error) => Err(PcscError::Unusable(error)),
    }
}

pub(super) fn wait_for_reader(
    context: &Context,
    wanted: &str,
    deadline: Instant,
) -> Result<CString, PcscError> {
    loop {
        let names = reader_names(context)?;
        match choose(&names, wanted) {
            // While there is none at all, a daemon that has just started may still be looking.
            Err(PcscError::NoSuchReader { readers, .. })
                if readers.is_empty() && Instant::now() < deadline => {}
            result => return result.cloned(),
        }
        let mut news = [ReaderState::new(pcsc::PNP_NOTIFICATION(), State::UNAWARE)];
        look(context, &mut news)?;
    }
}

/// The reader with exactly this name, or the only one whose name contains it.
fn choose<'a>(names: &'a [CString], wanted: &str) -> Result<&'a CString, PcscError> {
    if let Some(name) = names.iter().find(|name| text(name) == wanted) {
        return Ok(name);
    }
    let found: Vec<&CString> = names.iter().filter(|name| text(name).contains(wanted)).collect();
    match found.as_slice() {
        [name] => Ok(name),
        [] => Err(PcscError::NoSuchReader {
            wanted: wanted.to_owned(),
            readers: names.iter().map(|name| text(name)).collect(),
        }),
        several => Err(PcscError::Ambiguous {
            wanted: wanted.to_owned(),
            readers: several.iter().map(|name| text(name)).collect(),
        }),
    }
}

pub(super) fn wait_for_card(context: &Context, reader: &CStr, deadline: Instant) -> Result<(), PcscError> {
    let mut states = [ReaderState::new(reader, State::UNAWARE)];
    loop {
        look(context, &mut states)?;
        if states[0].event_state().contains(State::PRESENT) {
            return Ok(());
        }
        if Instant::now() >= deadline {
            return Err(PcscError::NoCard { reader: text(reader) });
        }
        states[0].sync_current_state();
    }
}

/// Waits for a change for a short time; that there was none is no error.
fn look(context: &Context, states: &mut [ReaderState]) -> Result<(), PcscError> {
    match context.get_status_change(LOOK, states) {
        Ok(()) | Err(Error::Timeout) => Ok(()),
        Err(error) => Err(PcscError::Unusable(error)),
    }
}

fn card_in(context: &Context, reader: &CStr) -> Result<Option<Vec<u8>>, PcscError> {
    let mut states = [ReaderState::new(reader, State::UNAWARE)];
    look(context, &mut states)?;
    let [state] = &states;
    let is_present = state.event_state().contains(State::PRESENT);
    Ok(is_present.then(|| state.atr().to_vec()))
}

pub(super) fn text(name: &CStr) -> String {
    name.to_string_lossy().into_owned()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    fn names() -> Vec<CString> {
        ["ACS 00 00", "ACS 00 00 Dual", "Other 01 00"]
            .map(|name| CString::new(name).unwrap())
            .to_vec()
    }

    #[test]
    fn an_exact_name_wins_over_a_part_of_another() {
        assert_eq!(text(choose(&names(), "ACS 00 00").unwrap()), "ACS 00 00");
    }

    #[test]
    fn a_part_must_fit_one_reader_only() {
        assert_eq!(text(choose(&names(), "Oth").unwrap()), "Other 01 00");
        assert!(
            matches!(choose(&names(), "ACS"), Err(PcscError::Ambiguous { readers, .. }) if readers.len() == 2)
        );
        assert!(
            matches!(choose(&names(), "none"), Err(PcscError::NoSuchReader { readers, .. }) if readers.len() == 3)
        );
    }

    #[test]
    fn errors_say_what_to_do() {
        let error = choose(&[], "x").unwrap_err().to_string();
        assert_eq!(
            error,
            "no reader is called \"x\"; there are no readers: connect one"
        );
        assert!(PcscError::NoService.to_string().contains("start it"));
    }
}
