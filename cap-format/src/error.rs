//! What a CAP file or an export file was refused for, and where.

use std::fmt;

use card_proto::aid::AidError;
use card_proto::reader::{Found, ReadError, Wanted};
use thiserror::Error;

use crate::component::Tag;
use crate::version::FormatVersion;

/// The part of a file an error is about; offsets count from the first octet of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// The ZIP archive around the components.
    Container,
    /// The components one after another, as they are sent to a card.
    LoadFile,
    /// The octets of a component after its tag and size.
    Component(Tag),
    /// An export file.
    ExportFile,
    /// Instructions that stand alone.
    Bytecode,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Container => f.write_str("CAP archive"),
            Self::LoadFile => f.write_str("load file"),
            Self::Component(tag) => write!(f, "{} component", tag.name()),
            Self::ExportFile => f.write_str("export file"),
            Self::Bytecode => f.write_str("bytecode"),
        }
    }
}

/// A refusal: the part, the place in it, the reason.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{component}, offset {offset}: {kind}")]
pub struct CapError {
    /// The part that was read or written.
    pub component: Part,
    /// Offset in octets: of a component, from its first octet after tag and size. When writing, the octets written so far.
    pub offset: usize,
    /// What is wrong there.
    #[source]
    pub kind: ErrorKind,
}

/// The reasons for a refusal.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The part ends inside a field.
    #[error("wanted {wanted} more octets, {left} are left")]
    Ended {
        /// Octets the field has.
        wanted: usize,
        /// Octets that were left.
        left: usize,
    },
    /// The structure is complete and octets follow.
    #[error("{octets} octets are left over")]
    Leftover {
        /// How many.
        octets: usize,
    },
    /// A field has a value the specification does not allow there.
    #[error("wanted {wanted}, found {found:#X}")]
    Value {
        /// The field and what it may hold, in the words of the specification.
        wanted: &'static str,
        /// What it holds.
        found: u64,
    },
    /// More of something than the format or [`limits`](crate::limits) allow.
    #[error("{found} {what}, the most is {limit}")]
    Limit {
        /// What is counted.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many there may be.
        limit: usize,
    },
    /// Two places of a file that must agree do not.
    #[error("{what} is stated as {stated}, but the file has {computed}")]
    Mismatch {
        /// The quantity.
        what: &'static str,
        /// What the file says about itself at this place.
        stated: u64,
        /// What follows from the rest of the file.
        computed: u64,
    },
    /// Reference-location lists an offset where the code has no constant pool index, or leaves one out (JCVM §6.12).
    #[error("the operand at offset {operand} of the Method component is {}", if *.listed { "listed, but no constant pool index stands there" } else { "a constant pool index that is not listed" })]
    ReferenceLocation {
        /// Offset in the Method component.
        operand: u16,
        /// True when the list has it and the code has not.
        listed: bool,
    },
    /// No instruction has this opcode (JCVM §7.5), or it is reserved for the card (§7.2).
    #[error("opcode {opcode:02X} is no instruction of a CAP file")]
    Opcode {
        /// The octet.
        opcode: u8,
    },
    /// The operands do not fit the opcode they stand with.
    #[error("`{mnemonic}` with operands of another instruction or out of their range")]
    Operands {
        /// The instruction.
        mnemonic: &'static str,
    },
    /// An application identifier of a wrong length.
    #[error(transparent)]
    Aid(#[from] AidError),
    /// A name that is not UTF-8 or has control characters.
    #[error("a name is not UTF-8 or has control characters")]
    Text,
    /// A value this version of the format cannot express.
    #[error("format {format} has no {what}")]
    NotInFormat {
        /// The version.
        format: FormatVersion,
        /// What was to be written.
        what: &'static str,
    },
    /// A component the file must have.
    #[error("the {} component is missing", .0.name())]
    Missing(Tag),
    /// A component the file has more than once.
    #[error("a second {} component", .0.name())]
    Twice(Tag),
    /// An archive with the components of two packages.
    #[error("components of a second package, `{0}`")]
    SecondPackage(String),
    /// The archive cannot be read or written.
    #[error("ZIP: {reason}")]
    Zip {
        /// In the words of the ZIP reader.
        reason: String,
    },
}

/// An error before its part is known: readers and writers inside the crate use it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) offset: usize,
    pub(crate) kind: ErrorKind,
}

impl Fault {
    pub(crate) fn new(offset: usize, kind: ErrorKind) -> Self {
        Self { offset, kind }
    }

    /// The same error, now of `component`.
    pub(crate) fn of(self, component: Part) -> CapError {
        CapError {
            component,
            offset: self.offset,
            kind: self.kind,
        }
    }
}

impl From<ReadError> for Fault {
    fn from(error: ReadError) -> Self {
        let left = match error.found {
            Found::Octets(left) => left,
            Found::Value(_) => 0,
        };
        let found = match error.found {
            Found::Octets(count) => count as u64,
            Found::Value(value) => value,
        };
        let kind = match error.wanted {
            Wanted::Octets(wanted) => ErrorKind::Ended { wanted, left },
            Wanted::Field(wanted) => ErrorKind::Value { wanted, found },
            Wanted::End => ErrorKind::Leftover { octets: left },
        };
        Self::new(error.offset, kind)
    }
}
