//! CV5xx: what every instruction finds on the stack and in the local variables, on every path (JCVM ch. 7).
//!
//! Each method alone: `body` decodes it, `operands` and `handlers` check what needs no types; `blocks` cuts it at the branches; `flow` carries a
//! `frame` of `word`s through the blocks until nothing changes, merging references by `bounds` where paths meet; `step` is what
//! each instruction takes and leaves; `recursion` looks at the paths as a whole. Every limit is one of the work
//! (`effort`), so that the time is linear in the size of the code.

mod blocks;
mod body;
mod bounds;
mod effort;
mod fault;
mod flow;
mod frame;
mod handlers;
mod operands;
mod recursion;
mod step;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests;
mod word;

use std::panic::resume_unwind;
use std::thread;

use crate::finding::{Place, Report};
use crate::model::{Method, Model};

use body::Body;
use fault::Fault;

/// Checks the code of every method, and counts its instructions. A method has at most one finding: what follows the first is noise.
pub(crate) fn check(model: &Model<'_>, report: &mut Report) -> usize {
    let check = |methods: &[Method<'_>]| {
        let with_code = methods.iter().filter(|method| !method.is_abstract);
        let outcomes = with_code.map(|method| (method.offset, check_method(model, method)));
        outcomes.collect::<Vec<_>>()
    };
    let (first, second) = model.methods.split_at(half(&model.methods));
    // Methods do not depend on each other, so that a second thread can do half of them.
    let (first, second) = thread::scope(|scope| {
        let second = (!second.is_empty()).then(|| scope.spawn(|| check(second)));
        let first = check(first);
        let second = second.map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic)));
        (first, second.unwrap_or_default())
    });
    let mut instructions = 0;
    for (method, outcome) in first.into_iter().chain(second) {
        match outcome {
            Ok(count) => instructions += count,
            Err(fault) => {
                let place = Place::code(method, fault.offset);
                report.add(fault.rule, place, fault.found, fault.wanted);
            }
        }
    }
    instructions
}

/// Octets of code from which on half of them take longer than a thread takes to start.
const LARGE: usize = 8000;

/// How many methods are half of the code; all when there is little.
fn half(methods: &[Method<'_>]) -> usize {
    let all: usize = methods.iter().map(|method| method.code.len()).sum();
    if all < LARGE {
        return methods.len();
    }
    let mut before = 0;
    let rest = methods.iter().skip_while(|method| {
        before += method.code.len();
        before * 2 < all
    });
    methods.len() - rest.skip(1).count()
}

/// Checks one method; how many instructions it has.
fn check_method(model: &Model<'_>, method: &Method<'_>) -> Result<usize, Fault> {
    let body = Body::new(model, method)?;
    flow::run(model, method, &body)?;
    Ok(body.steps.len())
}
