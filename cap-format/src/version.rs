//! Versions of the format and of packages (JCVM §4.5, §6.4).

use std::fmt;
use std::str::FromStr;

use card_proto::aid::Aid;
use card_proto::reader::Reader;

use crate::error::{ErrorKind, Fault};
use crate::writer::Writer;

/// A version of the CAP file format or of the export file format that this crate knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FormatVersion {
    /// 2.1: what every card takes.
    V2_1,
    /// 2.2: a package name in the header, remote interfaces, the Debug component.
    V2_2,
    /// 2.3: Java Card 3.1 and later, compact form.
    V2_3,
}

impl FormatVersion {
    /// All versions, oldest first.
    pub const ALL: [Self; 3] = [Self::V2_1, Self::V2_2, Self::V2_3];

    /// The major number.
    pub fn major(self) -> u8 {
        2
    }

    /// The minor number.
    pub fn minor(self) -> u8 {
        match self {
            Self::V2_1 => 1,
            Self::V2_2 => 2,
            Self::V2_3 => 3,
        }
    }

    /// Reads `u1 minor_version; u1 major_version`.
    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, Fault> {
        let before = reader.clone();
        let number = [reader.u8()?, reader.u8()?];
        Self::ALL
            .into_iter()
            .find(|version| [version.minor(), version.major()] == number)
            .ok_or_else(|| {
                let [minor, major] = number.map(u64::from);
                before
                    .reject("format version 2.1, 2.2 or 2.3", major << 8 | minor)
                    .into()
            })
    }

    pub(crate) fn write(self, out: &mut Writer) {
        out.u8(self.minor());
        out.u8(self.major());
    }
}

impl fmt::Display for FormatVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major(), self.minor())
    }
}

/// The version of a package; a card accepts an import when the major numbers are equal and its minor number is not
/// smaller (JCVM §4.5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PackageVersion {
    /// Changes when binary compatibility ends.
    pub major: u8,
    /// Changes when something is added.
    pub minor: u8,
}

impl fmt::Display for PackageVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// `MAJOR.MINOR`, each a decimal number of digits only, 0 to 255.
impl FromStr for PackageVersion {
    type Err = NoVersion;

    fn from_str(text: &str) -> Result<Self, NoVersion> {
        let (major, minor) = text.split_once('.').ok_or(NoVersion)?;
        Ok(Self {
            major: number(major)?,
            minor: number(minor)?,
        })
    }
}

fn number(digits: &str) -> Result<u8, NoVersion> {
    // A sign, which `parse` would take, is no digit.
    if !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err(NoVersion);
    }
    digits.parse().map_err(|_| NoVersion)
}

/// A text that is no [`PackageVersion`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a version is two numbers from 0 to 255 with a dot between them, as 1.0")]
pub struct NoVersion;

/// `package_info`: which package, in which version (JCVM §6.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PackageInfo {
    /// The version of the package.
    pub version: PackageVersion,
    /// The AID of the package.
    pub aid: Aid,
}

impl PackageInfo {
    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, Fault> {
        let (minor, major) = (reader.u8()?, reader.u8()?);
        Ok(Self {
            version: PackageVersion { major, minor },
            aid: read_aid(reader)?,
        })
    }

    pub(crate) fn write(&self, out: &mut Writer) {
        out.u8(self.version.minor);
        out.u8(self.version.major);
        write_aid(out, &self.aid);
    }
}

/// Reads `u1 AID_length; u1 AID[AID_length]`.
pub(crate) fn read_aid(reader: &mut Reader<'_>) -> Result<Aid, Fault> {
    let offset = reader.offset();
    let length = reader.u8()?;
    let octets = reader.take(length.into())?;
    Aid::new(octets).map_err(|error| Fault::new(offset, ErrorKind::Aid(error)))
}

pub(crate) fn write_aid(out: &mut Writer, aid: &Aid) {
    #[expect(clippy::cast_possible_truncation, reason = "an AID has at most 16 octets")]
    out.u8(aid.as_bytes().len() as u8);
    out.bytes(aid.as_bytes());
}

/// Reads `u1 length; u1 name[length]`, a name in UTF-8.
pub(crate) fn read_text(reader: &mut Reader<'_>) -> Result<String, Fault> {
    let offset = reader.offset();
    let length = reader.u8()?;
    let octets = reader.take(length.into())?;
    let text = std::str::from_utf8(octets).map_err(|_| Fault::new(offset, ErrorKind::Text))?;
    Ok(text.to_owned())
}

pub(crate) fn write_text(text: &str, out: &mut Writer) -> Result<(), Fault> {
    out.count8(text.len(), "octets of a name")?;
    out.bytes(text.as_bytes());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{NoVersion, PackageVersion};

    #[test]
    fn a_version_is_digits_and_one_dot() {
        let version = PackageVersion { major: 1, minor: 255 };
        assert_eq!("1.255".parse(), Ok(version));
        assert_eq!(version.to_string().parse(), Ok(version));
        for text in [
            "", "1", "1.", ".1", "1.256", "+1.0", "1.-0", "1.0.0", " 1.0", "1,0",
        ] {
            assert_eq!(
                text.parse::<PackageVersion>(),
                Err(NoVersion),
                "{text:?} was taken"
            );
        }
    }
}
