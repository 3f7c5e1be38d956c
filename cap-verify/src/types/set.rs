//! Sets of types that many others hold too.

use std::sync::Arc;

use crate::types::TypeId;

/// A set of types; a copy shares its memory.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct TypeSet(Arc<[TypeId]>);

impl TypeSet {
    /// Whether a type is one of them.
    pub(crate) fn contains(&self, id: TypeId) -> bool {
        self.0.binary_search(&id).is_ok()
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The types, ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = TypeId> {
        self.0.iter().copied()
    }

    /// These and others.
    pub(crate) fn and(&self, others: &[TypeId]) -> Self {
        match others.iter().all(|id| self.contains(*id)) {
            true => self.clone(),
            false => self.iter().chain(others.iter().copied()).collect(),
        }
    }

    /// The types that are in both.
    pub(crate) fn intersection(&self, other: &Self) -> Self {
        if Arc::ptr_eq(&self.0, &other.0) {
            return self.clone();
        }
        let mut others = other.0.iter().peekable();
        let is_other = |id: &TypeId| {
            while others.next_if(|other| *other < id).is_some() {}
            others.next_if_eq(&id).is_some()
        };
        let both: Vec<TypeId> = self.iter().filter(is_other).collect();
        Self(both.into())
    }
}

impl FromIterator<TypeId> for TypeSet {
    fn from_iter<I: IntoIterator<Item = TypeId>>(types: I) -> Self {
        let mut types: Vec<TypeId> = types.into_iter().collect();
        // Nearly in order already: what a class inherits, then what it adds. A stable sort finds the runs.
        types.sort();
        types.dedup();
        Self(types.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(ids: &[u16]) -> TypeSet {
        ids.iter().map(|id| TypeId(*id)).collect()
    }

    #[test]
    fn a_set_has_each_type_once() {
        let set = set(&[3, 1, 3, 2]);
        assert_eq!((set.len(), set.iter().next()), (3, Some(TypeId(1))));
        assert!(set.contains(TypeId(2)) && !set.contains(TypeId(4)));
    }

    #[test]
    fn sets_are_joined_and_intersected() {
        let (a, b) = (set(&[1, 2, 5]), set(&[2, 3, 5, 9]));
        assert_eq!(a.intersection(&b), set(&[2, 5]));
        assert_eq!(b.intersection(&a), set(&[2, 5]));
        assert_eq!(a.intersection(&a), a);
        assert_eq!(a.and(&[TypeId(9), TypeId(1)]), set(&[1, 2, 5, 9]));
        assert_eq!(a.and(&[TypeId(5)]), a);
    }
}
