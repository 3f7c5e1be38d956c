//! A failing sequence made shorter: steps left out, scripts and messages made simpler, as long as it still fails.

use anyhow::{Result, anyhow};

use super::{
    Failure,
    session::{Difference, Line, Session, Stop, TestCard},
    step::{Action, Content, Count, Delivery, Signer, Step, Twist},
};
use crate::model::Card;

/// Most runs that are spent on one failure.
const RUNS_MAX: usize = 1500;

/// Shortens a sequence that fails.
///
/// # Errors
/// The card is lost, or the sequence does not fail a second time.
pub fn shrink(card: &mut dyn TestCard, model: &Card, seed: u64, steps: Vec<Step>) -> Result<Failure> {
    let steps_at_first = steps.len();
    let mut shrinking = Shrinking {
        card,
        model,
        steps,
        runs: 0,
    };
    loop {
        let before = shrinking.steps.clone();
        shrinking.read_back_earlier()?;
        shrinking.drop_steps()?;
        shrinking.simplify()?;
        shrinking.join_scripts()?;
        if shrinking.steps == before {
            break;
        }
    }
    let steps = shrinking.steps;
    let (difference, lines) = run(card, model, &steps)?.ok_or(anyhow!(
        "seed {seed}: the sequence failed once and not again; does the card keep something over its restart?"
    ))?;
    Ok(Failure {
        seed,
        steps,
        steps_at_first,
        difference,
        lines,
    })
}

/// Plays steps on a fresh card: how card and model differ, if they do, and what went over the interface.
///
/// # Errors
/// The card is lost.
pub fn run(card: &mut dyn TestCard, model: &Card, steps: &[Step]) -> Result<Option<(Difference, Vec<Line>)>> {
    let mut session = Session::start(card, model)?;
    for step in steps {
        match session.play(step) {
            Ok(()) => {}
            Err(Stop::Difference(difference)) => return Ok(Some((difference, session.lines().to_vec()))),
            Err(Stop::Card(error)) => return Err(error),
        }
    }
    Ok(None)
}

struct Shrinking<'a> {
    card: &'a mut dyn TestCard,
    model: &'a Card,
    steps: Vec<Step>,
    runs: usize,
}

impl Shrinking<'_> {
    /// Takes other steps if they fail too, as far as they fail.
    fn try_steps(&mut self, mut steps: Vec<Step>) -> Result<bool> {
        if self.runs >= RUNS_MAX {
            return Ok(false);
        }
        self.runs += 1;
        let Some((difference, _)) = run(self.card, self.model, &steps)? else {
            return Ok(false);
        };
        steps.truncate(difference.step + 1);
        self.steps = steps;
        Ok(true)
    }

    /// Looks for the first step after which a read-back shows the difference.
    fn read_back_earlier(&mut self) -> Result<()> {
        for count in 1..self.steps.len().saturating_sub(1) {
            let mut steps = self.steps.clone();
            steps.truncate(count);
            steps.push(Step {
                action: Action::ReadBack,
                cut: None,
            });
            if self.try_steps(steps)? {
                break;
            }
        }
        Ok(())
    }

    /// Leaves out halves, quarters and so on down to single steps.
    fn drop_steps(&mut self) -> Result<()> {
        let mut size = self.steps.len().div_ceil(2);
        while size > 0 {
            let mut start = 0;
            while start < self.steps.len() {
                let mut fewer = self.steps.clone();
                fewer.drain(start..(start + size).min(fewer.len()));
                if fewer.is_empty() || !self.try_steps(fewer)? {
                    start += size;
                }
            }
            size /= 2;
        }
        Ok(())
    }

    /// Puts the scripts of two packets into one.
    fn join_scripts(&mut self) -> Result<()> {
        let mut index = 0;
        while index + 1 < self.steps.len() {
            let joined = joined(&self.steps[index], &self.steps[index + 1]);
            let mut steps = self.steps.clone();
            let tried = joined.is_some_and(|joined| {
                steps.splice(index..index + 2, [joined]);
                true
            });
            if !tried || !self.try_steps(steps)? {
                index += 1;
            }
        }
        Ok(())
    }

    fn simplify(&mut self) -> Result<()> {
        let mut index = 0;
        while index < self.steps.len() {
            let mut choice = 0;
            while let Some(simpler) = self.steps.get(index).and_then(|step| simpler(step, choice)) {
                let mut steps = self.steps.clone();
                let changed = steps[index] != simpler;
                steps[index] = simpler;
                if !changed || !self.try_steps(steps)? {
                    choice += 1;
                }
                if index >= self.steps.len() {
                    return Ok(());
                }
            }
            index += 1;
        }
        Ok(())
    }
}

/// One packet with the scripts of two alike.
fn joined(first: &Step, second: &Step) -> Option<Step> {
    let (Action::Message(one), Action::Message(other)) = (&first.action, &second.action) else {
        return None;
    };
    let (Content::Script(commands), Content::Script(more)) = (&one.content, &other.content) else {
        return None;
    };
    let alike = one.layers == other.layers && first.cut.is_none();
    let mut joined = second.clone();
    if let Action::Message(message) = &mut joined.action {
        message.content = Content::Script([commands.as_slice(), more].concat());
    }
    alike.then_some(joined)
}

/// Simpler forms of a message besides those with a command less.
const SIMPLER_MESSAGES: usize = 9;

/// The simpler forms of a step, by number; `None` when there is no further one. A form may equal the step.
fn simpler(step: &Step, choice: usize) -> Option<Step> {
    let mut step = step.clone();
    let Action::Message(message) = &mut step.action else {
        let cut = step.cut.take()?;
        step.cut = Some(cut / 2);
        return (choice == 0 && cut > 0).then_some(step);
    };
    match choice {
        0 => {
            if message.layers.len() > 1 {
                message.layers.remove(0);
            }
        }
        1 => message.delivery = Delivery::default(),
        2 => message
            .layers
            .iter_mut()
            .for_each(|layer| layer.spi = [0x16, 0x19]),
        3 => message
            .layers
            .iter_mut()
            .for_each(|layer| layer.counter = Count::Ahead(1)),
        4 => {
            for layer in &mut message.layers {
                if layer.signer != Signer::Held(0) {
                    layer.signer = Signer::Held(0);
                }
            }
        }
        5 => {
            if let Content::Indefinite(commands) = &message.content {
                message.content = Content::Script(commands.clone());
            }
        }
        6 => message
            .layers
            .iter_mut()
            .for_each(|layer| layer.twist = Twist::None),
        7 => step.cut = None,
        8 => step.cut = step.cut.map(|writes| writes / 2),
        _ => {
            let commands = message.content.commands_mut()?;
            let index = choice - SIMPLER_MESSAGES;
            if index >= commands.len() || commands.len() == 1 {
                return None;
            }
            commands.remove(index);
        }
    }
    Some(step)
}
