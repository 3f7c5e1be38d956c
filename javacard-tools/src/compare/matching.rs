//! Which class, method and field of one package is which of the other.
//!
//! What has the same name, AID or token is the same. For the rest, nodes get colors: a color is a number made of what is known of
//! a node and of the colors around it, so that nodes with the same surroundings have the same color. A color that each package
//! has once is a match; matches color their neighbors, and so on. Where several nodes cannot be told apart, the first of each are
//! matched. What is left over is matched when its code is similar.
//!
//! This finds candidates only: whether two matched things are equal is for the comparison to say, which is exact. A wrong match
//! can make a difference look larger; it cannot hide one.

use std::collections::HashMap;

use crate::compare::align::align;
use crate::compare::code::{bag, similarity};
use crate::compare::graph::{Graph, IDENTITIES, Item, number};
use crate::package::Package;

/// Which node is which.
#[derive(Debug, Clone)]
pub(super) struct Matching {
    /// By node of the first package, the node of the second.
    pub(super) to_second: Vec<Option<usize>>,
    pub(super) to_first: Vec<Option<usize>>,
}

/// Which label colors begin with, and how far they see: from all that is known to little. These do without code that is aligned.
const SHARP: [(usize, usize); 3] = [(0, 12), (0, 3), (0, 1)];
/// These come after it.
const BLURRED: [(usize, usize); 3] = [(0, 0), (1, 2), (1, 0)];
/// The looks that may match what cannot be told apart.
const TIES: [(usize, usize); 3] = [(0, 12), (0, 1), (1, 1)];
/// How similar code must be, of 100.
const SIMILAR: usize = 40;
/// Pairs of methods whose code is compared for that.
const SIMILAR_PAIRS: usize = 250_000;
/// Steps after which speed counts more than the smallest difference. A file that is not made to be slow takes far fewer.
const PATIENCE: usize = 256;

pub(super) fn matching(first: (&Package, &Graph), second: (&Package, &Graph)) -> Matching {
    let mut matcher = Matcher {
        packages: [first.0, second.0],
        graphs: [first.1, second.1],
        other: [vec![None; first.1.nodes.len()], vec![None; second.1.nodes.len()]],
        steps: 0,
    };
    while matcher.step() {}
    let [to_second, to_first] = matcher.other;
    Matching { to_second, to_first }
}

struct Matcher<'a> {
    packages: [&'a Package; 2],
    graphs: [&'a Graph; 2],
    /// By package and node, the node of the other package.
    other: [Vec<Option<usize>>; 2],
    steps: usize,
}

/// The unmatched nodes of both packages by color.
type Groups = HashMap<u64, [Vec<usize>; 2]>;

impl Matcher<'_> {
    /// Finds some matches; false when there are none left.
    fn step(&mut self) -> bool {
        self.steps += 1;
        let by_identity = (0..IDENTITIES).any(|level| self.match_identities(level));
        by_identity
            || SHARP
                .into_iter()
                .any(|(label, rounds)| self.match_unique(label, rounds))
            || self.match_same_code()
            || (self.steps <= PATIENCE && self.match_aligned())
            || BLURRED
                .into_iter()
                .any(|(label, rounds)| self.match_unique(label, rounds))
            || self.match_classes_by_members()
            || TIES
                .into_iter()
                .any(|(label, rounds)| self.match_tie(label, rounds))
            || self.match_similar()
    }

    fn add(&mut self, first: usize, second: usize) {
        let [to_second, to_first] = &mut self.other;
        if let (Some(one), Some(two)) = (to_second.get_mut(first), to_first.get_mut(second)) {
            (*one, *two) = (Some(second), Some(first));
        }
    }

    fn is_matched(&self, side: usize, node: usize) -> bool {
        let other = self.other.get(side).and_then(|other| other.get(node));
        other.is_none_or(Option::is_some)
    }

    /// A number that both nodes of a match share.
    fn match_number(&self, side: usize, node: usize) -> Option<u64> {
        let other = (*self.other.get(side)?.get(node)?)?;
        Some(number(("match", if side == 0 { node } else { other })))
    }

    /// Nodes that are not matched, by the color that `color` gives them.
    fn groups(&self, color: impl Fn(usize, usize) -> Option<u64>) -> Groups {
        let mut groups = Groups::new();
        for (graph, side) in self.graphs.iter().zip(0..) {
            for node in (0..graph.nodes.len()).filter(|node| !self.is_matched(side, *node)) {
                if let Some(color) = color(side, node) {
                    let sides = groups.entry(color).or_default();
                    if let Some(list) = sides.get_mut(side) {
                        list.push(node);
                    }
                }
            }
        }
        groups
    }

    /// Matches what both packages have once.
    fn match_groups(&mut self, groups: &Groups) -> bool {
        let mut found = false;
        for sides in groups.values() {
            if let ([first], [second]) = (sides[0].as_slice(), sides[1].as_slice()) {
                self.add(*first, *second);
                found = true;
            }
        }
        found
    }

    fn match_identities(&mut self, level: usize) -> bool {
        let groups = self.groups(|side, node| {
            let node = self.graphs.get(side)?.nodes.get(node)?;
            let identity = (*node.identities.get(level)?)?;
            // A token is no identity of something that has a name: names decide.
            if level > 1 && node.identities[0].is_some() {
                return None;
            }
            let parent = match node.parent {
                Some(parent) => Some(self.match_number(side, parent)?),
                None => None,
            };
            Some(number((identity, parent, std::mem::discriminant(&node.item))))
        });
        self.match_groups(&groups)
    }

    fn match_unique(&mut self, label: usize, rounds: usize) -> bool {
        let groups = self.colored(label, rounds);
        self.match_groups(&groups)
    }

    /// Matches methods by their own code alone.
    fn match_same_code(&mut self) -> bool {
        let groups = self.groups(|side, node| {
            let node = self.graphs.get(side)?.nodes.get(node)?;
            matches!(node.item, Item::Method(_)).then_some(node.labels[0])
        });
        self.match_groups(&groups)
    }

    /// Matches what stands at the same place in the code of matched methods: the more often, the better.
    fn match_aligned(&mut self) -> bool {
        let mut votes: HashMap<(usize, usize), usize> = HashMap::new();
        for (first, second) in self.matched_methods() {
            let words = [(0, first), (1, second)].map(|(side, method)| self.words(side, method));
            let texts =
                [0, 1].map(|side: usize| words[side].iter().map(|(word, _)| word).collect::<Vec<_>>());
            for (one, two) in align(&texts[0], &texts[1]) {
                let nodes = |side: usize, word: usize| words[side].get(word).map(|(_, nodes)| *nodes);
                let (Some(one), Some(two)) = (nodes(0, one), nodes(1, two)) else {
                    continue;
                };
                for pair in one.iter().zip(two) {
                    if let (Some(one), Some(two)) = pair
                        && self.may_match(*one, two)
                    {
                        *votes.entry((*one, two)).or_default() += 1;
                    }
                }
            }
        }
        self.elect(votes)
    }

    /// Matches the pairs with most votes: of each node, the first such pair.
    fn elect(&mut self, votes: HashMap<(usize, usize), usize>) -> bool {
        let mut votes: Vec<_> = votes.into_iter().collect();
        votes.sort_by_key(|((first, second), votes)| (usize::MAX - votes, *first, *second));
        let mut found = false;
        for ((first, second), _) in votes {
            if !self.is_matched(0, first) && !self.is_matched(1, second) {
                self.add(first, second);
                found = true;
            }
        }
        found
    }

    /// Whether two nodes are unmatched, of the same kind, and not of classes that are matched with others.
    fn may_match(&self, first: usize, second: usize) -> bool {
        let nodes = (self.graphs[0].nodes.get(first), self.graphs[1].nodes.get(second));
        let (Some(one), Some(two)) = nodes else {
            return false;
        };
        let parents = [(0, one.parent), (1, two.parent)]
            .map(|(side, parent)| parent.map(|parent| self.match_number(side, parent)));
        !self.is_matched(0, first)
            && !self.is_matched(1, second)
            && std::mem::discriminant(&one.item) == std::mem::discriminant(&two.item)
            && parents[0] == parents[1]
    }

    fn matched_methods(&self) -> Vec<(usize, usize)> {
        let nodes = self.graphs[0].nodes.iter().zip(&self.other[0]);
        let pair = |(node, other): (&super::graph::Node, &Option<usize>)| match (
            node.item,
            self.graphs[1].nodes.get((*other)?)?.item,
        ) {
            (Item::Method(first), Item::Method(second)) => Some((first, second)),
            _ => None,
        };
        nodes.filter_map(pair).collect()
    }

    /// The instructions of a method as words, in which matched things have their numbers, with the nodes they refer to.
    fn words(&self, side: usize, method: usize) -> Vec<(String, [Option<usize>; 2])> {
        let (Some(package), Some(graph)) = (self.packages.get(side), self.graphs.get(side)) else {
            return Vec::new();
        };
        let references = graph.code_nodes(package, method).into_iter();
        references
            .map(|(word, nodes)| {
                let numbers = nodes.map(|node| node.and_then(|node| self.match_number(side, node)));
                (format!("{word} {numbers:?}"), nodes)
            })
            .collect()
    }

    /// Of the nodes that look alike, matches the first of each package, and all that nothing else depends on.
    fn match_tie(&mut self, label: usize, rounds: usize) -> bool {
        let groups = self.colored(label, rounds);
        let mut ties: Vec<_> = groups
            .values()
            .filter(|sides| sides.iter().all(|side| !side.is_empty()))
            .collect();
        ties.sort_unstable();
        let mut found = false;
        for [first, second] in ties {
            let is_alone = self.is_alone(0, first) && self.is_alone(1, second);
            if is_alone || self.steps > PATIENCE || !found {
                let count = if is_alone || self.steps > PATIENCE {
                    first.len()
                } else {
                    1
                };
                first
                    .iter()
                    .zip(second)
                    .take(count)
                    .for_each(|(first, second)| self.add(*first, *second));
                found = true;
            }
        }
        found
    }

    /// Whether all that these nodes refer to and are referred by is matched: then it is the same which is taken.
    fn is_alone(&self, side: usize, nodes: &[usize]) -> bool {
        let Some(graph) = self.graphs.get(side) else {
            return false;
        };
        nodes.iter().all(|node| {
            let out = graph.nodes.get(*node).map(|node| node.edges.as_slice());
            let incoming = graph.incoming.get(*node).map(Vec::as_slice);
            let mut edges = out.into_iter().chain(incoming).flatten();
            edges.all(|(_, other)| self.is_matched(side, *other))
        })
    }

    fn colored(&self, label: usize, rounds: usize) -> Groups {
        let colors = [0, 1].map(|side| self.colors(side, label, rounds));
        self.groups(|side, node| colors.get(side)?.get(node).copied())
    }

    fn colors(&self, side: usize, label: usize, rounds: usize) -> Vec<u64> {
        let Some(graph) = self.graphs.get(side) else {
            return Vec::new();
        };
        let begin = |(node, index): (&super::graph::Node, usize)| {
            self.match_number(side, index).unwrap_or_else(|| {
                let parent = node.parent.and_then(|parent| self.match_number(side, parent));
                // With the weaker label a member is looked for in its own class only.
                let parent = (label > 0).then_some((parent, node.parent.is_some()));
                number((node.labels.get(label), parent))
            })
        };
        let mut colors: Vec<u64> = graph.nodes.iter().zip(0..).map(begin).collect();
        for _ in 0..rounds {
            let next = (0..graph.nodes.len()).map(|node| {
                let own = colors.get(node).copied();
                if self.is_matched(side, node) {
                    return own.unwrap_or_default();
                }
                let look = |edges: &[(u64, usize)]| {
                    let mut seen: Vec<_> = edges
                        .iter()
                        .map(|(role, to)| (*role, colors.get(*to).copied()))
                        .collect();
                    seen.sort_unstable();
                    seen
                };
                let out = graph.nodes.get(node).map(|node| look(&node.edges));
                number((own, out, graph.incoming.get(node).map(|edges| look(edges))))
            });
            colors = next.collect();
        }
        colors
    }

    /// Matches classes most of whose matched members belong to each other.
    fn match_classes_by_members(&mut self) -> bool {
        let mut votes: HashMap<(usize, usize), usize> = HashMap::new();
        let Some(graph) = self.graphs.first() else {
            return false;
        };
        for (node, index) in graph.nodes.iter().zip(0..) {
            let other = self.other[0].get(index).copied().flatten();
            let other_parent = other.and_then(|other| self.graphs[1].nodes.get(other)?.parent);
            if let (Some(parent), Some(other_parent)) = (node.parent, other_parent)
                && !self.is_matched(0, parent)
                && !self.is_matched(1, other_parent)
            {
                *votes.entry((parent, other_parent)).or_default() += 1;
            }
        }
        self.elect(votes)
    }

    /// Matches methods of the same class, or of none, whose code is most similar.
    fn match_similar(&mut self) -> bool {
        let methods = [0, 1].map(|side| self.unmatched_methods(side));
        if methods[0].len().saturating_mul(methods[1].len()) > SIMILAR_PAIRS {
            return false;
        }
        let bags = [0, 1].map(|side: usize| {
            let bag = |(method, _): &(usize, usize)| bag(self.packages[side], *method);
            methods[side].iter().map(bag).collect::<Vec<_>>()
        });
        let mut scores = HashMap::new();
        for ((_, first), one) in methods[0].iter().zip(&bags[0]) {
            for ((_, second), two) in methods[1].iter().zip(&bags[1]) {
                let score = similarity(one, two);
                if score >= SIMILAR && self.may_match(*first, *second) {
                    scores.insert((*first, *second), score);
                }
            }
        }
        self.elect(scores)
    }

    /// Methods with code that are not matched: index in the package, node.
    fn unmatched_methods(&self, side: usize) -> Vec<(usize, usize)> {
        let nodes = self.graphs.get(side).map(|graph| graph.nodes.iter().zip(0..));
        nodes
            .into_iter()
            .flatten()
            .filter(|(_, node)| !self.is_matched(side, *node))
            .filter_map(|(node, index)| match node.item {
                Item::Method(method) => Some((method, index)),
                _ => None,
            })
            .collect()
    }
}
