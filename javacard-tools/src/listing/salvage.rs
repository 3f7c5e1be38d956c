//! What can be read of a file that is not in order: each component on its own.

use cap_format::cap::{Cap, RawComponents};
use cap_format::component::Tag;
use cap_format::component::applet::AppletComponent;
use cap_format::component::class::ClassComponent;
use cap_format::component::constant_pool::ConstantPoolComponent;
use cap_format::component::descriptor::{ClassAccess, DescriptorComponent};
use cap_format::component::export::ExportComponent;
use cap_format::component::header::{HeaderComponent, HeaderFlags};
use cap_format::component::import::ImportComponent;
use cap_format::component::method::MethodComponent;
use cap_format::component::static_field::StaticFieldComponent;
use cap_format::error::CapError;
use cap_format::version::{FormatVersion, PackageInfo, PackageVersion};
use card_proto::aid::{Aid, AidError};

/// The file with an empty component for each that cannot be read, and all errors, `first` before the others.
///
/// # Errors
/// Never in practice: the AID that stands for an unknown one has a length that is allowed.
pub(crate) fn salvage(components: &RawComponents, first: CapError) -> Result<(Cap, Vec<CapError>), AidError> {
    let mut problems = vec![first];
    let header = read(components, Tag::Header, &mut problems, HeaderComponent::read);
    let header = match header {
        Some(header) => header,
        None => unknown_header()?,
    };
    let format = header.format;
    let descriptor = read(
        components,
        Tag::Descriptor,
        &mut problems,
        DescriptorComponent::read,
    );
    let classes = read(components, Tag::Class, &mut problems, |info| {
        ClassComponent::read(info, format)
    });
    let applets = read(components, Tag::Applet, &mut problems, AppletComponent::read);
    let starts = starts(descriptor.as_ref(), classes.as_ref(), applets.as_ref());
    let methods = read(components, Tag::Method, &mut problems, |info| {
        MethodComponent::read(info, &starts)
            .or_else(|error| MethodComponent::read_without_descriptor(info, &starts).map_err(|_| error))
    });
    let cap = Cap {
        header,
        imports: read(components, Tag::Import, &mut problems, ImportComponent::read).unwrap_or_default(),
        applets,
        classes: classes.unwrap_or_default(),
        methods: methods.unwrap_or_default(),
        static_fields: read(
            components,
            Tag::StaticField,
            &mut problems,
            StaticFieldComponent::read,
        )
        .unwrap_or_default(),
        exports: read(components, Tag::Export, &mut problems, ExportComponent::read),
        constant_pool: read(
            components,
            Tag::ConstantPool,
            &mut problems,
            ConstantPoolComponent::read,
        )
        .unwrap_or_default(),
        descriptor,
        debug: components.defined.get(&Tag::Debug).cloned(),
        static_resources: None,
        custom_components: Vec::new(),
    };
    Ok((cap, problems))
}

fn read<T>(
    components: &RawComponents,
    tag: Tag,
    problems: &mut Vec<CapError>,
    read: impl FnOnce(&[u8]) -> Result<T, CapError>,
) -> Option<T> {
    match read(components.defined.get(&tag)?) {
        Ok(component) => Some(component),
        Err(error) => {
            if !problems.contains(&error) {
                problems.push(error);
            }
            None
        }
    }
}

/// Where the readable components say that methods begin.
fn starts(
    descriptor: Option<&DescriptorComponent>,
    classes: Option<&ClassComponent>,
    applets: Option<&AppletComponent>,
) -> Vec<u16> {
    let described = descriptor.into_iter().flat_map(|descriptor| &descriptor.classes);
    let listed = described
        .filter(|class| !class.access.contains(ClassAccess::INTERFACE))
        .flat_map(|class| class.methods.iter().map(|method| method.method_offset));
    let tables = classes.into_iter().flat_map(|component| &component.classes);
    let virtuals = tables
        .flat_map(|class| [&class.public_methods, &class.package_methods])
        .flat_map(|table| table.methods.iter().flatten().copied());
    let installs = applets.into_iter().flat_map(|component| &component.applets);
    let installs = installs.map(|applet| applet.install_method_offset);
    listed.chain(virtuals).chain(installs).collect()
}

/// Stands for a header that cannot be read.
fn unknown_header() -> Result<HeaderComponent, AidError> {
    Ok(HeaderComponent {
        format: FormatVersion::V2_1,
        flags: HeaderFlags::default(),
        package: PackageInfo {
            version: PackageVersion { major: 0, minor: 0 },
            aid: Aid::new(&[0; 5])?,
        },
        package_name: String::new(),
    })
}
