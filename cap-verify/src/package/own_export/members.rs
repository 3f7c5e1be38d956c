//! The fields and methods of an exported class (JCVM §5.8, §5.9).

use std::collections::HashMap;

use cap_format::export_file::{ExportAccess, ExportedField, ExportedMethod};

use crate::classes::interface_tables;
use crate::classes::method_tables::MethodTables;
use crate::finding::Report;
use crate::model::members::{Members, VirtualMethod};
use crate::model::{Field, MethodKind, Visibility};
use crate::package::own_export::Same;
use crate::package::own_export::names::Names;
use crate::scope::Scope;
use crate::scope::exported::INIT;
use crate::types::TypeId;

/// Members that others see, by class.
pub(super) struct ByClass<'m> {
    fields: HashMap<TypeId, Vec<(u8, &'m Field)>>,
    statics: HashMap<TypeId, Vec<(u8, &'m Field)>>,
    direct: HashMap<TypeId, Vec<(u8, VirtualMethod)>>,
}

impl<'m> ByClass<'m> {
    pub(super) fn of(members: &'m Members) -> Self {
        let mut all = Self {
            fields: HashMap::new(),
            statics: HashMap::new(),
            direct: HashMap::new(),
        };
        for ((class, token), field) in members
            .fields
            .iter()
            .filter(|(_, field)| is_visible(field.visibility))
        {
            all.fields.entry(*class).or_default().push((*token, field));
        }
        for described in members
            .statics
            .values()
            .filter(|described| is_visible(described.field.visibility))
        {
            let fields = all.statics.entry(described.field.class).or_default();
            fields.push((described.token, &described.field));
        }
        for method in members
            .methods
            .values()
            .filter(|method| is_visible(method.visibility))
        {
            if matches!(method.kind, MethodKind::Static | MethodKind::Constructor) {
                let methods = all.direct.entry(method.class).or_default();
                methods.push((method.token, method.on(method.class)));
            }
        }
        all
    }
}

fn is_visible(visibility: Visibility) -> bool {
    matches!(visibility, Visibility::Public | Visibility::Protected)
}

/// The flags of a visibility.
fn visibility(visibility: Visibility) -> ExportAccess {
    match visibility {
        Visibility::Public => ExportAccess::PUBLIC,
        _ => ExportAccess::PROTECTED,
    }
}

/// A set of flags, each where its condition holds.
fn access(flags: &[(ExportAccess, bool)]) -> ExportAccess {
    let set = flags.iter().filter(|(_, set)| *set);
    set.map(|(flag, _)| *flag).collect()
}

impl Same<'_> {
    pub(super) fn check_fields(
        &self,
        all: &ByClass<'_>,
        scope: &Scope<'_>,
        names: &mut Names<'_>,
        report: &mut Report,
    ) {
        // A compile-time constant is in the export file only.
        let stated = self.class.fields.iter().filter(|field| field.constant.is_none());
        let (statics, instance): (Vec<&ExportedField>, Vec<_>) =
            stated.partition(|field| field.access.contains(ExportAccess::STATIC));
        for (stated, all, is_static) in [(statics, &all.statics, true), (instance, &all.fields, false)] {
            let fields = all.get(&self.id).map_or(&[][..], Vec::as_slice);
            let by_token: HashMap<u8, &ExportedField> =
                stated.iter().map(|field| (field.token, *field)).collect();
            let same = |(token, field): &(u8, &Field), names: &mut Names<'_>| {
                let flags = visibility(field.visibility)
                    | access(&[
                        (ExportAccess::STATIC, is_static),
                        (ExportAccess::FINAL, field.is_final),
                    ]);
                by_token.get(token).is_some_and(|stated| {
                    stated.access == flags && names.is_value(&scope.types, field.value, &stated.descriptor)
                })
            };
            if stated.len() != fields.len() || !fields.iter().all(|field| same(field, names)) {
                self.differ("the fields", report);
            }
        }
    }

    pub(super) fn check_methods(
        &self,
        all: &ByClass<'_>,
        (members, tables): (&Members, &MethodTables),
        scope: &mut Scope<'_>,
        names: &mut Names<'_>,
        report: &mut Report,
    ) {
        let is_direct =
            |method: &&ExportedMethod| method.access.contains(ExportAccess::STATIC) || method.name == INIT;
        let (stated, stated_virtual): (Vec<&ExportedMethod>, Vec<_>) =
            self.class.methods.iter().partition(is_direct);
        let direct = all.direct.get(&self.id).map_or(&[][..], Vec::as_slice);
        self.compare(&stated, direct, scope, names, report);
        let methods = self.virtual_methods(members, tables, scope);
        self.compare(&stated_virtual, &methods, scope, names, report);
    }

    /// All virtual methods, or those of an interface, by token.
    fn virtual_methods(
        &self,
        members: &Members,
        tables: &MethodTables,
        scope: &mut Scope<'_>,
    ) -> Vec<(u8, VirtualMethod)> {
        if scope.types.get(self.id).interface {
            let methods = interface_tables::methods_of(scope, members, self.id);
            let methods = methods.into_iter().map(|(token, callee)| {
                let is_final = false;
                (token, VirtualMethod { callee, is_final })
            });
            return methods.collect();
        }
        let tokens = (0..=u8::MAX).take(tables.public_count(self.id));
        tokens
            .filter_map(|token| Some((token, tables.find(self.id, token, members, scope)?)))
            .collect()
    }

    fn compare(
        &self,
        stated: &[&ExportedMethod],
        methods: &[(u8, VirtualMethod)],
        scope: &Scope<'_>,
        names: &mut Names<'_>,
        report: &mut Report,
    ) {
        let by_token: HashMap<u8, &ExportedMethod> =
            stated.iter().map(|method| (method.token, *method)).collect();
        let mut same = |(token, method): &(u8, VirtualMethod)| {
            let callee = &method.callee;
            let flags = visibility(callee.visibility)
                | access(&[
                    (ExportAccess::STATIC, callee.kind == MethodKind::Static),
                    (ExportAccess::FINAL, method.is_final),
                    (ExportAccess::ABSTRACT, callee.is_abstract),
                ]);
            by_token.get(token).is_some_and(|stated| {
                stated.access == flags
                    && (callee.kind == MethodKind::Constructor) == (stated.name == INIT)
                    && names.is_signature(&scope.types, &callee.signature, &stated.descriptor)
            })
        };
        if stated.len() != methods.len() || !methods.iter().all(&mut same) {
            self.differ("the methods", report);
        }
    }
}
