//! Which lines of two texts are the same: a longest common subsequence.

use std::collections::HashMap;
use std::hash::Hash;

/// The most cells of the table of a longest common subsequence; longer texts are split at lines that occur once.
const CELLS: usize = 4_000_000;

/// Pairs of equal elements, ascending in both.
pub(super) fn align<T: Eq + Hash>(first: &[T], second: &[T]) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    part(first, second, (0, 0), &mut pairs);
    pairs
}

/// Aligns parts of the texts that begin at `base`.
fn part<T: Eq + Hash>(first: &[T], second: &[T], base: (usize, usize), pairs: &mut Vec<(usize, usize)>) {
    let before = first
        .iter()
        .zip(second)
        .take_while(|(one, two)| one == two)
        .count();
    pairs.extend((0..before).map(|index| (base.0 + index, base.1 + index)));
    let (first, second) = (
        first.get(before..).unwrap_or_default(),
        second.get(before..).unwrap_or_default(),
    );
    let base = (base.0 + before, base.1 + before);
    let ends = first.iter().rev().zip(second.iter().rev());
    let after = ends.take_while(|(one, two)| one == two).count();
    let (ends_first, ends_second) = (first.len() - after, second.len() - after);
    let (middle_first, middle_second) = (
        first.get(..ends_first).unwrap_or_default(),
        second.get(..ends_second).unwrap_or_default(),
    );
    if middle_first.len().saturating_mul(middle_second.len()) <= CELLS {
        table(middle_first, middle_second, base, pairs);
    } else {
        split(middle_first, middle_second, base, pairs);
    }
    pairs.extend((0..after).map(|index| (base.0 + ends_first + index, base.1 + ends_second + index)));
}

fn table<T: Eq>(first: &[T], second: &[T], base: (usize, usize), pairs: &mut Vec<(usize, usize)>) {
    let width = second.len() + 1;
    let mut lengths = vec![0u32; (first.len() + 1) * width];
    let at = |lengths: &[u32], one: usize, two: usize| lengths.get(one * width + two).copied().unwrap_or(0);
    for (one, left) in first.iter().enumerate().rev() {
        for (two, right) in second.iter().enumerate().rev() {
            let length = if left == right {
                at(&lengths, one + 1, two + 1) + 1
            } else {
                at(&lengths, one + 1, two).max(at(&lengths, one, two + 1))
            };
            if let Some(place) = lengths.get_mut(one * width + two) {
                *place = length;
            }
        }
    }
    let (mut one, mut two) = (0, 0);
    while let (Some(left), Some(right)) = (first.get(one), second.get(two)) {
        if left == right {
            pairs.push((base.0 + one, base.1 + two));
            (one, two) = (one + 1, two + 1);
        } else if at(&lengths, one + 1, two) >= at(&lengths, one, two + 1) {
            one += 1;
        } else {
            two += 1;
        }
    }
}

/// Splits at the elements that both have once and in the same order.
fn split<T: Eq + Hash>(first: &[T], second: &[T], base: (usize, usize), pairs: &mut Vec<(usize, usize)>) {
    let anchors = anchors(first, second);
    let (mut one, mut two) = (0, 0);
    for (left, right) in &anchors {
        let parts = (first.get(one..*left), second.get(two..*right));
        if let (Some(first), Some(second)) = parts {
            part(first, second, (base.0 + one, base.1 + two), pairs);
        }
        pairs.push((base.0 + left, base.1 + right));
        (one, two) = (left + 1, right + 1);
    }
    if !anchors.is_empty() {
        let rest = (
            first.get(one..).unwrap_or_default(),
            second.get(two..).unwrap_or_default(),
        );
        part(rest.0, rest.1, (base.0 + one, base.1 + two), pairs);
    }
}

fn anchors<T: Eq + Hash>(first: &[T], second: &[T]) -> Vec<(usize, usize)> {
    let places = |text: &[T]| -> HashMap<u64, (usize, usize)> {
        let mut places = HashMap::new();
        for (element, index) in text.iter().zip(0..) {
            let entry = places.entry(super::graph::number(element)).or_insert((index, 0));
            entry.1 += 1;
        }
        places
    };
    let others = places(second);
    let mut once: Vec<_> = places(first)
        .into_iter()
        .filter(|(_, (_, count))| *count == 1)
        .filter_map(|(key, (left, _))| match others.get(&key) {
            Some((right, 1)) if first.get(left) == second.get(*right) => Some((left, *right)),
            _ => None,
        })
        .collect();
    once.sort_unstable();
    ascending(&once)
}

/// A longest part of `pairs`, which ascend in the first number, that ascends in the second too.
fn ascending(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let mut last_of: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::new();
    for ((_, right), index) in pairs.iter().zip(0..) {
        let length = last_of.partition_point(|last| pairs.get(*last).is_some_and(|(_, other)| other < right));
        before.push(
            length
                .checked_sub(1)
                .and_then(|length| last_of.get(length).copied()),
        );
        match last_of.get_mut(length) {
            Some(last) => *last = index,
            None => last_of.push(index),
        }
    }
    let step = |index: &usize| before.get(*index).copied().flatten();
    let mut chosen: Vec<_> = std::iter::successors(last_of.last().copied(), step)
        .filter_map(|index| pairs.get(index).copied())
        .collect();
    chosen.reverse();
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    fn aligned(first: &str, second: &str) -> String {
        let (first, second): (Vec<_>, Vec<_>) = (first.chars().collect(), second.chars().collect());
        align(&first, &second)
            .iter()
            .map(|(one, _)| first[*one])
            .collect()
    }

    #[test]
    fn a_longest_common_subsequence_is_found() {
        assert_eq!(aligned("", "abc"), "");
        assert_eq!(aligned("abc", "abc"), "abc");
        assert_eq!(aligned("abcdef", "axcxef"), "acef");
        assert_eq!(aligned("xaby", "ab"), "ab");
    }

    #[test]
    fn long_texts_are_split_where_a_line_occurs_once() {
        let first: Vec<u32> = (0..3000)
            .map(|index| if index == 1500 { 7 } else { index % 5 })
            .collect();
        let mut second = first.clone();
        second[0] = 9;
        second[2999] = 9;
        second[100] = 9;
        let pairs = align(&first, &second);
        assert!(pairs.len() > 2900, "{} pairs", pairs.len());
        assert!(
            pairs
                .windows(2)
                .all(|pair| pair[0].0 < pair[1].0 && pair[0].1 < pair[1].1)
        );
        assert!(pairs.iter().all(|(one, two)| first[*one] == second[*two]));
    }
}
