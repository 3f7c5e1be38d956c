//! Changed CAP files: small mistakes and small forgeries of a real one, by a seed, for the verifier and for cards behind it.
//!
//! Three kinds in turn: octets of a component (`octets`), values that contradict each other while every component is well formed
//! (`values`), and instructions and operands (`code`). Directory and RefLocation follow the change unless they are what is changed.

mod code;
mod octets;
mod values;

use cap_format::cap::{Cap, RawComponents};
use cap_format::component::{Tag, frame};
use cap_format::error::CapError;
use fastrand::Rng;

/// A CAP file that is changed again and again.
#[derive(Debug, Clone)]
pub struct Original {
    cap: Cap,
    components: RawComponents,
}

impl Original {
    /// The file to change.
    ///
    /// # Errors
    /// [`CapError`] when it cannot be written.
    pub fn new(cap: Cap) -> Result<Self, CapError> {
        let components = cap.to_components()?;
        Ok(Self { cap, components })
    }

    /// The file before any change.
    pub fn cap(&self) -> &Cap {
        &self.cap
    }

    /// The load file, with its Descriptor, of a file with one to three changes. The same generator gives the same changes.
    pub fn mutant(&self, rng: &mut Rng) -> Vec<u8> {
        let changes = *rng.choice(&[1, 1, 1, 1, 2, 3]).unwrap_or(&1);
        if rng.u8(0..4) == 0 {
            return octets::changed(&self.components, changes, rng);
        }
        let mut cap = self.cap.clone();
        for _ in 0..changes {
            match rng.bool() {
                true => code::change(&mut cap, rng),
                false => values::change(&mut cap, rng),
            }
        }
        // A change may make a file that no writer writes; then the octets are changed instead.
        match cap.to_components() {
            Ok(components) => load_file(&components),
            Err(_) => octets::changed(&self.components, changes, rng),
        }
    }
}

/// The components in the order of loading, Descriptor last.
fn load_file(components: &RawComponents) -> Vec<u8> {
    let order = Tag::LOAD_ORDER.iter();
    let present = order.filter_map(|tag| Some((*tag, components.defined.get(tag)?)));
    present
        .filter_map(|(tag, info)| frame(tag, info).ok())
        .flatten()
        .collect()
}

/// An index of a collection with this many elements.
fn index(length: usize, rng: &mut Rng) -> Option<usize> {
    (length > 0).then(|| rng.usize(0..length))
}

/// A number near another one, or one of those at which things end.
fn near(value: u16, rng: &mut Rng) -> u16 {
    match rng.u8(0..8) {
        0 => 0,
        1 => u16::MAX,
        2 => rng.u16(..),
        3 => value ^ (1 << rng.u16(0..16)),
        4 | 5 => value.wrapping_add(1),
        _ => value.wrapping_sub(1),
    }
}

/// As [`near`], in one octet.
fn near8(value: u8, rng: &mut Rng) -> u8 {
    let [_, low] = near(value.into(), rng).to_be_bytes();
    low
}
