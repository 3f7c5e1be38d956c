//! Numbers: constants, local variables, arithmetic, comparisons, switches.

use cap_format::bytecode::{Opcode, Operands};

use crate::class_model::{BinaryOperator, Comparison, Instruction, Literal, Switch, Type, ValueKind};
use crate::flow::{State, Value};
use crate::narrow::{Width, operation_width};
use crate::range::Range;

use super::families::{self, Family};
use super::{Operand, Selection};

impl Selection<'_, '_> {
    /// `x = (short) (x + c)` on a local variable, as `sinc`.
    pub(super) fn select_increment(&mut self, state: &State) -> bool {
        let Some(Instruction::Load(ValueKind::Int, slot)) = self.next(0) else {
            return false;
        };
        let Some(Instruction::Constant(Literal::Int(value))) = self.next(1) else {
            return false;
        };
        let by = match self.next(2) {
            Some(Instruction::Binary(BinaryOperator::Add)) => i64::from(*value),
            Some(Instruction::Binary(BinaryOperator::Subtract)) => -i64::from(*value),
            _ => return false,
        };
        let stores = matches!(self.next(3), Some(Instruction::IntToShort))
            && matches!(self.next(4), Some(Instruction::Store(ValueKind::Int, to)) if to == slot);
        let is_short = state
            .local_int(*slot)
            .is_some_and(|local| self.value_width(Value::Int(local)) == Width::Short)
            && self.context.widths.of(self.context.flow, self.index + 4) == Width::Short;
        let (Ok(by), true) = (i8::try_from(by), stores && is_short) else {
            return false;
        };
        let local = self.locals.place(*slot, Width::Short);
        let operands = Operands::Increment { local, by: by.into() };
        self.push(Opcode::Sinc, Operand::Ready(operands));
        self.measure(state, 0);
        self.skip_until = self.index + 5;
        true
    }

    /// Pushes a number by the shortest instruction.
    pub(super) fn constant(&mut self, value: i32, width: Width) {
        let [_, _, high, low] = value.to_be_bytes();
        let short = i16::from_be_bytes([high, low]);
        let value = if width == Width::Short {
            i32::from(short)
        } else {
            value
        };
        let first = if width == Width::Short {
            Opcode::Sconst0
        } else {
            Opcode::Iconst0
        };
        let implied =
            Opcode::from_u8(u8::try_from(i32::from(first.octet()) + value.clamp(-1, 5)).unwrap_or(0));
        if let (Some(opcode), -1..=5) = (implied, value) {
            return self.plain(opcode);
        }
        let fits_byte = i8::try_from(value).is_ok();
        let fits_short = i16::try_from(value).is_ok();
        let opcode = match (width, fits_byte, fits_short) {
            (Width::Short, true, _) => Opcode::Bspush,
            (Width::Short, false, _) => Opcode::Sspush,
            (Width::Int, true, _) => Opcode::Bipush,
            (Width::Int, false, true) => Opcode::Sipush,
            (Width::Int, false, false) => Opcode::Iipush,
        };
        self.push(opcode, Operand::Ready(Operands::Immediate(value)));
    }

    pub(super) fn local_op(&mut self, family: Family, local: u8) {
        let (opcode, operands) = family.local(local);
        self.push(opcode, Operand::Ready(operands));
    }

    pub(super) fn load(&mut self, kind: ValueKind, slot: u16, state: &State) {
        if kind == ValueKind::Reference {
            if self.this_puts.loads.contains(&self.index) {
                return;
            }
            return match self.this_field(slot, state) {
                true => {}
                false => self.local_op(Family::Aload, self.locals.place(slot, Width::Short)),
            };
        }
        let width = state
            .local_int(slot)
            .map_or(Width::Short, |local| self.value_width(Value::Int(local)));
        let family = if width == Width::Int {
            Family::Iload
        } else {
            Family::Sload
        };
        self.local_op(family, self.locals.place(slot, width));
        self.convert_result(width, state);
    }

    pub(super) fn store(&mut self, kind: ValueKind, slot: u16, state: &State) {
        if kind == ValueKind::Reference {
            return self.local_op(Family::Astore, self.locals.place(slot, Width::Short));
        }
        // The stored value is a value of its own: the variable may be wider or narrower.
        let width = self.result_width();
        match (self.operand_width(state, 0), width) {
            (Width::Short, Width::Int) => {
                self.plain(Opcode::S2i);
                self.measure(state, 1);
            }
            (Width::Int, Width::Short) => self.plain(Opcode::I2s),
            _ => {}
        }
        let family = if width == Width::Int {
            Family::Istore
        } else {
            Family::Sstore
        };
        self.local_op(family, self.locals.place(slot, width));
    }

    /// `iinc`: javac uses it for variables declared int.
    pub(super) fn increment(&mut self, slot: u16, by: i16, state: &State) {
        let width = state
            .local_int(slot)
            .map_or(Width::Short, |local| self.value_width(Value::Int(local)));
        let local = self.locals.place(slot, width);
        let opcode = match (width, i8::try_from(by).is_ok()) {
            (Width::Short, true) => Opcode::Sinc,
            (Width::Short, false) => Opcode::SincW,
            (Width::Int, true) => Opcode::Iinc,
            (Width::Int, false) => Opcode::IincW,
        };
        self.push(opcode, Operand::Ready(Operands::Increment { local, by }));
    }

    pub(super) fn operation(&mut self, instruction: &Instruction, state: &State) {
        let width = operation_width(
            self.index,
            instruction,
            state,
            self.context.flow,
            self.context.widths,
        );
        let is_shift = matches!(
            instruction,
            Instruction::Binary(
                BinaryOperator::ShiftLeft | BinaryOperator::ShiftRight | BinaryOperator::ShiftRightUnsigned
            )
        );
        match (is_shift, width) {
            (true, Width::Short) => self.shorten_top(state),
            (true, Width::Int) if self.operand_width(state, 0) == Width::Short => {
                self.plain(Opcode::S2i);
                self.measure(state, 1);
            }
            _ => {}
        }
        let opcode = match instruction {
            Instruction::Binary(operator) => families::binary(*operator, width),
            _ => families::negate(width),
        };
        self.plain(opcode);
        self.convert_operation(width);
    }

    /// Like [`Self::convert_result`], where the operands made room for the result.
    pub(super) fn convert_operation(&mut self, made: Width) {
        match (made, self.result_width()) {
            (Width::Short, Width::Int) => self.plain(Opcode::S2i),
            (Width::Int, Width::Short) => self.plain(Opcode::I2s),
            _ => {}
        }
    }

    /// `(byte) x`; nothing is left to do when `x` is a byte already.
    pub(super) fn truncate_to_byte(&mut self, state: &State) {
        if state
            .int(0)
            .is_some_and(|value| value.range.is_within(Range::BYTE))
        {
            self.shorten_top(state);
            return self.convert_result(Width::Short, state);
        }
        let opcode = match self.operand_width(state, 0) {
            Width::Short => Opcode::S2b,
            Width::Int => Opcode::I2b,
        };
        self.plain(opcode);
        self.convert_result(Width::Short, state);
    }

    pub(super) fn if_zero(&mut self, comparison: Comparison, target: usize, state: &State) {
        if self.operand_width(state, 0) == Width::Int {
            self.plain(Opcode::Iconst0);
            self.plain(Opcode::Icmp);
            self.measure(state, 2);
        }
        self.push(families::if_zero(comparison), Operand::Branch(target));
    }

    pub(super) fn if_compare(&mut self, comparison: Comparison, target: usize, state: &State) {
        let opcode = match self.operand_width(state, 0) {
            Width::Short => families::if_compare(comparison),
            Width::Int => {
                self.plain(Opcode::Icmp);
                families::if_zero(comparison)
            }
        };
        self.push(opcode, Operand::Branch(target));
    }

    pub(super) fn switch(&mut self, switch: &Switch, state: &State) {
        let width = self.operand_width(state, 0);
        let opcode = match (width, switch.is_table) {
            (Width::Short, true) => Opcode::Stableswitch,
            (Width::Short, false) => Opcode::Slookupswitch,
            (Width::Int, true) => Opcode::Itableswitch,
            (Width::Int, false) => Opcode::Ilookupswitch,
        };
        // A short never matches a key that is none.
        let matches = |key: i32| width == Width::Int || i16::try_from(key).is_ok();
        let cases = switch
            .cases
            .iter()
            .copied()
            .filter(|(key, _)| matches(*key))
            .collect();
        let operand = Operand::Switch {
            default: switch.default,
            cases,
        };
        self.push(opcode, operand);
    }

    pub(super) fn leave(&mut self, kind: Option<ValueKind>, state: &State) {
        let opcode = match kind {
            None => Opcode::Return,
            Some(ValueKind::Int) if self.context.method.kind.result == Some(Type::Int) => Opcode::Ireturn,
            Some(ValueKind::Int) => {
                self.shorten_top(state);
                Opcode::Sreturn
            }
            Some(ValueKind::Reference | ValueKind::Foreign(_)) => Opcode::Areturn,
        };
        self.plain(opcode);
    }
}
