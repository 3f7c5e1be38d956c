//! The section `api`: which platforms have all that a package uses.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use cap_format::version::{PackageInfo, PackageVersion};
use card_api::api::{Api, ChoiceError};
use card_api::platform::Platform;
use card_api::table::PackageHead;
use serde::Serialize;

use crate::names::{MemberKind, NameTables};
use crate::package::{ClassTarget, MemberTarget, Package, Reference, resolved_operand};

/// Which platforms a package runs on.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Level {
    /// For Java Card, and for each API beside it of which something is imported.
    pub(super) families: Vec<Family>,
    /// Imported packages that no platform has: their AIDs or names, with versions.
    pub(super) others: Vec<String>,
}

/// Platforms that follow each other.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Family {
    pub(super) family: String,
    /// The lowest platform that has all imports in these versions: a card below it refuses the file.
    pub(super) by_imports: Option<String>,
    /// All such platforms.
    pub(super) platforms: Vec<String>,
    /// The lowest platform that has all that is used: what other versions of the imports could reach.
    pub(super) by_use: Option<String>,
    /// What is used and the platform before that one does not have.
    pub(super) lacking_below: Vec<String>,
}

/// Something of an imported package that is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Use {
    Class(u8),
    /// Class, kind as number, token.
    Member(u8, u8, u8),
}

/// What is used of each import, and the lowest version that has it.
#[derive(Debug, Clone, Default)]
pub(super) struct Uses {
    imports: Vec<ImportUses>,
}

#[derive(Debug, Clone, Default)]
struct ImportUses {
    uses: BTreeSet<Use>,
    /// The versions the table knows, oldest first, and what of `uses` each lacks.
    versions: Vec<(PackageVersion, BTreeSet<Use>)>,
}

const KINDS: [MemberKind; 4] = [
    MemberKind::StaticField,
    MemberKind::InstanceField,
    MemberKind::StaticMethod,
    MemberKind::VirtualMethod,
];

impl Uses {
    pub(super) fn of(package: &Package, api: &Api) -> Result<Self, ChoiceError> {
        let mut uses = Self {
            imports: vec![ImportUses::default(); package.cap.imports.packages.len()],
        };
        for class in &package.classes {
            class
                .super_class
                .iter()
                .chain(&class.interfaces)
                .for_each(|of| uses.add_class(*of));
        }
        for reference in &package.constants {
            uses.add(*reference);
        }
        let instructions = package.methods.iter().flat_map(|method| &method.code);
        for (_, instruction) in instructions {
            if let Some(reference) = resolved_operand(package, instruction) {
                uses.add(reference);
            }
        }
        let mut tables = BTreeMap::new();
        for (import, info) in uses.imports.iter_mut().zip(&package.cap.imports.packages) {
            let mut names = |import: PackageInfo| {
                let names = match tables.entry((import.aid, import.version)) {
                    Entry::Occupied(known) => known.into_mut(),
                    Entry::Vacant(place) => {
                        let new = NameTables::new(api, &[], &package.cap.header.package, &[import])?;
                        place.insert(Rc::new(new))
                    }
                };
                Ok(Rc::clone(names))
            };
            import.add_versions(api, info, &mut names)?;
        }
        Ok(uses)
    }

    fn add(&mut self, reference: Reference) {
        match reference {
            Reference::Class(class) => self.add_class(class),
            Reference::Field(member) | Reference::Method { method: member, .. } => self.add_member(member),
        }
    }

    fn add_class(&mut self, class: ClassTarget) {
        if let ClassTarget::Imported { package, class } = class {
            self.insert(package, Use::Class(class));
        }
    }

    fn add_member(&mut self, member: MemberTarget) {
        if let MemberTarget::Imported {
            package,
            class,
            token,
            kind,
            ..
        } = member
        {
            let kind = KINDS.iter().position(|of| *of == kind).unwrap_or_default();
            self.insert(package, Use::Class(class));
            self.insert(
                package,
                Use::Member(class, u8::try_from(kind).unwrap_or_default(), token),
            );
        }
    }

    fn insert(&mut self, package: u8, used: Use) {
        if let Some(import) = self.imports.get_mut(usize::from(package)) {
            import.uses.insert(used);
        }
    }

    /// How much of an import is used.
    pub(super) fn count(&self, package: u8) -> usize {
        self.imports
            .get(usize::from(package))
            .map_or(0, |import| import.uses.len())
    }

    /// The lowest version of an import that has all that is used.
    pub(super) fn needs(&self, package: u8) -> Option<PackageVersion> {
        let versions = &self.imports.get(usize::from(package))?.versions;
        let complete = versions.iter().find(|(_, lacking)| lacking.is_empty());
        complete.map(|(version, _)| *version)
    }

    /// What of the uses of an import a version lacks: all when the package is not there.
    fn lacking(&self, package: usize, version: Option<PackageVersion>) -> BTreeSet<Use> {
        let Some(import) = self.imports.get(package) else {
            return BTreeSet::new();
        };
        let known = import.versions.iter().find(|(of, _)| Some(*of) == version);
        known.map_or_else(|| import.uses.clone(), |(_, lacking)| lacking.clone())
    }
}

impl ImportUses {
    /// Looks for what is used in each version the table knows; `names` gives those of a version.
    fn add_versions(
        &mut self,
        api: &Api,
        info: &PackageInfo,
        names: &mut dyn FnMut(PackageInfo) -> Result<Rc<NameTables>, ChoiceError>,
    ) -> Result<(), ChoiceError> {
        let Some(table) = table(api, info) else {
            return Ok(());
        };
        let of_major = table
            .versions()
            .iter()
            .filter(|version| version.major == info.version.major);
        self.versions = of_major
            .map(|version| {
                let import = PackageInfo {
                    version: *version,
                    aid: info.aid,
                };
                let names = names(import)?;
                let lacks = |used: &Use| match *used {
                    Use::Class(class) => names.class(0, class).is_none(),
                    Use::Member(class, kind, token) => KINDS
                        .get(usize::from(kind))
                        .is_none_or(|kind| names.member(0, class, *kind, token).is_none()),
                };
                Ok((*version, self.uses.iter().copied().filter(lacks).collect()))
            })
            .collect::<Result<_, ChoiceError>>()?;
        Ok(())
    }
}

fn table<'a>(api: &'a Api, info: &PackageInfo) -> Option<&'a PackageHead> {
    api.packages().find(|head| head.aid() == info.aid)
}

/// The family of a platform: what stands before the number, or Java Card.
fn family(platform: &Platform) -> &str {
    platform
        .name
        .split_once('-')
        .map_or("Java Card", |(family, _)| family)
}

pub(super) fn level(package: &Package, api: &Api, uses: &Uses) -> Level {
    let imports = &package.cap.imports.packages;
    let tables: Vec<_> = imports.iter().map(|info| table(api, info)).collect();
    let mut families: Vec<&str> = api.platforms().iter().map(family).collect();
    families.dedup();
    let has = |platform: &Platform, table: &PackageHead| {
        platform.packages.iter().any(|(name, _)| name == table.name())
    };
    let other = |index: &usize| {
        let of_platform = tables.get(*index).copied().flatten();
        !of_platform.is_some_and(|table| api.platforms().iter().any(|platform| has(platform, table)))
    };
    let others = (0..imports.len()).filter(other).filter_map(|index| {
        let token = u8::try_from(index).ok()?;
        Some(format!(
            "{} {}",
            package.import_name(token),
            imports.get(index)?.version
        ))
    });
    Level {
        others: others.collect(),
        families: families
            .into_iter()
            .filter_map(|name| {
                let platforms: Vec<_> = api.platforms().iter().filter(|of| family(of) == name).collect();
                let of_family = |index: &usize| {
                    let table = tables.get(*index).copied().flatten();
                    table.is_some_and(|table| platforms.iter().any(|platform| has(platform, table)))
                };
                let members: Vec<_> = (0..imports.len()).filter(of_family).collect();
                (!members.is_empty())
                    .then(|| FamilyOf {
                        package,
                        uses,
                        tables: &tables,
                        members: &members,
                    })
                    .map(|of| of.level(name, &platforms))
            })
            .collect(),
    }
}

/// The imports of a package that belong to one family.
struct FamilyOf<'a> {
    package: &'a Package,
    uses: &'a Uses,
    tables: &'a [Option<&'a PackageHead>],
    members: &'a [usize],
}

impl FamilyOf<'_> {
    fn level(&self, name: &str, platforms: &[&Platform]) -> Family {
        let fitting = platforms.iter().filter(|platform| self.has_imports(platform));
        let fitting: Vec<_> = fitting.map(|platform| platform.name.clone()).collect();
        let lowest = platforms
            .iter()
            .position(|platform| self.lacking(platform).is_empty());
        let below = lowest.and_then(|lowest| platforms.get(lowest.checked_sub(1)?));
        Family {
            family: name.to_owned(),
            by_imports: fitting.first().cloned(),
            platforms: fitting,
            by_use: lowest
                .and_then(|lowest| platforms.get(lowest))
                .map(|platform| platform.name.clone()),
            lacking_below: below.map(|platform| self.lacking(platform)).unwrap_or_default(),
        }
    }

    fn version(&self, platform: &Platform, import: usize) -> Option<PackageVersion> {
        let table = self.tables.get(import).copied().flatten()?;
        let packages = platform.packages.iter();
        let mut of_name = packages.filter(|(name, _)| name == table.name());
        of_name.next().map(|(_, version)| *version)
    }

    fn has_imports(&self, platform: &Platform) -> bool {
        self.members.iter().all(|import| {
            let wanted = self.package.cap.imports.packages.get(*import).map(|info| info.version);
            let found = self.version(platform, *import);
            matches!((wanted, found), (Some(wanted), Some(found)) if wanted.major == found.major && wanted.minor <= found.minor)
        })
    }

    /// The names of what is used and a platform does not have.
    fn lacking(&self, platform: &Platform) -> Vec<String> {
        let mut names = BTreeSet::new();
        for import in self.members {
            let lacking = self.uses.lacking(*import, self.version(platform, *import));
            let Ok(package) = u8::try_from(*import) else {
                continue;
            };
            names.extend(lacking.into_iter().map(|used| self.name(package, used)));
        }
        names.into_iter().collect()
    }

    fn name(&self, package: u8, used: Use) -> String {
        let class = |class| ClassTarget::Imported { package, class };
        match used {
            Use::Class(token) => self.package.class_name(class(token)),
            Use::Member(of, kind, token) => {
                let kind = KINDS
                    .get(usize::from(kind))
                    .copied()
                    .unwrap_or(MemberKind::VirtualMethod);
                let member = MemberTarget::Imported {
                    package,
                    class: of,
                    token,
                    kind,
                    of: class(of),
                };
                self.package.member_name(member).unwrap_or_default()
            }
        }
    }
}
