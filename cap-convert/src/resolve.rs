//! What the names in instructions stand for, as constants of the CAP file whose offsets are not known yet.

use crate::class_model::{Access, InvokeKind, MemberName, MethodType, Type};
use crate::hierarchy::{ClassId, FieldTarget, MethodTarget, Program, is_accessible};
use crate::tokens::{Implementation, Layout, Signature};

/// A static field or method, or a constructor or private method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum StaticKey {
    /// By the places of class and member.
    Own {
        class: usize,
        member: usize,
    },
    External {
        class: ClassId,
        token: u8,
    },
}

/// A constant of the pool (JCVM §6.8) in terms of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum PoolKey {
    Class(ClassId),
    InstanceField { class: ClassId, token: u8 },
    VirtualMethod { class: ClassId, token: u8 },
    SuperMethod { class: usize, token: u8 },
    StaticField(StaticKey),
    StaticMethod(StaticKey),
}

impl PoolKey {
    /// The class whose package must be imported, if it is not this one.
    pub(crate) fn class(self) -> ClassId {
        match self {
            Self::Class(class) | Self::InstanceField { class, .. } | Self::VirtualMethod { class, .. } => {
                class
            }
            Self::SuperMethod { class, .. } => ClassId::Own(class),
            Self::StaticField(key) | Self::StaticMethod(key) => match key {
                StaticKey::Own { class, .. } => ClassId::Own(class),
                StaticKey::External { class, .. } => class,
            },
        }
    }
}

/// Where a call goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    Virtual(PoolKey),
    Special(PoolKey),
    Static(PoolKey),
    Interface { class: PoolKey, token: u8 },
}

/// A field access, or the constant that stands in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FieldUse {
    Constant(i32),
    Static(PoolKey),
    Instance(PoolKey),
}

/// Why a name stands for nothing usable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unresolved {
    /// Neither in the package nor in an export file.
    Class(String),
    /// Not in the class or above it.
    Member { class: String, member: String },
    /// The Java language does not let this code use it.
    NotAccessible { class: String, member: String },
    /// Used in another way than it is declared: static and not.
    Kind { class: String, member: String },
}

/// Resolves the names in the code of one class.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Resolver<'a> {
    pub(crate) program: &'a Program<'a>,
    pub(crate) layouts: &'a [Layout],
    /// The class whose code is resolved.
    pub(crate) from: usize,
}

impl<'a> Resolver<'a> {
    /// A class or interface by name.
    pub(crate) fn class(&self, name: &str) -> Result<ClassId, Unresolved> {
        self.program
            .find(name)
            .ok_or_else(|| Unresolved::Class(name.to_owned()))
    }

    /// The class in which members of a type are sought: arrays have those of `java.lang.Object`.
    fn holder(&self, kind: &Type) -> Result<ClassId, Unresolved> {
        match kind {
            Type::Class(name) => self.class(name),
            _ => self.class("java/lang/Object"),
        }
    }

    pub(crate) fn field(
        &self,
        name: &MemberName,
        kind: &Type,
        is_static: bool,
    ) -> Result<FieldUse, Unresolved> {
        let class = self.holder(&name.class)?;
        let names = || (name.class.to_string(), name.name.clone());
        let missing = || {
            let (class, member) = names();
            Unresolved::Member { class, member }
        };
        let wrong_kind = || {
            let (class, member) = names();
            Unresolved::Kind { class, member }
        };
        let target = self.program.field(class, &name.name, kind).ok_or_else(missing)?;
        match target {
            FieldTarget::Own { class, field } => {
                let declared = &self.program.classes[class].fields[field];
                if declared.is_static() != is_static {
                    return Err(wrong_kind());
                }
                if !is_accessible(declared.access, self.program, self.from, class) {
                    let (class, member) = names();
                    return Err(Unresolved::NotAccessible { class, member });
                }
                if let Some(value) = declared.compile_time_constant() {
                    return Ok(FieldUse::Constant(value));
                }
                match self.layouts[class].field_tokens[field] {
                    Some(token) if !is_static => Ok(FieldUse::Instance(PoolKey::InstanceField {
                        class: ClassId::Own(class),
                        token,
                    })),
                    _ if is_static => Ok(FieldUse::Static(PoolKey::StaticField(StaticKey::Own {
                        class,
                        member: field,
                    }))),
                    // A class with more fields than tokens is reported where tokens are assigned.
                    _ => Err(wrong_kind()),
                }
            }
            FieldTarget::External { class, field } => {
                use cap_format::export_file::ExportAccess;
                if field.access.contains(ExportAccess::STATIC) != is_static {
                    return Err(wrong_kind());
                }
                match (field.constant, field.token) {
                    (Some(value), _) => Ok(FieldUse::Constant(value)),
                    (None, token) if is_static => {
                        Ok(FieldUse::Static(PoolKey::StaticField(StaticKey::External {
                            class,
                            token,
                        })))
                    }
                    (None, token) => Ok(FieldUse::Instance(PoolKey::InstanceField { class, token })),
                }
            }
        }
    }

    pub(crate) fn call(
        &self,
        kind: InvokeKind,
        name: &MemberName,
        method: &MethodType,
    ) -> Result<Call, Unresolved> {
        let class = self.holder(&name.class)?;
        match kind {
            InvokeKind::Virtual => self.virtual_call(class, name, method),
            InvokeKind::Special => self.special_call(class, name, method),
            InvokeKind::Static => self.static_call(class, name, method),
            InvokeKind::Interface => self.interface_call(class, name, method),
        }
    }

    fn target(
        &self,
        class: ClassId,
        name: &MemberName,
        method: &MethodType,
    ) -> Result<MethodTarget<'_>, Unresolved> {
        let target = self.program.method(class, &name.name, method);
        target.ok_or_else(|| Self::missing(name, method))
    }

    fn missing(name: &MemberName, method: &MethodType) -> Unresolved {
        Unresolved::Member {
            class: name.class.to_string(),
            member: format!("{}{method}", name.name),
        }
    }

    fn wrong_kind(name: &MemberName, method: &MethodType) -> Unresolved {
        Unresolved::Kind {
            class: name.class.to_string(),
            member: format!("{}{method}", name.name),
        }
    }

    fn virtual_call(
        &self,
        class: ClassId,
        name: &MemberName,
        method: &MethodType,
    ) -> Result<Call, Unresolved> {
        if self.program.is_interface(class) {
            return Err(Self::wrong_kind(name, method));
        }
        let target = self.program.method(class, &name.name, method);
        match target {
            Some(MethodTarget::Own { class, method: place }) => {
                let declared = &self.program.classes[class].methods[place];
                if declared.is_static() || declared.is_constructor() {
                    return Err(Self::wrong_kind(name, method));
                }
                // Since Java 11 private methods of nest mates are called so (JVMS §5.4.4); no class overrides them.
                if declared.access.has(Access::PRIVATE) {
                    return self.direct_call(class, place, name, method);
                }
                let token =
                    self.layouts[class].method_tokens[place].ok_or_else(|| Self::missing(name, method))?;
                Ok(Call::Virtual(PoolKey::VirtualMethod {
                    class: ClassId::Own(class),
                    token,
                }))
            }
            Some(MethodTarget::External { class, method: found }) => {
                if !crate::hierarchy::is_virtual(found) {
                    return Err(Self::wrong_kind(name, method));
                }
                Ok(Call::Virtual(PoolKey::VirtualMethod {
                    class,
                    token: found.token,
                }))
            }
            None => self.open_call(class, name, method),
        }
    }

    /// A call of a method that an abstract class has only by an interface.
    fn open_call(&self, class: ClassId, name: &MemberName, method: &MethodType) -> Result<Call, Unresolved> {
        let wanted = Signature {
            name: name.name.clone(),
            kind: method.clone(),
        };
        let slot = self.program.lineage(class).find_map(|class| {
            let ClassId::Own(index) = class else { return None };
            let slots = &self.layouts[index].public_methods.slots;
            slots
                .iter()
                .find_map(|(signature, implementation)| match implementation {
                    Implementation::Open { class, index } if *signature == wanted => Some((*class, *index)),
                    _ => None,
                })
        });
        let (class, index) = slot.ok_or_else(|| Self::missing(name, method))?;
        let token = self.layouts[class].open_methods[index].token;
        Ok(Call::Virtual(PoolKey::VirtualMethod {
            class: ClassId::Own(class),
            token,
        }))
    }

    /// A private method, called without a look at the object's class.
    fn direct_call(
        &self,
        class: usize,
        place: usize,
        name: &MemberName,
        method: &MethodType,
    ) -> Result<Call, Unresolved> {
        let declared = &self.program.classes[class].methods[place];
        if !is_accessible(declared.access, self.program, self.from, class) {
            return Err(Unresolved::NotAccessible {
                class: name.class.to_string(),
                member: format!("{}{method}", name.name),
            });
        }
        Ok(Call::Special(PoolKey::StaticMethod(StaticKey::Own {
            class,
            member: place,
        })))
    }

    /// A constructor, a private method, or a method of a superclass (JVMS §6.5.invokespecial).
    fn special_call(
        &self,
        class: ClassId,
        name: &MemberName,
        method: &MethodType,
    ) -> Result<Call, Unresolved> {
        let target = self.target(class, name, method)?;
        let is_super_call = class != ClassId::Own(self.from)
            && self
                .program
                .lineage(ClassId::Own(self.from))
                .any(|above| above == class);
        let super_call = |token: u8| match is_super_call {
            true => Ok(Call::Special(PoolKey::SuperMethod {
                class: self.from,
                token,
            })),
            false => Err(Self::wrong_kind(name, method)),
        };
        match target {
            MethodTarget::Own { class, method: place } => {
                let declared = &self.program.classes[class].methods[place];
                if declared.is_static() {
                    return Err(Self::wrong_kind(name, method));
                }
                if declared.is_constructor() || declared.access.has(Access::PRIVATE) {
                    return self.direct_call(class, place, name, method);
                }
                // A private method that was opened to its nest, called by its own class.
                let is_own = class == self.from && self.program.overriding(class, declared).next().is_none();
                if is_own && name.name != "<init>" && !is_super_call {
                    return self.virtual_call(ClassId::Own(class), name, method);
                }
                super_call(
                    self.layouts[class].method_tokens[place].ok_or_else(|| Self::missing(name, method))?,
                )
            }
            MethodTarget::External { class, method: found } if found.name == "<init>" => {
                Ok(Call::Special(PoolKey::StaticMethod(StaticKey::External {
                    class,
                    token: found.token,
                })))
            }
            MethodTarget::External { method: found, .. } if crate::hierarchy::is_virtual(found) => {
                super_call(found.token)
            }
            MethodTarget::External { .. } => Err(Self::wrong_kind(name, method)),
        }
    }

    fn static_call(
        &self,
        class: ClassId,
        name: &MemberName,
        method: &MethodType,
    ) -> Result<Call, Unresolved> {
        let target = self.target(class, name, method)?;
        let key = match target {
            MethodTarget::Own { class, method: place } => {
                let declared = &self.program.classes[class].methods[place];
                if !declared.is_static() {
                    return Err(Self::wrong_kind(name, method));
                }
                if !is_accessible(declared.access, self.program, self.from, class) {
                    return Err(Unresolved::NotAccessible {
                        class: name.class.to_string(),
                        member: format!("{}{method}", name.name),
                    });
                }
                StaticKey::Own { class, member: place }
            }
            MethodTarget::External { class, method: found } => {
                if crate::hierarchy::is_virtual(found) || found.name == "<init>" {
                    return Err(Self::wrong_kind(name, method));
                }
                StaticKey::External {
                    class,
                    token: found.token,
                }
            }
        };
        Ok(Call::Static(PoolKey::StaticMethod(key)))
    }

    fn interface_call(
        &self,
        class: ClassId,
        name: &MemberName,
        method: &MethodType,
    ) -> Result<Call, Unresolved> {
        let wanted = Signature {
            name: name.name.clone(),
            kind: method.clone(),
        };
        if !self.program.is_interface(class) {
            return Err(Self::wrong_kind(name, method));
        }
        let found = match class {
            ClassId::Own(index) => {
                let methods = &self.layouts[index].interface_methods;
                let place = methods.iter().position(|known| *known == wanted);
                place.and_then(|place| Some((class, u8::try_from(place).ok()?)))
            }
            // An export file lists the methods of superinterfaces too; one that does not gives the interface that has it.
            ClassId::External { .. } => match self.program.interface_method(class, &name.name, method) {
                Some(MethodTarget::External { class, method: found }) => Some((class, found.token)),
                _ => None,
            },
        };
        match found {
            Some((class, token)) => Ok(Call::Interface {
                class: PoolKey::Class(class),
                token,
            }),
            // Since Java 18 javac calls the methods of `Object` on an interface so (JLS §9.2).
            None => self.virtual_call(self.class("java/lang/Object")?, name, method),
        }
    }
}
