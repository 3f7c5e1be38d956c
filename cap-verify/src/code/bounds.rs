//! What is known of an object: its class or interface, or, where paths have met, the nearest class above all of theirs together
//! with every interface that all of them implement.
//!
//! Such bounds form a lattice, so that merging them ends. A card does not check that the object of an `invokeinterface` implements
//! the interface: here a value is of an interface only when it is on every path.

use std::collections::HashMap;

use super::word::{Elements, Word};
use crate::model::{Model, ValueType};
use crate::types::{TypeId, TypeSet, Types};

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
    interfaces: TypeSet,
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
/// Classes and interfaces of a join that a message names.
const NAMES: usize = 8;
/// What it counts to find two bounds among those merged before, and for each of their classes and interfaces to merge them: as many
/// words could be copied.
const LOOKUP: usize = 8;
const COMPARED: usize = 4;

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

    /// Classes and interfaces that have been compared to merge bounds, and merges that were looked up.
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
                    join.interfaces.contains(upper) || self.types.is_subtype(join.class, upper)
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
                let ids = std::iter::once(join.class).chain(join.interfaces.iter());
                let names = ids.take(NAMES).map(|id| self.types.get(id).name.as_str());
                let more = (join.interfaces.len() >= NAMES).then_some("others");
                names.chain(more).collect::<Vec<_>>().join(" and ")
            }
        }
    }

    fn merge_bounds(&mut self, a: Bound, b: Bound) -> Bound {
        if a == b {
            return a;
        }
        let root = Bound::Type(self.object);
        if a == root || b == root {
            return root;
        }
        self.work += LOOKUP;
        let pair = (a.min(b), a.max(b));
        if let Some(known) = self.merged.get(&pair) {
            return *known;
        }
        let (a, b) = (self.join(a), self.join(b));
        self.work += COMPARED * (a.interfaces.len() + b.interfaces.len());
        self.work += COMPARED * self.types.get(a.class).superclasses.len();
        let merged = self.normal(Join {
            class: self.common_class(a.class, b.class),
            interfaces: a.interfaces.intersection(&b.interfaces),
        });
        self.merged.insert(pair, merged);
        merged
    }

    /// The class and all interfaces of a bound.
    fn join(&self, bound: Bound) -> Join {
        match bound {
            Bound::Type(id) => {
                let info = self.types.get(id);
                match info.interface {
                    true => Join {
                        class: self.object,
                        interfaces: info.interfaces.and(&[id]),
                    },
                    false => Join {
                        class: id,
                        interfaces: info.interfaces.clone(),
                    },
                }
            }
            Bound::Join(index) => self.joins.get(usize::from(index)).cloned().unwrap_or(Join {
                class: self.object,
                interfaces: TypeSet::default(),
            }),
        }
    }

    /// The same as one type, if there is one that says as much.
    fn normal(&mut self, join: Join) -> Bound {
        if join.interfaces == self.types.get(join.class).interfaces {
            return Bound::Type(join.class);
        }
        let says_all = |id: &TypeId| self.types.get(*id).interfaces.len() + 1 == join.interfaces.len();
        if join.class == self.object
            && let Some(id) = join.interfaces.iter().find(says_all)
            && self.join(Bound::Type(id)) == join
        {
            return Bound::Type(id);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::{Origin, TypeInfo};

    /// `java.lang.Object`, then interfaces, then two chains of classes of which each implements one more of them.
    fn types(count: u16) -> Types {
        let mut types = Types::default();
        let mut add = |interface, superclasses: Vec<TypeId>, interfaces: TypeSet| {
            let info = TypeInfo {
                origin: Origin::NameOnly,
                name: format!("type{}", superclasses.len() + interfaces.len()),
                interface,
                is_abstract: interface,
                is_final: false,
                public: true,
                shareable: false,
                superclasses,
                interfaces,
            };
            types.add(info)
        };
        let object = add(false, Vec::new(), TypeSet::default()).unwrap_or(TypeId(0));
        for _ in 0..count {
            add(true, vec![object], TypeSet::default());
        }
        for _ in 0..2 {
            let (mut above, mut interfaces) = (vec![object], TypeSet::default());
            for number in 1..=count {
                interfaces = interfaces.and(&[TypeId(number)]);
                if let Some(id) = add(false, above.clone(), interfaces.clone()) {
                    above.insert(0, id);
                }
            }
        }
        types
    }

    fn bounds(types: &Types) -> Bounds<'_> {
        Bounds {
            types,
            object: TypeId(0),
            joins: Vec::new(),
            index: HashMap::new(),
            merged: HashMap::new(),
            work: 0,
        }
    }

    #[test]
    fn what_is_merged_once_is_found_again() {
        let types = types(200);
        let mut bounds = bounds(&types);
        let (a, b) = (Bound::Type(TypeId(400)), Bound::Type(TypeId(600)));
        let merged = bounds.merge_bounds(a, b);
        let first = bounds.work();
        assert!((3 * 200..20 * 200).contains(&first), "{first}");
        assert_eq!(bounds.merge_bounds(b, a), merged);
        assert_eq!(bounds.work() - first, LOOKUP);
        assert!(bounds.is_below(merged, TypeId(200)) && !bounds.is_below(merged, TypeId(400)));
    }

    #[test]
    fn a_message_names_few_interfaces() {
        let types = types(200);
        let mut bounds = bounds(&types);
        let merged = bounds.merge_bounds(Bound::Type(TypeId(400)), Bound::Type(TypeId(600)));
        let name = bounds.name(merged);
        assert!(name.ends_with(" and others") && name.len() < 100, "{name}");
        let few = bounds.merge_bounds(Bound::Type(TypeId(202)), Bound::Type(TypeId(402)));
        assert_eq!(bounds.name(few), "type0 and type1 and type1");
    }
}
