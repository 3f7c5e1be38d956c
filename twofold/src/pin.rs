//! PINs of the card: verified where reading needs it, and never when a wrong one could be the last.

use anyhow::Result;
use card_proto::{
    status_word::StatusWord,
    uicc::pin::{KeyReference, PIN_LENGTH, verify_pin, verify_pin_query},
};

use crate::{card::Card, card::explained};

/// With fewer tries left no PIN is sent: a wrong one would block it.
const FEWEST_TRIES: u8 = 2;

/// What became of a PIN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verification {
    /// It is verified.
    Verified,
    /// It is not, and why.
    Refused(String),
}

impl Verification {
    /// What came back, in words.
    pub fn words(&self) -> &str {
        match self {
            Self::Verified => "9000: the PIN is verified",
            Self::Refused(why) => why,
        }
    }
}

/// VERIFY PIN (TS 102 221 §11.1.9) at the selected applet, after asking how many tries are left.
///
/// # Errors
/// The card does not answer.
pub fn verify(card: &mut Card, reference: KeyReference, pin: &[u8; PIN_LENGTH]) -> Result<Verification> {
    let query = card.send(&verify_pin_query(reference))?.sw;
    if query == StatusWord::OK {
        return Ok(Verification::Verified);
    }
    let tries = match query {
        StatusWord::AUTHENTICATION_METHOD_BLOCKED => Some(0),
        sw => sw.tries_left(),
    };
    match tries {
        None => Ok(Verification::Refused(format!(
            "the card does not tell how many tries are left: {}",
            explained(query)
        ))),
        Some(tries) if tries < FEWEST_TRIES => Ok(Verification::Refused(format!(
            "not sent, as a wrong PIN could block it (tries left: {tries}): verify or unblock it by hand"
        ))),
        Some(_) => Ok(judged(card.send(&verify_pin(reference, pin)?)?.sw)),
    }
}

fn judged(sw: StatusWord) -> Verification {
    match (sw, sw.tries_left()) {
        (StatusWord::OK, _) => Verification::Verified,
        (_, Some(tries)) => Verification::Refused(format!(
            "{sw}: this is not the card's PIN (tries left: {tries}): correct it before the next run"
        )),
        (_, None) => Verification::Refused(explained(sw)),
    }
}
