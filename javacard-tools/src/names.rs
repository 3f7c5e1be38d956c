//! Names of what a package refers to outside itself: from the tables of `card-api` and from export files.
//!
//! A CAP file refers to other packages by numbers only. [`NameTables`] has the names for the imports of one file.

mod java;
mod source;

use std::collections::{BTreeMap, BTreeSet};

use cap_format::export_file::ExportFile;
use cap_format::version::{PackageInfo, PackageVersion};
use card_api::api::{Api, ChoiceError};
use card_proto::aid::Aid;

pub(crate) use java::{JavaSignature, java_name};

/// Which numbers a member counts with (JCVM §4.3.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum MemberKind {
    StaticField,
    InstanceField,
    /// A static method or a constructor.
    StaticMethod,
    VirtualMethod,
}

/// A field or method of a package outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MemberNames {
    pub(crate) kind: MemberKind,
    pub(crate) token: u8,
    pub(crate) name: String,
    pub(crate) descriptor: String,
    /// An inherited method that the class numbers itself.
    pub(crate) is_hidden: bool,
}

impl MemberNames {
    fn is_same_as(&self, other: &Self) -> bool {
        self.name == other.name && self.descriptor == other.descriptor
    }
}

/// A class or interface of a package outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClassNames {
    pub(crate) token: u8,
    /// With slashes.
    pub(crate) name: String,
    /// Superclasses and interfaces, with slashes; the direct ones at least.
    pub(crate) supertypes: Vec<String>,
    pub(crate) is_interface: bool,
    pub(crate) members: Vec<MemberNames>,
}

/// A package outside, in one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PackageNames {
    pub(crate) aid: Aid,
    /// With slashes.
    pub(crate) name: String,
    pub(crate) version: PackageVersion,
    pub(crate) classes: Vec<ClassNames>,
}

impl PackageNames {
    pub(crate) fn class(&self, token: u8) -> Option<&ClassNames> {
        self.classes.iter().find(|class| class.token == token)
    }

    fn class_named(&self, name: &str) -> Option<&ClassNames> {
        self.classes.iter().find(|class| class.name == name)
    }
}

/// The names for one CAP file.
#[derive(Debug, Clone, Default)]
pub(crate) struct NameTables {
    /// By package token; `None`: nothing is known of the package.
    imports: Vec<Option<PackageNames>>,
    /// What the export file of the package itself says.
    own: Option<PackageNames>,
    /// Packages of superclasses and interfaces, by name with slashes.
    others: BTreeMap<String, PackageNames>,
}

/// Supertypes one above the other that are searched.
const DEPTH: usize = 16;

impl NameTables {
    /// The names for the package `own` with these imports. Export files go before the tables.
    pub(crate) fn new(
        api: &Api,
        export_files: &[ExportFile],
        own: &PackageInfo,
        imports: &[PackageInfo],
    ) -> Result<Self, ChoiceError> {
        let of_import = |import| match source::from_export_files(export_files, import) {
            Some(names) => Ok(Some(names)),
            None => source::from_api(api, import),
        };
        let mut tables = Self {
            imports: imports.iter().map(of_import).collect::<Result<_, _>>()?,
            own: source::from_export_files(export_files, own),
            others: BTreeMap::new(),
        };
        tables.add_supertypes(api, export_files)?;
        Ok(tables)
    }

    /// Adds the packages of supertypes that are not imported themselves.
    fn add_supertypes(&mut self, api: &Api, export_files: &[ExportFile]) -> Result<(), ChoiceError> {
        for _ in 0..DEPTH {
            let missing: BTreeSet<String> = self
                .all()
                .flat_map(|package| &package.classes)
                .flat_map(|class| &class.supertypes)
                .filter_map(|name| name.rsplit_once('/'))
                .map(|(package, _)| package.to_owned())
                .filter(|package| self.all().all(|known| known.name != *package))
                .collect();
            let found = missing
                .iter()
                .filter_map(|name| source::by_name(api, export_files, name).transpose());
            let found: Vec<_> = found.collect::<Result<_, _>>()?;
            if found.is_empty() {
                break;
            }
            self.others
                .extend(found.into_iter().map(|package| (package.name.clone(), package)));
        }
        Ok(())
    }

    fn all(&self) -> impl Iterator<Item = &PackageNames> {
        self.imports
            .iter()
            .flatten()
            .chain(&self.own)
            .chain(self.others.values())
    }

    /// The imported package with this token.
    pub(crate) fn import(&self, package: u8) -> Option<&PackageNames> {
        self.imports.get(usize::from(package))?.as_ref()
    }

    /// What the export file of the package itself says.
    pub(crate) fn own(&self) -> Option<&PackageNames> {
        self.own.as_ref()
    }

    /// An imported class.
    pub(crate) fn class(&self, package: u8, class: u8) -> Option<&ClassNames> {
        self.import(package)?.class(class)
    }

    /// The class of this name, with slashes.
    pub(crate) fn class_named(&self, name: &str) -> Option<&ClassNames> {
        self.all().find_map(|package| package.class_named(name))
    }

    /// A member of an imported class, inherited ones included.
    pub(crate) fn member(&self, package: u8, class: u8, kind: MemberKind, token: u8) -> Option<MemberNames> {
        let class = self.class(package, class)?;
        if class.is_interface && kind == MemberKind::VirtualMethod {
            let methods = self.interface_methods(class, DEPTH, &mut BTreeSet::new());
            return methods.into_iter().find(|method| method.token == token);
        }
        self.member_of(class, kind, token, DEPTH, &mut BTreeSet::new())
    }

    /// A member of a class or of its superclasses, which share their numbers.
    fn member_of<'a>(
        &'a self,
        class: &'a ClassNames,
        kind: MemberKind,
        token: u8,
        depth: usize,
        seen: &mut BTreeSet<&'a str>,
    ) -> Option<MemberNames> {
        if !seen.insert(&class.name) {
            return None;
        }
        let is_wanted = |member: &&MemberNames| member.kind == kind && member.token == token;
        let own = class.members.iter().find(is_wanted).cloned();
        let depth = depth.checked_sub(1)?;
        own.or_else(|| {
            self.supertypes(class, false)
                .find_map(|superclass| self.member_of(superclass, kind, token, depth, seen))
        })
    }

    /// All methods of an interface. Those of its superinterfaces are numbered anew, before its own (JCVM §4.3.7.7).
    fn interface_methods<'a>(
        &'a self,
        class: &'a ClassNames,
        depth: usize,
        seen: &mut BTreeSet<&'a str>,
    ) -> Vec<MemberNames> {
        let mut methods: Vec<MemberNames> = Vec::new();
        // What one inherits on two ways, or from itself, is the same.
        if !seen.insert(&class.name) {
            return methods;
        }
        let Some(depth) = depth.checked_sub(1) else {
            return methods;
        };
        let own = || {
            class
                .members
                .iter()
                .filter(|member| member.kind == MemberKind::VirtualMethod)
        };
        for interface in self.supertypes(class, true) {
            for method in self.interface_methods(interface, depth, seen) {
                let is_same = |other: &MemberNames| other.is_same_as(&method);
                if !own().any(|own| own.is_hidden && is_same(own)) && !methods.iter().any(is_same) {
                    methods.push(method);
                }
            }
        }
        for (method, token) in methods.iter_mut().zip(0..) {
            method.token = token;
        }
        methods.retain(|inherited| !own().any(|own| own.is_same_as(inherited)));
        methods.extend(own().cloned());
        methods
    }

    fn supertypes<'a>(
        &'a self,
        class: &'a ClassNames,
        interfaces: bool,
    ) -> impl Iterator<Item = &'a ClassNames> {
        let supertypes = class.supertypes.iter().filter_map(|name| self.class_named(name));
        supertypes.filter(move |supertype| supertype.is_interface == interfaces)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    /// Each of them extends all of them: on every way down there are as many ways on.
    #[test]
    fn interfaces_that_extend_each_other_are_looked_at_once() {
        let name = |token: u8| format!("p/I{token}");
        let method = |token: u8| MemberNames {
            kind: MemberKind::VirtualMethod,
            token,
            name: format!("m{token}"),
            descriptor: "()V".to_owned(),
            is_hidden: false,
        };
        let interface = |token: u8| ClassNames {
            token,
            name: name(token),
            supertypes: (0..40).map(name).collect(),
            is_interface: true,
            members: vec![method(token)],
        };
        let package = PackageNames {
            aid: Aid::new(&[0xF0, 0, 0, 0, 1]).unwrap(),
            name: "p".to_owned(),
            version: PackageVersion { major: 1, minor: 0 },
            classes: (0..40).map(interface).collect(),
        };
        let tables = NameTables {
            imports: vec![Some(package)],
            ..NameTables::default()
        };
        let of = |token| tables.member(0, 0, MemberKind::VirtualMethod, token);
        assert!(of(0).is_some() && of(41).is_none());
    }
}
