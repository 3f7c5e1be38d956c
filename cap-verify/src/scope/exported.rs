//! The members of classes of other packages, as their export files have them (JCVM §5.8, §5.9).

use std::collections::HashMap;

use cap_format::export_file::{ExportAccess, ExportedClass};

use crate::model::members::VirtualMethod;
use crate::model::{Callee, Field, MethodKind, Visibility};
use crate::scope::{Scope, descriptor};
use crate::types::{Origin, TypeId};

/// The name of a constructor.
pub(crate) const INIT: &str = "<init>";

/// Fields and methods, by token.
#[derive(Debug, Clone, Default)]
pub(crate) struct Exported {
    /// Instance fields that the class declares.
    pub(crate) fields: HashMap<u8, Field>,
    /// Static fields.
    pub(crate) static_fields: HashMap<u8, Field>,
    /// Static methods and constructors.
    pub(crate) static_methods: HashMap<u8, Callee>,
    /// Virtual methods, or the methods of an interface; inherited ones included.
    pub(crate) virtual_methods: HashMap<u8, VirtualMethod>,
}

impl Exported {
    /// How many virtual methods a subclass inherits: one more than the highest token.
    pub(crate) fn virtual_count(&self) -> usize {
        self.virtual_methods
            .keys()
            .map(|token| usize::from(*token) + 1)
            .max()
            .unwrap_or(0)
    }
}

/// The members of a class; those of its superclass are known before.
pub(super) fn members(scope: &mut Scope<'_>, id: TypeId) -> Exported {
    let mut members = Exported::default();
    let Origin::Exported { file, class } = scope.types.get(id).origin else {
        return members;
    };
    let Some(class) = scope.exported_class(file, class) else {
        return members;
    };
    fields(scope, id, class, &mut members);
    methods(scope, id, class, &mut members);
    members
}

fn visibility(access: ExportAccess) -> Visibility {
    match access.contains(ExportAccess::PUBLIC) {
        true => Visibility::Public,
        false => Visibility::Protected,
    }
}

fn fields(scope: &mut Scope<'_>, id: TypeId, class: &ExportedClass, members: &mut Exported) {
    // A compile-time constant has no place on the card.
    for field in class.fields.iter().filter(|field| field.constant.is_none()) {
        let Some(value) = descriptor::field(&field.descriptor, scope) else {
            continue;
        };
        let described = Field {
            class: id,
            value,
            visibility: visibility(field.access),
            is_final: field.access.contains(ExportAccess::FINAL),
            own: false,
        };
        match field.access.contains(ExportAccess::STATIC) {
            true => members.static_fields.insert(field.token, described),
            false => members.fields.insert(field.token, described),
        };
    }
}

fn methods<'a>(scope: &mut Scope<'a>, id: TypeId, class: &'a ExportedClass, members: &mut Exported) {
    for method in &class.methods {
        let Some(signature) = scope.exported_signature(&method.descriptor) else {
            continue;
        };
        let kind = match method.access.contains(ExportAccess::STATIC) {
            true => MethodKind::Static,
            false if method.name == INIT => MethodKind::Constructor,
            false => MethodKind::Virtual,
        };
        let declared_in = match kind {
            MethodKind::Virtual => inherited_from(scope, id, method.token).unwrap_or(id),
            _ => id,
        };
        let callee = Callee {
            class: id,
            declared_in,
            kind,
            signature,
            visibility: visibility(method.access),
            is_abstract: method.access.contains(ExportAccess::ABSTRACT),
            own: false,
        };
        let is_final = method.access.contains(ExportAccess::FINAL);
        match kind {
            MethodKind::Virtual => {
                let method_of = VirtualMethod { callee, is_final };
                members.virtual_methods.insert(method.token, method_of);
            }
            _ => {
                members.static_methods.insert(method.token, callee);
            }
        }
    }
}

/// The class above that declares the method with this token first.
fn inherited_from(scope: &Scope<'_>, id: TypeId, token: u8) -> Option<TypeId> {
    let above = scope.types.superclass(id)?;
    let method = scope.exported_so_far(above)?.virtual_methods.get(&token)?;
    Some(method.callee.declared_in)
}
