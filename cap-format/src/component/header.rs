//! Header: format version, flags, which package this is (JCVM §6.4).

use card_proto::reader::Reader;

use crate::component::{Tag, read_whole, write_whole};
use crate::error::{CapError, ErrorKind, Fault};
use crate::flags::flags;
use crate::version::{FormatVersion, PackageInfo, read_text, write_text};
use crate::writer::Writer;

const MAGIC: u32 = 0xDECA_FFED;

flags! {
    /// What a package has and needs (JCVM §6.4).
    HeaderFlags(u8) {
        /// Uses `int`.
        INT = 0x01, "int";
        /// Has an Export component.
        EXPORT = 0x02, "export";
        /// Has an Applet component.
        APPLET = 0x04, "applet";
        /// In the extended form of format 2.3, which this crate does not read.
        EXTENDED = 0x08, "extended";
    }
}

/// The Header component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderComponent {
    /// The version of the format, which decides how the other components look.
    pub format: FormatVersion,
    /// What the package has and needs.
    pub flags: HeaderFlags,
    /// Version and AID of the package.
    pub package: PackageInfo,
    /// The name of the package with slashes (`com/example/wallet`); may be empty; format 2.1 has none.
    pub package_name: String,
}

impl HeaderComponent {
    /// Reads the component.
    ///
    /// # Errors
    /// [`CapError`] when it is malformed, or of a format this crate does not know.
    pub fn read(info: &[u8]) -> Result<Self, CapError> {
        read_whole(Tag::Header, info, Self::read_fields)
    }

    fn read_fields(reader: &mut Reader<'_>) -> Result<Self, Fault> {
        let before = reader.clone();
        let magic = u32::from_be_bytes(reader.array()?);
        if magic != MAGIC {
            return Err(before.reject("the magic number DECAFFED", magic.into()).into());
        }
        let format = FormatVersion::read(reader)?;
        let before = reader.clone();
        let flags = HeaderFlags(reader.u8()?);
        if flags.contains(HeaderFlags::EXTENDED) {
            return Err(before.reject("a compact CAP file", flags.0.into()).into());
        }
        let package = PackageInfo::read(reader)?;
        let package_name = if format > FormatVersion::V2_1 {
            read_text(reader)?
        } else {
            String::new()
        };
        Ok(Self {
            format,
            flags,
            package,
            package_name,
        })
    }

    /// Writes the component.
    ///
    /// # Errors
    /// [`CapError`] when the name is too long, or the format has none.
    pub fn write(&self) -> Result<Vec<u8>, CapError> {
        write_whole(Tag::Header, |out| self.write_fields(out))
    }

    fn write_fields(&self, out: &mut Writer) -> Result<(), Fault> {
        out.u32(MAGIC);
        self.format.write(out);
        if self.flags.contains(HeaderFlags::EXTENDED) {
            return Err(out.fault(ErrorKind::NotInFormat {
                format: self.format,
                what: "compact file with the flag `extended`",
            }));
        }
        out.u8(self.flags.0);
        self.package.write(out);
        if self.format > FormatVersion::V2_1 {
            write_text(&self.package_name, out)?;
        } else if !self.package_name.is_empty() {
            return Err(out.fault(ErrorKind::NotInFormat {
                format: self.format,
                what: "package name in its header",
            }));
        }
        Ok(())
    }
}
