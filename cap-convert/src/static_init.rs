//! `<clinit>` → the values of static fields when the package is loaded (JCVM §2.2.4.6, §6.11).
//!
//! The code is executed here, once: constants, null, arrays of constants. Whatever else it does is refused with its line.

use std::collections::HashMap;

use crate::class_model::{
    ArrayElement, BinaryOperator, Class, FieldAccess, Instruction, Literal, MemberName, Method, Type,
};
use crate::finding::Rule;
use crate::report::{Place, Report};

/// What a static field begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Initial {
    /// A number or a truth value.
    Number(i32),
    Null,
    /// An array of these elements.
    Array(Type, Vec<i32>),
}

/// The values of the static fields of a class, by place; those that nothing sets are 0 or null.
pub(crate) fn initial_values(class: &Class, report: &mut Report) -> HashMap<usize, Initial> {
    let mut values = HashMap::new();
    for (index, field) in class.fields.iter().enumerate() {
        if let (true, Some(Literal::Int(value))) = (field.is_static(), &field.constant) {
            values.insert(index, Initial::Number(*value));
        }
    }
    if let Some(method) = class.methods.iter().find(|method| method.is_class_initializer()) {
        run(class, method, &mut values, report);
    }
    values
}

/// Longest array that a component can hold; nothing longer is built here.
const MAX_ARRAY: i32 = 32_767;

#[derive(Clone)]
enum Value {
    Number(i32),
    Null,
    /// By place in [`Machine::arrays`].
    Array(usize),
}

struct Machine<'a> {
    class: &'a Class,
    stack: Vec<Value>,
    arrays: Vec<(Type, Vec<i32>)>,
    statics: HashMap<usize, Value>,
}

/// Whether the statement at hand sets the flag that javac makes for `assert`.
fn prepares_assertions(rest: &[Instruction]) -> bool {
    let set = rest.iter().find_map(|instruction| match instruction {
        Instruction::Field(FieldAccess::PutStatic, name, _) => Some(name),
        _ => None,
    });
    set.is_some_and(|name| crate::subset::is_assertion_flag(&name.name))
}

/// Why the code cannot become initial values: what it does there.
type Refusal = String;

fn run(class: &Class, method: &Method, values: &mut HashMap<usize, Initial>, report: &mut Report) {
    let Some(code) = &method.code else { return };
    let mut machine = Machine {
        class,
        stack: Vec::new(),
        arrays: Vec::new(),
        statics: HashMap::new(),
    };
    let mut refused = false;
    for (index, instruction) in code.instructions.iter().enumerate() {
        let ends_statement = matches!(instruction, Instruction::Field(FieldAccess::PutStatic, ..));
        // The rest of a refused statement depends on what could not be executed; the next one may do without.
        if refused {
            refused = !ends_statement;
            continue;
        }
        if matches!(instruction, Instruction::Return(None)) {
            break;
        }
        if let Err(construct) = machine.execute(instruction) {
            refused = !ends_statement;
            machine.stack.clear();
            // The assertions themselves are reported where they stand.
            if !prepares_assertions(&code.instructions[index..]) {
                let instead = "set the field to a constant, null or an array of constants, and do the rest in install or a constructor";
                report.add(
                    Rule::StaticInitializer,
                    Place::instruction(class, method, index),
                    construct,
                    instead,
                );
            }
        }
    }
    machine.finish(values);
}

impl Machine<'_> {
    fn execute(&mut self, instruction: &Instruction) -> Result<(), Refusal> {
        match instruction {
            Instruction::Nop => {}
            Instruction::Constant(Literal::Int(value)) => self.stack.push(Value::Number(*value)),
            Instruction::Null => self.stack.push(Value::Null),
            Instruction::NewArray(element) => self.new_array(element)?,
            Instruction::ArrayStore(element) => self.store(*element)?,
            Instruction::ArrayLength => {
                let length = match self.pop()? {
                    Value::Array(array) => i32::try_from(self.arrays[array].1.len()).unwrap_or(MAX_ARRAY),
                    _ => return Err("the length of something that is no array of constants".to_owned()),
                };
                self.stack.push(Value::Number(length));
            }
            Instruction::Shuffle(shuffle) => {
                let (taken, order) = shuffle.order();
                let keep = self
                    .stack
                    .len()
                    .checked_sub(taken)
                    .ok_or("code with an empty stack")?;
                let words = self.stack.split_off(keep);
                self.stack.extend(order.iter().map(|place| words[*place].clone()));
            }
            Instruction::Binary(operator) => {
                let (right, left) = (self.number()?, self.number()?);
                let value = compute(*operator, left, right).ok_or("a division by zero")?;
                self.stack.push(Value::Number(value));
            }
            Instruction::Negate => {
                let value = self.number()?;
                self.stack.push(Value::Number(value.wrapping_neg()));
            }
            Instruction::IntToByte => {
                let value = self.number()?;
                self.stack.push(Value::Number(low_octet(value)));
            }
            Instruction::IntToShort => {
                let value = self.number()?;
                self.stack.push(Value::Number(low_octets(value)));
            }
            Instruction::Field(FieldAccess::PutStatic, name, kind) => self.put(name, kind)?,
            Instruction::Field(FieldAccess::GetStatic, name, kind) => self.get(name, kind)?,
            Instruction::New(kind) => return Err(format!("a new {kind}")),
            Instruction::Invoke(_, name, _) if name.name == "<init>" => {
                return Err(format!("a new {}", name.class));
            }
            Instruction::Invoke(_, name, _) => return Err(format!("a call of {}", name.name)),
            Instruction::Constant(Literal::Foreign(kind)) => {
                return Err(format!("a constant of type {kind}"));
            }
            _ => return Err("a computation while the class is loaded".to_owned()),
        }
        Ok(())
    }

    fn pop(&mut self) -> Result<Value, Refusal> {
        self.stack
            .pop()
            .ok_or_else(|| "code with an empty stack".to_owned())
    }

    fn number(&mut self) -> Result<i32, Refusal> {
        match self.pop()? {
            Value::Number(value) => Ok(value),
            _ => Err("a computation with something that is no constant".to_owned()),
        }
    }

    fn new_array(&mut self, element: &Type) -> Result<(), Refusal> {
        let size = self.number()?;
        if !matches!(element, Type::Boolean | Type::Byte | Type::Short | Type::Int) {
            return Err(format!("a new array of {element}"));
        }
        let length = usize::try_from(size).ok().filter(|_| size <= MAX_ARRAY);
        let length = length.ok_or_else(|| format!("an array of {size} elements"))?;
        self.stack.push(Value::Array(self.arrays.len()));
        self.arrays.push((element.clone(), vec![0; length]));
        Ok(())
    }

    fn store(&mut self, element: ArrayElement) -> Result<(), Refusal> {
        if element == ArrayElement::Reference {
            return Err("an array of objects".to_owned());
        }
        let (value, place) = (self.number()?, self.number()?);
        let Value::Array(array) = self.pop()? else {
            return Err("a change of an array that is not new".to_owned());
        };
        let (kind, elements) = &mut self.arrays[array];
        let place = usize::try_from(place)
            .ok()
            .and_then(|place| elements.get_mut(place));
        let place = place.ok_or("an element outside its array")?;
        *place = match kind {
            Type::Boolean => value & 1,
            Type::Byte => low_octet(value),
            Type::Short => low_octets(value),
            _ => value,
        };
        Ok(())
    }

    /// A static field of this class.
    fn own_field(&self, name: &MemberName, kind: &Type) -> Result<usize, Refusal> {
        let is_own = matches!(&name.class, Type::Class(class) if *class == self.class.name);
        let field = self.class.field(&name.name, kind).filter(|_| is_own);
        field.ok_or_else(|| format!("the field {} of another class", name.name))
    }

    fn put(&mut self, name: &MemberName, kind: &Type) -> Result<(), Refusal> {
        let value = self.pop()?;
        let field = self.own_field(name, kind)?;
        let is_shared = |array: usize| {
            self.statics.iter().any(|(other, value)| {
                *other != field && matches!(value, Value::Array(known) if *known == array)
            })
        };
        if let Value::Array(array) = value
            && (is_shared(array) || !is_array_of(kind, &self.arrays[array].0))
        {
            return Err(format!(
                "the field {}, which shares its array or has another type",
                name.name
            ));
        }
        self.statics.insert(field, value);
        Ok(())
    }

    fn get(&mut self, name: &MemberName, kind: &Type) -> Result<(), Refusal> {
        let field = self.own_field(name, kind)?;
        let declared = &self.class.fields[field];
        let value = match (self.statics.get(&field), declared.compile_time_constant()) {
            (Some(value), _) => value.clone(),
            (None, Some(value)) => Value::Number(value),
            (None, None) if kind.is_reference() => Value::Null,
            (None, None) => Value::Number(0),
        };
        self.stack.push(value);
        Ok(())
    }

    fn finish(self, values: &mut HashMap<usize, Initial>) {
        for (field, value) in self.statics {
            let value = match value {
                Value::Number(value) => Initial::Number(value),
                Value::Null => Initial::Null,
                Value::Array(array) => {
                    let (element, elements) = self.arrays[array].clone();
                    Initial::Array(element, elements)
                }
            };
            values.insert(field, value);
        }
    }
}

/// Whether a field of type `kind` can hold the array; `Object` could too, but the image has no type beside the array's own.
fn is_array_of(kind: &Type, element: &Type) -> bool {
    matches!(kind, Type::Array(inner) if **inner == *element)
}

fn low_octet(value: i32) -> i32 {
    let [.., low] = value.to_be_bytes();
    i8::from_be_bytes([low]).into()
}

fn low_octets(value: i32) -> i32 {
    let [_, _, high, low] = value.to_be_bytes();
    i16::from_be_bytes([high, low]).into()
}

/// An operator on ints as Java has it; `None` where it throws.
fn compute(operator: BinaryOperator, left: i32, right: i32) -> Option<i32> {
    let distance = right.cast_unsigned() & 0x1F;
    Some(match operator {
        BinaryOperator::Add => left.wrapping_add(right),
        BinaryOperator::Subtract => left.wrapping_sub(right),
        BinaryOperator::Multiply => left.wrapping_mul(right),
        BinaryOperator::Divide | BinaryOperator::Remainder if right == 0 => return None,
        BinaryOperator::Divide => left.wrapping_div(right),
        BinaryOperator::Remainder => left.wrapping_rem(right),
        BinaryOperator::ShiftLeft => left << distance,
        BinaryOperator::ShiftRight => left >> distance,
        BinaryOperator::ShiftRightUnsigned => (left.cast_unsigned() >> distance).cast_signed(),
        BinaryOperator::And => left & right,
        BinaryOperator::Or => left | right,
        BinaryOperator::Xor => left ^ right,
    })
}
