//! What each instruction does to stack and local variables (JVMS §6.5).

use crate::class_model::{
    ArrayElement, Code, FieldAccess, Instruction, InvokeKind, Literal, MethodType, StackShuffle, Type,
    ValueKind,
};
use crate::range::Range;

use super::{FlowError, IntValue, State, Value};

/// Turns the state before an instruction into the one after it.
pub(super) fn execute(
    instruction: &Instruction,
    index: usize,
    state: &mut State,
    code: &Code,
) -> Result<(), FlowError> {
    let mut machine = Machine { state, index };
    machine.execute(instruction)?;
    if machine.state.stack.len() > usize::from(code.max_stack) {
        return machine.fail("the stack grows beyond its maximum");
    }
    Ok(())
}

struct Machine<'a> {
    state: &'a mut State,
    index: usize,
}

impl Machine<'_> {
    fn execute(&mut self, instruction: &Instruction) -> Result<(), FlowError> {
        match instruction {
            Instruction::Nop | Instruction::Goto(_) | Instruction::ReturnFromSubroutine(_) => {}
            Instruction::Return(None) => {}
            Instruction::Constant(Literal::Int(value)) => self.push_int(Range::of(*value)),
            Instruction::Null => self.push(Value::Reference),
            Instruction::Load(kind, slot) => self.load(*kind, *slot)?,
            Instruction::Store(kind, slot) => self.store(*kind, *slot)?,
            Instruction::Increment(slot, by) => self.increment(*slot, *by)?,
            Instruction::ArrayLoad(element) => self.array_load(*element)?,
            Instruction::ArrayStore(element) => self.array_store(*element)?,
            Instruction::Shuffle(shuffle) => self.shuffle(*shuffle)?,
            Instruction::Binary(operator) => {
                let (right, left) = (self.pop_int()?, self.pop_int()?);
                self.push_int(Range::binary(*operator, left.range, right.range));
            }
            Instruction::Negate => {
                let value = self.pop_int()?;
                self.push_int(value.range.negated());
            }
            Instruction::IntToByte => {
                let value = self.pop_int()?;
                self.push_int(value.range.to_byte());
            }
            Instruction::IntToShort => {
                let value = self.pop_int()?;
                self.push_int(value.range.to_short());
            }
            Instruction::IfZero(..) | Instruction::Switch(_) => {
                self.pop_int()?;
            }
            Instruction::IfCompare(..) => {
                self.pop_int()?;
                self.pop_int()?;
            }
            Instruction::IfNull(_) | Instruction::IfNonNull(_) | Instruction::Throw => {
                self.pop_reference()?
            }
            Instruction::IfSame(_) | Instruction::IfNotSame(_) => {
                self.pop_reference()?;
                self.pop_reference()?;
            }
            Instruction::JumpSubroutine(target) => self.push(Value::ReturnAddress(*target)),
            Instruction::Return(Some(kind)) => self.pop_kind(*kind)?,
            Instruction::Field(access, _, kind) => self.field(*access, kind)?,
            Instruction::Invoke(kind, _, method) => self.invoke(*kind, method)?,
            Instruction::New(_) => self.push(Value::Reference),
            Instruction::NewArray(_) => {
                self.pop_int()?;
                self.push(Value::Reference);
            }
            Instruction::ArrayLength => {
                self.pop_reference()?;
                self.push_int(ARRAY_LENGTH);
            }
            Instruction::CheckCast(_) => {
                self.pop_reference()?;
                self.push(Value::Reference);
            }
            Instruction::InstanceOf(_) => {
                self.pop_reference()?;
                self.push_int(Range::BOOLEAN);
            }
            Instruction::Constant(Literal::Foreign(_))
            | Instruction::NewMultiArray
            | Instruction::Monitor
            | Instruction::InvokeDynamic
            | Instruction::Foreign(_) => return self.fail("an instruction of no use on a card"),
        }
        Ok(())
    }

    fn fail<T>(&self, what: &'static str) -> Result<T, FlowError> {
        Err(FlowError {
            index: self.index,
            what,
        })
    }

    fn push(&mut self, value: Value) {
        self.state.stack.push(value);
    }

    /// Pushes an int that this instruction makes.
    fn push_int(&mut self, range: Range) {
        let node = self.index;
        self.push(Value::Int(IntValue { range, node }));
    }

    fn push_type(&mut self, kind: &Type) {
        match kind.is_reference() {
            true => self.push(Value::Reference),
            false => self.push_int(Range::of_type(kind)),
        }
    }

    fn pop(&mut self) -> Result<Value, FlowError> {
        match self.state.stack.pop() {
            Some(value) => Ok(value),
            None => self.fail("the stack is empty"),
        }
    }

    fn pop_int(&mut self) -> Result<IntValue, FlowError> {
        match self.pop()? {
            Value::Int(value) => Ok(value),
            _ => self.fail("a number should be on the stack"),
        }
    }

    fn pop_reference(&mut self) -> Result<(), FlowError> {
        match self.pop()? {
            Value::Reference => Ok(()),
            _ => self.fail("a reference should be on the stack"),
        }
    }

    fn pop_kind(&mut self, kind: ValueKind) -> Result<(), FlowError> {
        match kind {
            ValueKind::Int => self.pop_int().map(|_| ()),
            ValueKind::Reference => self.pop_reference(),
            ValueKind::Foreign(_) => self.fail("a value of a type no card has"),
        }
    }

    fn pop_type(&mut self, kind: &Type) -> Result<(), FlowError> {
        match kind.is_reference() {
            true => self.pop_reference(),
            false => self.pop_int().map(|_| ()),
        }
    }

    fn local(&mut self, slot: u16) -> Result<&mut Value, FlowError> {
        let index = self.index;
        self.state.locals.get_mut(usize::from(slot)).ok_or(FlowError {
            index,
            what: "a local variable beyond the maximum",
        })
    }

    fn load(&mut self, kind: ValueKind, slot: u16) -> Result<(), FlowError> {
        let value = *self.local(slot)?;
        match (kind, value) {
            (ValueKind::Int, Value::Int(value)) => self.push_int(value.range),
            (ValueKind::Reference, Value::Reference) => self.push(value),
            _ => return self.fail("a local variable of another type, or without a value"),
        }
        Ok(())
    }

    fn store(&mut self, kind: ValueKind, slot: u16) -> Result<(), FlowError> {
        let node = self.index;
        let value = match (kind, self.pop()?) {
            (ValueKind::Int, Value::Int(value)) => Value::Int(IntValue { node, ..value }),
            (ValueKind::Reference, value @ (Value::Reference | Value::ReturnAddress(_))) => value,
            _ => return self.fail("a value of another type is stored"),
        };
        *self.local(slot)? = value;
        Ok(())
    }

    fn increment(&mut self, slot: u16, by: i16) -> Result<(), FlowError> {
        match *self.local(slot)? {
            Value::Int(value) => {
                let by = Range::of(by.into());
                let range = Range::binary(crate::class_model::BinaryOperator::Add, value.range, by);
                *self.local(slot)? = Value::Int(IntValue { range, ..value });
                Ok(())
            }
            _ => self.fail("a local variable that is no number is incremented"),
        }
    }

    fn array_load(&mut self, element: ArrayElement) -> Result<(), FlowError> {
        self.pop_int()?;
        self.pop_reference()?;
        match element {
            ArrayElement::ByteOrBoolean => self.push_int(Range::BYTE),
            ArrayElement::Short => self.push_int(Range::SHORT),
            ArrayElement::Int => self.push_int(Range::INT),
            ArrayElement::Reference => self.push(Value::Reference),
            ArrayElement::Foreign(_) => return self.fail("an array of a type no card has"),
        }
        Ok(())
    }

    fn array_store(&mut self, element: ArrayElement) -> Result<(), FlowError> {
        match element {
            ArrayElement::Reference => self.pop_reference()?,
            ArrayElement::Foreign(_) => return self.fail("an array of a type no card has"),
            _ => {
                self.pop_int()?;
            }
        }
        self.pop_int()?;
        self.pop_reference()
    }

    fn field(&mut self, access: FieldAccess, kind: &Type) -> Result<(), FlowError> {
        match access {
            FieldAccess::GetStatic => self.push_type(kind),
            FieldAccess::PutStatic => self.pop_type(kind)?,
            FieldAccess::GetField => {
                self.pop_reference()?;
                self.push_type(kind);
            }
            FieldAccess::PutField => {
                self.pop_type(kind)?;
                self.pop_reference()?;
            }
        }
        Ok(())
    }

    fn invoke(&mut self, kind: InvokeKind, method: &MethodType) -> Result<(), FlowError> {
        for parameter in method.parameters.iter().rev() {
            self.pop_type(parameter)?;
        }
        if kind != InvokeKind::Static {
            self.pop_reference()?;
        }
        if let Some(result) = &method.result {
            self.push_type(result);
        }
        Ok(())
    }

    fn shuffle(&mut self, shuffle: StackShuffle) -> Result<(), FlowError> {
        let (taken, order) = shuffle.order();
        let Some(keep) = self.state.stack.len().checked_sub(taken) else {
            return self.fail("the stack is empty");
        };
        let words = self.state.stack.split_off(keep);
        self.state.stack.extend(order.iter().map(|place| words[*place]));
        Ok(())
    }
}

/// An array has at most 32,767 elements on a card (JCVM §2.2.4.3).
const ARRAY_LENGTH: Range = Range::NON_NEGATIVE_SHORT;
