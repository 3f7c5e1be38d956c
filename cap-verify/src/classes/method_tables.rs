//! The tables of virtual methods (JCVM §6.9.2.3).

mod mapping;
mod overlay;

use std::collections::HashMap;

use cap_format::component::Tag;
use cap_format::component::class::ClassItem;

use crate::classes::method_tables::overlay::{Kind, Overlay};
use crate::finding::{Place, Report};
use crate::model::MethodKind;
use crate::model::members::{Members, VirtualMethod};
use crate::package::methods::PACKAGE_VISIBLE;
use crate::rule::Rule;
use crate::scope::Scope;
use crate::types::{Origin, TypeId};

/// What a call with a token runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slot {
    /// The method at this offset of the Method component.
    Own(u16),
    /// The method with this token of a class of another package.
    Inherited(TypeId, u8),
    /// Nothing: a token that an export file leaves out, or a mistake.
    Empty,
}

/// The virtual methods of a class, inherited ones included, by token without the bit of package-visible ones.
#[derive(Debug, Clone, Default)]
struct Tables {
    public: Vec<Slot>,
    package: Vec<Slot>,
}

/// The virtual methods of all classes.
#[derive(Debug, Default)]
pub(crate) struct MethodTables(HashMap<TypeId, Tables>);

impl MethodTables {
    /// The virtual method with this token of a class of this or another package.
    pub(crate) fn find(
        &self,
        class: TypeId,
        token: u8,
        members: &Members,
        scope: &mut Scope<'_>,
    ) -> Option<VirtualMethod> {
        let Some(tables) = self.0.get(&class) else {
            return scope.exported(class).virtual_methods.get(&token).cloned();
        };
        let (table, index) = match token & PACKAGE_VISIBLE {
            0 => (&tables.public, token),
            _ => (&tables.package, token & !PACKAGE_VISIBLE),
        };
        match *table.get(usize::from(index))? {
            Slot::Own(offset) => Some(members.methods.get(&offset)?.on(class)),
            Slot::Inherited(above, token) => {
                let mut method = scope.exported(above).virtual_methods.get(&token)?.clone();
                method.callee.class = class;
                Some(method)
            }
            Slot::Empty => None,
        }
    }

    /// How many public and protected virtual methods a class of this package has.
    pub(crate) fn public_count(&self, class: TypeId) -> usize {
        self.0.get(&class).map_or(0, |tables| tables.public.len())
    }
}

/// Makes the tables of all classes, superclasses first, and checks them.
pub(crate) fn build(scope: &mut Scope<'_>, members: &Members, report: &mut Report) -> MethodTables {
    let layout = scope.layout;
    let mut all = MethodTables::default();
    let mut declared: HashMap<TypeId, Vec<u16>> = HashMap::new();
    for (offset, method) in &members.methods {
        declared.entry(method.class).or_default().push(*offset);
    }
    for (offset, item) in &layout.items {
        let (ClassItem::Class(info), Some(class)) = (item, scope.types.own(*offset)) else {
            continue;
        };
        let place = Place::at(Tag::Class, usize::from(*offset));
        let mut inherited = inherited(scope, class, &all);
        if let Some(mapping) = &info.token_mapping {
            let table = &info.public_methods;
            inherited.public = mapping::remap(mapping, table, &inherited.public, place, report);
        }
        let mut table = |kind, table, inherited| {
            let overlay = Overlay {
                members,
                class,
                kind,
                place,
            };
            overlay.table(scope, table, inherited, report)
        };
        let tables = Tables {
            public: table(Kind::Public, &info.public_methods, inherited.public),
            package: table(Kind::Package, &info.package_methods, inherited.package),
        };
        let declared = declared.get(&class).map_or(&[][..], Vec::as_slice);
        check_declared(&tables, declared, members, report);
        check_abstract(scope, class, &tables, members, place, report);
        all.0.insert(class, tables);
    }
    all
}

/// What a class has before its own tables: the methods of its superclass, without those that only another package sees.
fn inherited(scope: &mut Scope<'_>, class: TypeId, all: &MethodTables) -> Tables {
    let Some(above) = scope.types.superclass(class) else {
        return Tables::default();
    };
    if let Origin::Own { .. } = scope.types.get(above).origin {
        return all.0.get(&above).cloned().unwrap_or_default();
    }
    let exported = scope.exported(above);
    let slots = (0..=u8::MAX).take(exported.virtual_count());
    let public = slots.map(|token| match exported.virtual_methods.contains_key(&token) {
        true => Slot::Inherited(above, token),
        false => Slot::Empty,
    });
    Tables {
        public: public.collect(),
        package: Vec::new(),
    }
}

/// Every virtual method of the class stands at its token.
fn check_declared(tables: &Tables, declared: &[u16], members: &Members, report: &mut Report) {
    for offset in declared {
        let Some(method) = members.methods.get(offset) else {
            continue;
        };
        if method.kind != MethodKind::Virtual {
            continue;
        }
        let (table, index) = match method.token & PACKAGE_VISIBLE {
            0 => (&tables.public, method.token),
            _ => (&tables.package, method.token & !PACKAGE_VISIBLE),
        };
        if table.get(usize::from(index)) != Some(&Slot::Own(*offset)) {
            let found = format!(
                "the token {:02X}, where the table has another method",
                method.token
            );
            report.add(
                Rule::MethodNotInTable,
                method.place,
                found,
                "the method in the table of its class",
            );
        }
    }
}

/// JCVM §6.9.2.3: objects have code for all their methods.
fn check_abstract(
    scope: &mut Scope<'_>,
    class: TypeId,
    tables: &Tables,
    members: &Members,
    place: Place,
    report: &mut Report,
) {
    if scope.types.get(class).is_abstract {
        return;
    }
    let slots = tables.public.iter().chain(&tables.package);
    let mut without_code = slots.filter(|slot| match **slot {
        Slot::Own(offset) => members
            .methods
            .get(&offset)
            .is_some_and(|method| method.is_abstract),
        Slot::Inherited(above, token) => {
            let method = scope.exported(above).virtual_methods.get(&token);
            method.is_some_and(|method| method.callee.is_abstract)
        }
        Slot::Empty => false,
    });
    if let Some(slot) = without_code.next() {
        let found = match slot {
            Slot::Own(offset) => format!("no code for the abstract method at {offset:04X}"),
            _ => "no code for an abstract method of another package".to_owned(),
        };
        report.add(
            Rule::AbstractEntry,
            place,
            found,
            "an abstract class, or code for the method",
        );
    }
}
