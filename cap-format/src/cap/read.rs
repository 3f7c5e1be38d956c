//! Components to a [`Cap`]: each is read, then what it says about the others is checked.

use std::collections::{BTreeMap, BTreeSet};

use crate::cap::method_starts::{listed_methods, method_starts};
use crate::cap::{Cap, CustomComponent, RawComponents, RawCustomComponent};
use crate::component::Tag;
use crate::component::applet::AppletComponent;
use crate::component::class::ClassComponent;
use crate::component::constant_pool::ConstantPoolComponent;
use crate::component::descriptor::DescriptorComponent;
use crate::component::directory::DirectoryComponent;
use crate::component::export::ExportComponent;
use crate::component::header::HeaderComponent;
use crate::component::import::ImportComponent;
use crate::component::method::MethodComponent;
use crate::component::reference_location::ReferenceLocationComponent;
use crate::component::static_field::StaticFieldComponent;
use crate::component::static_resources::StaticResourcesComponent;
use crate::error::{CapError, ErrorKind, Fault, Part};

/// Where the components come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// A whole CAP file.
    Whole,
    /// A load file, in which Descriptor, Debug and custom components may be missing.
    LoadFile,
}

pub(crate) fn cap(components: &RawComponents, form: Form) -> Result<Cap, CapError> {
    let optional = |tag: Tag| components.defined.get(&tag).map(Vec::as_slice);
    let required = |tag: Tag| {
        let missing = || Fault::new(0, ErrorKind::Missing(tag)).of(Part::Component(tag));
        optional(tag).ok_or_else(missing)
    };
    let header = HeaderComponent::read(required(Tag::Header)?)?;
    let format = header.format;
    let directory = DirectoryComponent::read(required(Tag::Directory)?, format)?;
    let applets = optional(Tag::Applet).map(AppletComponent::read).transpose()?;
    let imports = ImportComponent::read(required(Tag::Import)?)?;
    let constant_pool = ConstantPoolComponent::read(required(Tag::ConstantPool)?)?;
    let classes = ClassComponent::read(required(Tag::Class)?, format)?;
    let static_fields = StaticFieldComponent::read(required(Tag::StaticField)?)?;
    let reference_location = ReferenceLocationComponent::read(required(Tag::ReferenceLocation)?)?;
    let exports = optional(Tag::Export).map(ExportComponent::read).transpose()?;
    let descriptor = optional(Tag::Descriptor)
        .map(DescriptorComponent::read)
        .transpose()?;
    let starts = method_starts(
        &constant_pool,
        &classes,
        applets.as_ref(),
        exports.as_ref(),
        descriptor.as_ref(),
    );
    let read_methods = match descriptor {
        Some(_) => MethodComponent::read,
        None => MethodComponent::read_without_descriptor,
    };
    let cap = Cap {
        methods: read_methods(required(Tag::Method)?, &starts)?,
        custom_components: custom_components(components, &directory)?,
        debug: optional(Tag::Debug).map(<[u8]>::to_vec),
        static_resources: optional(Tag::StaticResources)
            .map(StaticResourcesComponent::read)
            .transpose()?,
        header,
        imports,
        applets,
        classes,
        static_fields,
        exports,
        constant_pool,
        descriptor,
    };
    check_code_lengths(&cap)?;
    let computed = ReferenceLocationComponent::of(&cap.methods)?;
    check_reference_location(&reference_location, &computed)?;
    check_directory(&cap, &directory, &computed, form)?;
    Ok(cap)
}

/// The AIDs of custom components stand in the Directory.
fn custom_components(
    components: &RawComponents,
    directory: &DirectoryComponent,
) -> Result<Vec<CustomComponent>, CapError> {
    let custom = |raw: &RawCustomComponent| {
        let listed = directory
            .custom_components
            .iter()
            .find(|info| info.tag == raw.tag);
        let wanted = "a custom component that the Directory lists";
        let unlisted = Fault::new(
            0,
            ErrorKind::Value {
                wanted,
                found: raw.tag.into(),
            },
        );
        Ok(CustomComponent {
            tag: raw.tag,
            aid: listed
                .ok_or_else(|| unlisted.of(Part::Component(Tag::Directory)))?
                .aid,
            name: raw.name.clone(),
            info: raw.info.clone(),
        })
    };
    components.custom.iter().map(custom).collect()
}

/// JCVM §6.14.3: the Descriptor says how many octets of code a method has.
fn check_code_lengths(cap: &Cap) -> Result<(), CapError> {
    let lengths: BTreeMap<usize, usize> = cap
        .methods
        .offsets()
        .map(|(offset, method)| (offset, method.code.len()))
        .collect();
    for method in cap.descriptor.iter().flat_map(listed_methods) {
        let computed = lengths
            .get(&method.method_offset.into())
            .copied()
            .unwrap_or_default();
        if computed != usize::from(method.bytecode_count) {
            let what = "the length of the code of a method";
            let (stated, computed) = (method.bytecode_count.into(), computed as u64);
            let fault = Fault::new(
                method.method_offset.into(),
                ErrorKind::Mismatch {
                    what,
                    stated,
                    computed,
                },
            );
            return Err(fault.of(Part::Component(Tag::Method)));
        }
    }
    Ok(())
}

/// JCVM §6.12: RefLocation lists exactly the constant pool indices of the code.
fn check_reference_location(
    stated: &ReferenceLocationComponent,
    computed: &ReferenceLocationComponent,
) -> Result<(), CapError> {
    if stated == computed {
        return Ok(());
    }
    let lists = [
        (&stated.byte_indices, &computed.byte_indices),
        (&stated.byte2_indices, &computed.byte2_indices),
    ];
    for (stated, computed) in lists {
        let first = |list: &[u16], other: &[u16]| {
            let other: BTreeSet<&u16> = other.iter().collect();
            list.iter().find(|offset| !other.contains(offset)).copied()
        };
        let excess = first(stated, computed).map(|operand| (operand, true));
        let lack = first(computed, stated).map(|operand| (operand, false));
        if let Some((operand, listed)) = excess.or(lack) {
            let fault = Fault::new(0, ErrorKind::ReferenceLocation { operand, listed });
            return Err(fault.of(Part::Component(Tag::ReferenceLocation)));
        }
    }
    Ok(())
}

/// JCVM §6.5: the Directory says how large the others are.
fn check_directory(
    cap: &Cap,
    stated: &DirectoryComponent,
    located: &ReferenceLocationComponent,
    form: Form,
) -> Result<(), CapError> {
    let mut computed = cap.directory_with(located)?;
    if form == Form::LoadFile {
        complete(&mut computed, cap, stated)?;
    }
    for tag in Tag::ALL {
        agree(tag.size_name(), stated.size(*tag), computed.size(*tag))?;
    }
    let pairs = [
        (
            "the size of the static field image",
            stated.image_size,
            computed.image_size,
        ),
        (
            "the count of initialized arrays",
            stated.array_init_count,
            computed.array_init_count,
        ),
        (
            "the size of initialized arrays",
            stated.array_init_size,
            computed.array_init_size,
        ),
        (
            "the count of imported packages",
            stated.import_count.into(),
            computed.import_count.into(),
        ),
        (
            "the count of applets",
            stated.applet_count.into(),
            computed.applet_count.into(),
        ),
    ];
    for (what, stated, computed) in pairs {
        agree(what, stated, computed)?;
    }
    for (stated, computed) in stated.custom_components.iter().zip(&computed.custom_components) {
        agree("the tag of a custom component", stated.tag, computed.tag)?;
        agree("the size of a custom component", stated.size, computed.size)?;
    }
    Ok(())
}

/// A load file has the Directory of the whole file, but not all components: what it leaves out is as the Directory says.
fn complete(
    computed: &mut DirectoryComponent,
    cap: &Cap,
    stated: &DirectoryComponent,
) -> Result<(), CapError> {
    for (tag, absent) in [
        (Tag::Descriptor, cap.descriptor.is_none()),
        (Tag::Debug, cap.debug.is_none()),
    ] {
        if absent {
            computed.set_size(tag, usize::try_from(stated.size(tag)).unwrap_or(usize::MAX))?;
        }
    }
    if cap.custom_components.is_empty() {
        computed.custom_components.clone_from(&stated.custom_components);
    }
    let size = computed.write(cap.header.format)?.len();
    computed.set_size(Tag::Directory, size)
}

/// What the Directory states must be what the file has.
fn agree<N: Into<u64> + PartialEq>(what: &'static str, stated: N, computed: N) -> Result<(), CapError> {
    if stated == computed {
        return Ok(());
    }
    let (stated, computed) = (stated.into(), computed.into());
    let fault = Fault::new(
        0,
        ErrorKind::Mismatch {
            what,
            stated,
            computed,
        },
    );
    Err(fault.of(Part::Component(Tag::Directory)))
}
