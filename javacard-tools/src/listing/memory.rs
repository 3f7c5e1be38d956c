//! The section `memory`: what the package takes on a card beside its code.

use std::collections::BTreeSet;

use cap_format::bytecode::Opcode;
use serde::Serialize;

use crate::package::{Call, ClassTarget, MemberTarget, Package, Reference, resolved_operand};

/// Instances, static fields, stack.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Memory {
    /// Octets of static fields and of initialized arrays: persistent.
    pub(super) static_fields: usize,
    pub(super) static_arrays: usize,
    pub(super) instances: Vec<Instance>,
    /// The method that takes most words by itself.
    pub(super) largest_frame: Option<Frame>,
    /// The calls inside the package that take most words together; calls of other packages and back are not followed.
    pub(super) deepest_calls: Option<Calls>,
}

/// What an instance takes: two octets for each word, and what the card adds.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Instance {
    pub(super) class: String,
    /// Words of its fields, those of superclasses in this package included.
    pub(super) words: usize,
    /// The superclass outside, whose fields come on top.
    pub(super) above: Option<String>,
}

/// A method with the words of its arguments, local variables and stack.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Frame {
    pub(super) method: String,
    pub(super) words: usize,
}

/// A chain of calls.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Calls {
    pub(super) words: usize,
    /// The first one calls the second, and so on.
    pub(super) methods: Vec<String>,
    /// Methods that may call themselves, directly or not: what the chain takes then is not known.
    pub(super) recursive: Vec<String>,
}

/// Classes of a package that is in order (JCVM §2.2.4.2).
const MAX_CLASSES: usize = 255;

pub(super) fn memory(package: &Package) -> Memory {
    let statics = &package.cap.static_fields;
    let classes = (0..package.classes.len()).filter(|class| {
        package
            .classes
            .get(*class)
            .is_some_and(|class| !class.is_interface())
    });
    Memory {
        static_fields: statics.image_size(),
        static_arrays: statics.array_init_size(),
        instances: classes.map(|class| instance(package, class)).collect(),
        largest_frame: largest_frame(package),
        deepest_calls: (package.classes.len() <= MAX_CLASSES)
            .then(|| Graph::new(package).deepest(package))
            .flatten(),
    }
}

fn instance(package: &Package, class: usize) -> Instance {
    let (chain, above) = package.ancestry(class);
    let words = chain.iter().filter_map(|class| package.classes.get(*class));
    Instance {
        class: package.class_name(ClassTarget::Own(class)),
        words: words.map(|class| usize::from(class.declared_words)).sum(),
        above: above.map(|of| package.class_name(of)),
    }
}

fn frame_words(package: &Package, method: usize) -> usize {
    package.methods.get(method).map_or(0, |method| {
        let header = method.header;
        usize::from(header.nargs) + usize::from(header.max_locals) + usize::from(header.max_stack)
    })
}

fn largest_frame(package: &Package) -> Option<Frame> {
    let methods = 0..package.methods.len();
    let largest = methods.max_by_key(|method| frame_words(package, *method))?;
    Some(Frame {
        method: package.method_name(largest),
        words: frame_words(package, largest),
    })
}

/// Who may call whom inside the package.
struct Graph {
    callees: Vec<BTreeSet<usize>>,
}

/// What is known of a method while the graph is walked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Visit {
    No,
    Open,
    /// Words of the deepest chain that begins here, and its next method.
    Done {
        words: usize,
        next: Option<usize>,
    },
}

impl Graph {
    fn new(package: &Package) -> Self {
        let callees = package.methods.iter().map(|method| {
            let instructions = method.code.iter();
            let calls = instructions.filter(|(_, instruction)| {
                matches!(
                    instruction.opcode,
                    Opcode::Invokevirtual
                        | Opcode::Invokespecial
                        | Opcode::Invokestatic
                        | Opcode::Invokeinterface
                )
            });
            calls
                .filter_map(|(_, instruction)| resolved_operand(package, instruction))
                .flat_map(|reference| targets(package, reference))
                .collect()
        });
        Self {
            callees: callees.collect(),
        }
    }

    /// The deepest chain. Arguments lie on the stack of the caller already: below the first method, a frame adds the local
    /// variables and the stack only.
    fn deepest(&self, package: &Package) -> Option<Calls> {
        let mut visits = vec![Visit::No; self.callees.len()];
        let mut recursive = BTreeSet::new();
        for method in 0..self.callees.len() {
            self.visit(package, method, &mut visits, &mut recursive);
        }
        let total = |method: usize| match visits.get(method) {
            Some(Visit::Done { words, .. }) => words + arguments(package, method),
            _ => 0,
        };
        let first = (0..self.callees.len()).max_by_key(|method| (total(*method), usize::MAX - method))?;
        let next = |method: &usize| match visits.get(*method) {
            Some(Visit::Done { next, .. }) => *next,
            _ => None,
        };
        let chain = std::iter::successors(Some(first), next).take(self.callees.len());
        Some(Calls {
            words: total(first),
            methods: chain.map(|method| package.method_name(method)).collect(),
            recursive: recursive
                .iter()
                .map(|method| package.method_name(*method))
                .collect(),
        })
    }

    /// Visits a method and all that it calls, without recursion: a hostile file may have long chains.
    fn visit(&self, package: &Package, first: usize, visits: &mut [Visit], recursive: &mut BTreeSet<usize>) {
        let mut stack = vec![first];
        while let Some(method) = stack.last().copied() {
            let Some(visit) = visits.get(method).copied() else {
                return;
            };
            match visit {
                Visit::Done { .. } => {
                    stack.pop();
                }
                Visit::No => {
                    if let Some(place) = visits.get_mut(method) {
                        *place = Visit::Open;
                    }
                    for callee in self.callees.get(method).into_iter().flatten() {
                        match visits.get(*callee) {
                            Some(Visit::No) => stack.push(*callee),
                            Some(Visit::Open) => {
                                recursive.insert(*callee);
                            }
                            _ => {}
                        }
                    }
                }
                Visit::Open => {
                    let done = self.done(package, method, visits);
                    if let Some(place) = visits.get_mut(method) {
                        *place = done;
                    }
                    stack.pop();
                }
            }
        }
    }

    fn done(&self, package: &Package, method: usize, visits: &[Visit]) -> Visit {
        let below = self.callees.get(method).into_iter().flatten();
        let below = below.filter_map(|callee| match visits.get(*callee) {
            Some(Visit::Done { words, .. }) => Some((*words, *callee)),
            _ => None,
        });
        let deepest = below.max_by_key(|(words, callee)| (*words, usize::MAX - callee));
        let own = frame_words(package, method) - arguments(package, method);
        Visit::Done {
            words: own + deepest.map_or(0, |(words, _)| words),
            next: deepest.map(|(_, callee)| callee),
        }
    }
}

fn arguments(package: &Package, method: usize) -> usize {
    package
        .methods
        .get(method)
        .map_or(0, |method| method.header.nargs.into())
}

/// The methods of this package that a call may run.
fn targets(package: &Package, reference: Reference) -> Vec<usize> {
    let Reference::Method { of, method, call } = reference else {
        return Vec::new();
    };
    match (call, of, method) {
        (Call::Virtual, Some(of), _) => overriding(package, of, method),
        (_, _, MemberTarget::Own(method)) => vec![method],
        _ => Vec::new(),
    }
}

/// All methods with the token of `method` in classes that are `of` or implement it.
fn overriding(package: &Package, of: ClassTarget, method: MemberTarget) -> Vec<usize> {
    let token = match method {
        MemberTarget::Own(method) => package.methods.get(method).and_then(|method| method.token),
        MemberTarget::Imported { token, .. } => Some(token),
        MemberTarget::Nowhere(_) => None,
    };
    let Some(token) = token else { return Vec::new() };
    let mut found = Vec::new();
    for class in 0..package.classes.len() {
        let (chain, above) = package.ancestry(class);
        let is_subclass = above == Some(of) || chain.iter().any(|class| ClassTarget::Own(*class) == of);
        let implemented = chain.iter().find_map(|class| {
            let implemented = &package.classes.get(*class)?.implemented;
            let (_, methods) = implemented.iter().find(|(interface, _)| *interface == of)?;
            methods.get(usize::from(token)).copied()
        });
        let token = if is_subclass { Some(token) } else { implemented };
        found.extend(token.and_then(|token| package.find_virtual(class, token)));
    }
    found
}
