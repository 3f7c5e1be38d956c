//! RefLocation: where in the Method component constant pool indices stand (JCVM §6.12).

use card_proto::reader::Reader;

use crate::bytecode::decode::decode_all;
use crate::component::method::{CATCH_ALL, ExceptionHandler, MethodComponent};
use crate::component::{Tag, read_whole, write_whole};
use crate::error::{CapError, ErrorKind, Fault, Part};
use crate::limits;
use crate::writer::Writer;

/// The RefLocation component: offsets in the Method component, ascending.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReferenceLocationComponent {
    /// Of indices of one octet.
    pub byte_indices: Vec<u16>,
    /// Of indices of two octets, those of exception handlers included.
    pub byte2_indices: Vec<u16>,
}

/// A delta that only moves on: an entry farther away follows.
const FAR: u8 = 255;
/// How far it moves.
const FAR_DISTANCE: u16 = 255;

impl ReferenceLocationComponent {
    /// What the component of a package with this code is: the indices in its instructions, and the catch types of its exception
    /// handlers.
    ///
    /// # Errors
    /// [`CapError`] when code is malformed; the offset is that in the Method component.
    pub fn of(methods: &MethodComponent) -> Result<Self, CapError> {
        let mut located = Self::default();
        let error = |fault: Fault| fault.of(Part::Component(Tag::Method));
        for (index, handler) in methods.handlers.iter().enumerate() {
            if handler.catch_type_index != CATCH_ALL {
                let place = ExceptionHandler::catch_type_offset(index);
                located.byte2_indices.push(offset16(place).map_err(error)?);
            }
        }
        for (offset, method) in methods.offsets() {
            let code = offset + method.header.octets();
            for (offset, instruction) in decode_all(&mut Reader::at(&method.code, code)).map_err(error)? {
                let Some((place, octets)) = instruction.constant_place() else {
                    continue;
                };
                let list = if octets == 1 {
                    &mut located.byte_indices
                } else {
                    &mut located.byte2_indices
                };
                list.push(offset16(offset + place).map_err(error)?);
            }
        }
        Ok(located)
    }

    /// Reads the component.
    ///
    /// # Errors
    /// [`CapError`] when it is malformed, offsets do not ascend or are larger than a Method component.
    pub fn read(info: &[u8]) -> Result<Self, CapError> {
        read_whole(Tag::ReferenceLocation, info, |reader| {
            Ok(Self {
                byte_indices: read_offsets(reader)?,
                byte2_indices: read_offsets(reader)?,
            })
        })
    }

    /// Writes the component.
    ///
    /// # Errors
    /// [`CapError`] when offsets do not ascend, or there are too many.
    pub fn write(&self) -> Result<Vec<u8>, CapError> {
        write_whole(Tag::ReferenceLocation, |out| {
            write_offsets(&self.byte_indices, out)?;
            write_offsets(&self.byte2_indices, out)
        })
    }
}

/// An offset in a Method component.
fn offset16(found: usize) -> Result<u16, Fault> {
    let (what, limit) = ("octets of methods", limits::COMPONENT_OCTETS);
    u16::try_from(found).map_err(|_| Fault::new(found, ErrorKind::Limit { what, found, limit }))
}

fn read_offsets(reader: &mut Reader<'_>) -> Result<Vec<u16>, Fault> {
    let length = reader.u16()?;
    let mut deltas = reader.sub(length.into())?;
    let mut offsets = Vec::new();
    let mut offset = 0u16;
    while !deltas.is_empty() {
        let before = deltas.clone();
        let distance = read_distance(&mut deltas)?;
        if distance == 0 && !offsets.is_empty() {
            return Err(before.reject("an offset above the one before", 0).into());
        }
        let next = u16::try_from(usize::from(offset) + distance);
        offset = next.map_err(|_| before.reject("an offset of at most FFFF", distance as u64))?;
        offsets.push(offset);
    }
    Ok(offsets)
}

/// The distance to the next offset: deltas up to the first that is not 255.
fn read_distance(deltas: &mut Reader<'_>) -> Result<usize, Fault> {
    let mut distance = 0;
    loop {
        let delta = deltas.u8()?;
        distance += usize::from(delta);
        if delta != FAR {
            return Ok(distance);
        }
    }
}

fn write_offsets(offsets: &[u16], out: &mut Writer) -> Result<(), Fault> {
    let mut deltas = Vec::with_capacity(offsets.len());
    let mut before = None;
    for offset in offsets {
        if before >= Some(*offset) {
            let (wanted, found) = ("an offset above the one before", (*offset).into());
            return Err(out.fault(ErrorKind::Value { wanted, found }));
        }
        let distance = offset - before.unwrap_or(0);
        let (far, [_, near]) = (distance / FAR_DISTANCE, (distance % FAR_DISTANCE).to_be_bytes());
        deltas.resize(deltas.len() + usize::from(far), FAR);
        deltas.push(near);
        before = Some(*offset);
    }
    out.count16(deltas.len(), "octets of offsets")?;
    out.bytes(&deltas);
    Ok(())
}
