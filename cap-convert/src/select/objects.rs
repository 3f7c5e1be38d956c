//! Objects: arrays, fields, calls, casts; and what is said when a name stands for nothing.

use cap_format::bytecode::{CheckedType, ElementType, Opcode, Operands};

use crate::class_model::{ArrayElement, FieldAccess, Instruction, InvokeKind, MemberName, MethodType, Type};
use crate::finding::Rule;
use crate::flow::{State, Value};
use crate::input::{IntSupport, with_dots};
use crate::narrow::{Need, Width, needs};
use crate::resolve::{Call, FieldUse, PoolKey, Unresolved};

use super::{Operand, Selection, families};

impl Selection<'_, '_> {
    /// The exact value of an index or size fits in a short, or it is refused. Without int that was checked before.
    pub(super) fn require_index(&mut self, state: &State) {
        if self.context.int == IntSupport::Refused {
            return;
        }
        let instruction = &self.context.code.instructions[self.index];
        for (depth, need) in needs(instruction, self.context.method, state) {
            let fits = state.int(depth).is_none_or(|value| value.range.fits_short());
            if matches!(need, Need::Index | Need::Size) && !fits {
                let context = self.context;
                let text = crate::expression::operand_text(
                    context.method,
                    context.code,
                    context.flow,
                    self.index,
                    depth,
                );
                let cast = crate::expression::cast_text(&text);
                let construct = format!("the index or size {text}");
                self.report
                    .add(Rule::ArrayIndex, self.place(), construct, format!("write {cast}"));
            }
        }
    }

    pub(super) fn array_load(&mut self, element: ArrayElement, state: &State) {
        self.require_index(state);
        self.shorten_top(state);
        let (opcode, width) = match element {
            ArrayElement::ByteOrBoolean => (Opcode::Baload, Width::Short),
            ArrayElement::Short => (Opcode::Saload, Width::Short),
            ArrayElement::Int => (Opcode::Iaload, Width::Int),
            ArrayElement::Reference | ArrayElement::Foreign(_) => return self.plain(Opcode::Aaload),
        };
        self.plain(opcode);
        self.convert_result(width, state);
    }

    pub(super) fn array_store(&mut self, element: ArrayElement, state: &State) {
        self.require_index(state);
        self.require_short(state, 1);
        let opcode = match element {
            ArrayElement::ByteOrBoolean => Opcode::Bastore,
            ArrayElement::Short => Opcode::Sastore,
            ArrayElement::Int => return self.plain(Opcode::Iastore),
            ArrayElement::Reference | ArrayElement::Foreign(_) => return self.plain(Opcode::Aastore),
        };
        self.shorten_top(state);
        self.plain(opcode);
    }

    /// `this.field` right after `this` was loaded, in one instruction.
    pub(super) fn this_field(&mut self, slot: u16, state: &State) -> bool {
        let Some(Instruction::Field(FieldAccess::GetField, name, kind)) = self.next(1) else {
            return false;
        };
        if slot != 0 || !self.this_is_fixed {
            return false;
        }
        let (name, kind) = (name.clone(), kind.clone());
        self.index += 1;
        let Some(FieldUse::Instance(key)) = self.resolve_field(&name, &kind, false) else {
            self.index -= 1;
            return false;
        };
        self.push_member(families::get_this_field(&kind), key, &name);
        let mut loaded = state.clone();
        loaded.stack.push(Value::Reference);
        self.convert_result(field_width(&kind), &loaded);
        self.index -= 1;
        self.skip_until = self.index + 2;
        true
    }

    pub(super) fn field(&mut self, access: FieldAccess, name: &MemberName, kind: &Type, state: &State) {
        let is_static = matches!(access, FieldAccess::GetStatic | FieldAccess::PutStatic);
        let Some(target) = self.resolve_field(name, kind, is_static) else {
            return;
        };
        let is_read = matches!(access, FieldAccess::GetStatic | FieldAccess::GetField);
        if !is_read && *kind != Type::Int {
            self.shorten_top(state);
        }
        match (target, is_read) {
            (FieldUse::Constant(value), true) => self.constant(value, self.result_width()),
            (FieldUse::Constant(_), false) => self.report.add(
                Rule::NotAccessible,
                self.place(),
                format!("an assignment to the constant {}", name.name),
                "take `final` or the assignment away",
            ),
            (FieldUse::Static(key), true) => {
                self.push_member(families::get_static(kind), key, name);
                self.convert_result(field_width(kind), state);
            }
            (FieldUse::Static(key), false) => self.push_member(families::put_static(kind), key, name),
            (FieldUse::Instance(key), true) => {
                self.push_member(families::get_field(kind), key, name);
                self.convert_result(field_width(kind), state);
            }
            (FieldUse::Instance(key), false) => {
                let opcode = match self.this_puts.stores.contains(&self.index) {
                    true => families::put_this_field(kind),
                    false => families::put_field(kind),
                };
                self.push_member(opcode, key, name);
            }
        }
    }

    pub(super) fn invoke(&mut self, kind: InvokeKind, name: &MemberName, called: &MethodType, state: &State) {
        for (depth, parameter) in called.parameters.iter().rev().enumerate() {
            match (depth, *parameter == Type::Int) {
                (0, false) => self.shorten_top(state),
                (_, false) => self.require_short(state, depth),
                (_, true) => {}
            }
        }
        let nargs = called.parameter_words() + u16::from(kind != InvokeKind::Static);
        let Ok(nargs) = u8::try_from(nargs) else {
            let construct = format!("a call with {nargs} words of arguments");
            return self
                .report
                .add(Rule::Limit, self.place(), construct, "pass fewer arguments");
        };
        match self.context.resolver.call(kind, name, called) {
            Err(unresolved) => return self.report_unresolved(&unresolved),
            Ok(Call::Virtual(key)) => self.push_member(Opcode::Invokevirtual, key, name),
            Ok(Call::Special(key)) => self.push_member(Opcode::Invokespecial, key, name),
            Ok(Call::Static(key)) => self.push_member(Opcode::Invokestatic, key, name),
            Ok(Call::Interface { class, token }) => {
                self.push(
                    Opcode::Invokeinterface,
                    Operand::Interface { nargs, class, token },
                );
            }
        }
        if let Some(result) = &called.result
            && !result.is_reference()
        {
            let made = field_width(result);
            self.convert_operation(made);
            let taken = called.parameters.len() + usize::from(kind != InvokeKind::Static);
            let rest: usize = state
                .stack
                .iter()
                .rev()
                .skip(taken)
                .map(|value| self.value_words(*value))
                .sum();
            self.body.max_stack = self
                .body
                .max_stack
                .max(rest + 2 * usize::from(made == Width::Int || self.result_width() == Width::Int));
        }
    }

    pub(super) fn with_class(&mut self, opcode: Opcode, kind: &Type) {
        if let Some(key) = self.class_key(kind) {
            self.push(opcode, Operand::Constant(key));
        }
    }

    pub(super) fn new_array(&mut self, element: &Type, state: &State) {
        self.require_index(state);
        self.shorten_top(state);
        match element_type(element) {
            Some(element) => self.push(Opcode::Newarray, Operand::Ready(Operands::Element(element))),
            None => self.with_class(Opcode::Anewarray, element),
        }
    }

    /// JCVM §7.5.16, §7.5.53: a class, an array of a primitive type, or an array of a class.
    pub(super) fn type_check(&mut self, opcode: Opcode, kind: &Type) {
        let (checked, class) = match kind {
            Type::Array(element) => match element_type(element) {
                Some(element) => (CheckedType::PrimitiveArray(element), None),
                None => (CheckedType::ReferenceArray, self.class_key(element)),
            },
            _ => (CheckedType::Class, self.class_key(kind)),
        };
        let operand = Operand::TypeCheck { kind: checked, class };
        self.push(opcode, operand);
    }

    pub(super) fn class_key(&mut self, kind: &Type) -> Option<PoolKey> {
        let Type::Class(name) = kind else {
            self.report.add(
                Rule::UnsupportedType,
                self.place(),
                format!("the type {kind}"),
                "use one array, or an array of objects",
            );
            return None;
        };
        match self.context.resolver.class(name) {
            Ok(class) => Some(PoolKey::Class(class)),
            Err(unresolved) => {
                self.report_unresolved(&unresolved);
                None
            }
        }
    }

    pub(super) fn resolve_field(
        &mut self,
        name: &MemberName,
        kind: &Type,
        is_static: bool,
    ) -> Option<FieldUse> {
        match self.context.resolver.field(name, kind, is_static) {
            Ok(target) => Some(target),
            Err(unresolved) => {
                self.report_unresolved(&unresolved);
                None
            }
        }
    }

    pub(super) fn report_unresolved(&mut self, unresolved: &Unresolved) {
        let place = self.place();
        match unresolved {
            // What an assertion throws.
            Unresolved::Class(name) if name == "java/lang/AssertionError" => {
                let (construct, instead) = crate::subset::ASSERTION;
                self.report.add(Rule::Assertion, place, construct, instead);
            }
            Unresolved::Class(name) => self.report.add(
                Rule::Unresolved,
                place,
                format!("the class {}", with_dots(name)),
                "give the export file of its package, or use a class of the Java Card API",
            ),
            Unresolved::Member { class, member } => self.report.add(
                Rule::Unresolved,
                place,
                format!("the member {member} of {class}"),
                "use a member that the class has in the imported version of its package",
            ),
            Unresolved::NotAccessible { class, member } => self.report.add(
                Rule::NotAccessible,
                place,
                format!("the private member {member} of {class}"),
                "make it package-visible",
            ),
            Unresolved::Kind { class, member } => self.report.add(
                Rule::NotAccessible,
                place,
                format!("the member {member} of {class}, used in another way than it is declared"),
                "compile all classes of the package again",
            ),
        }
    }
}

/// How wide a field, parameter or result is on the card.
fn field_width(kind: &Type) -> Width {
    if *kind == Type::Int {
        Width::Int
    } else {
        Width::Short
    }
}

fn element_type(element: &Type) -> Option<ElementType> {
    match element {
        Type::Boolean => Some(ElementType::Boolean),
        Type::Byte => Some(ElementType::Byte),
        Type::Short => Some(ElementType::Short),
        Type::Int => Some(ElementType::Int),
        _ => None,
    }
}
