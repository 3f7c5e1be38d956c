//! The classes and interfaces that a package knows: its own, those of its imports, and what these inherit from.

mod set;

use std::collections::HashMap;

pub(crate) use set::TypeSet;

/// A class or interface: its index in [`Types`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TypeId(pub(crate) u16);

/// Where a class or interface comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Of this package.
    Own {
        /// Its offset in the Class component.
        offset: u16,
    },
    /// Of an export file.
    Exported {
        /// Index of the file among those of the environment.
        file: usize,
        /// Index of the class in the file.
        class: usize,
    },
    /// A supertype of an exported class, in a package whose export file is not there: only its name is known.
    NameOnly,
}

/// What is known of a class or interface.
#[derive(Debug, Clone)]
pub(crate) struct TypeInfo {
    /// Where it comes from.
    pub(crate) origin: Origin,
    /// Its name with slashes; of this package's types a name made of its offset (`class@001A`).
    pub(crate) name: String,
    /// An interface.
    pub(crate) interface: bool,
    /// Without instances: an interface, or an abstract class.
    pub(crate) is_abstract: bool,
    /// Has no subclasses.
    pub(crate) is_final: bool,
    /// Visible in other packages.
    pub(crate) public: bool,
    /// The flag `shareable`.
    pub(crate) shareable: bool,
    /// All superclasses, the direct one first, up to `java.lang.Object`; of an interface `java.lang.Object` alone, of
    /// `java.lang.Object` none.
    pub(crate) superclasses: Vec<TypeId>,
    /// All interfaces it implements or extends, directly or not, those of its superclasses included.
    pub(crate) interfaces: TypeSet,
}

/// All classes and interfaces.
#[derive(Debug, Clone, Default)]
pub(crate) struct Types {
    list: Vec<TypeInfo>,
    /// The superclasses of each once more, for questions that many instructions ask.
    above: Vec<TypeSet>,
    by_name: HashMap<String, TypeId>,
    by_offset: HashMap<u16, TypeId>,
}

/// The class above all.
pub(crate) const OBJECT: &str = "java/lang/Object";
/// The class of everything that can be thrown.
pub(crate) const THROWABLE: &str = "java/lang/Throwable";
/// The interface whose descendants pass the firewall.
pub(crate) const SHAREABLE: &str = "javacard/framework/Shareable";
/// The interface whose descendants can be called from outside of the card.
pub(crate) const REMOTE: &str = "java/rmi/Remote";
/// The interface of applets that can be selected more than once at a time.
pub(crate) const MULTI_SELECTABLE: &str = "javacard/framework/MultiSelectable";
/// The class of all applets.
pub(crate) const APPLET: &str = "javacard/framework/Applet";

impl Types {
    /// Adds a type; `None` when there are more than a `TypeId` can number.
    pub(crate) fn add(&mut self, info: TypeInfo) -> Option<TypeId> {
        let id = TypeId(u16::try_from(self.list.len()).ok()?);
        match info.origin {
            Origin::Own { offset } => {
                self.by_offset.insert(offset, id);
            }
            Origin::Exported { .. } | Origin::NameOnly => {
                self.by_name.insert(info.name.clone(), id);
            }
        }
        self.above.push(info.superclasses.iter().copied().collect());
        self.list.push(info);
        Some(id)
    }

    /// Sets what is above a type.
    pub(crate) fn inherit(&mut self, id: TypeId, superclasses: Vec<TypeId>, interfaces: TypeSet) {
        let place = usize::from(id.0);
        if let (Some(info), Some(above)) = (self.list.get_mut(place), self.above.get_mut(place)) {
            *above = superclasses.iter().copied().collect();
            info.superclasses = superclasses;
            info.interfaces = interfaces;
        }
    }

    /// What is known of a type.
    pub(crate) fn get(&self, id: TypeId) -> &TypeInfo {
        // Only `add` makes ids, and nothing is ever removed.
        &self.list[usize::from(id.0)]
    }

    /// The type of another package with this name.
    pub(crate) fn named(&self, name: &str) -> Option<TypeId> {
        self.by_name.get(name).copied()
    }

    /// The type of this package at this offset of the Class component.
    pub(crate) fn own(&self, offset: u16) -> Option<TypeId> {
        self.by_offset.get(&offset).copied()
    }

    /// Whether a value of type `lower` may stand where one of type `upper` is wanted: the same class or interface, a superclass,
    /// an interface that it implements or extends, or `java.lang.Object`.
    pub(crate) fn is_subtype(&self, lower: TypeId, upper: TypeId) -> bool {
        lower == upper
            || self.above[usize::from(lower.0)].contains(upper)
            || self.get(lower).interfaces.contains(upper)
    }

    /// The direct superclass.
    pub(crate) fn superclass(&self, id: TypeId) -> Option<TypeId> {
        self.get(id).superclasses.first().copied()
    }
}
