//! StaticResources: data that a package brings along, by number (format 2.3).

use card_proto::reader::Reader;

use crate::component::{Tag, read_whole, write_whole};
use crate::error::{CapError, Fault};
use crate::writer::Writer;

/// A resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaticResource {
    /// Its number.
    pub id: u16,
    /// Its octets.
    pub content: Vec<u8>,
}

/// The StaticResources component.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StaticResourcesComponent {
    /// The resources.
    pub resources: Vec<StaticResource>,
}

impl StaticResourcesComponent {
    /// Reads the component.
    ///
    /// # Errors
    /// [`CapError`] when it is malformed.
    pub fn read(info: &[u8]) -> Result<Self, CapError> {
        read_whole(Tag::StaticResources, info, Self::read_fields)
    }

    /// All numbers and sizes stand before the first content.
    fn read_fields(reader: &mut Reader<'_>) -> Result<Self, Fault> {
        let count = reader.u16()?;
        let mut entry = || -> Result<_, Fault> { Ok((reader.u16()?, u32::from_be_bytes(reader.array()?))) };
        let entries = (0..count).map(|_| entry()).collect::<Result<Vec<_>, _>>()?;
        let mut resource = |(id, size)| -> Result<_, Fault> {
            let size = usize::try_from(size).unwrap_or(usize::MAX);
            let content = reader.take(size)?.to_vec();
            Ok(StaticResource { id, content })
        };
        let resources = entries.into_iter().map(&mut resource).collect::<Result<_, _>>()?;
        Ok(Self { resources })
    }

    /// Writes the component.
    ///
    /// # Errors
    /// [`CapError`] when there are too many resources or octets.
    pub fn write(&self) -> Result<Vec<u8>, CapError> {
        write_whole(Tag::StaticResources, |out| self.write_fields(out))
    }

    fn write_fields(&self, out: &mut Writer) -> Result<(), Fault> {
        out.count16(self.resources.len(), "static resources")?;
        for resource in &self.resources {
            out.u16(resource.id);
            out.count32(resource.content.len(), "octets of a static resource")?;
        }
        self.resources
            .iter()
            .for_each(|resource| out.bytes(&resource.content));
        Ok(())
    }
}
