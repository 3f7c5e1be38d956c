//! The stages in their order.

use cap_format::cap::Cap;

use crate::code;
use crate::environment::Environment;
use crate::finding::{Finding, Place, Report};
use crate::model::Model;
use crate::rule::Rule;
use crate::structure;

/// A CAP file that keeps to all rules; only [`verify`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedCap {
    cap: Cap,
    instructions: usize,
}

impl VerifiedCap {
    /// The file.
    pub fn cap(&self) -> &Cap {
        &self.cap
    }

    /// How many instructions its methods have.
    pub fn instructions(&self) -> usize {
        self.instructions
    }

    /// The file alone, without the proof.
    pub fn into_cap(self) -> Cap {
        self.cap
    }
}

/// Reads a CAP file (an archive or a load file) and verifies it.
///
/// # Errors
/// The broken rules, in the order of the file.
pub fn verify_file(bytes: &[u8], environment: &Environment<'_>) -> Result<VerifiedCap, Vec<Finding>> {
    let cap = Cap::read(bytes).map_err(|error| vec![structure::finding(&error)])?;
    verify(cap, environment)
}

/// Verifies a CAP file.
///
/// # Errors
/// The broken rules, in the order of the file.
pub fn verify(cap: Cap, environment: &Environment<'_>) -> Result<VerifiedCap, Vec<Finding>> {
    let mut report = Report::default();
    let instructions = match Model::new(&cap, environment, &mut report) {
        Some(model) => code::check(&model, &mut report),
        // Whatever the reason is: nothing is proven of a package that is not resolved.
        None if report.is_empty() => {
            let found = "a package that cannot be resolved";
            report.add(Rule::TooComplex, Place::FILE, found, "one that can be followed");
            0
        }
        None => 0,
    };
    report.into_result()?;
    Ok(VerifiedCap { cap, instructions })
}
