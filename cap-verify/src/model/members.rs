//! The fields and methods of the package, as the Descriptor has them.

use std::collections::{BTreeMap, HashMap};

use crate::finding::Place;
use crate::model::{Callee, Field, MethodKind, Signature, Visibility};
use crate::types::TypeId;

/// A virtual method of a class of this or another package.
#[derive(Debug, Clone)]
pub(crate) struct VirtualMethod {
    /// The method.
    pub(crate) callee: Callee,
    /// Cannot be overridden.
    pub(crate) is_final: bool,
}

/// A method of the package that stands in the Method component.
#[derive(Debug, Clone)]
pub(crate) struct OwnMethod {
    /// The class that declares it.
    pub(crate) class: TypeId,
    /// Its token; `FF` for none.
    pub(crate) token: u8,
    /// What kind.
    pub(crate) kind: MethodKind,
    /// Its types.
    pub(crate) signature: Signature,
    /// Who may call it.
    pub(crate) visibility: Visibility,
    /// Has no code.
    pub(crate) is_abstract: bool,
    /// Cannot be overridden.
    pub(crate) is_final: bool,
    /// Index of its first exception handler.
    pub(crate) first_handler: usize,
    /// How many exception handlers it has.
    pub(crate) handler_count: usize,
    /// Where the Descriptor describes it.
    pub(crate) place: Place,
}

impl OwnMethod {
    /// A virtual method as a class has it.
    pub(crate) fn on(&self, class: TypeId) -> VirtualMethod {
        VirtualMethod {
            callee: self.callee(class),
            is_final: self.is_final,
        }
    }

    /// The method as it is called on `class`.
    pub(crate) fn callee(&self, class: TypeId) -> Callee {
        Callee {
            class,
            declared_in: self.class,
            kind: self.kind,
            signature: self.signature.clone(),
            visibility: self.visibility,
            is_abstract: self.is_abstract,
            own: true,
        }
    }
}

/// A static field of the package.
#[derive(Debug, Clone)]
pub(crate) struct OwnStatic {
    /// The field.
    pub(crate) field: Field,
    /// Its token; `FF` for none.
    pub(crate) token: u8,
    /// Where the Descriptor describes it.
    pub(crate) place: Place,
}

/// The fields and methods of the package.
#[derive(Debug, Default)]
pub(crate) struct Members {
    /// Instance fields by the class that declares them and token.
    pub(crate) fields: HashMap<(TypeId, u8), Field>,
    /// Static fields by offset in the static field image.
    pub(crate) statics: BTreeMap<u16, OwnStatic>,
    /// Methods by offset in the Method component.
    pub(crate) methods: BTreeMap<u16, OwnMethod>,
    /// Methods of interfaces by interface and token, those of superinterfaces included.
    pub(crate) interface_methods: HashMap<TypeId, BTreeMap<u8, Callee>>,
}
