//! Export files that a case describes, and that of its package (JCVM ch. 5).

use cap_format::export_file::{
    ExportAccess, ExportFile, ExportedClass, ExportedField, ExportedMethod, ExportedPackage,
};
use cap_format::version::{FormatVersion, PackageInfo};

use super::components::format;
use super::declarations::{Flags, Import, Source};
use super::layout::{Layout, REMOTE, is_below, layouts, signature};
use super::text::Trouble;
use super::world::{ClassId, World};

/// The export file of a package that only its declarations describe. It knows the imports of the case that stand in the tables.
pub(crate) fn of_exporter(exporter: &Source, imports: &[Import]) -> Result<ExportFile, Trouble> {
    let own = exporter.name.replace('/', ".");
    let mut source = exporter.clone();
    source.imports = imports
        .iter()
        .filter(|import| import.name != own && is_api(&import.name))
        .cloned()
        .collect();
    let world = World::new(&source)?;
    let layouts = layouts(&world)?;
    file(&world, &layouts)
}

fn is_api(name: &str) -> bool {
    name.starts_with("java")
}

/// The export file of the package.
pub(crate) fn file(world: &World<'_>, layouts: &[Layout]) -> Result<ExportFile, Trouble> {
    let source = world.source;
    let (Some(aid), Some(version)) = (source.aid, source.version) else {
        return Err(Trouble::of(&source.name, "the line `package` is missing"));
    };
    let mut classes = Vec::new();
    for index in exported(world, layouts) {
        classes.push(class(world, layouts, index)?);
    }
    // JCVM 3.1 §5.5: other formats have neither the packages nor the methods for subclasses of older formats.
    let is_2_3 = format(world) == FormatVersion::V2_3;
    Ok(ExportFile {
        format: format(world),
        package: ExportedPackage {
            library: source.applets.is_empty(),
            name: source.name.clone(),
            info: PackageInfo { version, aid },
        },
        referenced_packages: world
            .imported()
            .filter(|_| is_2_3)
            .map(|file| file.package.clone())
            .collect(),
        classes,
    })
}

/// The classes that other packages may use, by token: of a package with applets its shareable interfaces.
pub(crate) fn exported(world: &World<'_>, layouts: &[Layout]) -> Vec<usize> {
    let is_library = world.source.applets.is_empty();
    let classes = world.source.types.iter().zip(layouts).enumerate();
    let exported = classes.filter(|(_, (class, layout))| {
        layout.class_token.is_some() && (is_library || class.is_interface && layout.is_shareable)
    });
    let mut exported: Vec<usize> = exported.map(|(index, _)| index).collect();
    exported.sort_by_key(|index| layouts[*index].class_token);
    exported
}

fn class(world: &World<'_>, layouts: &[Layout], index: usize) -> Result<ExportedClass, Trouble> {
    let (class, layout, id) = (world.own(index), &layouts[index], ClassId::Own(index));
    let mut access = access(&class.flags);
    if class.is_interface {
        access |= ExportAccess::INTERFACE | ExportAccess::ABSTRACT;
    }
    for (holds, flag) in [
        (layout.is_shareable, ExportAccess::SHAREABLE),
        (is_below(world, id, REMOTE), ExportAccess::REMOTE),
    ] {
        if holds {
            access |= flag;
        }
    }
    let mut superclasses = Vec::new();
    let mut next = world.superclass(id);
    while let Some(above) = next {
        superclasses.push(world.name(above));
        next = world.superclass(above);
    }
    superclasses.reverse();
    let interfaces = world.all_interfaces(id).into_iter();
    let mut fields = Vec::new();
    for (field, token) in class.fields.iter().zip(&layout.field_tokens) {
        if field.flags.is_visible_outside() {
            fields.push(ExportedField {
                token: token.unwrap_or(u8::MAX),
                access: self::access(&field.flags),
                name: field.name.clone(),
                descriptor: world.descriptor(&field.line, &field.kind)?,
                constant: None,
            });
        }
    }
    Ok(ExportedClass {
        token: layout.class_token.unwrap_or(u8::MAX),
        access,
        name: world.name(id),
        superclasses,
        interfaces: interfaces.map(|id| world.name(id)).collect(),
        fields,
        methods: methods(world, layouts, index),
        cap22_inheritable_methods: match format(world) {
            FormatVersion::V2_3 => u8::try_from(layout.public.slots.len()).unwrap_or(u8::MAX),
            _ => 0,
        },
    })
}

/// Static methods and constructors, then the virtual ones, inherited ones included.
fn methods(world: &World<'_>, layouts: &[Layout], index: usize) -> Vec<ExportedMethod> {
    let (class, layout) = (world.own(index), &layouts[index]);
    let mut exported = Vec::new();
    for ((method, token), signature) in class
        .methods
        .iter()
        .zip(&layout.method_tokens)
        .zip(&layout.signatures)
    {
        if !method.is_virtual() && method.flags.is_visible_outside() {
            exported.push(ExportedMethod {
                token: token.unwrap_or(u8::MAX),
                access: access(&method.flags),
                name: signature.name.clone(),
                descriptor: signature.descriptor.clone(),
            });
        }
    }
    if class.is_interface {
        let methods = (0..).zip(&layout.interface_methods);
        exported.extend(methods.map(|(token, method)| ExportedMethod {
            token,
            access: ExportAccess::PUBLIC | ExportAccess::ABSTRACT,
            name: method.name.clone(),
            descriptor: method.descriptor.clone(),
        }));
    }
    for (token, (slot, own)) in (0..).zip(&layout.public.slots) {
        let access = match own {
            Some((class, method)) => self::access(&world.own(*class).methods[*method].flags),
            None => inherited_access(world, index, slot),
        };
        let (name, descriptor) = (slot.name.clone(), slot.descriptor.clone());
        exported.push(ExportedMethod {
            token,
            access,
            name,
            descriptor,
        });
    }
    exported
}

/// The flags of a method that a superclass outside has.
fn inherited_access(world: &World<'_>, index: usize, wanted: &super::world::Signature) -> ExportAccess {
    let mut next = Some(ClassId::Own(index));
    while let Some(id) = next {
        let methods = world.exported(id).into_iter().flat_map(|class| &class.methods);
        if let Some(method) = methods.into_iter().find(|method| signature(method) == *wanted) {
            return method.access;
        }
        next = world.superclass(id);
    }
    ExportAccess::PUBLIC
}

fn access(flags: &Flags) -> ExportAccess {
    let table = [
        ("public", ExportAccess::PUBLIC),
        ("protected", ExportAccess::PROTECTED),
        ("static", ExportAccess::STATIC),
        ("final", ExportAccess::FINAL),
        ("abstract", ExportAccess::ABSTRACT),
    ];
    let set = table.into_iter().filter(|(word, _)| flags.has(word));
    set.map(|(_, flag)| flag).collect()
}
