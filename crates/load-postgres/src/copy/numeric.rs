//! Decimals and integers as `numeric`.
//!
//! A `numeric` is a list of digits in base 10,000, aligned at the decimal point, with the exponent of the first digit
//! (the weight), a sign, and the number of decimal places to show (see `numeric_recv` in PostgreSQL).

use arrow::array::ArrayRef;
use arrow::datatypes::{DataType, Decimal128Type, Decimal256Type, i256};
use bytes::{BufMut as _, BytesMut};

use super::integer::IntegerValues;
use super::values::PrimitiveValues;

const POSITIVE: u16 = 0x0000;
const NEGATIVE: u16 = 0x4000;
/// The number of base-10,000 digits of 2^256, with one more for the alignment at the decimal point.
const MAX_DIGITS: usize = 21;
/// Four digits of base 10,000.
const CHUNK: u64 = 10_000_000_000_000_000;
/// The greatest integer up to which all integers are doubles.
const EXACT_DOUBLES: u128 = 1 << 53;
/// The powers of ten that are doubles.
const EXACT_POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21,
    1e22,
];

/// The values of a decimal array.
#[derive(Debug)]
pub(super) enum DecimalValues<'a> {
    Decimal128(PrimitiveValues<'a, i128>, i8),
    Decimal256(PrimitiveValues<'a, i256>, i8),
}

impl<'a> DecimalValues<'a> {
    /// Returns `None` if the array has another type.
    pub(super) fn new(array: &'a ArrayRef) -> Option<DecimalValues<'a>> {
        match array.data_type() {
            DataType::Decimal128(_, scale) => {
                PrimitiveValues::new::<Decimal128Type>(array).map(|values| DecimalValues::Decimal128(values, *scale))
            }
            DataType::Decimal256(_, scale) => {
                PrimitiveValues::new::<Decimal256Type>(array).map(|values| DecimalValues::Decimal256(values, *scale))
            }
            _ => None,
        }
    }

    /// Returns the double nearest to the value of the row, or `None` for NULL.
    pub(super) fn nearest_double(&self, row: usize) -> Option<f64> {
        let (digits, scale) = match self {
            DecimalValues::Decimal128(values, scale) => {
                let value = values.get(row)?;
                let power = usize::try_from(*scale).ok().and_then(|scale| EXACT_POWERS.get(scale));
                if let Some(power) = power.filter(|_| value.unsigned_abs() <= EXACT_DOUBLES) {
                    // One operation on two exact doubles is rounded correctly.
                    return Some(value as f64 / power);
                }
                (value.to_string(), *scale)
            }
            DecimalValues::Decimal256(values, scale) => (values.get(row)?.to_string(), *scale),
        };
        format!("{digits}e{}", -i32::from(scale)).parse().ok()
    }
}

/// Writes numerics.
#[derive(Debug)]
pub(super) enum NumericWriter<'a> {
    Integer(IntegerValues<'a>),
    Decimal(DecimalValues<'a>),
}

impl<'a> NumericWriter<'a> {
    pub(super) fn new(array: &'a ArrayRef) -> Option<NumericWriter<'a>> {
        match array.data_type() {
            DataType::Decimal128(..) | DataType::Decimal256(..) => DecimalValues::new(array).map(NumericWriter::Decimal),
            _ => IntegerValues::new(array).map(NumericWriter::Integer),
        }
    }

    /// Writes the value of a row. Returns `None` and writes nothing for NULL.
    #[inline]
    pub(super) fn write(&self, row: usize, out: &mut BytesMut) -> Option<()> {
        let (is_negative, magnitude, scale) = match self {
            NumericWriter::Integer(values) => {
                let value = values.get(row)?;
                (value < 0, [value.unsigned_abs(), 0, 0, 0], 0)
            }
            NumericWriter::Decimal(DecimalValues::Decimal128(values, scale)) => {
                let value = values.get(row)?;
                let magnitude = value.unsigned_abs();
                (value < 0, [magnitude as u64, (magnitude >> 64) as u64, 0, 0], *scale)
            }
            NumericWriter::Decimal(DecimalValues::Decimal256(values, scale)) => {
                let value = values.get(row)?;
                // The smallest value keeps its bits, which are its magnitude as an unsigned number.
                let (low, high) = value.wrapping_abs().to_parts();
                (value.is_negative(), [low as u64, (low >> 64) as u64, high as u64, (high as u128 >> 64) as u64], *scale)
            }
        };
        Numeric::new(is_negative, magnitude, scale).write(out);
        Some(())
    }
}

/// A number in the format of PostgreSQL.
struct Numeric {
    /// The digits from the least significant one, of which the first `count` are used.
    digits: [u16; MAX_DIGITS],
    count: usize,
    weight: i16,
    sign: u16,
    scale: u16,
}

impl Numeric {
    /// Converts a magnitude, in limbs from the least significant one, times 10 to the power of `-scale`.
    #[inline]
    fn new(is_negative: bool, mut magnitude: [u64; 4], scale: i8) -> Numeric {
        let exponent = -i16::from(scale);
        // The exponent of the first base-10,000 digit, and the number of its decimal digits that precede the magnitude.
        let mut first = exponent.div_euclid(4);
        let shift = exponent.rem_euclid(4).unsigned_abs();
        let mut digits = Digits { digits: [0; MAX_DIGITS], count: 0 };
        if shift > 0 {
            let low = divide(&mut magnitude, 10_u64.pow(u32::from(4 - shift)));
            digits.push(low * 10_u64.pow(u32::from(shift)));
        }
        while let [_, high @ ..] = &magnitude
            && *high != [0; 3]
        {
            let mut low = divide(&mut magnitude, CHUNK);
            for _ in 0..4 {
                digits.push(low % 10_000);
                low /= 10_000;
            }
        }
        let [mut low, ..] = magnitude;
        while low > 0 {
            digits.push(low % 10_000);
            low /= 10_000;
        }
        first += digits.strip_zeros();
        let Digits { digits, count } = digits;
        Numeric {
            digits,
            count,
            weight: if count == 0 { 0 } else { first + count as i16 - 1 },
            sign: if is_negative { NEGATIVE } else { POSITIVE },
            scale: scale.max(0).unsigned_abs().into(),
        }
    }

    #[inline]
    fn write(&self, out: &mut BytesMut) {
        let digits = self.digits.get(..self.count).unwrap_or_default();
        let count = digits.len() as u16;
        out.put_i32(8 + 2 * i32::from(count));
        out.put_u16(count);
        out.put_i16(self.weight);
        out.put_u16(self.sign);
        out.put_u16(self.scale);
        for digit in digits.iter().rev() {
            out.put_u16(*digit);
        }
    }
}

/// Base-10,000 digits from the least significant one.
struct Digits {
    digits: [u16; MAX_DIGITS],
    count: usize,
}

impl Digits {
    #[inline]
    fn push(&mut self, digit: u64) {
        if let Some(next) = self.digits.get_mut(self.count) {
            *next = digit as u16;
            self.count += 1;
        }
    }

    /// Removes zeros on both ends, and returns the number of removed least significant ones.
    #[inline]
    fn strip_zeros(&mut self) -> i16 {
        while self.count > 0 && self.digits.get(self.count - 1) == Some(&0) {
            self.count -= 1;
        }
        let zeros = self.digits.iter().take(self.count).take_while(|digit| **digit == 0).count();
        self.digits.copy_within(zeros..self.count, 0);
        self.count -= zeros;
        zeros as i16
    }
}

/// Divides a number in limbs from the least significant one, and returns the remainder.
#[inline]
fn divide(number: &mut [u64; 4], divisor: u64) -> u64 {
    let mut remainder = 0_u64;
    for limb in number.iter_mut().rev() {
        if remainder == 0 && *limb < divisor {
            (*limb, remainder) = (0, *limb);
            continue;
        }
        let dividend = u128::from(remainder) << 64 | u128::from(*limb);
        // The remainder is below the divisor, so that the quotient fits into a limb.
        *limb = (dividend / u128::from(divisor)) as u64;
        remainder = (dividend % u128::from(divisor)) as u64;
    }
    remainder
}

#[cfg(test)]
#[path = "numeric_tests.rs"]
mod tests;
