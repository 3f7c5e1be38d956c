//! Import: the packages this one refers to; the index of one is its token (JCVM §6.7).

use card_proto::reader::Reader;

use crate::component::{Tag, read_whole, write_whole};
use crate::error::{CapError, Fault};
use crate::limits;
use crate::version::PackageInfo;
use crate::writer::Writer;

/// The Import component.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImportComponent {
    /// The imported packages, by package token.
    pub packages: Vec<PackageInfo>,
}

impl ImportComponent {
    /// Reads the component.
    ///
    /// # Errors
    /// [`CapError`] when it is malformed.
    pub fn read(info: &[u8]) -> Result<Self, CapError> {
        read_whole(Tag::Import, info, Self::read_fields)
    }

    fn read_fields(reader: &mut Reader<'_>) -> Result<Self, Fault> {
        let before = reader.clone();
        let count = reader.u8()?;
        if usize::from(count) > limits::IMPORTS {
            return Err(before
                .reject("at most 128 imported packages", count.into())
                .into());
        }
        let packages = (0..count)
            .map(|_| PackageInfo::read(reader))
            .collect::<Result<_, _>>()?;
        Ok(Self { packages })
    }

    /// Writes the component.
    ///
    /// # Errors
    /// [`CapError`] when there are more than 128 packages.
    pub fn write(&self) -> Result<Vec<u8>, CapError> {
        write_whole(Tag::Import, |out| self.write_fields(out))
    }

    fn write_fields(&self, out: &mut Writer) -> Result<(), Fault> {
        out.checked(self.packages.len(), "imported packages", limits::IMPORTS)?;
        out.count8(self.packages.len(), "imported packages")?;
        self.packages.iter().for_each(|package| package.write(out));
        Ok(())
    }
}
