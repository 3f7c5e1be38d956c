//! What references and names stand for: the classes of this package and of others, and what export files say of them.

pub(crate) mod descriptor;
pub(crate) mod exported;
mod signatures;

use std::collections::HashMap;

use cap_format::component::Tag;
use cap_format::component::class::ClassItem;
use cap_format::export_file::{ExportAccess, ExportFile, ExportedClass};
use cap_format::reference::ClassRef;

use crate::environment::Environment;
use crate::finding::{Place, Report};
use crate::layout::{Description, Layout};
use crate::model::Signature;
use crate::rule::Rule;
use crate::scope::exported::Exported;
use crate::types::{OBJECT, Origin, TypeId, TypeInfo, TypeSet, Types};

/// The classes that a package knows.
#[derive(Debug)]
pub(crate) struct Scope<'a> {
    /// The package.
    pub(crate) layout: &'a Layout<'a>,
    /// All classes that were asked for.
    pub(crate) types: Types,
    /// The class above all.
    pub(crate) object: TypeId,
    files: &'a [ExportFile],
    /// The file and the place in it of an imported class, by reference.
    imported: HashMap<ClassRef, (usize, usize)>,
    /// The same of every class of an export file, by name.
    by_name: HashMap<&'a str, (usize, usize)>,
    /// Names that could not be given a type: there are too many.
    overflow: bool,
    exported: HashMap<TypeId, Exported>,
    /// The types of methods, by their offset in the Descriptor.
    signatures: HashMap<u16, Option<Signature>>,
    /// The same of methods in export files, by their descriptor.
    exported_signatures: HashMap<&'a str, Option<Signature>>,
}

/// A class or interface of this package, in both components that describe it.
pub(crate) struct OwnClass<'a> {
    /// In the Descriptor.
    pub(crate) description: &'a Description<'a>,
    /// Its offset in the Class component.
    pub(crate) offset: u16,
    /// The type that it is.
    pub(crate) class: TypeId,
    /// In the Class component.
    pub(crate) item: &'a ClassItem<'a>,
}

impl<'a> Scope<'a> {
    /// The scope of a package whose imports have these export files.
    pub(crate) fn new(layout: &'a Layout<'a>, environment: &Environment<'a>, imports: &[usize]) -> Self {
        let files = environment.exports;
        let mut imported = HashMap::new();
        for (package, index) in (0..=u8::MAX).zip(imports) {
            let classes = files.get(*index).map_or(&[][..], |file| &file.classes);
            for (place, class) in classes.iter().enumerate() {
                let reference = ClassRef::External {
                    package,
                    class: class.token,
                };
                imported.entry(reference).or_insert((*index, place));
            }
        }
        let mut scope = Self {
            layout,
            types: Types::default(),
            object: TypeId(0),
            files,
            imported,
            by_name: by_name(files, imports, layout),
            overflow: false,
            exported: HashMap::new(),
            signatures: HashMap::new(),
            exported_signatures: HashMap::new(),
        };
        scope.object = scope.named(OBJECT).unwrap_or(scope.object);
        scope
    }

    /// The classes and interfaces of this package, in the order of the Descriptor.
    pub(crate) fn own_classes(&self) -> Vec<OwnClass<'a>> {
        let layout = self.layout;
        let own = layout.descriptions.iter().filter_map(|description| {
            let ClassRef::Internal { offset } = description.class.this_class else {
                return None;
            };
            Some(OwnClass {
                description,
                offset,
                class: self.types.own(offset)?,
                item: layout.items.get(&offset)?,
            })
        });
        own.collect()
    }

    /// The class or interface that a reference leads to; `None`: to nothing.
    pub(crate) fn class(&mut self, reference: ClassRef) -> Option<TypeId> {
        match reference {
            ClassRef::Internal { offset } => self.types.own(offset),
            ClassRef::External { .. } => {
                let (file, class) = *self.imported.get(&reference)?;
                let name = self.exported_class(file, class)?.name.as_str();
                self.named(name)
            }
        }
    }

    /// As [`Scope::class`]; a reference that leads to nothing is a finding.
    pub(crate) fn class_or_report(
        &mut self,
        reference: ClassRef,
        place: Place,
        report: &mut Report,
    ) -> Option<TypeId> {
        let class = self.class(reference);
        if class.is_none() {
            let found = match reference {
                ClassRef::Internal { offset } => {
                    format!("no class at offset {offset:04X} of the Class component")
                }
                ClassRef::External { package, class } => self.no_import(package, class),
            };
            report.add(Rule::ClassReference, place, found, "a class or interface");
        }
        class
    }

    fn no_import(&self, package: u8, class: u8) -> String {
        match self.layout.cap.imports.packages.get(usize::from(package)) {
            Some(import) => format!("no class with token {class} in package {}", import.aid),
            None => format!("no import {package}"),
        }
    }

    /// The class or interface of another package with this name (with slashes); `None` when there are too many types.
    pub(crate) fn named(&mut self, name: &str) -> Option<TypeId> {
        if let Some(id) = self.types.named(name) {
            return Some(id);
        }
        // What is above a class may be new too.
        let mut pending = Vec::new();
        let id = self.declare(name, false, &mut pending);
        while let Some((new, class)) = pending.pop() {
            self.inherit(new, class, &mut pending);
        }
        if id.is_none() {
            self.overflow = true;
        }
        id
    }

    fn declare(
        &mut self,
        name: &str,
        interface: bool,
        pending: &mut Vec<(TypeId, &'a ExportedClass)>,
    ) -> Option<TypeId> {
        if let Some(id) = self.types.named(name) {
            return Some(id);
        }
        let place = self.by_name.get(name).copied();
        let known = place.and_then(|(file, class)| Some((file, class, self.exported_class(file, class)?)));
        let Some((file, class, exported)) = known else {
            return self.types.add(TypeInfo {
                origin: Origin::NameOnly,
                name: name.to_owned(),
                interface,
                is_abstract: interface,
                is_final: false,
                public: true,
                shareable: false,
                superclasses: if name == OBJECT {
                    Vec::new()
                } else {
                    vec![self.object]
                },
                interfaces: TypeSet::default(),
            });
        };
        let has = |flag| exported.access.contains(flag);
        let id = self.types.add(TypeInfo {
            origin: Origin::Exported { file, class },
            name: name.to_owned(),
            interface: has(ExportAccess::INTERFACE),
            is_abstract: has(ExportAccess::ABSTRACT) || has(ExportAccess::INTERFACE),
            is_final: has(ExportAccess::FINAL),
            public: has(ExportAccess::PUBLIC),
            shareable: has(ExportAccess::SHAREABLE),
            superclasses: Vec::new(),
            interfaces: TypeSet::default(),
        })?;
        pending.push((id, exported));
        Some(id)
    }

    /// JCVM §5.7: an export file lists all superclasses, `java.lang.Object` first, and all interfaces.
    fn inherit(
        &mut self,
        id: TypeId,
        class: &'a ExportedClass,
        pending: &mut Vec<(TypeId, &'a ExportedClass)>,
    ) {
        let above = class.superclasses.iter().rev();
        let superclasses = above
            .filter_map(|name| self.declare(name, false, pending))
            .filter(|above| *above != id)
            .collect();
        let interfaces = class.interfaces.iter();
        let interfaces = interfaces
            .filter_map(|name| self.declare(name, true, pending))
            .filter(|above| *above != id)
            .collect();
        self.types.inherit(id, superclasses, interfaces);
    }

    pub(crate) fn exported_class(&self, file: usize, class: usize) -> Option<&'a ExportedClass> {
        self.files.get(file)?.classes.get(class)
    }

    /// What the export file says of the members of a class of another package; nothing of one of which only the name is known.
    pub(crate) fn exported(&mut self, id: TypeId) -> &Exported {
        if self.exported.contains_key(&id) {
            return self.exported.entry(id).or_default();
        }
        let chain: Vec<TypeId> = self
            .types
            .get(id)
            .superclasses
            .iter()
            .rev()
            .copied()
            .chain([id])
            .collect();
        for class in chain {
            if !self.exported.contains_key(&class) {
                let members = exported::members(self, class);
                self.exported.insert(class, members);
            }
        }
        self.exported.entry(id).or_default()
    }

    /// What is known already of the members of a class of another package.
    fn exported_so_far(&self, id: TypeId) -> Option<&Exported> {
        self.exported.get(&id)
    }

    /// Says when there are more types than can be told apart.
    pub(crate) fn check_limits(&self, report: &mut Report) {
        if self.overflow {
            let place = Place::of(Tag::Import);
            report.add(
                Rule::Limit,
                place,
                "export files with more than 65,536 classes",
                "export files of a card",
            );
        }
    }
}

/// Classes by name: those of the imports before others, of several versions of a package the newest.
fn by_name<'a>(
    files: &'a [ExportFile],
    imports: &[usize],
    layout: &Layout<'_>,
) -> HashMap<&'a str, (usize, usize)> {
    let mut others: Vec<usize> = (0..files.len()).collect();
    others.sort_by_key(|index| {
        files
            .get(*index)
            .map(|file| std::cmp::Reverse(file.package.info.version))
    });
    let mut names = HashMap::new();
    for index in imports.iter().chain(&others) {
        let Some(file) = files.get(*index) else { continue };
        // The classes of this package are known by their offsets.
        if file.package.info.aid == layout.cap.header.package.aid {
            continue;
        }
        for (place, class) in file.classes.iter().enumerate() {
            names.entry(class.name.as_str()).or_insert((*index, place));
        }
    }
    names
}
