//! Which case is likely to notice a mutant: those that noticed its neighbors, and the quick ones.

use std::time::Duration;

use super::generator::Mutant;

/// Lines between two mutants at which one says half as much about the other.
const NEAR: f64 = 4.0;
/// What a notice in another file counts, against one on the same line.
const ELSEWHERE: f64 = 0.001;
/// Milliseconds that a case takes at least: its fresh memory.
const OVERHEAD: f64 = 10.0;

/// What is known of the cases.
pub struct Order {
    /// Milliseconds that each case takes.
    durations: Vec<f64>,
    noticed: Vec<Notice>,
}

struct Notice {
    file: String,
    line: u32,
    case: usize,
}

impl Order {
    /// Nothing is known but how long each case takes.
    pub fn new(durations: &[Duration]) -> Self {
        Self {
            durations: durations
                .iter()
                .map(|duration| duration.as_secs_f64() * 1000.0 + OVERHEAD)
                .collect(),
            noticed: Vec::new(),
        }
    }

    /// The case with this number noticed a mutant.
    pub fn noticed(&mut self, mutant: &Mutant, case: usize) {
        self.noticed.push(Notice {
            file: mutant.file.clone(),
            line: mutant.line,
            case,
        });
    }

    /// All cases, the most promising for its time first.
    pub fn for_mutant(&self, mutant: &Mutant) -> Vec<usize> {
        let mut promise = vec![ELSEWHERE; self.durations.len()];
        for notice in &self.noticed {
            if let Some(promise) = promise.get_mut(notice.case) {
                *promise += notice.weight(mutant);
            }
        }
        let mut order: Vec<usize> = (0..self.durations.len()).collect();
        let per_time = |case: &usize| promise[*case] / self.durations[*case];
        order.sort_by(|a, b| per_time(b).total_cmp(&per_time(a)));
        order
    }
}

impl Notice {
    fn weight(&self, mutant: &Mutant) -> f64 {
        if self.file != mutant.file {
            return ELSEWHERE;
        }
        let distance = f64::from(self.line.abs_diff(mutant.line));
        NEAR / (NEAR + distance * distance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mutant(file: &str, line: u32) -> Mutant {
        Mutant {
            file: file.into(),
            line,
            source: "return a < b;".into(),
            operator: "negate".into(),
            nth: 1,
            original: "a < b".into(),
            changed: "a >= b".into(),
        }
    }

    #[test]
    fn quick_cases_come_first_until_a_neighbor_was_noticed() {
        let mut order = Order::new(&[Duration::from_millis(90), Duration::from_millis(10)]);
        assert_eq!(order.for_mutant(&mutant("A.java", 7)), [1, 0]);
        order.noticed(&mutant("A.java", 5), 0);
        assert_eq!(order.for_mutant(&mutant("A.java", 7)), [0, 1]);
        assert_eq!(order.for_mutant(&mutant("B.java", 7)), [1, 0]);
    }
}
