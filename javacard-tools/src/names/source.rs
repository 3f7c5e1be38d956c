//! Where names come from: the tables of `card-api`, and export files.

use cap_format::export_file::{ExportAccess, ExportFile, ExportedClass};
use cap_format::version::{PackageInfo, PackageVersion};
use card_api::api::{Api, ChoiceError};
use card_api::package::{Class, Package};
use card_api::table::PackageHead;

use crate::names::{ClassNames, MemberKind, MemberNames, PackageNames};

/// The package as the tables have it: in this version, or in the next one that contains all of it, or in the newest.
pub(super) fn from_api(api: &Api, info: &PackageInfo) -> Result<Option<PackageNames>, ChoiceError> {
    let Some(head) = api.packages().find(|head| head.aid() == info.aid) else {
        return Ok(None);
    };
    let versions = head.versions();
    let next = versions
        .iter()
        .find(|version| version.major == info.version.major && version.minor >= info.version.minor);
    package_of(api, head, next.or(versions.last()))
}

fn package_of(
    api: &Api,
    head: &PackageHead,
    version: Option<&PackageVersion>,
) -> Result<Option<PackageNames>, ChoiceError> {
    let package = version.map(|version| api.package(head.name(), *version));
    Ok(package.transpose()?.map(names_of_package))
}

/// The package as an export file has it: in this version, or else in any.
pub(super) fn from_export_files(files: &[ExportFile], info: &PackageInfo) -> Option<PackageNames> {
    let of_aid = || files.iter().filter(|file| file.package.info.aid == info.aid);
    let exact = of_aid().find(|file| file.package.info.version == info.version);
    exact.or_else(|| of_aid().next()).map(names_of_export_file)
}

/// The package of this name, with slashes, in the newest version.
pub(super) fn by_name(
    api: &Api,
    files: &[ExportFile],
    name: &str,
) -> Result<Option<PackageNames>, ChoiceError> {
    if let Some(file) = files.iter().find(|file| file.package.name == name) {
        return Ok(Some(names_of_export_file(file)));
    }
    match api.packages().find(|head| head.name() == name) {
        Some(head) => package_of(api, head, head.versions().last()),
        None => Ok(None),
    }
}

fn names_of_package(package: Package) -> PackageNames {
    PackageNames {
        aid: package.aid,
        name: package.name,
        version: package.version,
        classes: package.classes.into_iter().map(names_of_class).collect(),
    }
}

fn names_of_class(class: Class) -> ClassNames {
    let fields = class.fields.iter().map(|field| MemberNames {
        kind: if field.is_static {
            MemberKind::StaticField
        } else {
            MemberKind::InstanceField
        },
        token: field.token,
        name: field.name.clone(),
        descriptor: field.descriptor.clone(),
        is_hidden: false,
    });
    let methods = class.methods.iter().map(|method| MemberNames {
        kind: if method.has_static_token() {
            MemberKind::StaticMethod
        } else {
            MemberKind::VirtualMethod
        },
        token: method.token,
        name: method.name.clone(),
        descriptor: method.descriptor.clone(),
        is_hidden: method.is_hidden,
    });
    let superclass = class.head.superclass.iter().cloned();
    ClassNames {
        token: class.head.token,
        supertypes: superclass.chain(class.head.interfaces.iter().cloned()).collect(),
        is_interface: class.head.is_interface(),
        members: fields.chain(methods).collect(),
        name: class.name,
    }
}

fn names_of_export_file(file: &ExportFile) -> PackageNames {
    PackageNames {
        aid: file.package.info.aid,
        name: file.package.name.clone(),
        version: file.package.info.version,
        classes: file.classes.iter().map(names_of_exported_class).collect(),
    }
}

fn names_of_exported_class(class: &ExportedClass) -> ClassNames {
    let on_card = class.fields.iter().filter(|field| field.constant.is_none());
    let fields = on_card.map(|field| MemberNames {
        kind: if field.access.contains(ExportAccess::STATIC) {
            MemberKind::StaticField
        } else {
            MemberKind::InstanceField
        },
        token: field.token,
        name: field.name.clone(),
        descriptor: field.descriptor.clone(),
        is_hidden: false,
    });
    let methods = class.methods.iter().map(|method| MemberNames {
        kind: if method.access.contains(ExportAccess::STATIC) || method.name == "<init>" {
            MemberKind::StaticMethod
        } else {
            MemberKind::VirtualMethod
        },
        token: method.token,
        name: method.name.clone(),
        descriptor: method.descriptor.clone(),
        is_hidden: false,
    });
    ClassNames {
        token: class.token,
        name: class.name.clone(),
        supertypes: class
            .superclasses
            .iter()
            .chain(&class.interfaces)
            .cloned()
            .collect(),
        is_interface: class.access.contains(ExportAccess::INTERFACE),
        members: fields.chain(methods).collect(),
    }
}
