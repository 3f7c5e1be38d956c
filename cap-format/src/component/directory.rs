//! Directory: the sizes of the other components; a card reserves memory by it (JCVM §6.5).

use card_proto::aid::Aid;
use card_proto::reader::Reader;

use crate::component::{Tag, read_whole, write_whole};
use crate::error::{CapError, ErrorKind, Fault, Part};
use crate::limits;
use crate::version::{FormatVersion, read_aid, write_aid};
use crate::writer::Writer;

/// `custom_component_info` (JCVM §6.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CustomComponentInfo {
    /// The tag, 128 to 255.
    pub tag: u8,
    /// Octets of the component after tag and size.
    pub size: u16,
    /// Who defined the component.
    pub aid: Aid,
}

/// The Directory component; [`Cap::directory`](crate::cap::Cap::directory) computes it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DirectoryComponent {
    /// Octets after tag and size of the components with the tags 1 to 12; 0 for one that is absent. Format 2.1 has no Debug.
    pub sizes: [u16; 12],
    /// Octets of the static resources; format 2.3 only.
    pub static_resources_size: u32,
    /// Octets of the static field image.
    pub image_size: u16,
    /// How many initialized arrays there are.
    pub array_init_count: u16,
    /// Octets of their elements.
    pub array_init_size: u16,
    /// How many packages are imported.
    pub import_count: u8,
    /// How many applets there are.
    pub applet_count: u8,
    /// The components that the specification does not define.
    pub custom_components: Vec<CustomComponentInfo>,
}

/// Components whose sizes format 2.1 lists: it has no Debug.
const SIZES_2_1: usize = 11;

impl DirectoryComponent {
    /// Octets of a component after tag and size; 0 for one that is absent.
    pub fn size(&self, tag: Tag) -> u32 {
        let index = usize::from(tag.octet()).wrapping_sub(1);
        self.sizes
            .get(index)
            .map_or(self.static_resources_size, |size| u32::from(*size))
    }

    /// Sets the size of a component.
    pub(crate) fn set_size(&mut self, tag: Tag, size: usize) -> Result<(), CapError> {
        let limit = tag.size_limit();
        if size > limit {
            let (what, found) = ("octets of a component", size);
            let kind = ErrorKind::Limit { what, found, limit };
            return Err(Fault::new(0, kind).of(Part::Component(tag)));
        }
        match self.sizes.get_mut(usize::from(tag.octet()).wrapping_sub(1)) {
            Some(place) => *place = u16::try_from(size).unwrap_or(u16::MAX),
            None => self.static_resources_size = u32::try_from(size).unwrap_or(u32::MAX),
        }
        Ok(())
    }

    /// Reads the component.
    ///
    /// # Errors
    /// [`CapError`] when it is malformed.
    pub fn read(info: &[u8], format: FormatVersion) -> Result<Self, CapError> {
        read_whole(Tag::Directory, info, |reader| Self::read_fields(reader, format))
    }

    fn read_fields(reader: &mut Reader<'_>, format: FormatVersion) -> Result<Self, Fault> {
        let mut directory = Self::default();
        for size in directory.sizes.iter_mut().take(size_count(format)) {
            *size = reader.u16()?;
        }
        if format >= FormatVersion::V2_3 {
            directory.static_resources_size = u32::from_be_bytes(reader.array()?);
        }
        directory.image_size = reader.u16()?;
        directory.array_init_count = reader.u16()?;
        directory.array_init_size = reader.u16()?;
        directory.import_count = reader.u8()?;
        directory.applet_count = reader.u8()?;
        let before = reader.clone();
        let customs = reader.u8()?;
        if usize::from(customs) > limits::CUSTOM_COMPONENTS {
            return Err(before
                .reject("at most 128 custom components", customs.into())
                .into());
        }
        let customs = (0..customs).map(|_| CustomComponentInfo::read(reader));
        directory.custom_components = customs.collect::<Result<_, _>>()?;
        Ok(directory)
    }

    /// Writes the component.
    ///
    /// # Errors
    /// [`CapError`] when the format cannot list one of the sizes, or there are too many custom components.
    pub fn write(&self, format: FormatVersion) -> Result<Vec<u8>, CapError> {
        write_whole(Tag::Directory, |out| self.write_fields(out, format))
    }

    fn write_fields(&self, out: &mut Writer, format: FormatVersion) -> Result<(), Fault> {
        let (listed, unlisted) = self.sizes.split_at(size_count(format));
        out.u16s(listed);
        if unlisted.iter().any(|size| *size != 0) {
            return Err(not_in_format(out, format, "size of a Debug component"));
        }
        if format >= FormatVersion::V2_3 {
            out.u32(self.static_resources_size);
        } else if self.static_resources_size != 0 {
            return Err(not_in_format(out, format, "size of static resources"));
        }
        out.u16s(&[self.image_size, self.array_init_count, self.array_init_size]);
        out.u8(self.import_count);
        out.u8(self.applet_count);
        out.checked(
            self.custom_components.len(),
            "custom components",
            limits::CUSTOM_COMPONENTS,
        )?;
        out.count8(self.custom_components.len(), "custom components")?;
        self.custom_components
            .iter()
            .try_for_each(|custom| custom.write(out))
    }
}

fn size_count(format: FormatVersion) -> usize {
    if format > FormatVersion::V2_1 {
        SIZES_2_1 + 1
    } else {
        SIZES_2_1
    }
}

fn not_in_format(out: &Writer, format: FormatVersion, what: &'static str) -> Fault {
    out.fault(ErrorKind::NotInFormat { format, what })
}

/// Tags of custom components (JCVM §6.2.2).
const CUSTOM_TAGS: std::ops::RangeInclusive<u8> = 128..=255;

impl CustomComponentInfo {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Fault> {
        let before = reader.clone();
        let tag = reader.u8()?;
        if !CUSTOM_TAGS.contains(&tag) {
            return Err(before
                .reject("the tag of a custom component, 80 to FF", tag.into())
                .into());
        }
        Ok(Self {
            tag,
            size: reader.u16()?,
            aid: read_aid(reader)?,
        })
    }

    fn write(&self, out: &mut Writer) -> Result<(), Fault> {
        if !CUSTOM_TAGS.contains(&self.tag) {
            let (wanted, found) = ("the tag of a custom component, 80 to FF", self.tag.into());
            return Err(out.fault(ErrorKind::Value { wanted, found }));
        }
        out.u8(self.tag);
        out.u16(self.size);
        write_aid(out, &self.aid);
        Ok(())
    }
}
