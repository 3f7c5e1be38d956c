//! Names to things: classes of the package and of its imports, their members, who inherits what (JVMS §5.4.3).

use std::collections::{HashMap, HashSet};

use cap_format::export_file::{ExportAccess, ExportFile, ExportedClass, ExportedField, ExportedMethod};

use crate::class_model::{Access, Class, Method, MethodType, Type};
use crate::remote::REMOTE;

/// A class or interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum ClassId {
    /// By its place in [`Program::classes`].
    Own(usize),
    /// By the places of its package in [`Program::exports`] and of the class in the export file.
    External { package: usize, class: usize },
}

/// A field that a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FieldTarget<'a> {
    Own {
        class: usize,
        field: usize,
    },
    External {
        class: ClassId,
        field: &'a ExportedField,
    },
}

/// A method that a name stands for, in the class that declares it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MethodTarget<'a> {
    Own {
        class: usize,
        method: usize,
    },
    External {
        class: ClassId,
        method: &'a ExportedMethod,
    },
}

/// All classes of the package and what it can import.
#[derive(Debug)]
pub(crate) struct Program<'a> {
    /// Interfaces first, then superclasses before subclasses, else by the name of the file.
    pub(crate) classes: Vec<Class>,
    pub(crate) exports: Vec<&'a ExportFile>,
    ids: HashMap<String, ClassId>,
}

/// Superclasses above a class that are followed at most; a longer chain is a circle.
const MAX_DEPTH: usize = 256;

impl<'a> Program<'a> {
    /// Orders the classes and indexes all names.
    pub(crate) fn new(classes: Vec<Class>, exports: Vec<&'a ExportFile>) -> Self {
        let classes = in_component_order(classes);
        let mut ids = HashMap::new();
        for (package, export) in exports.iter().enumerate() {
            for (class, exported) in export.classes.iter().enumerate() {
                ids.insert(exported.name.clone(), ClassId::External { package, class });
            }
        }
        ids.extend(
            classes
                .iter()
                .enumerate()
                .map(|(index, class)| (class.name.clone(), ClassId::Own(index))),
        );
        Self {
            classes,
            exports,
            ids,
        }
    }

    pub(crate) fn find(&self, name: &str) -> Option<ClassId> {
        self.ids.get(name).copied()
    }

    pub(crate) fn own(&self, id: ClassId) -> Option<&Class> {
        match id {
            ClassId::Own(index) => self.classes.get(index),
            ClassId::External { .. } => None,
        }
    }

    pub(crate) fn external(&self, id: ClassId) -> Option<&'a ExportedClass> {
        match id {
            ClassId::External { package, class } => self.exports.get(package)?.classes.get(class),
            ClassId::Own(_) => None,
        }
    }

    pub(crate) fn name(&self, id: ClassId) -> &str {
        match (self.own(id), self.external(id)) {
            (Some(class), _) => &class.name,
            (_, Some(class)) => &class.name,
            _ => "",
        }
    }

    pub(crate) fn is_interface(&self, id: ClassId) -> bool {
        match (self.own(id), self.external(id)) {
            (Some(class), _) => class.is_interface(),
            (_, Some(class)) => class.access.contains(ExportAccess::INTERFACE),
            _ => false,
        }
    }

    /// The class above, if it is known. An export file lists all superclasses without their order.
    pub(crate) fn superclass(&self, id: ClassId) -> Option<ClassId> {
        match id {
            ClassId::Own(index) => self.find(self.classes.get(index)?.super_name.as_deref()?),
            ClassId::External { .. } => {
                let candidates = self
                    .external(id)?
                    .superclasses
                    .iter()
                    .filter_map(|name| self.find(name));
                candidates.max_by_key(|candidate| {
                    self.external(*candidate)
                        .map_or(0, |class| class.superclasses.len())
                })
            }
        }
    }

    /// A class and its known superclasses, the nearest first.
    pub(crate) fn lineage(&self, id: ClassId) -> impl Iterator<Item = ClassId> + '_ {
        std::iter::successors(Some(id), |class| self.superclass(*class)).take(MAX_DEPTH)
    }

    /// The interfaces a class names itself.
    pub(crate) fn direct_interfaces(&self, id: ClassId) -> Vec<ClassId> {
        let names: &[String] = match (self.own(id), self.external(id)) {
            (Some(class), _) => &class.interfaces,
            (_, Some(class)) => &class.interfaces,
            _ => &[],
        };
        names.iter().filter_map(|name| self.find(name)).collect()
    }

    /// The interfaces a class names and those above them, each once, a superinterface before what extends it; not those of its
    /// superclass.
    pub(crate) fn all_interfaces(&self, id: ClassId) -> Vec<ClassId> {
        let (mut all, mut seen) = (Vec::new(), vec![id]);
        self.collect_interfaces(id, &mut all, &mut seen);
        all
    }

    /// All interfaces of a class, each once, those of its superclass first.
    pub(crate) fn implemented_interfaces(&self, id: ClassId) -> Vec<ClassId> {
        let mut lineage: Vec<ClassId> = self.lineage(id).collect();
        lineage.reverse();
        let interfaces = lineage.into_iter().flat_map(|class| self.all_interfaces(class));
        let mut seen = HashSet::new();
        interfaces.filter(|interface| seen.insert(*interface)).collect()
    }

    /// Each interface is entered once, so that a circle ends; it is as deep as there are interfaces in one line.
    fn collect_interfaces(&self, id: ClassId, all: &mut Vec<ClassId>, seen: &mut Vec<ClassId>) {
        for interface in self.direct_interfaces(id) {
            if !seen.contains(&interface) {
                seen.push(interface);
                self.collect_interfaces(interface, all, seen);
                all.push(interface);
            }
        }
    }

    /// Whether an interface is above itself.
    pub(crate) fn is_above_itself(&self, id: ClassId) -> bool {
        let mut above = self.all_interfaces(id);
        above.extend(self.lineage(id).skip(1));
        above
            .iter()
            .any(|above| self.direct_interfaces(*above).contains(&id) || *above == id)
            || self.direct_interfaces(id).contains(&id)
    }

    /// Whether a class or interface is, or its instances are, of the kind `javacard.framework.Shareable` (JCRE §6.2.4).
    pub(crate) fn is_shareable(&self, id: ClassId) -> bool {
        self.implements(id, "javacard/framework/Shareable")
    }

    /// Whether a class or interface is, or its instances are, of the kind `java.rmi.Remote` (JCVM §2.2.6.1).
    pub(crate) fn is_remote(&self, id: ClassId) -> bool {
        self.implements(id, REMOTE)
    }

    /// Whether a class or interface is `interface`, or has it above.
    pub(crate) fn implements(&self, id: ClassId, interface: &str) -> bool {
        self.lineage(id).any(|class| {
            self.name(class) == interface
                || self
                    .all_interfaces(class)
                    .into_iter()
                    .any(|above| self.name(above) == interface)
        })
    }

    /// Whether `class` is `ancestor` or below it.
    pub(crate) fn extends(&self, class: ClassId, ancestor: &str) -> bool {
        self.lineage(class).any(|class| self.name(class) == ancestor)
    }

    /// JVMS §5.4.3.2: the class, its interfaces, then the superclass.
    pub(crate) fn field(&self, class: ClassId, name: &str, kind: &Type) -> Option<FieldTarget<'a>> {
        self.lineage(class).find_map(|class| {
            self.declared_field(class, name, kind).or_else(|| {
                self.all_interfaces(class)
                    .into_iter()
                    .find_map(|interface| self.declared_field(interface, name, kind))
            })
        })
    }

    fn declared_field(&self, id: ClassId, name: &str, kind: &Type) -> Option<FieldTarget<'a>> {
        if let ClassId::Own(class) = id {
            let field = self.classes.get(class)?.field(name, kind)?;
            return Some(FieldTarget::Own { class, field });
        }
        let field = self
            .external(id)?
            .fields
            .iter()
            .find(|field| field.name == name && Type::parse(&field.descriptor).as_ref() == Some(kind))?;
        Some(FieldTarget::External { class: id, field })
    }

    /// JVMS §5.4.3.3: the class and those above it. A constructor is found in the class itself only.
    pub(crate) fn method(&self, class: ClassId, name: &str, kind: &MethodType) -> Option<MethodTarget<'a>> {
        match name {
            "<init>" => self.declared_method(class, name, kind),
            _ => self
                .lineage(class)
                .find_map(|class| self.declared_method(class, name, kind)),
        }
    }

    /// JVMS §5.4.3.4: the interface, then those above it, then `java.lang.Object`.
    pub(crate) fn interface_method(
        &self,
        id: ClassId,
        name: &str,
        kind: &MethodType,
    ) -> Option<MethodTarget<'a>> {
        self.declared_method(id, name, kind).or_else(|| {
            self.all_interfaces(id)
                .into_iter()
                .find_map(|interface| self.declared_method(interface, name, kind))
        })
    }

    fn declared_method(&self, id: ClassId, name: &str, kind: &MethodType) -> Option<MethodTarget<'a>> {
        if let ClassId::Own(class) = id {
            let method = self.classes.get(class)?.method(name, kind)?;
            return Some(MethodTarget::Own { class, method });
        }
        let method = self.external(id)?.methods.iter().find(|method| {
            method.name == name && MethodType::parse(&method.descriptor).as_ref() == Some(kind)
        })?;
        Some(MethodTarget::External { class: id, method })
    }

    /// Methods below a class with the name and type of one of its methods, by class and place.
    pub(crate) fn overriding<'b>(
        &'b self,
        class: usize,
        method: &'b Method,
    ) -> impl Iterator<Item = (usize, usize)> + 'b {
        let below = self.classes.iter().enumerate().filter(move |(index, _)| {
            let mut lineage = self.lineage(ClassId::Own(*index)).skip(1);
            lineage.any(|above| above == ClassId::Own(class))
        });
        below.filter_map(|(index, below)| Some((index, below.method(&method.name, &method.kind)?)))
    }

    /// Whether code of class `from` may use a private member of class `owner`: they are one class or of one nest (JVMS §5.4.4).
    pub(crate) fn shares_private_members(&self, from: usize, owner: usize) -> bool {
        from == owner || self.classes[from].nest() == self.classes[owner].nest()
    }
}

/// Whether an exported method is found by the class of the object.
pub(crate) fn is_virtual(method: &ExportedMethod) -> bool {
    !method.access.contains(ExportAccess::STATIC) && method.name != "<init>"
}

/// JCVM §6.9: interfaces before classes, superclasses and superinterfaces before those that extend them; by file name otherwise.
/// Classes come to their place by exchange, as with the vendor's converter, so that both order alike.
fn in_component_order(mut classes: Vec<Class>) -> Vec<Class> {
    classes.sort_by_cached_key(|class| format!("{}.class", class.name));
    let mut front = 0;
    for index in 0..classes.len() {
        if classes[index].is_interface() {
            classes.swap(front, index);
            front += 1;
        }
    }
    for place in 0..classes.len() {
        // A circle of classes has no first one; it is reported when supertypes are checked.
        for _ in 0..classes.len() {
            let Some(above) =
                (place + 1..classes.len()).find(|other| is_above(&classes[*other], &classes[place]))
            else {
                break;
            };
            classes.swap(place, above);
        }
    }
    classes
}

/// Whether a class is the superclass, or an interface, that another names.
fn is_above(class: &Class, below: &Class) -> bool {
    below.super_name.as_ref() == Some(&class.name) || below.interfaces.contains(&class.name)
}

/// Whether a member of a class of this package can be used by code in `from`, another or the same class of it.
pub(crate) fn is_accessible(access: Access, program: &Program<'_>, from: usize, owner: usize) -> bool {
    !access.has(Access::PRIVATE) || program.shares_private_members(from, owner)
}

#[cfg(test)]
mod tests {
    use super::in_component_order;
    use crate::class_model::{Access, Class};

    fn class(name: &str) -> Class {
        Class {
            name: name.to_owned(),
            access: Access(0),
            super_name: Some("java/lang/Object".to_owned()),
            interfaces: Vec::new(),
            source_file: None,
            nest_host: None,
            fields: Vec::new(),
            methods: Vec::new(),
        }
    }

    /// `Outer$Inner.class` stands before `Outer.class`.
    #[test]
    fn nested_classes_come_before_the_outer_one() {
        let classes = ["p/Outer", "p/OuterMost", "p/Outer$Inner"].map(class);
        let ordered = in_component_order(classes.into());
        let names: Vec<&str> = ordered.iter().map(|class| class.name.as_str()).collect();
        assert_eq!(names, ["p/Outer$Inner", "p/Outer", "p/OuterMost"]);
    }
}
