//! Applet: the applets of the package and where their `install` methods stand (JCVM §6.6).

use card_proto::aid::Aid;
use card_proto::reader::Reader;

use crate::component::{Tag, read_whole, write_whole};
use crate::error::{CapError, Fault};
use crate::version::{read_aid, write_aid};
use crate::writer::Writer;

/// An applet of the package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Applet {
    /// The AID of the applet.
    pub aid: Aid,
    /// Offset of its `install(byte[], short, byte)` in the Method component.
    pub install_method_offset: u16,
}

/// The Applet component.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AppletComponent {
    /// The applets.
    pub applets: Vec<Applet>,
}

impl AppletComponent {
    /// Reads the component.
    ///
    /// # Errors
    /// [`CapError`] when it is malformed.
    pub fn read(info: &[u8]) -> Result<Self, CapError> {
        read_whole(Tag::Applet, info, Self::read_fields)
    }

    fn read_fields(reader: &mut Reader<'_>) -> Result<Self, Fault> {
        let count = reader.u8()?;
        let mut applet = || -> Result<Applet, Fault> {
            Ok(Applet {
                aid: read_aid(reader)?,
                install_method_offset: reader.u16()?,
            })
        };
        let applets = (0..count).map(|_| applet()).collect::<Result<_, _>>()?;
        Ok(Self { applets })
    }

    /// Writes the component.
    ///
    /// # Errors
    /// [`CapError`] when there are more than 255 applets.
    pub fn write(&self) -> Result<Vec<u8>, CapError> {
        write_whole(Tag::Applet, |out| self.write_fields(out))
    }

    fn write_fields(&self, out: &mut Writer) -> Result<(), Fault> {
        out.count8(self.applets.len(), "applets")?;
        for applet in &self.applets {
            write_aid(out, &applet.aid);
            out.u16(applet.install_method_offset);
        }
        Ok(())
    }
}
