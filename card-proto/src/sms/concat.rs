//! Segmentation of secured packets and their reassembly (TS 23.040 §9.2.3.24.1, TS 31.115 §4.2).

use std::fmt;

use crate::sms::MAX_USER_DATA;
use crate::sms::user_data::{
    Concatenation, IEI_COMMAND_PACKET, IEI_RESPONSE_PACKET, InformationElement, Reference, UserData,
};

mod reassembly;

pub use reassembly::{Reassembled, Reassembly, ReassemblyError};

/// Most segments of a message: the total is one octet (TS 23.040 §9.2.3.24.1).
pub const MAX_SEGMENTS: usize = 255;
/// UDHL, IEI and IEIDL of a packet that is alone in its message.
const SINGLE_HEADER: usize = 3;
/// Octets that IEI 70 or 71 with its IEIDL adds to the header of segment 1.
const PACKET_ELEMENT: usize = 2;

/// A packet that 255 segments do not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SegmentError {
    /// Octets of the packet.
    pub length: usize,
    /// Octets that 255 segments hold with this width of reference.
    pub limit: usize,
}

impl fmt::Display for SegmentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { length, limit } = self;
        write!(
            f,
            "packet of {length} octets; {MAX_SEGMENTS} short messages hold {limit}: send several packets"
        )
    }
}

impl std::error::Error for SegmentError {}

/// Octets of a packet that `segments` short messages hold: 137 in one, `132 + 134·(n − 1)` in more with an
/// 8-bit reference, `131 + 133·(n − 1)` with a 16-bit one.
pub fn capacity(segments: usize, reference: Reference) -> usize {
    match segments {
        0 => 0,
        1 => MAX_USER_DATA - SINGLE_HEADER,
        _ => segments * segment_capacity(reference) - PACKET_ELEMENT,
    }
}

/// Number of short messages that a packet of `length` octets takes.
pub fn segment_count(length: usize, reference: Reference) -> usize {
    if length <= capacity(1, reference) {
        return 1;
    }
    (length + PACKET_ELEMENT).div_ceil(segment_capacity(reference))
}

/// Octets after the header in segments that carry the concatenation element only.
fn segment_capacity(reference: Reference) -> usize {
    match reference {
        Reference::Ref8(_) => MAX_USER_DATA - 6,
        Reference::Ref16(_) => MAX_USER_DATA - 7,
    }
}

/// Cuts a command packet (from CPL on) into the TP-UD of one or more short messages; TP-UDHI is to be set in
/// each.
///
/// `reference` is used only when more than one is needed.
///
/// # Errors
/// [`SegmentError`] when 255 segments do not hold the packet.
pub fn segment_command_packet(packet: &[u8], reference: Reference) -> Result<Vec<Vec<u8>>, SegmentError> {
    segment(packet, IEI_COMMAND_PACKET, reference)
}

/// Cuts a response packet (from RPL on) as [`segment_command_packet`] does a command packet.
///
/// # Errors
/// [`SegmentError`] when 255 segments do not hold the packet.
pub fn segment_response_packet(packet: &[u8], reference: Reference) -> Result<Vec<Vec<u8>>, SegmentError> {
    segment(packet, IEI_RESPONSE_PACKET, reference)
}

fn segment(packet: &[u8], identifier: u8, reference: Reference) -> Result<Vec<Vec<u8>>, SegmentError> {
    let too_long = SegmentError {
        length: packet.len(),
        limit: capacity(MAX_SEGMENTS, reference),
    };
    let total = u8::try_from(segment_count(packet.len(), reference)).map_err(|_| too_long)?;
    let packet_element = InformationElement {
        identifier,
        data: Vec::new(),
    };
    let user_data = |elements, payload: &[u8]| {
        UserData {
            elements,
            payload: payload.to_vec(),
        }
        .to_bytes()
        .map_err(|_| too_long)
    };
    if total == 1 {
        return Ok(vec![user_data(vec![packet_element], packet)?]);
    }
    let mut rest = packet;
    let mut segments = Vec::with_capacity(total.into());
    for sequence in 1..=total {
        let mut elements = vec![
            Concatenation {
                reference,
                total,
                sequence,
            }
            .to_element(),
        ];
        let mut room = segment_capacity(reference);
        // TS 31.115 §4.2: the security header's element stands in the first segment only.
        if sequence == 1 {
            elements.push(packet_element.clone());
            room -= PACKET_ELEMENT;
        }
        let (payload, after) = rest.split_at(room.min(rest.len()));
        segments.push(user_data(elements, payload)?);
        rest = after;
    }
    Ok(segments)
}
