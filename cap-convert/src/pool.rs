//! The order of the constant pool (JCVM §6.8).
//!
//! Constants stand in the order of their first use, but instance fields come first: the instructions on them have one octet for
//! the index. They are brought there by exchanging places, as the vendor's converter does, so that both number alike.
//!
//! No class stands at place 0: a handler with the catch type 0 is called for every exception (JCVM §6.10.1), not for the class there.

use std::collections::HashMap;

use crate::hierarchy::ClassId;
use crate::resolve::PoolKey;
use crate::select::Body;

/// All constants of a package.
#[derive(Debug, Default)]
pub(crate) struct Pool {
    pub(crate) keys: Vec<PoolKey>,
    named: Vec<Option<ClassId>>,
    indexes: HashMap<(PoolKey, Option<ClassId>), usize>,
}

impl Pool {
    /// The pool for the methods of a package, in their order.
    pub(crate) fn of<'a>(bodies: impl IntoIterator<Item = &'a Body>) -> Self {
        let mut pool = Self::default();
        for body in bodies {
            let keys = body.keys_of_handlers().chain(body.keys_of_code());
            keys.for_each(|(key, named)| pool.add(key, named));
        }
        pool.bring_fields_first();
        pool.keep_classes_from_place_0();
        pool.number();
        pool
    }

    fn add(&mut self, key: PoolKey, named: Option<ClassId>) {
        let next = self.keys.len();
        self.indexes.entry((key, named)).or_insert_with(|| {
            self.keys.push(key);
            self.named.push(named);
            next
        });
    }

    fn bring_fields_first(&mut self) {
        let mut front = 0;
        for index in 0..self.keys.len() {
            if matches!(self.keys[index], PoolKey::InstanceField { .. }) {
                self.keys.swap(front, index);
                self.named.swap(front, index);
                front += 1;
            }
        }
    }

    /// Exchanges a class at place 0 with the first constant that is none, as the vendor's converter does. When all are classes,
    /// the first stands there a second time, and nothing refers to place 0.
    fn keep_classes_from_place_0(&mut self) {
        let other = self.keys.iter().position(|key| !matches!(key, PoolKey::Class(_)));
        if let Some(other) = other {
            self.keys.swap(0, other);
            self.named.swap(0, other);
        } else if let (Some(&key), Some(&named)) = (self.keys.first(), self.named.first()) {
            self.keys.insert(0, key);
            self.named.insert(0, named);
        }
    }

    /// The index of each constant is its last place.
    fn number(&mut self) {
        let keys = self.keys.iter().copied().zip(self.named.iter().copied());
        self.indexes = keys.enumerate().map(|(index, key)| (key, index)).collect();
    }

    /// The index of a constant; every constant of the methods is here.
    pub(crate) fn index(&self, key: PoolKey, named: Option<ClassId>) -> u16 {
        let index = self.indexes.get(&(key, named)).copied();
        index
            .and_then(|index| u16::try_from(index).ok())
            .unwrap_or(u16::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pool(keys: &[PoolKey]) -> Pool {
        let mut pool = Pool::default();
        keys.iter().for_each(|key| pool.add(*key, None));
        pool.keep_classes_from_place_0();
        pool.number();
        pool
    }

    #[test]
    fn no_class_is_at_place_0() {
        let [first, second] = [0, 1].map(|class| PoolKey::Class(ClassId::Own(class)));
        let method = PoolKey::SuperMethod { class: 0, token: 0 };
        let exchanged = pool(&[first, second, method]);
        assert_eq!(exchanged.keys, [method, second, first]);
        assert_eq!([first, second].map(|key| exchanged.index(key, None)), [2, 1]);
        let classes = pool(&[first, second]);
        assert_eq!(classes.keys, [first, first, second]);
        assert_eq!([first, second].map(|key| classes.index(key, None)), [1, 2]);
        assert!(pool(&[]).keys.is_empty());
    }
}
