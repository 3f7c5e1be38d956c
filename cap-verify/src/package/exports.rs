//! What the package offers to others (JCVM §6.13).

use std::collections::HashMap;

use cap_format::component::Tag;
use cap_format::component::export::ClassExport;
use cap_format::reference::ClassRef;

use crate::finding::{Place, Report};
use crate::model::members::Members;
use crate::model::{MethodKind, Visibility};
use crate::rule::Rule;
use crate::scope::Scope;
use crate::types::TypeId;

pub(crate) fn check(scope: &Scope<'_>, members: &Members, report: &mut Report) {
    let Some(component) = &scope.layout.cap.exports else {
        return;
    };
    let tokens: HashMap<ClassRef, u8> = scope
        .layout
        .descriptions
        .iter()
        .map(|description| (description.class.this_class, description.class.token))
        .collect();
    let visible = Visible::of(members);
    // The first octet counts the classes.
    let mut offset = 1;
    for (token, class) in (0..=u8::MAX).zip(&component.classes) {
        let place = Place::at(Tag::Export, offset);
        offset += 4 + 2 * (class.static_fields.len() + class.static_methods.len());
        let reference = ClassRef::Internal {
            offset: class.class_offset,
        };
        let id = scope.types.own(class.class_offset);
        let exported = id.filter(|id| scope.types.get(*id).public && tokens.get(&reference) == Some(&token));
        let Some(id) = exported else {
            let found = format!(
                "for token {token} offset {:04X} of the Class component",
                class.class_offset
            );
            report.add(
                Rule::ExportedClass,
                place,
                found,
                "the public class with this token",
            );
            continue;
        };
        visible.check(id, class, place, report);
        check_kind(scope, id, place, report);
    }
}

/// JCVM §6.13: other packages reach an applet package through shareable interfaces only.
fn check_kind(scope: &Scope<'_>, id: TypeId, place: Place, report: &mut Report) {
    let info = scope.types.get(id);
    if scope.layout.cap.applets.is_some() && !(info.interface && info.shareable) {
        let kind = if info.interface {
            "an interface that is not shareable"
        } else {
            "a class"
        };
        report.add(Rule::AppletExports, place, kind, "shareable interfaces");
    }
}

/// The static members of classes that other packages see, by token.
struct Visible {
    fields: HashMap<TypeId, Vec<(u8, u16)>>,
    methods: HashMap<TypeId, Vec<(u8, u16)>>,
}

impl Visible {
    fn of(members: &Members) -> Self {
        let seen = |visibility| matches!(visibility, Visibility::Public | Visibility::Protected);
        let mut visible = Self {
            fields: HashMap::new(),
            methods: HashMap::new(),
        };
        for (offset, described) in &members.statics {
            if seen(described.field.visibility) {
                let fields = visible.fields.entry(described.field.class).or_default();
                fields.push((described.token, *offset));
            }
        }
        for (offset, method) in &members.methods {
            let direct = matches!(method.kind, MethodKind::Static | MethodKind::Constructor);
            if direct && seen(method.visibility) {
                visible
                    .methods
                    .entry(method.class)
                    .or_default()
                    .push((method.token, *offset));
            }
        }
        for members in visible.fields.values_mut().chain(visible.methods.values_mut()) {
            members.sort_unstable();
        }
        visible
    }

    /// JCVM §6.13: the place in a list is the token.
    fn check(&self, id: TypeId, class: &ClassExport, place: Place, report: &mut Report) {
        for (kind, all, listed) in [
            ("fields", &self.fields, &class.static_fields),
            ("methods", &self.methods, &class.static_methods),
        ] {
            let all = all.get(&id).map_or(&[][..], Vec::as_slice);
            let by_token = (0..=u8::MAX).zip(listed.iter().copied());
            if !by_token.eq(all.iter().copied()) {
                let found = format!(
                    "{} static {kind}, the class has {} that others see",
                    listed.len(),
                    all.len()
                );
                report.add(Rule::ExportedMember, place, found, "these by token");
            }
        }
    }
}
