//! The receiving side of concatenation.

use std::fmt;

use crate::sms::address::Address;
use crate::sms::user_data::{Concatenation, IEI_COMMAND_PACKET, IEI_RESPONSE_PACKET, Reference, UserData};

/// A packet whose every segment has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reassembled {
    /// A command packet, from CPL on (IEI 70).
    CommandPacket(Vec<u8>),
    /// A response packet, from RPL on (IEI 71).
    ResponsePacket(Vec<u8>),
}

/// Why a segment was not taken. What was pending under its reference is dropped, too, unless the variant says
/// otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReassemblyError {
    /// Neither IEI 70 nor 71: not a secured packet. Nothing pending is touched.
    NotASecuredPacket,
    /// The message has more segments than the receiver takes. Nothing pending is touched.
    TooManySegments {
        /// Segments of the message.
        total: u8,
        /// Segments the receiver takes.
        limit: u8,
    },
    /// The total differs from that of earlier segments with the same reference.
    TotalChanged {
        /// The earlier total.
        earlier: u8,
        /// The total of this segment.
        now: u8,
    },
    /// A segment came twice with different content.
    ContentChanged {
        /// Its sequence number.
        sequence: u8,
    },
}

impl fmt::Display for ReassemblyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotASecuredPacket => {
                f.write_str("the message carries neither a command nor a response packet")
            }
            Self::TooManySegments { total, limit } => {
                write!(f, "message of {total} segments; the receiver takes {limit}")
            }
            Self::TotalChanged { earlier, now } => {
                write!(
                    f,
                    "a segment says {now} segments, an earlier one {earlier}: message dropped"
                )
            }
            Self::ContentChanged { sequence } => {
                write!(
                    f,
                    "segment {sequence} came twice with different content: message dropped"
                )
            }
        }
    }
}

impl std::error::Error for ReassemblyError {}

/// Collects the segments of concatenated messages, in any order, duplicates allowed.
///
/// Bounded: at most `max_messages` are pending, each of at most `max_segments`; a new message beyond that
/// drops the one begun first. Messages are told apart by originator, reference and width of the reference.
#[derive(Debug, Clone)]
pub struct Reassembly {
    pending: Vec<Pending>,
    max_messages: usize,
    max_segments: u8,
}

#[derive(Debug, Clone)]
struct Pending {
    originator: Address,
    reference: Reference,
    segments: Vec<Option<UserData>>,
}

impl Reassembly {
    /// A receiver of up to `max_messages` messages at a time (at least one) with up to `max_segments`
    /// segments each.
    pub fn new(max_messages: usize, max_segments: u8) -> Self {
        Self {
            pending: Vec::new(),
            max_messages: max_messages.max(1),
            max_segments,
        }
    }

    /// Number of messages begun and not yet complete.
    pub fn pending(&self) -> usize {
        self.pending.len()
    }

    /// Takes the user data of one message; returns the packet when it is whole, `None` while segments are
    /// missing.
    ///
    /// # Errors
    /// [`ReassemblyError`] when the segment was not taken.
    pub fn accept(
        &mut self,
        originator: &Address,
        user_data: UserData,
    ) -> Result<Option<Reassembled>, ReassemblyError> {
        let Some(concatenation) = user_data.concatenation() else {
            return packet(vec![user_data]).map(Some);
        };
        let Concatenation {
            reference,
            total,
            sequence,
        } = concatenation;
        if total > self.max_segments {
            return Err(ReassemblyError::TooManySegments {
                total,
                limit: self.max_segments,
            });
        }
        let index = self.find_or_begin(originator, reference, total);
        let Some(message) = self.pending.get_mut(index) else {
            return Ok(None);
        };
        match message.insert(total, sequence, user_data) {
            Ok(()) if message.is_whole() => {
                let segments = self.pending.remove(index).segments;
                packet(segments.into_iter().flatten().collect()).map(Some)
            }
            Ok(()) => Ok(None),
            Err(error) => {
                self.pending.remove(index);
                Err(error)
            }
        }
    }

    /// Where the message is among the pending ones; a new one takes the last place, and that of the first
    /// when all are taken.
    fn find_or_begin(&mut self, originator: &Address, reference: Reference, total: u8) -> usize {
        let same = |message: &Pending| message.originator == *originator && message.reference == reference;
        if let Some(index) = self.pending.iter().position(same) {
            return index;
        }
        if self.pending.len() == self.max_messages {
            self.pending.remove(0);
        }
        let segments = vec![None; total.into()];
        self.pending.push(Pending {
            originator: originator.clone(),
            reference,
            segments,
        });
        self.pending.len() - 1
    }
}

impl Pending {
    fn insert(&mut self, total: u8, sequence: u8, user_data: UserData) -> Result<(), ReassemblyError> {
        let earlier = u8::try_from(self.segments.len()).unwrap_or(u8::MAX);
        if earlier != total {
            return Err(ReassemblyError::TotalChanged { earlier, now: total });
        }
        // The concatenation element was read with a sequence number of 1 to `total`.
        let Some(place) = self.segments.get_mut(usize::from(sequence) - 1) else {
            return Ok(());
        };
        if place.as_ref().is_some_and(|earlier| *earlier != user_data) {
            return Err(ReassemblyError::ContentChanged { sequence });
        }
        *place = Some(user_data);
        Ok(())
    }

    fn is_whole(&self) -> bool {
        self.segments.iter().all(Option::is_some)
    }
}

/// The packet of a complete list of segments; the first one's header says what it is.
fn packet(segments: Vec<UserData>) -> Result<Reassembled, ReassemblyError> {
    let has = |identifier| segments.first().is_some_and(|first| first.has(identifier));
    let (is_command, is_response) = (has(IEI_COMMAND_PACKET), has(IEI_RESPONSE_PACKET));
    let octets = segments.into_iter().flat_map(|segment| segment.payload).collect();
    match (is_command, is_response) {
        (true, _) => Ok(Reassembled::CommandPacket(octets)),
        (false, true) => Ok(Reassembled::ResponsePacket(octets)),
        (false, false) => Err(ReassemblyError::NotASecuredPacket),
    }
}
