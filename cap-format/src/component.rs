//! The components of a CAP file, one module each: the value, `read`, and `write` beside it (JCVM ch. 6).
//!
//! `read` takes and `write` gives the octets after tag and size; [`Tag`] and [`frame`] know those.

pub mod applet;
pub mod class;
pub mod constant_pool;
pub mod debug;
pub mod descriptor;
pub mod directory;
pub mod export;
pub mod header;
pub mod import;
pub mod method;
pub mod reference_location;
pub mod static_field;
pub mod static_resources;

use card_proto::reader::Reader;

use crate::error::{CapError, ErrorKind, Fault, Part};
use crate::limits;
use crate::writer::Writer;

/// The tags of the components, with the names of their files (JCVM §6.2, §6.2.1).
macro_rules! tags {
    ($($(#[$doc:meta])* $name:ident = $value:literal, $text:literal;)*) => {
        /// Which component (JCVM §6.2).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Tag {
            $($(#[$doc])* $name = $value,)*
        }

        impl Tag {
            /// All components the specification names, by tag.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The component with this tag.
            pub fn from_u8(tag: u8) -> Option<Self> {
                match tag {
                    $($value => Some(Self::$name),)*
                    _ => None,
                }
            }

            /// What an error calls its size.
            pub(crate) fn size_name(self) -> &'static str {
                match self {
                    $(Self::$name => concat!("the size of the ", $text, " component"),)*
                }
            }

            /// The name of the component, which is that of its file without the ending.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

tags! {
    /// §6.4.
    Header = 1, "Header";
    /// §6.5.
    Directory = 2, "Directory";
    /// §6.6.
    Applet = 3, "Applet";
    /// §6.7.
    Import = 4, "Import";
    /// §6.8.
    ConstantPool = 5, "ConstantPool";
    /// §6.9.
    Class = 6, "Class";
    /// §6.10.
    Method = 7, "Method";
    /// §6.11.
    StaticField = 8, "StaticField";
    /// §6.12.
    ReferenceLocation = 9, "RefLocation";
    /// §6.13.
    Export = 10, "Export";
    /// §6.14.
    Descriptor = 11, "Descriptor";
    /// §6.15.
    Debug = 12, "Debug";
    /// Format 2.3.
    StaticResources = 13, "StaticResources";
}

impl Tag {
    /// The order in which a card takes the components (JCVM §6.3). Debug is never sent.
    pub const LOAD_ORDER: [Self; 12] = [
        Self::Header,
        Self::Directory,
        Self::Import,
        Self::Applet,
        Self::Class,
        Self::Method,
        Self::StaticField,
        Self::Export,
        Self::ConstantPool,
        Self::ReferenceLocation,
        Self::StaticResources,
        Self::Descriptor,
    ];

    /// The tag octet.
    pub fn octet(self) -> u8 {
        self as u8
    }

    /// How many octets it may have after tag and size.
    pub(crate) fn size_limit(self) -> usize {
        if self.size_octets() == 2 {
            limits::COMPONENT_OCTETS
        } else {
            limits::STATIC_RESOURCE_OCTETS
        }
    }

    /// The name of its file in the archive (JCVM §6.2.1).
    pub fn file_name(self) -> String {
        let ending = if self.size_octets() == 2 { "cap" } else { "capx" };
        format!("{}.{ending}", self.name())
    }

    /// Octets of the size field: two, of static resources four (format 2.3).
    pub fn size_octets(self) -> usize {
        if self == Self::StaticResources { 4 } else { 2 }
    }
}

/// A component as it stands in a file: tag, size, `info`.
///
/// # Errors
/// When `info` is longer than the size field can say.
pub fn frame(tag: Tag, info: &[u8]) -> Result<Vec<u8>, CapError> {
    let mut out = Writer::new();
    out.u8(tag.octet());
    let sized = if tag.size_octets() == 2 {
        out.count16(info.len(), OCTETS)
    } else {
        out.count32(info.len(), OCTETS)
    };
    sized.map_err(|fault| fault.of(Part::Component(tag)))?;
    out.bytes(info);
    Ok(out.into_bytes())
}

/// What the size of a component counts.
const OCTETS: &str = "octets of a component";

/// Takes one component off `reader`: its tag, its octets after tag and size.
pub(crate) fn unframe<'a>(reader: &mut Reader<'a>) -> Result<(u8, &'a [u8]), Fault> {
    let offset = reader.offset();
    let tag = reader.u8()?;
    let Some(large) = Tag::from_u8(tag).filter(|tag| tag.size_octets() == 4) else {
        let size = reader.u16()?;
        return Ok((tag, reader.take(size.into())?));
    };
    let size = u32::from_be_bytes(reader.array()?);
    let (found, limit) = (usize::try_from(size).unwrap_or(usize::MAX), large.size_limit());
    if found > limit {
        let what = OCTETS;
        return Err(Fault::new(offset, ErrorKind::Limit { what, found, limit }));
    }
    Ok((tag, reader.take(found)?))
}

/// Reads a whole component: `body` reads, then nothing may be left.
pub(crate) fn read_whole<'a, T>(
    tag: Tag,
    info: &'a [u8],
    body: impl FnOnce(&mut Reader<'a>) -> Result<T, Fault>,
) -> Result<T, CapError> {
    let mut reader = Reader::new(info);
    body(&mut reader)
        .and_then(|value| {
            reader.finish()?;
            Ok(value)
        })
        .map_err(|fault| fault.of(Part::Component(tag)))
}

/// Writes a whole component.
pub(crate) fn write_whole(
    tag: Tag,
    body: impl FnOnce(&mut Writer) -> Result<(), Fault>,
) -> Result<Vec<u8>, CapError> {
    let mut out = Writer::new();
    body(&mut out)
        .and_then(|()| out.checked(out.offset(), OCTETS, tag.size_limit()))
        .map_err(|fault| fault.of(Part::Component(tag)))?;
    Ok(out.into_bytes())
}
