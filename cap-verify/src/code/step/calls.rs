//! Instructions that call methods.

use cap_format::bytecode::Operands;

use super::{Checked, Machine};
use crate::code::bounds::Bound;
use crate::code::word::Word;
use crate::model::{Callee, Constant, MethodKind, ValueType};
use crate::rule::Rule;
use crate::types::TypeId;

impl Machine<'_> {
    /// JCVM §7.5.57.
    pub(super) fn invoke_virtual(&mut self) -> Checked {
        match self.constant() {
            Some(Constant::VirtualMethod(callee)) => self.invoke_on_object(callee),
            _ => Err(self.refuse_constant()),
        }
    }

    /// JCVM §7.5.56.
    pub(super) fn invoke_static(&mut self) -> Checked {
        match self.constant() {
            Some(Constant::StaticMethod(callee)) => {
                self.pop_arguments(callee)?;
                self.push_result(callee)
            }
            _ => Err(self.refuse_constant()),
        }
    }

    /// JCVM §7.5.55: a constructor, a private method, or a method of a superclass on `this`.
    pub(super) fn invoke_special(&mut self) -> Checked {
        match self.constant() {
            Some(Constant::StaticMethod(callee)) if callee.kind == MethodKind::Constructor => {
                self.invoke_constructor(callee)
            }
            Some(Constant::StaticMethod(callee) | Constant::SuperMethod(callee)) => {
                self.invoke_on_object(callee)
            }
            _ => Err(self.refuse_constant()),
        }
    }

    /// JCVM §7.5.54. The card finds the interface in the table of the object's class, and does not check that it is there.
    pub(super) fn invoke_interface(&mut self) -> Checked {
        let interface = self.class_constant()?;
        let callee = match self.instruction.operands {
            Operands::Interface { token, .. } => self.model.interface_methods.get(&(interface, token)),
            _ => None,
        };
        let callee = callee.ok_or_else(|| self.refuse_constant())?;
        self.pop_arguments(callee)?;
        self.pop_receiver(interface)?;
        self.push_result(callee)
    }

    fn invoke_on_object(&mut self, callee: &Callee) -> Checked {
        self.pop_arguments(callee)?;
        let object = self.pop_receiver(callee.class)?;
        self.may_call_on(object, callee)?;
        self.push_result(callee)
    }

    /// A constructor finishes the object that `new` made, or `this` of another constructor.
    fn invoke_constructor(&mut self, callee: &Callee) -> Checked {
        self.pop_arguments(callee)?;
        let object = self.pop("the object")?;
        match object {
            Word::New { class, .. } if class == callee.class => {
                // A protected constructor of another package makes no objects but those of subclasses.
                self.may_call_on(Word::object(class), callee)?;
                self.frame.replace(object, Word::object(class));
            }
            Word::This if self.may_begin_with(callee) => {
                self.frame.replace(object, Word::object(self.method.class));
                self.frame.this_initialized = true;
            }
            word => {
                let name = self.bounds.name(Bound::Type(callee.class));
                let wanted = format!(
                    "an object of exactly {name} that has just been made, or `this` of a class directly below it"
                );
                return Err(self.refuse_word(Rule::ConstructorCall, word, "the object", wanted));
            }
        }
        self.push_result(callee)
    }

    /// Whether a constructor may call this one on `this`: of its own class or of its superclass.
    fn may_begin_with(&self, callee: &Callee) -> bool {
        let class = self.method.class;
        callee.class == class || self.model.types.superclass(class) == Some(callee.class)
    }

    fn may_call_on(&self, object: Word, callee: &Callee) -> Checked {
        self.is_of_own_kind(object, callee.visibility, callee.own, callee.declared_in)
    }

    fn pop_arguments(&mut self, callee: &Callee) -> Checked {
        for (index, parameter) in callee.signature.parameters.iter().enumerate().rev() {
            // Becomes a text only when it is told.
            let role = format_args!("argument {}", index + 1);
            self.pop_assigned(*parameter, Rule::ArgumentType, role)?;
        }
        Ok(())
    }

    /// Takes the object that a method is called on.
    fn pop_receiver(&mut self, class: TypeId) -> Checked<Word> {
        let object = self.pop("the object")?;
        self.initialized(object, "the object")?;
        match self.bounds.is_assignable(object, ValueType::Object(class)) {
            true => Ok(object),
            false => {
                let wanted = format!("{} or below", self.bounds.name(Bound::Type(class)));
                Err(self.refuse_word(Rule::ReceiverType, object, "the object", wanted))
            }
        }
    }

    fn push_result(&mut self, callee: &Callee) -> Checked {
        callee
            .signature
            .result
            .map_or(Ok(()), |result| self.push_value(result))
    }
}
