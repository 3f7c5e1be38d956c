//! Two paths meet: one state that covers both, and which values are one from there on.

use super::{IntValue, NodeId, State, Value};

/// Makes `known` cover a stack and local variables too, and tells whether it grew; `None` when the stacks do not fit together.
pub(super) fn merge(
    known: &mut State,
    (stack, locals): (&[Value], impl Iterator<Item = Value>),
    is_patient: bool,
    united: &mut Union,
) -> Option<bool> {
    if known.stack.len() != stack.len() {
        return None;
    }
    let mut has_grown = false;
    for (place, value) in known.stack.iter_mut().zip(stack) {
        has_grown |= merge_into(place, *value, is_patient, united);
        if *place == Value::Unset {
            return None;
        }
    }
    for (place, value) in known.locals.iter_mut().zip(locals) {
        has_grown |= merge_into(place, value, is_patient, united);
    }
    Some(has_grown)
}

fn merge_into(place: &mut Value, new: Value, is_patient: bool, united: &mut Union) -> bool {
    let merged = match (*place, new) {
        (Value::Int(a), Value::Int(b)) => {
            united.unite(a.node, b.node);
            let range = match is_patient {
                true => a.range.hull(b.range),
                false => a.range.widened(b.range),
            };
            Value::Int(IntValue { range, node: a.node })
        }
        (a, b) if a == b => a,
        _ => Value::Unset,
    };
    std::mem::replace(place, merged) != merged
}

/// Disjoint sets of nodes.
#[derive(Debug)]
pub(crate) struct Union(Vec<NodeId>);

impl Union {
    pub(super) fn new(count: usize) -> Self {
        Self((0..count).collect())
    }

    /// The representative of a node's set.
    pub(crate) fn find(&self, node: NodeId) -> NodeId {
        let mut root = node;
        while self.0[root] != root {
            root = self.0[root];
        }
        root
    }

    fn unite(&mut self, a: NodeId, b: NodeId) {
        let (a, b) = (self.find_and_shorten(a), self.find_and_shorten(b));
        self.0[a.max(b)] = a.min(b);
    }

    /// Like [`Self::find`]; every second node of the way is hung to the one above the next, so that ways stay short.
    fn find_and_shorten(&mut self, node: NodeId) -> NodeId {
        let mut root = node;
        while self.0[root] != root {
            self.0[root] = self.0[self.0[root]];
            root = self.0[root];
        }
        root
    }
}
