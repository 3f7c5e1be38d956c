//! The constant pool: what instructions refer to, in the order of first use (JCVM §6.8).

use cap_format::component::constant_pool::Constant;
use cap_format::export_file::ExportAccess;
use cap_format::reference::{ClassRef, StaticRef};

use super::layout::{Layout, OwnMethod, PACKAGE_VISIBLE, interface_methods, is_virtual};
use super::text::{Line, Trouble};
use super::world::{ClassId, Signature, World};

/// A constant before the methods have their places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entry {
    Is(Constant),
    /// A static method, a constructor or a private method of the package.
    Method(OwnMethod),
}

/// The constants so far.
#[derive(Debug, Default)]
pub(crate) struct Pool {
    pub(crate) entries: Vec<Entry>,
    /// The type of a field or method, as class files write it.
    pub(crate) types: Vec<Option<String>>,
    /// Constants that the case names.
    pub(crate) names: Vec<(String, u16)>,
}

impl Pool {
    pub(crate) fn index(&mut self, entry: Entry, kind: Option<String>) -> u16 {
        let known = self
            .entries
            .iter()
            .zip(&self.types)
            .position(|known| known == (&entry, &kind));
        let index = known.unwrap_or_else(|| {
            self.entries.push(entry);
            self.types.push(kind);
            self.entries.len() - 1
        });
        u16::try_from(index).unwrap_or(u16::MAX)
    }

    /// The constant that the case gave a name, or the one with this number.
    pub(crate) fn named(&self, word: &str) -> Option<u16> {
        let name = word.strip_prefix('#')?;
        let number = || name.parse().ok();
        self.names
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, index)| *index)
            .or_else(number)
    }
}

/// What is known before the code: where classes and static fields stand.
pub(crate) struct Places<'a> {
    pub(crate) world: &'a World<'a>,
    pub(crate) layouts: &'a [Layout],
    /// Offsets in the Class component.
    pub(crate) classes: Vec<u16>,
    /// Offsets in the static field image, by class and field.
    pub(crate) statics: Vec<Vec<Option<u16>>>,
}

/// `Class.member` or `Class.member(types)`.
struct Member<'a> {
    class: ClassId,
    name: &'a str,
    /// The parameters as class files write them, with parentheses.
    parameters: Option<String>,
}

impl Member<'_> {
    fn is(&self, signature: &Signature) -> bool {
        let fits = |parameters: &String| signature.descriptor.starts_with(parameters);
        signature.name == self.name && self.parameters.as_ref().is_none_or(fits)
    }
}

impl Places<'_> {
    pub(crate) fn class_ref(&self, id: ClassId) -> ClassRef {
        match id {
            ClassId::Own(index) => ClassRef::Internal {
                offset: self.classes[index],
            },
            ClassId::Outside { package, .. } => {
                let class = self.world.exported(id).map_or(u8::MAX, |class| class.token);
                ClassRef::External { package, class }
            }
        }
    }

    fn member<'a>(&self, line: &Line, text: &'a str) -> Result<Member<'a>, Trouble> {
        let (path, parameters) = match text.split_once('(') {
            Some((path, rest)) => (path, Some(rest.trim_end_matches(')'))),
            None => (text, None),
        };
        let (class, name) = path
            .trim()
            .rsplit_once('.')
            .ok_or_else(|| line.trouble(format!("`{text}` is not CLASS.MEMBER")))?;
        let descriptor = |types: &str| {
            self.world
                .method_descriptor(line, &super::declarations::types(types), "void")
        };
        let parameters = parameters.map(descriptor).transpose()?;
        Ok(Member {
            class: self.world.class(line, class)?,
            name,
            parameters: parameters.map(|text| text.trim_end_matches('V').to_owned()),
        })
    }

    pub(crate) fn class(&self, line: &Line, name: &str) -> Result<Entry, Trouble> {
        Ok(Entry::Is(Constant::Class(
            self.class_ref(self.world.class(line, name)?),
        )))
    }

    /// The field and its type.
    pub(crate) fn field(&self, line: &Line, text: &str) -> Result<(Entry, Option<String>), Trouble> {
        let member = self.member(line, text)?;
        let mut next = Some(member.class);
        while let Some(id) = next {
            if let Some(found) = self.declared_field(line, id, member.name)? {
                return Ok(found);
            }
            next = self.world.superclass(id);
        }
        Err(line.trouble(format!("no field {text}")))
    }

    fn declared_field(
        &self,
        line: &Line,
        id: ClassId,
        name: &str,
    ) -> Result<Option<(Entry, Option<String>)>, Trouble> {
        let class = self.class_ref(id);
        if let ClassId::Own(index) = id {
            let fields = &self.world.own(index).fields;
            let Some(place) = fields.iter().position(|field| field.name == name) else {
                return Ok(None);
            };
            let constant = match self.statics[index][place] {
                Some(offset) => Constant::StaticField(StaticRef::Internal { offset }),
                None => {
                    let token = self.layouts[index].field_tokens[place].unwrap_or(u8::MAX);
                    Constant::InstanceField { class, token }
                }
            };
            let kind = self.world.descriptor(line, &fields[place].kind)?;
            return Ok(Some((Entry::Is(constant), Some(kind))));
        }
        let fields = self
            .world
            .exported(id)
            .into_iter()
            .flat_map(|class| &class.fields);
        let found = fields.into_iter().find(|field| field.name == name).map(|field| {
            let constant = match (field.access.contains(ExportAccess::STATIC), class) {
                (true, ClassRef::External { package, class }) => Constant::StaticField(StaticRef::External {
                    package,
                    class,
                    token: field.token,
                }),
                _ => Constant::InstanceField {
                    class,
                    token: field.token,
                },
            };
            (Entry::Is(constant), Some(field.descriptor.clone()))
        });
        Ok(found)
    }

    /// A method that is called directly: static, private, or a constructor.
    pub(crate) fn direct_method(&self, line: &Line, text: &str) -> Result<(Entry, Option<String>), Trouble> {
        let member = self.member(line, text)?;
        let none = || line.trouble(format!("no static or private method or constructor {text}"));
        if let ClassId::Own(index) = member.class {
            let signatures = &self.layouts[index].signatures;
            let place = signatures
                .iter()
                .position(|known| member.is(known))
                .ok_or_else(none)?;
            return Ok((
                Entry::Method((index, place)),
                Some(signatures[place].descriptor.clone()),
            ));
        }
        let methods = self
            .world
            .exported(member.class)
            .into_iter()
            .flat_map(|class| &class.methods);
        let mut fits =
            methods.filter(|method| !is_virtual(method) && member.is(&super::layout::signature(method)));
        let method = fits.next().ok_or_else(none)?;
        let ClassRef::External { package, class } = self.class_ref(member.class) else {
            return Err(none());
        };
        let reference = StaticRef::External {
            package,
            class,
            token: method.token,
        };
        Ok((
            Entry::Is(Constant::StaticMethod(reference)),
            Some(method.descriptor.clone()),
        ))
    }

    /// The token of a virtual method or of one of an interface, and its type.
    fn token(&self, line: &Line, text: &str) -> Result<(ClassId, u8, String), Trouble> {
        let member = self.member(line, text)?;
        let class = member.class;
        let none = || line.trouble(format!("no virtual method {text}"));
        let slots: Vec<(u8, Signature)> = match class {
            _ if self.world.is_interface(class) => (0..)
                .zip(interface_methods(self.world, self.layouts, class))
                .collect(),
            ClassId::Own(index) => {
                let layout = &self.layouts[index];
                let public = (0..).zip(&layout.public.slots);
                let package = (PACKAGE_VISIBLE..).zip(&layout.package.slots);
                public
                    .chain(package)
                    .map(|(token, (signature, _))| (token, signature.clone()))
                    .collect()
            }
            ClassId::Outside { .. } => {
                let methods = self
                    .world
                    .exported(class)
                    .into_iter()
                    .flat_map(|class| &class.methods);
                methods
                    .filter(|method| is_virtual(method))
                    .map(|method| (method.token, super::layout::signature(method)))
                    .collect()
            }
        };
        let found = slots.into_iter().find(|(_, signature)| member.is(signature));
        let (token, signature) = found.ok_or_else(none)?;
        Ok((class, token, signature.descriptor))
    }

    pub(crate) fn virtual_method(&self, line: &Line, text: &str) -> Result<(Entry, Option<String>), Trouble> {
        let (class, token, kind) = self.token(line, text)?;
        Ok((
            Entry::Is(Constant::VirtualMethod {
                class: self.class_ref(class),
                token,
            }),
            Some(kind),
        ))
    }

    /// A method above the class `text` names: `super Purse.add` is called by code of `Purse`.
    pub(crate) fn super_method(&self, line: &Line, text: &str) -> Result<(Entry, Option<String>), Trouble> {
        let (class, token, kind) = self.token(line, text)?;
        Ok((
            Entry::Is(Constant::SuperMethod {
                class: self.class_ref(class),
                token,
            }),
            Some(kind),
        ))
    }

    /// An interface, the token of one of its methods, and the words of its arguments.
    pub(crate) fn interface_method(&self, line: &Line, text: &str) -> Result<(Entry, u8, u8), Trouble> {
        let (class, token, kind) = self.token(line, text)?;
        let types = self
            .world
            .types(&kind, &|id| self.class_ref(id))
            .map_err(|what| line.trouble(what))?;
        let arguments = types.split_last().map_or(0, |(_, parameters)| {
            parameters.iter().map(|kind| kind.words()).sum()
        });
        Ok((
            Entry::Is(Constant::Class(self.class_ref(class))),
            token,
            1 + arguments,
        ))
    }
}
