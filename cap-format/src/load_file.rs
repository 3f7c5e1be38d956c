//! A load file: the components one after another, in the order in which a card takes them (JCVM §6.3).
//!
//! [`card_proto::gp::load::load_commands`] puts it behind the tag `C4` and into LOAD commands.

use std::collections::btree_map::Entry;

use card_proto::reader::Reader;

use crate::cap::read::{Form, cap};
use crate::cap::{Cap, RawComponents, RawCustomComponent};
use crate::component::{Tag, frame, unframe};
use crate::error::{CapError, ErrorKind, Fault, Part};
use crate::limits;

impl Cap {
    /// The load file without the Descriptor, which no card needs: the smallest that loads.
    ///
    /// # Errors
    /// [`CapError`] as [`Cap::to_components`].
    pub fn to_load_file(&self) -> Result<Vec<u8>, CapError> {
        self.to_components()?.to_load_file()
    }

    /// The load file with the Descriptor, for a card or a tool that verifies.
    ///
    /// # Errors
    /// [`CapError`] as [`Cap::to_components`].
    pub fn to_load_file_with_descriptor(&self) -> Result<Vec<u8>, CapError> {
        self.to_components()?.load_file_of(|_| true)
    }
}

impl RawComponents {
    /// As [`Cap::to_load_file`].
    ///
    /// # Errors
    /// [`CapError`] when a component is too large.
    pub fn to_load_file(&self) -> Result<Vec<u8>, CapError> {
        self.load_file_of(|tag| tag != Tag::Descriptor)
    }

    fn load_file_of(&self, wanted: impl Fn(Tag) -> bool) -> Result<Vec<u8>, CapError> {
        let mut out = Vec::new();
        for tag in Tag::LOAD_ORDER.into_iter().filter(|tag| wanted(*tag)) {
            if let Some(info) = self.defined.get(&tag) {
                out.extend(frame(tag, info)?);
            }
        }
        Ok(out)
    }
}

/// Reads a load file; its components may have any order, and Descriptor, Debug and custom components may be missing although the
/// Directory lists them.
///
/// # Errors
/// [`CapError`] when it is malformed: see [`Cap::from_components`].
pub fn read(bytes: &[u8]) -> Result<Cap, CapError> {
    let components = components(bytes).map_err(|fault| fault.of(Part::LoadFile))?;
    cap(&components, Form::LoadFile)
}

pub(crate) fn components(bytes: &[u8]) -> Result<RawComponents, Fault> {
    let (what, found, limit) = ("octets of a load file", bytes.len(), limits::FILE_OCTETS);
    if found > limit {
        return Err(Fault::new(0, ErrorKind::Limit { what, found, limit }));
    }
    let mut reader = Reader::new(bytes);
    let mut components = RawComponents::default();
    while !reader.is_empty() {
        let before = reader.clone();
        let (tag, info) = unframe(&mut reader)?;
        components
            .add(tag, "", info)
            .map_err(|kind| Fault::new(before.offset(), kind))?;
    }
    Ok(components)
}

impl RawComponents {
    /// Adds a component that stands in a file; `name` is that of a custom one.
    pub(crate) fn add(&mut self, tag: u8, name: &str, info: &[u8]) -> Result<(), ErrorKind> {
        if let Some(tag) = Tag::from_u8(tag) {
            return match self.defined.entry(tag) {
                Entry::Occupied(_) => Err(ErrorKind::Twice(tag)),
                Entry::Vacant(place) => {
                    place.insert(info.to_vec());
                    Ok(())
                }
            };
        }
        // JCVM §6.2.2: custom components have tags from 128 to 255, each its own.
        let known = self.custom.iter().any(|custom| custom.tag == tag);
        if tag < 0x80 || known {
            let wanted = "the tag of a component, 1 to D or, once each, 80 to FF";
            return Err(ErrorKind::Value {
                wanted,
                found: tag.into(),
            });
        }
        self.custom.push(RawCustomComponent {
            tag,
            name: name.to_owned(),
            info: info.to_vec(),
        });
        Ok(())
    }
}
