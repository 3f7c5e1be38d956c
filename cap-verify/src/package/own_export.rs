//! The export file that was made together with the CAP file (JCVM ch. 5): what it says of the exported classes.

mod members;
mod names;

use std::collections::HashSet;

use cap_format::cap::Cap;
use cap_format::component::Tag;
use cap_format::component::class::{ClassFlags, ClassItem};
use cap_format::export_file::{ExportAccess, ExportFile, ExportedClass};

use crate::classes::method_tables::MethodTables;
use crate::finding::{Place, Report};
use crate::model::members::Members;
use crate::package::own_export::members::ByClass;
use crate::package::own_export::names::Names;
use crate::rule::Rule;
use crate::scope::Scope;
use crate::types::TypeId;

pub(crate) fn check(
    scope: &mut Scope<'_>,
    members: &Members,
    tables: &MethodTables,
    (file, archive_name): (&ExportFile, &str),
    report: &mut Report,
) {
    let layout = scope.layout;
    let cap = layout.cap;
    let place = Place::of(Tag::Export);
    let differ = |found: String, report: &mut Report| {
        report.add(
            Rule::OwnExportFile,
            place,
            found,
            "the same in CAP file and export file",
        );
    };
    if file.package.info != cap.header.package {
        let (cap, file) = (cap.header.package, file.package.info);
        let found = format!(
            "package {} {} with the export file of {} {}",
            cap.aid, cap.version, file.aid, file.version
        );
        return differ(found, report);
    }
    // JCVM §6.4: the header has the name of the package, but not in format 2.1; §4.1.3: so has its folder in the archive.
    let mut names = [cap.header.package_name.as_str(), archive_name].into_iter();
    if let Some(name) = names.find(|name| !name.is_empty() && *name != file.package.name) {
        let found = format!("package {name} with the export file of {}", file.package.name);
        differ(found, report);
    }
    // JCVM §5.6.1: the flag library.
    if file.package.library == cap.applets.is_some() {
        let kind = if file.package.library {
            "a library"
        } else {
            "applets"
        };
        differ(format!("an export file that says the package is {kind}"), report);
    }
    let exported = cap
        .exports
        .as_ref()
        .map_or(&[][..], |component| &component.classes);
    if exported.len() != file.classes.len() {
        let found = format!(
            "{} exported classes, {} in the export file",
            exported.len(),
            file.classes.len()
        );
        differ(found, report);
    }
    let mut pairs = Vec::new();
    for (offset, token, named) in named(cap, file) {
        let (Some(id), Some(item)) = (scope.types.own(offset), layout.items.get(&offset)) else {
            continue;
        };
        match named {
            Some(exported) => pairs.push((id, item, exported)),
            None => differ(format!("no class with token {token} in the export file"), report),
        }
    }
    let named: Vec<_> = pairs.iter().map(|(id, _, class)| (*id, *class)).collect();
    let mut names = Names::new(&file.package.name, &named);
    let by_class = ByClass::of(members);
    for (id, item, class) in pairs {
        let same = Same {
            id,
            item,
            class,
            place,
        };
        same.check_class(scope, &mut names, report);
        same.check_fields(&by_class, scope, &mut names, report);
        same.check_methods(&by_class, (members, tables), scope, &mut names, report);
    }
}

/// The exported classes of a package: the offset in the Class component, the token, and what the export file says of each.
pub(crate) fn named<'f>(
    cap: &Cap,
    file: &'f ExportFile,
) -> impl Iterator<Item = (u16, u8, Option<&'f ExportedClass>)> {
    let exported = cap.exports.iter().flat_map(|component| &component.classes);
    (0..=u8::MAX).zip(exported).map(|(token, class)| {
        let named = file.classes.iter().find(|class| class.token == token);
        (class.class_offset, token, named)
    })
}

/// `CAP22_inheritable_public_method_token_count` of a class, which format 2.3 has.
fn inheritable(item: &ClassItem<'_>) -> Option<u8> {
    match item {
        ClassItem::Class(class) => Some(class.token_mapping.as_ref()?.cap22_inheritable_methods),
        ClassItem::Interface(_) => None,
    }
}

/// JCVM §6.9.2.2, §6.9.2.5: the name of a remote interface or class, without its package.
fn remote_name<'a>(item: &ClassItem<'a>) -> Option<&'a str> {
    match item {
        ClassItem::Interface(info) if info.flags.contains(ClassFlags::REMOTE) => Some(&info.remote_name),
        ClassItem::Interface(_) => None,
        ClassItem::Class(info) => info.remote.as_ref().map(|remote| remote.class_name.as_str()),
    }
}

/// A class of the package, and what the export file says of it.
struct Same<'f> {
    id: TypeId,
    item: &'f ClassItem<'f>,
    class: &'f ExportedClass,
    place: Place,
}

impl Same<'_> {
    fn differ(&self, found: &str, report: &mut Report) {
        let name = self.class.name.replace('/', ".");
        let found = format!("{found} of {name} differ");
        report.add(
            Rule::OwnExportFile,
            self.place,
            found,
            "the same in CAP file and export file",
        );
    }

    /// JCVM §5.7: name, flags, all superclasses, all interfaces.
    fn check_class(&self, scope: &Scope<'_>, names: &mut Names<'_>, report: &mut Report) {
        let info = scope.types.get(self.id);
        let flags = [
            (ExportAccess::PUBLIC, info.public),
            (ExportAccess::FINAL, info.is_final),
            (ExportAccess::INTERFACE, info.interface),
            (ExportAccess::ABSTRACT, info.is_abstract),
            (ExportAccess::SHAREABLE, info.shareable),
            (
                ExportAccess::REMOTE,
                self.item.flags().contains(ClassFlags::REMOTE),
            ),
        ];
        if flags
            .iter()
            .any(|(flag, set)| self.class.access.contains(*flag) != *set)
        {
            self.differ("the flags", report);
        }
        if !names.is_its_own(self.id, &self.class.name) {
            self.differ("the package or the classes", report);
        }
        let simple = self.class.name.rsplit('/').next();
        if remote_name(self.item).is_some_and(|name| Some(name) != simple) {
            self.differ("the names for callers outside of the card", report);
        }
        let methods = inheritable(self.item);
        if methods.is_some_and(|methods| methods != self.class.cap22_inheritable_methods) {
            self.differ("the methods for subclasses of older formats", report);
        }
        // Those that other packages do not see are left out.
        let visible = |id: &TypeId| scope.types.get(*id).public;
        let superclasses: Vec<TypeId> = info.superclasses.iter().copied().filter(visible).collect();
        let stated = self.class.superclasses.iter().rev();
        let mut pairs = superclasses.iter().zip(stated);
        let same = pairs.all(|(above, name)| names.is_named(&scope.types, *above, name));
        if !same || superclasses.len() != self.class.superclasses.len() {
            self.differ("the superclasses", report);
        }
        let mut stated: HashSet<&str> = self.class.interfaces.iter().map(String::as_str).collect();
        let interfaces = info.interfaces.iter().filter(visible);
        let same = interfaces
            .map(|above| names.name(&scope.types, above))
            .all(|name| name.is_some_and(|name| stated.remove(name)));
        if !same || !stated.is_empty() {
            self.differ("the interfaces", report);
        }
    }
}
