//! Random sequences that compare a card with the model of the applets.
//!
//! - [`generator`] makes the next step, for the card that the model then is; [`pick`], [`type_one`], [`type_two`] and [`key_change`]
//!   make what it consists of
//! - [`step`] steps, and the octets that they become
//! - [`session`] plays steps on card and model, and compares
//! - [`shrink`] makes a sequence that fails as short as it can
//! - [`saved`] a sequence as a file that people can read and the test replays
//!
//! [`search`] puts them together.

pub mod generator;
pub mod key_change;
pub mod pick;
pub mod saved;
pub mod session;
pub mod shrink;
pub mod step;
pub mod type_one;
pub mod type_two;

use anyhow::Result;

use self::{
    generator::Generator,
    session::{Difference, Line, Session, Stop, TestCard},
    step::{Action, Step},
};
use crate::model::Card;

/// How much is played.
#[derive(Debug, Clone, Copy)]
pub struct Budget {
    /// Seed of the first sequence; the others have the next ones.
    pub seed: u64,
    /// Sequences.
    pub sequences: u64,
    /// Steps of a sequence.
    pub steps: usize,
    /// Power is cut in some steps.
    pub cuts: bool,
}

/// A sequence that fails, as short as it could be made.
#[derive(Debug)]
pub struct Failure {
    /// Its seed.
    pub seed: u64,
    /// Its steps; the last one fails.
    pub steps: Vec<Step>,
    /// How many there were at first.
    pub steps_at_first: usize,
    /// How card and model differ.
    pub difference: Difference,
    /// What went over the interface.
    pub lines: Vec<Line>,
}

/// Plays sequences on a card that `model` describes, until one fails.
///
/// # Errors
/// The card is lost.
pub fn search(card: &mut dyn TestCard, model: &Card, budget: Budget) -> Result<Option<Failure>> {
    for seed in budget.seed..budget.seed.saturating_add(budget.sequences) {
        if let Some(steps) = failing(card, model, seed, budget)? {
            return shrink::shrink(card, model, seed, steps).map(Some);
        }
    }
    Ok(None)
}

/// Plays the sequence of a seed; its steps up to the one that fails, if one does.
fn failing(card: &mut dyn TestCard, model: &Card, seed: u64, budget: Budget) -> Result<Option<Vec<Step>>> {
    let mut generator = Generator::new(seed, budget.cuts);
    let mut session = Session::start(card, model)?;
    let mut steps = Vec::new();
    for number in 0..=budget.steps {
        let step = if number == budget.steps {
            Step {
                action: Action::ReadBack,
                cut: None,
            }
        } else {
            generator.step(session.model())
        };
        steps.push(step);
        match session.play(&steps[number]) {
            Ok(()) => {}
            Err(Stop::Difference(_)) => return Ok(Some(steps)),
            Err(Stop::Card(error)) => {
                return Err(error.context(format!("seed {seed}, step {number}: {}", steps[number])));
            }
        }
    }
    Ok(None)
}
