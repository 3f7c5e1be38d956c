//! Instructions for fields.

use super::{Checked, Machine};
use crate::code::bounds::Bound;
use crate::code::word::Word;
use crate::model::{Constant, Field, ValueType, Visibility};
use crate::rule::Rule;
use crate::types::TypeId;

impl<'a> Machine<'a> {
    pub(super) fn get_static(&mut self) -> Checked {
        let field = self.static_field()?;
        self.push_value(field.value)
    }

    pub(super) fn put_static(&mut self) -> Checked {
        let field = self.static_field()?;
        self.pop_assigned(field.value, Rule::AssignedValue, "the value")
    }

    pub(super) fn get_field(&mut self) -> Checked {
        let field = self.instance_field()?;
        let object = self.pop("the object")?;
        self.has_field(object, field)?;
        self.push_value(field.value)
    }

    pub(super) fn put_field(&mut self) -> Checked {
        let field = self.instance_field()?;
        self.pop_assigned(field.value, Rule::AssignedValue, "the value")?;
        let object = self.pop("the object")?;
        self.may_be_assigned(object, field)
    }

    pub(super) fn get_field_of_this(&mut self) -> Checked {
        let field = self.instance_field()?;
        self.has_field(self.this()?, field)?;
        self.push_value(field.value)
    }

    pub(super) fn put_field_of_this(&mut self) -> Checked {
        let field = self.instance_field()?;
        self.pop_assigned(field.value, Rule::AssignedValue, "the value")?;
        self.may_be_assigned(self.this()?, field)
    }

    /// What `getfield_a_this` and its like take for `this`: local variable 0.
    fn this(&self) -> Checked<Word> {
        match self.frame.locals.first() {
            Some(word) if word.is_reference() || word.is_uninitialized() => Ok(*word),
            word => {
                let word = word.copied().unwrap_or(Word::Unset);
                let wanted = "`this` in local variable 0";
                Err(self.refuse_word(Rule::ThisForm, word, "`this`", wanted))
            }
        }
    }

    fn static_field(&self) -> Checked<&'a Field> {
        match self.constant() {
            Some(Constant::StaticField(field)) => Ok(field),
            _ => Err(self.refuse_constant()),
        }
    }

    fn instance_field(&self) -> Checked<&'a Field> {
        match self.constant() {
            Some(Constant::InstanceField(field)) => Ok(field),
            _ => Err(self.refuse_constant()),
        }
    }

    /// Whether a field of an object may be used.
    fn has_field(&self, object: Word, field: &Field) -> Checked {
        self.initialized(object, "the object")?;
        if !self.bounds.is_assignable(object, ValueType::Object(field.class)) {
            let wanted = format!("{} or below", self.bounds.name(Bound::Type(field.class)));
            return Err(self.refuse_word(Rule::FieldObject, object, "the object", wanted));
        }
        self.is_of_own_kind(object, field.visibility, field.own, field.class)
    }

    /// The same for an assignment: a constructor sets fields of its own class before it calls another one, for what an inner
    /// class remembers of its surroundings.
    fn may_be_assigned(&self, object: Word, field: &Field) -> Checked {
        match object == Word::This && field.class == self.method.class {
            true => Ok(()),
            false => self.has_field(object, field),
        }
    }

    /// JCVM §6.14.2, §6.14.3: a protected member of another package is used of objects of this class or below.
    pub(super) fn is_of_own_kind(
        &self,
        object: Word,
        visibility: Visibility,
        own: bool,
        declared_in: TypeId,
    ) -> Checked {
        let class = self.method.class;
        let is_guarded = visibility == Visibility::Protected && !own;
        if !is_guarded || self.bounds.is_assignable(object, ValueType::Object(class)) {
            return Ok(());
        }
        let declared_in = self.bounds.name(Bound::Type(declared_in));
        let wanted = format!("an object of {} or below", self.bounds.name(Bound::Type(class)));
        let finds = format!("uses a protected member of {declared_in}");
        Err(self.refuse(Rule::ProtectedAccess, &finds, wanted))
    }
}
