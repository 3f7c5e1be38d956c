//! What is known of an object: its class or interface, or, where paths have met, the nearest class above all of theirs together
//! with every interface that all of them implement.
//!
//! Such bounds form a lattice, so that merging them ends. A card does not check that the object of an `invokeinterface` implements
//! the interface: here a value is of an interface only when it is on every path.

use std::collections::{BTreeSet, HashMap};

use super::word::{Elements, Word};
use crate::model::{Model, ValueType};
use crate::types::{TypeId, Types};

/// What an object is at least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Bound {
    /// An instance of a class, or of one that implements an interface.
    Type(TypeId),
    /// An index in [`Bounds`]: a class and interfaces beyond those of the class.
    Join(u16),
}

/// A class and all interfaces that an object implements.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Join {
    class: TypeId,
    interfaces: BTreeSet<TypeId>,
}

/// The bounds that meet in a method.
#[derive(Debug)]
pub(super) struct Bounds<'a> {
    types: &'a Types,
    object: TypeId,
    joins: Vec<Join>,
    index: HashMap<Join, u16>,
    /// Merged before.
    merged: HashMap<(Bound, Bound), Bound>,
    work: usize,
}

/// Different joins in a method at most; those beyond keep their class and forget the interfaces.
const JOINS: usize = 1024;

impl<'a> Bounds<'a> {
    pub(super) fn new(model: &'a Model<'_>) -> Self {
        Self {
            types: &model.types,
            object: model.object,
            joins: Vec::new(),
            index: HashMap::new(),
            merged: HashMap::new(),
            work: 0,
        }
    }

    /// Classes and interfaces that have been compared to merge bounds.
    pub(super) fn work(&self) -> usize {
        self.work
    }

    /// Whether a value of type `lower` may stand where `upper` is wanted.
    pub(super) fn is_below(&self, lower: Bound, upper: TypeId) -> bool {
        upper == self.object
            || match lower {
                Bound::Type(lower) => self.types.is_subtype(lower, upper),
                Bound::Join(_) => {
                    let join = self.join(lower);
                    join.interfaces.contains(&upper) || self.types.is_subtype(join.class, upper)
                }
            }
    }

    /// Whether a word may be assigned to a variable of this type (JCVM §7.5, as the `checkcast` of the machine decides).
    pub(super) fn is_assignable(&self, word: Word, target: ValueType) -> bool {
        match (word, target) {
            (Word::Short, ValueType::Boolean | ValueType::Byte | ValueType::Short) => true,
            (Word::Null, ValueType::Object(_) | ValueType::Array(_)) => true,
            (Word::Object(bound), ValueType::Object(class)) => self.is_below(bound, class),
            (Word::Array(_), ValueType::Object(class)) => class == self.object,
            (Word::Array(have), ValueType::Array(want)) => match (have, Elements::of(want)) {
                (Elements::References(have), Elements::References(Bound::Type(want))) => {
                    self.is_below(have, want)
                }
                (have, want) => have == want,
            },
            _ => false,
        }
    }

    /// What a word is when it is one of two; [`Word::Unset`] when they have nothing in common.
    pub(super) fn merge(&mut self, a: Word, b: Word) -> Word {
        match (a, b) {
            (a, b) if a == b => a,
            (Word::Null, other) | (other, Word::Null) if other.is_reference() => other,
            (Word::Object(a), Word::Object(b)) => Word::Object(self.merge_bounds(a, b)),
            (Word::Array(Elements::References(a)), Word::Array(Elements::References(b))) => {
                Word::Array(Elements::References(self.merge_bounds(a, b)))
            }
            (a, b) if a.is_reference() && b.is_reference() => Word::object(self.object),
            _ => Word::Unset,
        }
    }

    /// The names of the class and interfaces of a bound.
    pub(super) fn name(&self, bound: Bound) -> String {
        match bound {
            Bound::Type(id) => self.types.get(id).name.clone(),
            Bound::Join(_) => {
                let join = self.join(bound);
                let names = join.interfaces.iter().map(|id| self.types.get(*id).name.as_str());
                let all: Vec<_> = std::iter::once(self.types.get(join.class).name.as_str())
                    .chain(names)
                    .collect();
                all.join(" and ")
            }
        }
    }

    fn merge_bounds(&mut self, a: Bound, b: Bound) -> Bound {
        if a == b {
            return a;
        }
        let pair = (a.min(b), a.max(b));
        if let Some(known) = self.merged.get(&pair) {
            return *known;
        }
        let (a, b) = (self.join(a), self.join(b));
        self.work += 1 + a.interfaces.len() + b.interfaces.len() + self.types.get(a.class).superclasses.len();
        let merged = self.normal(Join {
            class: self.common_class(a.class, b.class),
            interfaces: a.interfaces.intersection(&b.interfaces).copied().collect(),
        });
        self.merged.insert(pair, merged);
        merged
    }

    /// The class and all interfaces of a bound.
    fn join(&self, bound: Bound) -> Join {
        match bound {
            Bound::Type(id) => {
                let info = self.types.get(id);
                let mut interfaces = info.interfaces.clone();
                if info.interface {
                    interfaces.insert(id);
                }
                let class = if info.interface { self.object } else { id };
                Join { class, interfaces }
            }
            Bound::Join(index) => self.joins.get(usize::from(index)).cloned().unwrap_or(Join {
                class: self.object,
                interfaces: BTreeSet::new(),
            }),
        }
    }

    /// The same as one type, if there is one that says as much.
    fn normal(&mut self, join: Join) -> Bound {
        if join.interfaces == self.types.get(join.class).interfaces {
            return Bound::Type(join.class);
        }
        let says_all = |id: &&TypeId| self.types.get(**id).interfaces.len() + 1 == join.interfaces.len();
        if join.class == self.object
            && let Some(id) = join.interfaces.iter().find(says_all)
            && self.join(Bound::Type(*id)) == join
        {
            return Bound::Type(*id);
        }
        if let Some(index) = self.index.get(&join) {
            return Bound::Join(*index);
        }
        match u16::try_from(self.joins.len()) {
            Ok(index) if self.joins.len() < JOINS => {
                self.joins.push(join.clone());
                self.index.insert(join, index);
                Bound::Join(index)
            }
            _ => Bound::Type(join.class),
        }
    }

    /// The nearest class above both.
    fn common_class(&self, a: TypeId, b: TypeId) -> TypeId {
        let above = &self.types.get(a).superclasses;
        std::iter::once(&a)
            .chain(above)
            .find(|class| self.types.is_subtype(b, **class))
            .copied()
            .unwrap_or(self.object)
    }
}
