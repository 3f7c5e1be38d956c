//! CV3xx: what every constant refers to (JCVM §6.8), and the type that the Descriptor gives for it (§6.14.4).

use cap_format::component::Tag;
use cap_format::component::constant_pool::Constant as Reference;
use cap_format::reference::{ClassRef, StaticRef};

use crate::classes::method_tables::MethodTables;
use crate::finding::{Place, Report};
use crate::model::members::Members;
use crate::model::{Callee, Constant, Field, MethodKind};
use crate::rule::Rule;
use crate::scope::Scope;
use crate::types::{Origin, TypeId};

/// Octets before the first constant, and of each.
const COUNT_OCTETS: usize = 2;
const CONSTANT_OCTETS: usize = 4;

/// Where a constant stands.
pub(crate) fn place(index: usize) -> Place {
    Place::at(Tag::ConstantPool, COUNT_OCTETS + CONSTANT_OCTETS * index)
}

/// What each constant stands for, by index; `None` for one that leads to nothing.
pub(crate) fn resolve(
    scope: &mut Scope<'_>,
    members: &Members,
    tables: &MethodTables,
    report: &mut Report,
) -> Vec<Option<Constant>> {
    let constants = &scope.layout.cap.constant_pool.constants;
    let mut resolver = Resolver {
        scope,
        members,
        tables,
    };
    let constants = constants.iter().enumerate();
    constants
        .map(|(index, reference)| resolver.constant(reference, place(index), report))
        .collect()
}

struct Resolver<'s, 'a> {
    scope: &'s mut Scope<'a>,
    members: &'s Members,
    tables: &'s MethodTables,
}

impl Resolver<'_, '_> {
    fn constant(&mut self, reference: &Reference, place: Place, report: &mut Report) -> Option<Constant> {
        match *reference {
            Reference::Class(class) => {
                let class = self.scope.class_or_report(class, place, report)?;
                Some(Constant::Class(class))
            }
            Reference::InstanceField { class, token } => {
                let field = self.instance_field(class, token, place, report)?;
                Some(Constant::InstanceField(field))
            }
            Reference::VirtualMethod { class, token } => {
                let callee = self.virtual_method(class, token, place, report)?;
                Some(Constant::VirtualMethod(callee))
            }
            Reference::SuperMethod { class, token } => {
                let callee = self.super_method(class, token, place, report)?;
                Some(Constant::SuperMethod(callee))
            }
            Reference::StaticField(reference) => {
                let field = self.static_field(reference, place, report)?;
                Some(Constant::StaticField(field))
            }
            Reference::StaticMethod(reference) => {
                let callee = self.static_method(reference, place, report)?;
                Some(Constant::StaticMethod(callee))
            }
        }
    }

    /// JCVM §6.8.2: the class that declares the field, and its token there.
    fn instance_field(
        &mut self,
        class: ClassRef,
        token: u8,
        place: Place,
        report: &mut Report,
    ) -> Option<Field> {
        let id = self.scope.class_or_report(class, place, report)?;
        let field = match class {
            ClassRef::Internal { .. } => self.members.fields.get(&(id, token)).cloned(),
            ClassRef::External { .. } => self.scope.exported(id).fields.get(&token).cloned(),
        };
        if field.is_none() {
            let found = format!("no instance field with token {token} in {}", self.name(id));
            report.add(
                Rule::InstanceFieldReference,
                place,
                found,
                "a field that the class declares",
            );
        }
        field
    }

    /// JCVM §6.8.2: a class that declares the method, and its token; an export file does not tell what a class only inherits.
    fn virtual_method(
        &mut self,
        class: ClassRef,
        token: u8,
        place: Place,
        report: &mut Report,
    ) -> Option<Callee> {
        let id = self.scope.class_or_report(class, place, report)?;
        if self.scope.types.get(id).interface {
            let found = format!("{}, an interface", self.name(id));
            report.add(Rule::VirtualMethodReference, place, found, "a class");
            return None;
        }
        let method = self.tables.find(id, token, self.members, self.scope);
        let Some(callee) = method.map(|method| method.callee) else {
            let found = format!("no virtual method with token {token:02X} in {}", self.name(id));
            report.add(
                Rule::VirtualMethodReference,
                place,
                found,
                "a method that the class has",
            );
            return None;
        };
        if matches!(class, ClassRef::Internal { .. }) && callee.declared_in != id {
            let found = format!(
                "the virtual method with token {token:02X} of {}, which is declared in {}",
                self.name(id),
                self.name(callee.declared_in)
            );
            report.add(
                Rule::VirtualMethodReference,
                place,
                found,
                "the class that declares the method",
            );
        }
        Some(callee)
    }

    /// JCVM §6.8.2: a class of this package, and the token of a method of its superclass.
    fn super_method(
        &mut self,
        class: ClassRef,
        token: u8,
        place: Place,
        report: &mut Report,
    ) -> Option<Callee> {
        let id = self.scope.class_or_report(class, place, report)?;
        let info = self.scope.types.get(id);
        let own = matches!(info.origin, Origin::Own { .. });
        let above = info
            .superclasses
            .first()
            .copied()
            .filter(|_| own && !info.interface);
        let Some(above) = above else {
            let found = format!("{} as the class whose superclass is called", self.name(id));
            report.add(
                Rule::SuperMethodReference,
                place,
                found,
                "a class of this package",
            );
            return None;
        };
        let method = self.tables.find(above, token, self.members, self.scope);
        let callee = method.map(|method| method.callee);
        let Some(callee) = callee.filter(|callee| !callee.is_abstract) else {
            let found = format!(
                "no method with token {token:02X} and code in {}",
                self.name(above)
            );
            report.add(
                Rule::SuperMethodReference,
                place,
                found,
                "a method of the superclass",
            );
            return None;
        };
        Some(Callee { class: id, ..callee })
    }

    /// JCVM §6.8.3: the beginning of a static field, or its token in a class of another package.
    fn static_field(&mut self, reference: StaticRef, place: Place, report: &mut Report) -> Option<Field> {
        let (field, found) = match reference {
            StaticRef::Internal { offset } => {
                let described = self.members.statics.get(&offset);
                let found = format!("no static field at offset {offset:04X} of the image");
                (described.map(|described| described.field.clone()), found)
            }
            StaticRef::External {
                package,
                class,
                token,
            } => {
                let class = ClassRef::External { package, class };
                let id = self.scope.class_or_report(class, place, report)?;
                let field = self.scope.exported(id).static_fields.get(&token).cloned();
                (
                    field,
                    format!("no static field with token {token} in {}", self.name(id)),
                )
            }
        };
        if field.is_none() {
            report.add(Rule::StaticFieldReference, place, found, "a static field");
        }
        field
    }

    /// JCVM §6.8.3: a static method, constructor or private method, or the token of one of the former in a class of another
    /// package.
    fn static_method(&mut self, reference: StaticRef, place: Place, report: &mut Report) -> Option<Callee> {
        let (callee, found) = match reference {
            StaticRef::Internal { offset } => {
                let method = self.members.methods.get(&offset);
                let found = match method {
                    Some(_) => format!("the virtual method at offset {offset:04X}"),
                    None => format!("no method at offset {offset:04X}"),
                };
                let direct = method.filter(|method| method.kind != MethodKind::Virtual);
                (direct.map(|method| method.callee(method.class)), found)
            }
            StaticRef::External {
                package,
                class,
                token,
            } => {
                let class = ClassRef::External { package, class };
                let id = self.scope.class_or_report(class, place, report)?;
                let callee = self.scope.exported(id).static_methods.get(&token).cloned();
                let found = format!(
                    "no static method or constructor with token {token} in {}",
                    self.name(id)
                );
                (callee, found)
            }
        };
        if callee.is_none() {
            report.add(
                Rule::StaticMethodReference,
                place,
                found,
                "a static method, a constructor or a private method",
            );
        }
        callee
    }

    fn name(&self, id: TypeId) -> String {
        self.scope.types.get(id).name.replace('/', ".")
    }
}
