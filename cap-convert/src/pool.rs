//! The order of the constant pool (JCVM §6.8).
//!
//! Constants stand in the order of their first use, but instance fields come first: the instructions on them have one octet for
//! the index. They are brought there by exchanging places, as the vendor's converter does, so that both number alike.

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
