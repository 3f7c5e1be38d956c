//! The code of methods, compared: lines without offsets, and a unified diff of them.

use std::collections::{BTreeSet, HashMap};

use cap_format::bytecode::{Instruction, Layout, Operands};

use crate::compare::align::align;
use crate::compare::graph::number;
use crate::compare::naming::outside_key;
use crate::package::{Method, Operand, Package, resolved_operand};

/// A line of code: an instruction or an exception handler.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct CodeLine {
    /// Mnemonic and operands without branches.
    text: String,
    /// What stands before each branch: the keys of a switch.
    keys: Vec<String>,
    /// Lines to which branches lead; `Err`: an offset where no instruction begins.
    targets: Vec<Result<usize, i64>>,
    /// Words of arguments that `invokeinterface` states; they follow from the method and are not shown.
    nargs: Option<u8>,
}

/// The lines of a method. Wide forms of instructions have the names of the others: which form there is depends on the number of
/// a constant, or on distances.
pub(super) fn lines(package: &Package, method: &Method) -> Vec<CodeLine> {
    let places: HashMap<i64, usize> = method
        .code
        .iter()
        .zip(0..)
        .map(|((offset, _), index)| (i64::try_from(*offset).unwrap_or(i64::MAX), index))
        .collect();
    let end = i64::try_from(method.code_octets).unwrap_or(i64::MAX);
    let place = |offset: i64| match places.get(&offset) {
        Some(index) => Ok(*index),
        None if offset == end => Ok(method.code.len()),
        None => Err(offset),
    };
    let instructions = method.code.iter().map(|(offset, instruction)| {
        let mnemonic = instruction.opcode.mnemonic();
        let is_wide = matches!(
            instruction.opcode.layout(),
            Layout::Branch2 | Layout::Increment2 | Layout::Constant2(_)
        );
        let mnemonic = mnemonic
            .strip_suffix("_w")
            .filter(|_| is_wide)
            .unwrap_or(mnemonic);
        match package.operand(*offset, instruction) {
            Operand::None => CodeLine::plain(mnemonic.to_owned()),
            Operand::Text(text) => CodeLine {
                nargs: match instruction.operands {
                    Operands::Interface { nargs, .. } => Some(nargs),
                    _ => None,
                },
                ..CodeLine::plain(format!("{mnemonic} {text}"))
            },
            Operand::Branches(branches) => CodeLine {
                text: mnemonic.to_owned(),
                targets: branches.iter().map(|(_, to)| place(*to)).collect(),
                keys: branches.into_iter().map(|(key, _)| key).collect(),
                nargs: None,
            },
        }
    });
    let number = |offset: usize| i64::try_from(offset).unwrap_or(i64::MAX);
    let handlers = method.handlers.iter().map(|handler| {
        let caught = handler
            .catch
            .map(|catch| match package.constants.get(usize::from(catch)) {
                Some(reference) => package.reference_name(*reference),
                None => format!("#{catch}"),
            });
        CodeLine {
            text: format!("catch {}", caught.as_deref().unwrap_or("(all)")),
            keys: vec!["from ".to_owned(), "to ".to_owned(), "handler ".to_owned()],
            targets: [handler.start, handler.end, handler.handler]
                .map(|at| place(number(at)))
                .to_vec(),
            nargs: None,
        }
    });
    let error = method
        .code_error
        .iter()
        .map(|error| CodeLine::plain(format!("broken: {error}")));
    instructions.chain(error).chain(handlers).collect()
}

impl CodeLine {
    fn plain(text: String) -> Self {
        Self {
            text,
            keys: Vec::new(),
            targets: Vec::new(),
            nargs: None,
        }
    }

    fn labelled(&self, label: impl Fn(usize) -> String) -> String {
        let branches = self
            .keys
            .iter()
            .zip(&self.targets)
            .map(|(key, target)| match target {
                Ok(line) => format!("{key}{}", label(*line)),
                Err(offset) => format!("{key}offset {offset}"),
            });
        let branches: Vec<_> = branches.collect();
        if branches.is_empty() {
            return self.text.clone();
        }
        format!("{} {}", self.text, branches.join(", "))
    }
}

/// A number for the code of a method without what it refers to inside the package: matches begin with it.
pub(super) fn skeleton(package: &Package, method: &Method) -> u64 {
    let mut anonymous = Vec::new();
    for (line, (_, instruction)) in lines(package, method).into_iter().zip(&method.code) {
        let reference = resolved_operand(package, instruction);
        let text = match reference {
            Some(reference) => format!(
                "{} {}",
                line.text.split(' ').next().unwrap_or_default(),
                outside_key(package, reference)
            ),
            None => line.text,
        };
        anonymous.push((text, line.keys, line.targets));
    }
    let handlers: Vec<_> = method
        .handlers
        .iter()
        .map(|handler| (handler.start, handler.end, handler.handler))
        .collect();
    // Offsets of handlers move with wide forms; their count is enough here.
    number((anonymous, handlers.len()))
}

/// An instruction as a word without branches and without what it refers to inside the package. Forms of the same instruction
/// have the same word.
pub(super) fn word(package: &Package, instruction: &Instruction) -> String {
    let mnemonic = instruction.opcode.mnemonic();
    let mnemonic = mnemonic.strip_suffix("_w").unwrap_or(mnemonic);
    let mnemonic = mnemonic.strip_suffix("_this").unwrap_or(mnemonic);
    match resolved_operand(package, instruction) {
        Some(reference) => format!("{mnemonic} {}", outside_key(package, reference)),
        None if instruction.branches().next().is_none() => format!("{mnemonic} {:?}", instruction.operands),
        None => mnemonic.to_owned(),
    }
}

/// The instructions of a method as words, each with how often it occurs.
pub(super) fn bag(package: &Package, method: usize) -> HashMap<String, usize> {
    let mut counts = HashMap::new();
    let code = package.methods.get(method).map(|method| method.code.as_slice());
    for (_, instruction) in code.unwrap_or_default() {
        *counts.entry(word(package, instruction)).or_default() += 1;
    }
    counts
}

/// How much of the instructions of two methods is the same, of 100; references inside the packages do not count.
pub(super) fn similarity(first: &HashMap<String, usize>, second: &HashMap<String, usize>) -> usize {
    let all = first.values().sum::<usize>() + second.values().sum::<usize>();
    let shared = first
        .iter()
        .map(|(word, count)| count.min(second.get(word).unwrap_or(&0)));
    (200 * shared.sum::<usize>()).checked_div(all).unwrap_or(100)
}

/// Lines around a change that are shown with it.
const CONTEXT: usize = 3;

/// The code of a method in both packages: with names that decide, and with names that are shown.
pub(super) struct Code {
    pub(super) keyed: [Vec<CodeLine>; 2],
    pub(super) shown: [Vec<CodeLine>; 2],
}

/// A line of the diff: what both have, or one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Both(usize, usize),
    First(usize),
    Second(usize),
}

impl Code {
    /// The unified diff; `None` when the code is the same.
    pub(super) fn diff(&self) -> Option<Vec<String>> {
        if self.keyed[0] == self.keyed[1] {
            return None;
        }
        let heads = [0, 1].map(|side| {
            let lines: &[CodeLine] = self.keyed.get(side).map_or(&[], Vec::as_slice);
            lines
                .iter()
                .map(|line| (&line.text, &line.keys, line.nargs))
                .collect::<Vec<_>>()
        });
        let pairs = align(&heads[0], &heads[1]);
        let partner: HashMap<usize, usize> = pairs.iter().copied().collect();
        let ends = (self.instructions(0), self.instructions(1));
        let leads_to = |first: &Result<usize, i64>, second: &Result<usize, i64>| match (first, second) {
            (Ok(first), Ok(second)) => partner.get(first) == Some(second) || (*first, *second) == ends,
            _ => false,
        };
        let is_same = |(first, second): &&(usize, usize)| {
            let targets = |side: usize, line: usize| self.keyed[side].get(line).map(|line| &line.targets);
            match (targets(0, *first), targets(1, *second)) {
                (Some(first), Some(second)) => {
                    first.len() == second.len()
                        && first.iter().zip(second).all(|(one, two)| leads_to(one, two))
                }
                _ => false,
            }
        };
        let same: Vec<_> = pairs.iter().filter(is_same).copied().collect();
        let steps = self.steps(&same);
        // A diff without a change can be: the same lines with an end that is another one.
        Some(self.hunks(&steps, &self.labels(&steps, &partner)))
    }

    /// Lines that are instructions; handlers follow them.
    fn instructions(&self, side: usize) -> usize {
        let lines = self.keyed.get(side).map_or(&[] as &[CodeLine], Vec::as_slice);
        lines
            .iter()
            .filter(|line| !line.text.starts_with("catch "))
            .count()
    }

    fn steps(&self, same: &[(usize, usize)]) -> Vec<Step> {
        let (mut first, mut second) = (0, 0);
        let mut steps = Vec::new();
        let ends = (self.keyed[0].len(), self.keyed[1].len());
        for (to_first, to_second) in same.iter().copied().chain([ends]) {
            steps.extend((first..to_first).map(Step::First));
            steps.extend((second..to_second).map(Step::Second));
            if (to_first, to_second) != ends {
                steps.push(Step::Both(to_first, to_second));
            }
            (first, second) = (to_first + 1, to_second + 1);
        }
        steps
    }

    /// Labels of the lines to which branches lead: the same for lines that are the same.
    fn labels(&self, steps: &[Step], partner: &HashMap<usize, usize>) -> [HashMap<usize, String>; 2] {
        let wanted = [0, 1].map(|side| {
            let lines: &[CodeLine] = self.shown.get(side).map_or(&[], Vec::as_slice);
            lines
                .iter()
                .flat_map(|line| line.targets.iter().filter_map(|target| target.ok()))
                .collect::<BTreeSet<usize>>()
        });
        let mut labels = [HashMap::new(), HashMap::new()];
        let mut count = 0;
        let mut next = || {
            count += 1;
            format!("L{count}")
        };
        for step in steps {
            match *step {
                Step::Both(first, second) if wanted[0].contains(&first) || wanted[1].contains(&second) => {
                    let label = next();
                    labels[0].insert(first, label.clone());
                    labels[1].insert(second, label);
                }
                Step::First(first) if wanted[0].contains(&first) => {
                    let label = next();
                    if let Some(second) = partner.get(&first) {
                        labels[1].insert(*second, label.clone());
                    }
                    labels[0].insert(first, label);
                }
                Step::Second(second) if wanted[1].contains(&second) && !labels[1].contains_key(&second) => {
                    labels[1].insert(second, next());
                }
                _ => {}
            }
        }
        labels
    }

    fn hunks(&self, steps: &[Step], labels: &[HashMap<usize, String>; 2]) -> Vec<String> {
        let is_change = |index: &usize| !matches!(steps.get(*index), Some(Step::Both(..)));
        let changes: Vec<usize> = (0..steps.len()).filter(is_change).collect();
        let mut shown = vec![false; steps.len()];
        for change in changes {
            let from = change.saturating_sub(CONTEXT);
            shown
                .iter_mut()
                .take(change + CONTEXT + 1)
                .skip(from)
                .for_each(|place| *place = true);
        }
        let mut out = Vec::new();
        let mut index = 0;
        while index < steps.len() {
            let is_shown = |index: &usize| shown.get(*index).copied().unwrap_or(false);
            let length = (index..steps.len()).take_while(is_shown).count();
            if let Some(hunk) = steps.get(index..index + length).filter(|hunk| !hunk.is_empty()) {
                out.push(head(steps.get(..index).unwrap_or_default(), hunk));
                out.extend(hunk.iter().map(|step| self.line(*step, labels)));
            }
            index += length.max(1);
        }
        out
    }

    fn line(&self, step: Step, labels: &[HashMap<usize, String>; 2]) -> String {
        let (sign, side, line) = match step {
            Step::Both(first, _) => (' ', 0, first),
            Step::First(first) => ('-', 0, first),
            Step::Second(second) => ('+', 1, second),
        };
        let label = |line: usize| match labels[side].get(&line) {
            Some(label) => label.clone(),
            None => "end".to_owned(),
        };
        let own = labels[side].get(&line).map(|label| format!("{label}:"));
        let text = self.shown[side].get(line).map(|line| line.labelled(label));
        format!(
            "{sign}{:<5} {}",
            own.unwrap_or_default(),
            text.unwrap_or_default()
        )
    }
}

/// `@@ -first,count +first,count @@` of instructions, which count from 1.
fn head(before: &[Step], hunk: &[Step]) -> String {
    let count = |steps: &[Step], side: usize| {
        let is_of = |step: &&Step| !matches!((step, side), (Step::First(_), 1) | (Step::Second(_), 0));
        steps.iter().filter(is_of).count()
    };
    let range = |side| format!("{},{}", count(before, side) + 1, count(hunk, side));
    format!("@@ -{} +{} @@", range(0), range(1))
}
