//! A [`Cap`] to components, and the two components that follow from the others.

use std::collections::BTreeMap;

use crate::cap::{Cap, CustomComponent, RawComponents, RawCustomComponent};
use crate::component::Tag;
use crate::component::applet::AppletComponent;
use crate::component::descriptor::DescriptorComponent;
use crate::component::directory::{CustomComponentInfo, DirectoryComponent};
use crate::component::export::ExportComponent;
use crate::component::reference_location::ReferenceLocationComponent;
use crate::component::static_resources::StaticResourcesComponent;
use crate::error::{CapError, ErrorKind, Fault, Part};

pub(super) fn components(cap: &Cap) -> Result<RawComponents, CapError> {
    let mut defined = others(cap, &ReferenceLocationComponent::of(&cap.methods)?)?;
    let directory = directory(cap, &defined)?;
    defined.insert(Tag::Directory, directory.write(cap.header.format)?);
    let custom = |custom: &CustomComponent| RawCustomComponent {
        tag: custom.tag,
        name: custom.name.clone(),
        info: custom.info.clone(),
    };
    Ok(RawComponents {
        defined,
        custom: cap.custom_components.iter().map(custom).collect(),
    })
}

/// All components but the Directory; `located` is the RefLocation.
fn others(cap: &Cap, located: &ReferenceLocationComponent) -> Result<BTreeMap<Tag, Vec<u8>>, CapError> {
    let format = cap.header.format;
    let required = [
        (Tag::Header, cap.header.write()?),
        (Tag::Import, cap.imports.write()?),
        (Tag::ConstantPool, cap.constant_pool.write()?),
        (Tag::Class, cap.classes.write(format)?),
        (Tag::Method, cap.methods.write()?),
        (Tag::StaticField, cap.static_fields.write()?),
        (Tag::ReferenceLocation, located.write()?),
    ];
    let optional = [
        (
            Tag::Applet,
            cap.applets.as_ref().map(AppletComponent::write).transpose()?,
        ),
        (
            Tag::Export,
            cap.exports.as_ref().map(ExportComponent::write).transpose()?,
        ),
        (
            Tag::Descriptor,
            cap.descriptor
                .as_ref()
                .map(DescriptorComponent::write)
                .transpose()?,
        ),
        (Tag::Debug, cap.debug.clone()),
        (
            Tag::StaticResources,
            cap.static_resources
                .as_ref()
                .map(StaticResourcesComponent::write)
                .transpose()?,
        ),
    ];
    let present = optional.into_iter().filter_map(|(tag, info)| Some((tag, info?)));
    Ok(required.into_iter().chain(present).collect())
}

impl Cap {
    /// The Directory component: what a card needs to know of the others before it takes them (JCVM §6.5).
    ///
    /// # Errors
    /// [`CapError`] when one of the others cannot be written.
    pub fn directory(&self) -> Result<DirectoryComponent, CapError> {
        self.directory_with(&ReferenceLocationComponent::of(&self.methods)?)
    }

    /// The same, when the RefLocation that follows from the code is known.
    pub(super) fn directory_with(
        &self,
        located: &ReferenceLocationComponent,
    ) -> Result<DirectoryComponent, CapError> {
        directory(self, &others(self, located)?)
    }
}

fn directory(cap: &Cap, others: &BTreeMap<Tag, Vec<u8>>) -> Result<DirectoryComponent, CapError> {
    let customs = cap
        .custom_components
        .iter()
        .map(custom_info)
        .collect::<Result<_, _>>()?;
    let mut directory = DirectoryComponent {
        image_size: number(cap.static_fields.image_size(), "octets of static fields")?,
        array_init_count: number(cap.static_fields.array_inits.len(), "initialized arrays")?,
        array_init_size: number(
            cap.static_fields.array_init_size(),
            "octets of initialized arrays",
        )?,
        import_count: number(cap.imports.packages.len(), "imported packages")?,
        applet_count: number(
            cap.applets
                .as_ref()
                .map_or(0, |component| component.applets.len()),
            "applets",
        )?,
        custom_components: customs,
        ..DirectoryComponent::default()
    };
    for (tag, info) in others {
        directory.set_size(*tag, info.len())?;
    }
    directory.set_size(Tag::Directory, directory.write(cap.header.format)?.len())?;
    Ok(directory)
}

fn custom_info(custom: &CustomComponent) -> Result<CustomComponentInfo, CapError> {
    Ok(CustomComponentInfo {
        tag: custom.tag,
        size: number(custom.info.len(), "octets of a custom component")?,
        aid: custom.aid,
    })
}

/// A count in a field of the Directory.
fn number<T: TryFrom<usize>>(found: usize, what: &'static str) -> Result<T, CapError> {
    let limit = (1 << (8 * size_of::<T>())) - 1;
    let fault = Fault::new(0, ErrorKind::Limit { what, found, limit });
    T::try_from(found).map_err(|_| fault.of(Part::Component(Tag::Directory)))
}
