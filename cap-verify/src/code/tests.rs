//! For every rule the smallest methods that break it, and such as just keep it.

mod arrays;
mod assembler;
mod attacks;
mod calls;
mod case;
mod constructors;
mod effort;
mod fields;
mod operands;
mod paths;
mod subroutines;
mod world;

use crate::rule::Rule;
use case::{Case, method};
