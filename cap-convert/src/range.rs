//! Intervals of int values: what an expression can be, whatever its operands are.
//!
//! An interval inside [`Range::SHORT`] says that 16 bits hold the exact value.

use crate::class_model::{BinaryOperator, Type};

/// All values from `low` to `high`, both included; both are values of an int.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Range {
    low: i64,
    high: i64,
}

/// Bounds to which a growing interval jumps, so that loops settle after a few rounds.
const STEPS: [i64; 8] = [0, 1, 127, 255, 32_767, 65_535, 16_777_215, i32::MAX as i64];

impl Range {
    pub(crate) const BOOLEAN: Self = Self { low: 0, high: 1 };
    pub(crate) const BYTE: Self = Self { low: -128, high: 127 };
    /// Lengths of arrays.
    pub(crate) const NON_NEGATIVE_SHORT: Self = Self { low: 0, high: 32_767 };
    pub(crate) const SHORT: Self = Self {
        low: -32_768,
        high: 32_767,
    };
    pub(crate) const INT: Self = Self {
        low: i32::MIN as i64,
        high: i32::MAX as i64,
    };

    /// One value.
    pub(crate) fn of(value: i32) -> Self {
        Self {
            low: value.into(),
            high: value.into(),
        }
    }

    /// All values of a type; references have none.
    pub(crate) fn of_type(kind: &Type) -> Self {
        match kind {
            Type::Boolean => Self::BOOLEAN,
            Type::Byte => Self::BYTE,
            Type::Short => Self::SHORT,
            _ => Self::INT,
        }
    }

    /// The interval, or all ints when the computation may have wrapped around.
    fn computed(low: i64, high: i64) -> Self {
        match low >= Self::INT.low && high <= Self::INT.high {
            true => Self { low, high },
            false => Self::INT,
        }
    }

    pub(crate) fn is_within(self, other: Self) -> bool {
        self.low >= other.low && self.high <= other.high
    }

    pub(crate) fn fits_short(self) -> bool {
        self.is_within(Self::SHORT)
    }

    /// The only value in the interval, if there is only one.
    pub(crate) fn constant(self) -> Option<i64> {
        (self.low == self.high).then_some(self.low)
    }

    /// Whether the low 16 bits of a value of each are equal only when the values are.
    pub(crate) fn is_told_apart_by_16_bits(self, other: Self) -> bool {
        self.high - other.low < 0x1_0000 && other.high - self.low < 0x1_0000
    }

    /// Everything in either interval.
    pub(crate) fn hull(self, other: Self) -> Self {
        Self {
            low: self.low.min(other.low),
            high: self.high.max(other.high),
        }
    }

    /// The hull, with each bound that moved carried on to the next step.
    pub(crate) fn widened(self, other: Self) -> Self {
        let hull = self.hull(other);
        let up = |bound: i64| {
            STEPS
                .into_iter()
                .find(|step| *step >= bound)
                .unwrap_or(Self::INT.high)
        };
        let low = if hull.low < self.low {
            -up(-1 - hull.low) - 1
        } else {
            hull.low
        };
        let high = if hull.high > self.high {
            up(hull.high)
        } else {
            hull.high
        };
        Self {
            low: low.max(Self::INT.low),
            high,
        }
    }

    /// The value of `(byte) x` for an `x` of the interval.
    pub(crate) fn to_byte(self) -> Self {
        if self.is_within(Self::BYTE) {
            self
        } else {
            Self::BYTE
        }
    }

    /// The value of `(short) x`.
    pub(crate) fn to_short(self) -> Self {
        if self.fits_short() { self } else { Self::SHORT }
    }

    pub(crate) fn negated(self) -> Self {
        Self::computed(-self.high, -self.low)
    }

    /// The result of an operator on any two values of the intervals.
    pub(crate) fn binary(operator: BinaryOperator, left: Self, right: Self) -> Self {
        match operator {
            BinaryOperator::Add => Self::computed(left.low + right.low, left.high + right.high),
            BinaryOperator::Subtract => Self::computed(left.low - right.high, left.high - right.low),
            BinaryOperator::Multiply => Self::of_corners(left, right, |a, b| a * b),
            BinaryOperator::Divide => left.divided(right),
            BinaryOperator::Remainder => left.remainder(right),
            BinaryOperator::ShiftLeft => left.shifted_left(right),
            BinaryOperator::ShiftRight => left.shifted_right(right),
            BinaryOperator::ShiftRightUnsigned => left.shifted_right_unsigned(right),
            BinaryOperator::And => left.and(right),
            BinaryOperator::Or | BinaryOperator::Xor => left.or(right),
        }
    }

    /// The hull of an operation that is monotone in each operand.
    fn of_corners(left: Self, right: Self, operation: impl Fn(i64, i64) -> i64) -> Self {
        let corners = [
            operation(left.low, right.low),
            operation(left.low, right.high),
            operation(left.high, right.low),
            operation(left.high, right.high),
        ];
        let low = corners.into_iter().fold(i64::MAX, i64::min);
        let high = corners.into_iter().fold(i64::MIN, i64::max);
        Self::computed(low, high)
    }

    /// The largest absolute value.
    fn magnitude(self) -> i64 {
        self.low.abs().max(self.high.abs())
    }

    fn divided(self, divisor: Self) -> Self {
        if divisor.low > 0 {
            return Self::of_corners(self, divisor, |a, b| a / b);
        }
        if divisor.high < 0 {
            return Self::of_corners(self, divisor, |a, b| a / b);
        }
        // Division by zero throws; by -1 or 1 the magnitude stays.
        Self::computed(-self.magnitude(), self.magnitude())
    }

    fn remainder(self, divisor: Self) -> Self {
        let most = (divisor.magnitude() - 1).max(0);
        Self {
            low: if self.low < 0 { self.low.max(-most) } else { 0 },
            high: if self.high > 0 { self.high.min(most) } else { 0 },
        }
    }

    /// The shift distance when it is known: the low five bits (JLS §15.19).
    fn distance(self) -> Option<i64> {
        self.constant().map(|value| value & 0x1F)
    }

    fn shifted_left(self, distance: Self) -> Self {
        match distance.distance() {
            Some(bits) => Self::computed(self.low << bits, self.high << bits),
            None => Self::INT,
        }
    }

    fn shifted_right(self, distance: Self) -> Self {
        match distance.distance() {
            Some(bits) => Self {
                low: self.low >> bits,
                high: self.high >> bits,
            },
            None => Self {
                low: self.low.min(0),
                high: self.high.max(0),
            },
        }
    }

    fn shifted_right_unsigned(self, distance: Self) -> Self {
        match distance.distance() {
            Some(0) => self,
            Some(_) | None if self.low >= 0 => self.shifted_right(distance),
            Some(bits) => Self {
                low: 0,
                high: i64::from(u32::MAX) >> bits,
            },
            None => Self::INT,
        }
    }

    /// The smallest interval of the form -2^n … 2^n - 1 that has both.
    fn bits(self, other: Self) -> Self {
        let hull = self.hull(other);
        let most = hull.high.max(-1 - hull.low);
        let mut limit = 1;
        while limit <= most {
            limit *= 2;
        }
        Self {
            low: -limit,
            high: limit - 1,
        }
    }

    fn and(self, other: Self) -> Self {
        match (self.low >= 0, other.low >= 0) {
            (true, true) => Self {
                low: 0,
                high: self.high.min(other.high),
            },
            (true, false) => Self { low: 0, ..self },
            (false, true) => Self { low: 0, ..other },
            (false, false) => self.bits(other),
        }
    }

    /// Bounds of `|` and `^` alike.
    fn or(self, other: Self) -> Self {
        let bits = self.bits(other);
        match self.low >= 0 && other.low >= 0 {
            true => Self { low: 0, ..bits },
            false => bits,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Range;
    use crate::class_model::BinaryOperator;

    const OPERATORS: [BinaryOperator; 11] = [
        BinaryOperator::Add,
        BinaryOperator::Subtract,
        BinaryOperator::Multiply,
        BinaryOperator::Divide,
        BinaryOperator::Remainder,
        BinaryOperator::ShiftLeft,
        BinaryOperator::ShiftRight,
        BinaryOperator::ShiftRightUnsigned,
        BinaryOperator::And,
        BinaryOperator::Or,
        BinaryOperator::Xor,
    ];

    /// The operator on ints, as Java has it; `None` where it throws.
    fn compute(operator: BinaryOperator, a: i32, b: i32) -> Option<i32> {
        Some(match operator {
            BinaryOperator::Add => a.wrapping_add(b),
            BinaryOperator::Subtract => a.wrapping_sub(b),
            BinaryOperator::Multiply => a.wrapping_mul(b),
            BinaryOperator::Divide if b == 0 => return None,
            BinaryOperator::Remainder if b == 0 => return None,
            BinaryOperator::Divide => a.wrapping_div(b),
            BinaryOperator::Remainder => a.wrapping_rem(b),
            BinaryOperator::ShiftLeft => a.wrapping_shl(b.cast_unsigned() & 31),
            BinaryOperator::ShiftRight => a.wrapping_shr(b.cast_unsigned() & 31),
            BinaryOperator::ShiftRightUnsigned => a
                .cast_unsigned()
                .wrapping_shr(b.cast_unsigned() & 31)
                .cast_signed(),
            BinaryOperator::And => a & b,
            BinaryOperator::Or => a | b,
            BinaryOperator::Xor => a ^ b,
        })
    }

    const SAMPLES: [i32; 21] = [
        i32::MIN,
        -65_537,
        -65_536,
        -32_769,
        -32_768,
        -256,
        -128,
        -2,
        -1,
        0,
        1,
        2,
        7,
        31,
        127,
        255,
        32_767,
        32_768,
        65_535,
        65_536,
        i32::MAX,
    ];

    #[test]
    fn every_result_lies_in_its_interval() {
        let ranges: Vec<Range> = SAMPLES
            .iter()
            .flat_map(|low| {
                SAMPLES
                    .iter()
                    .filter(move |high| low <= high)
                    .map(move |high| (low, high))
            })
            .map(|(low, high)| Range::of(*low).hull(Range::of(*high)))
            .collect();
        for operator in OPERATORS {
            for left in &ranges {
                for right in &ranges {
                    let result = Range::binary(operator, *left, *right);
                    for a in SAMPLES.iter().filter(|a| Range::of(**a).is_within(*left)) {
                        for b in SAMPLES.iter().filter(|b| Range::of(**b).is_within(*right)) {
                            let Some(value) = compute(operator, *a, *b) else {
                                continue;
                            };
                            assert!(
                                Range::of(value).is_within(result),
                                "{a} {operator:?} {b} = {value}, not in {result:?} of {left:?}, {right:?}"
                            );
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn growing_intervals_settle() {
        let mut range = Range::of(0);
        let mut rounds = 0;
        while range != Range::INT {
            let next = range.hull(Range::binary(BinaryOperator::Add, range, Range::of(1)));
            let next = next.hull(Range::binary(BinaryOperator::Subtract, range, Range::of(1)));
            range = range.widened(next);
            rounds += 1;
        }
        assert!(rounds < 10, "{rounds}");
    }
}
