//! Instructions that leave a method with its result.

use super::{Checked, Machine};
use crate::rule::Rule;

impl Machine<'_> {
    /// `areturn`, `sreturn`, `ireturn`, `return`, with a value of the type of the method's result.
    pub(super) fn return_result(&mut self) -> Checked {
        if !self.frame.this_initialized {
            let wanted =
                "a constructor that has called one of its superclass, or another of its class, on every path";
            return Err(self.refuse(Rule::ConstructorReturn, "leaves `this` unfinished", wanted));
        }
        match self.method.signature.result {
            Some(result) => self.pop_assigned(result, Rule::ReturnType, "the result"),
            None => Ok(()),
        }
    }
}
