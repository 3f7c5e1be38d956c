//! What other packages may use: the Export component (JCVM §6.13) and the export file (JCVM ch. 5).
//!
//! A library offers its public classes; a package with applets offers its public shareable interfaces only.

use cap_format::component::export::{ClassExport, ExportComponent};
use cap_format::export_file::{
    ExportAccess, ExportFile, ExportedClass, ExportedField, ExportedMethod, ExportedPackage,
};
use cap_format::version::{FormatVersion, PackageInfo};

use crate::class_model::{Access, Class, MethodType};
use crate::hierarchy::{ClassId, Program};
use crate::input::with_slashes;
use crate::tokens::Layout;

use super::{Numbers, Package};

/// Exported classes in the order of their tokens.
fn exported(package: &Package<'_>) -> Vec<usize> {
    let is_library = package.description.applets.is_empty();
    let classes = package.program.classes.iter().zip(package.layouts).enumerate();
    classes
        .filter(|(_, (class, layout))| {
            layout.class_token.is_some() && (is_library || (class.is_interface() && layout.is_shareable))
        })
        .map(|(index, _)| index)
        .collect()
}

/// The component; a package that offers nothing has none.
pub(super) fn component(package: &Package<'_>, numbers: &Numbers<'_>) -> Option<ExportComponent> {
    let classes: Vec<ClassExport> = exported(package)
        .into_iter()
        .map(|index| class_export(package, numbers, index))
        .collect();
    (!classes.is_empty()).then_some(ExportComponent { classes })
}

fn class_export(package: &Package<'_>, numbers: &Numbers<'_>, index: usize) -> ClassExport {
    let (class, layout) = (&package.program.classes[index], &package.layouts[index]);
    let fields = class
        .fields
        .iter()
        .enumerate()
        .filter(|(place, field)| field.is_static() && layout.field_tokens[*place].is_some());
    let methods = class
        .methods
        .iter()
        .enumerate()
        .filter(|(place, method)| method.is_called_directly() && layout.method_tokens[*place].is_some());
    ClassExport {
        class_offset: numbers.class_offsets[index],
        static_fields: fields
            .map(|(place, _)| numbers.static_offset(index, place))
            .collect(),
        static_methods: methods
            .map(|(place, _)| numbers.method_offset(index, place))
            .collect(),
    }
}

/// The export file.
pub(super) fn file(package: &Package<'_>) -> ExportFile {
    let description = package.description;
    let exported = exported(package);
    ExportFile {
        format: format(package, &exported),
        package: ExportedPackage {
            library: description.applets.is_empty(),
            name: with_slashes(&description.name),
            info: PackageInfo {
                version: description.version,
                aid: description.aid,
            },
        },
        referenced_packages: Vec::new(),
        classes: exported.into_iter().map(|index| class(package, index)).collect(),
    }
}

/// JCVM §5.7: format 2.1 has no flag for remote classes.
fn format(package: &Package<'_>, exported: &[usize]) -> FormatVersion {
    match exported.iter().any(|index| package.layouts[*index].is_remote) {
        true => FormatVersion::V2_2,
        false => FormatVersion::V2_1,
    }
}

fn class(package: &Package<'_>, index: usize) -> ExportedClass {
    let program = package.program;
    let (class, layout) = (&program.classes[index], &package.layouts[index]);
    let id = ClassId::Own(index);
    let mut superclasses: Vec<String> = program
        .lineage(id)
        .skip(1)
        .filter(|above| is_public(program, *above))
        .map(|above| program.name(above).to_owned())
        .collect();
    superclasses.reverse();
    ExportedClass {
        token: layout.class_token.unwrap_or(u8::MAX),
        access: class_access(class, layout),
        name: class.name.clone(),
        superclasses,
        interfaces: interfaces(program, id),
        fields: fields(class, layout),
        methods: methods(package, index),
        cap22_inheritable_methods: 0,
    }
}

/// JCVM §5.7: an export file names what other packages can see.
fn is_public(program: &Program<'_>, id: ClassId) -> bool {
    match id {
        ClassId::Own(index) => program.classes[index].is_public(),
        _ => true,
    }
}

/// All public interfaces, those of superclasses included.
fn interfaces(program: &Program<'_>, id: ClassId) -> Vec<String> {
    let interfaces = program.implemented_interfaces(id).into_iter();
    let visible = interfaces.filter(|interface| is_public(program, *interface));
    visible
        .map(|interface| program.name(interface).to_owned())
        .collect()
}

/// The flags of a table of JCVM ch. 5, by those of a class file.
fn access(flags: Access, table: &[(u16, ExportAccess)]) -> ExportAccess {
    let mut access = ExportAccess::default();
    for (mask, flag) in table {
        if flags.has(*mask) {
            access |= *flag;
        }
    }
    access
}

fn class_access(class: &Class, layout: &Layout) -> ExportAccess {
    let mut access = access(
        class.access,
        &[
            (Access::PUBLIC, ExportAccess::PUBLIC),
            (Access::FINAL, ExportAccess::FINAL),
            (Access::INTERFACE, ExportAccess::INTERFACE),
            (Access::ABSTRACT, ExportAccess::ABSTRACT),
        ],
    );
    if layout.is_shareable {
        access |= ExportAccess::SHAREABLE;
    }
    if layout.is_remote {
        access |= ExportAccess::REMOTE;
    }
    access
}

const MEMBER_FLAGS: &[(u16, ExportAccess)] = &[
    (Access::PUBLIC, ExportAccess::PUBLIC),
    (Access::PROTECTED, ExportAccess::PROTECTED),
    (Access::STATIC, ExportAccess::STATIC),
    (Access::FINAL, ExportAccess::FINAL),
];

const METHOD_FLAGS: &[(u16, ExportAccess)] = &[
    (Access::PUBLIC, ExportAccess::PUBLIC),
    (Access::PROTECTED, ExportAccess::PROTECTED),
    (Access::STATIC, ExportAccess::STATIC),
    (Access::FINAL, ExportAccess::FINAL),
    (Access::ABSTRACT, ExportAccess::ABSTRACT),
];

/// JCVM §5.8: public and protected fields by token; constants, with the token FF and their value, last.
fn fields(class: &Class, layout: &Layout) -> Vec<ExportedField> {
    let fields = class.fields.iter().zip(&layout.field_tokens);
    let visible = fields.filter(|(field, _)| field.access.is_visible_outside());
    let mut exported: Vec<ExportedField> = visible
        .map(|(field, token)| ExportedField {
            token: token.unwrap_or(u8::MAX),
            access: access(field.access, MEMBER_FLAGS),
            name: field.name.clone(),
            descriptor: field.kind.descriptor(),
            constant: field.compile_time_constant(),
        })
        .collect();
    exported.sort_by_key(|field| field.token);
    exported
}

/// JCVM §5.9: static methods and constructors, then all virtual or interface methods by token, inherited ones included.
fn methods(package: &Package<'_>, index: usize) -> Vec<ExportedMethod> {
    let program = package.program;
    let (class, layout) = (&program.classes[index], &package.layouts[index]);
    let mut exported = Vec::new();
    let declared = class.methods.iter().zip(&layout.method_tokens);
    for (method, token) in declared.filter(|(method, _)| method.is_called_directly()) {
        if let Some(token) = token {
            exported.push(ExportedMethod {
                token: *token,
                access: access(method.access, METHOD_FLAGS),
                name: method.name.clone(),
                descriptor: method.kind.descriptor(),
            });
        }
    }
    if class.is_interface() {
        for (token, method) in layout.interface_methods.iter().enumerate() {
            exported.push(ExportedMethod {
                token: u8::try_from(token).unwrap_or(u8::MAX),
                access: ExportAccess::PUBLIC | ExportAccess::ABSTRACT,
                name: method.name.clone(),
                descriptor: method.kind.descriptor(),
            });
        }
        return exported;
    }
    for (token, (method, _)) in layout.public_methods.slots.iter().enumerate() {
        let descriptor = method.kind.descriptor();
        let access = virtual_access(package, index, &method.name, &method.kind, &descriptor);
        exported.push(ExportedMethod {
            token: u8::try_from(token).unwrap_or(u8::MAX),
            access: access.unwrap_or(ExportAccess::PUBLIC | ExportAccess::ABSTRACT),
            name: method.name.clone(),
            descriptor,
        });
    }
    exported.retain(|method| !method.name.is_empty());
    exported
}

/// The flags of the nearest declaration of a virtual method; an open method has none.
fn virtual_access(
    package: &Package<'_>,
    index: usize,
    name: &str,
    kind: &MethodType,
    descriptor: &str,
) -> Option<ExportAccess> {
    let program = package.program;
    program
        .lineage(ClassId::Own(index))
        .find_map(|class| match class {
            ClassId::Own(above) => {
                let class = &program.classes[above];
                let method = &class.methods[class.method(name, kind)?];
                Some(access(method.access, METHOD_FLAGS))
            }
            ClassId::External { .. } => {
                let methods = &program.external(class)?.methods;
                let method = methods
                    .iter()
                    .find(|method| method.name == name && method.descriptor == descriptor)?;
                Some(method.access)
            }
        })
}
