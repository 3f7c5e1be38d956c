//! Numbers and references in changes: by name, or as they would stand in the file.

use cap_format::component::constant_pool::Constant;
use cap_format::reference::{ClassRef, StaticRef};

use super::components::BuiltMethod;
use super::pool::Places;
use super::text::{Trouble, Words, number};
use super::world::ClassId;

/// Where things stand.
pub(crate) struct Values<'a> {
    pub(crate) places: &'a Places<'a>,
    pub(crate) methods: &'a [BuiltMethod],
}

impl Values<'_> {
    /// A number, or `@Class`, `@Class.method`, `@Class.method:label`, `@Class.staticField`: the offset in the component; `+N` behind
    /// it is added.
    pub(crate) fn of(&self, word: &str) -> Option<i64> {
        let Some(name) = word.strip_prefix('@') else {
            return number(word);
        };
        let (name, more) = match name.find(['+', '-']) {
            Some(at) => (&name[..at], number(&name[at..])?),
            None => (name, 0),
        };
        Some(self.offset(name)? + more)
    }

    fn offset(&self, name: &str) -> Option<i64> {
        let (path, label) = match name.split_once(':') {
            Some((path, label)) => (path, Some(label)),
            None => (name, None),
        };
        let Some((class, member)) = path.split_once('.') else {
            return Some(self.class_offset(path)?.into());
        };
        let ClassId::Own(index) = self.places.world.find(class)? else {
            return None;
        };
        let declared = self.places.world.own(index);
        if let Some(place) = declared.fields.iter().position(|field| field.name == member) {
            return Some(self.places.statics[index][place]?.into());
        }
        let method = self.method(path)?;
        let code = i64::from(method.offset) + i64::try_from(method.header.octets()).ok()?;
        match label {
            None => Some(method.offset.into()),
            Some(label) => {
                let (_, offset) = method.code.labels.iter().find(|(known, _)| known == label)?;
                Some(code + i64::try_from(*offset).ok()?)
            }
        }
    }

    fn class_offset(&self, name: &str) -> Option<u16> {
        match self.places.class_ref(self.places.world.find(name)?) {
            ClassRef::Internal { offset } => Some(offset),
            ClassRef::External { .. } => None,
        }
    }

    /// `Class.method`.
    pub(crate) fn method(&self, path: &str) -> Option<&BuiltMethod> {
        let (class, member) = path.split_once('.')?;
        let ClassId::Own(index) = self.places.world.find(class)? else {
            return None;
        };
        let methods = &self.places.world.own(index).methods;
        let place = methods.iter().position(|method| method.name == member)?;
        self.methods.iter().find(|method| method.own == (index, place))
    }

    pub(crate) fn value<T: TryFrom<i64>>(&self, words: &mut Words<'_>) -> Result<T, Trouble> {
        let word = words.word("a value")?;
        let value = self.of(word).and_then(|value| T::try_from(value).ok());
        value.ok_or_else(|| words.trouble(format!("`{word}` is no such value")))
    }

    /// The name of a class, `PACKAGE/CLASS` in tokens, or the offset of one of this package.
    pub(crate) fn class_ref(&self, words: &mut Words<'_>) -> Result<ClassRef, Trouble> {
        let word = words.word("a class")?;
        let outside = || {
            let (package, class) = word.split_once('/')?;
            Some(ClassRef::External {
                package: package.parse().ok()?,
                class: class.parse().ok()?,
            })
        };
        let named = || self.places.world.find(word).map(|id| self.places.class_ref(id));
        let offset = || {
            Some(ClassRef::Internal {
                offset: u16::try_from(self.of(word)?).ok()?,
            })
        };
        outside()
            .or_else(named)
            .or_else(offset)
            .ok_or_else(|| words.trouble(format!("`{word}` is no class")))
    }

    /// An offset, or a class outside and a token.
    fn static_ref(&self, words: &mut Words<'_>) -> Result<StaticRef, Trouble> {
        match self.class_ref(&mut words.clone()) {
            Ok(ClassRef::External { package, class }) => {
                words.next();
                Ok(StaticRef::External {
                    package,
                    class,
                    token: words.number("a token")?,
                })
            }
            _ => Ok(StaticRef::Internal {
                offset: self.value(words)?,
            }),
        }
    }

    /// A constant: its kind, then what it holds.
    pub(crate) fn constant(&self, words: &mut Words<'_>) -> Result<Constant, Trouble> {
        let kind = words.word("the kind of a constant")?;
        Ok(match kind {
            "class" => Constant::Class(self.class_ref(words)?),
            "instance-field" => Constant::InstanceField {
                class: self.class_ref(words)?,
                token: self.value(words)?,
            },
            "virtual-method" => Constant::VirtualMethod {
                class: self.class_ref(words)?,
                token: self.value(words)?,
            },
            "super-method" => Constant::SuperMethod {
                class: self.class_ref(words)?,
                token: self.value(words)?,
            },
            "static-field" => Constant::StaticField(self.static_ref(words)?),
            "static-method" => Constant::StaticMethod(self.static_ref(words)?),
            other => return Err(words.trouble(format!("`{other}` is no kind of constant"))),
        })
    }
}
