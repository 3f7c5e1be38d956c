//! The classes that a package knows: its own and those of the export files of its imports.

use cap_format::export_file::{ExportAccess, ExportFile, ExportedClass};
use cap_format::reference::ClassRef;
use cap_format::type_descriptor::Type;
use cap_format::version::PackageInfo;
use card_api::api::PackageChoice;

use super::declarations::{Import, Source, TypeText, aid};
use super::text::{Line, Trouble};

/// A class or interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum ClassId {
    /// By place in the source.
    Own(usize),
    /// By package token and place in the export file.
    Outside { package: u8, class: usize },
}

/// Name and types of a method; types as class files write them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Signature {
    pub(crate) name: String,
    pub(crate) descriptor: String,
}

#[derive(Debug)]
pub(crate) struct World<'a> {
    pub(crate) source: &'a Source,
    /// All that a verifier gets.
    pub(crate) exports: Vec<ExportFile>,
    /// By package token.
    pub(crate) imports: Vec<PackageInfo>,
    /// By package token: the place of its export file.
    files: Vec<Option<usize>>,
}

/// The platform whose packages stand behind the imports when these do not name another version.
const PLATFORM: &str = "2.2.1";

impl<'a> World<'a> {
    pub(crate) fn new(source: &'a Source) -> Result<Self, Trouble> {
        let mut exports = api(&source.imports)?;
        for exporter in &source.exporters {
            exports.push(super::exports::of_exporter(exporter, &source.imports)?);
        }
        let mut imports = Vec::new();
        let mut files = Vec::new();
        for import in &source.imports {
            let name = import.name.replace('.', "/");
            let file = exports.iter().position(|file| file.package.name == name);
            let known = file.and_then(|place| exports.get(place));
            let aid = match known {
                Some(file) => file.package.info.aid,
                None => aid(&import.line.words(), &import.name)?,
            };
            imports.push(PackageInfo {
                version: import.version,
                aid,
            });
            files.push(file);
        }
        Ok(Self {
            source,
            exports,
            imports,
            files,
        })
    }

    /// The export files of the imports.
    pub(crate) fn imported(&self) -> impl Iterator<Item = &ExportFile> {
        let is_imported = |file: &&ExportFile| {
            let aid = file.package.info.aid;
            self.imports.iter().any(|import| import.aid == aid)
        };
        self.exports.iter().filter(is_imported)
    }

    pub(crate) fn own(&self, index: usize) -> &'a TypeText {
        &self.source.types[index]
    }

    pub(crate) fn exported(&self, id: ClassId) -> Option<&ExportedClass> {
        match id {
            ClassId::Own(_) => None,
            ClassId::Outside { package, class } => self.file(package)?.classes.get(class),
        }
    }

    fn file(&self, package: u8) -> Option<&ExportFile> {
        self.exports.get((*self.files.get(usize::from(package))?)?)
    }

    /// The class of this name: a simple one, or one with dots or slashes.
    pub(crate) fn find(&self, name: &str) -> Option<ClassId> {
        let name = name.replace('.', "/");
        let own = |(_, class): &(usize, &TypeText)| class.name == name || self.own_name(class) == name;
        if let Some((index, _)) = self.source.types.iter().enumerate().find(own) {
            return Some(ClassId::Own(index));
        }
        let simple = |full: &str| full.rsplit('/').next() == Some(name.as_str());
        (0..).zip(&self.files).find_map(|(package, _)| {
            let classes = &self.file(package)?.classes;
            let class = classes
                .iter()
                .position(|class| class.name == name || simple(&class.name))?;
            Some(ClassId::Outside { package, class })
        })
    }

    pub(crate) fn class(&self, line: &Line, name: &str) -> Result<ClassId, Trouble> {
        self.find(name)
            .ok_or_else(|| line.trouble(format!("no class {name} in the package or its imports")))
    }

    /// With slashes.
    pub(crate) fn name(&self, id: ClassId) -> String {
        match id {
            ClassId::Own(index) => self.own_name(self.own(index)),
            ClassId::Outside { .. } => self
                .exported(id)
                .map(|class| class.name.clone())
                .unwrap_or_default(),
        }
    }

    fn own_name(&self, class: &TypeText) -> String {
        format!("{}/{}", self.source.name, class.name)
    }

    pub(crate) fn is_interface(&self, id: ClassId) -> bool {
        match id {
            ClassId::Own(index) => self.own(index).is_interface,
            ClassId::Outside { .. } => self
                .exported(id)
                .is_some_and(|class| class.access.contains(ExportAccess::INTERFACE)),
        }
    }

    pub(crate) fn superclass(&self, id: ClassId) -> Option<ClassId> {
        match id {
            ClassId::Own(index) if self.own(index).superclass == "none" => None,
            ClassId::Own(index) => self.find(&self.own(index).superclass),
            // The direct one has the most above it; what is not imported is passed over.
            ClassId::Outside { .. } => {
                let above = self
                    .exported(id)?
                    .superclasses
                    .iter()
                    .filter_map(|name| self.find(name));
                above.max_by_key(|above| self.exported(*above).map_or(0, |class| class.superclasses.len()))
            }
        }
    }

    /// All interfaces that a class or interface names, and those above them; not those of its superclass.
    pub(crate) fn interfaces(&self, id: ClassId) -> Vec<ClassId> {
        let direct: Vec<ClassId> = match id {
            ClassId::Own(index) => self
                .own(index)
                .interfaces
                .iter()
                .filter_map(|name| self.find(name))
                .collect(),
            ClassId::Outside { .. } => {
                let class = self.exported(id).into_iter();
                class
                    .flat_map(|class| &class.interfaces)
                    .filter_map(|name| self.find(name))
                    .collect()
            }
        };
        let mut all = Vec::new();
        for interface in direct {
            for one in self.interfaces(interface).into_iter().chain([interface]) {
                if !all.contains(&one) {
                    all.push(one);
                }
            }
        }
        all
    }

    /// All interfaces of a class or interface, those of its superclasses included.
    pub(crate) fn all_interfaces(&self, id: ClassId) -> Vec<ClassId> {
        let mut all = Vec::new();
        let mut next = Some(id);
        while let Some(one) = next {
            for interface in self.interfaces(one) {
                if !all.contains(&interface) {
                    all.push(interface);
                }
            }
            next = self.superclass(one);
        }
        all
    }

    /// A type as class files write it; `text` is Java's.
    pub(crate) fn descriptor(&self, line: &Line, text: &str) -> Result<String, Trouble> {
        if let Some(element) = text.strip_suffix("[]") {
            return Ok(format!("[{}", self.descriptor(line, element)?));
        }
        Ok(match text {
            "void" => "V".to_owned(),
            "boolean" => "Z".to_owned(),
            "byte" => "B".to_owned(),
            "short" => "S".to_owned(),
            "int" => "I".to_owned(),
            class => format!("L{};", self.name(self.class(line, class)?)),
        })
    }

    pub(crate) fn method_descriptor(
        &self,
        line: &Line,
        parameters: &[String],
        result: &str,
    ) -> Result<String, Trouble> {
        let types = parameters.iter().map(|kind| self.descriptor(line, kind));
        let types: String = types.collect::<Result<_, _>>()?;
        Ok(format!("({types}){}", self.descriptor(line, result)?))
    }

    /// The types of a descriptor, of a method the result last; `place` tells where a class stands.
    pub(crate) fn types(
        &self,
        descriptor: &str,
        place: &impl Fn(ClassId) -> ClassRef,
    ) -> Result<Vec<Type>, String> {
        let mut types = Vec::new();
        let mut rest = descriptor.trim_start_matches(['(', ')']);
        while let Some(first) = rest.chars().next() {
            let is_array = first == '[';
            rest = rest.strip_prefix('[').unwrap_or(rest);
            let end = if rest.starts_with('L') {
                rest.find(';').unwrap_or_default()
            } else {
                0
            };
            let (kind, behind) = rest.split_at(end + 1);
            rest = behind.trim_start_matches(')');
            types.push(match (kind, is_array) {
                ("V", false) => Type::Void,
                ("Z", false) => Type::Boolean,
                ("B", false) => Type::Byte,
                ("S", false) => Type::Short,
                ("I", false) => Type::Int,
                ("Z", true) => Type::BooleanArray,
                ("B", true) => Type::ByteArray,
                ("S", true) => Type::ShortArray,
                ("I", true) => Type::IntArray,
                (class, _) => {
                    let name = class.trim_start_matches('L').trim_end_matches(';');
                    let id = self
                        .find(name)
                        .ok_or_else(|| format!("no class {name} in the package or its imports"))?;
                    match is_array {
                        true => Type::ReferenceArray(place(id)),
                        false => Type::Reference(place(id)),
                    }
                }
            });
        }
        Ok(types)
    }
}

/// The export files of the platform and of the imports that the tables of the APIs know.
fn api(imports: &[Import]) -> Result<Vec<ExportFile>, Trouble> {
    let trouble = |error: &dyn std::fmt::Display| match imports.first() {
        Some(import) => import.line.trouble(error),
        None => Trouble::of("the tables of the APIs", error),
    };
    let api = super::api().ok_or_else(|| trouble(&"the tables are not in order"))?;
    let mut choices = Vec::new();
    for import in imports {
        let name = import.name.replace('.', "/");
        if api.package(&name, import.version).is_ok() {
            choices.push(PackageChoice {
                name,
                version: import.version,
            });
        }
    }
    let set = api
        .choose(&[PLATFORM], &choices)
        .map_err(|error| trouble(&error))?;
    Ok(set.export_files().collect())
}
