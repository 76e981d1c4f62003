//! `Serialize` implementations of [`Value`] and [`Number`]. Serde has no numbers of arbitrary size.

use serde::{Serialize, Serializer};

use crate::{Number, Value};

/// Serializes each value as its own type; see [`Number`] for numbers.
impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Null => serializer.serialize_unit(),
            Value::Bool(b) => serializer.serialize_bool(*b),
            Value::Number(number) => number.serialize(serializer),
            Value::String(text) => serializer.serialize_str(text),
            Value::Array(elements) => serializer.collect_seq(elements),
            Value::Object(object) => serializer.collect_map(object),
        }
    }
}

/// The name of the newtype struct that wraps a number beyond the range of serde's types. Other serializers see its content,
/// a string of digits; the serializer of [`to_value`](crate::to_value) recognizes the name and restores the number.
pub(super) const NUMBER: &str = "$catchment_json::number";

/// Serializes the number without rounding: as an integer of 64 or 128 bits, as a double if it has the same decimal value, or
/// as its text. [`to_value`](crate::to_value) restores a number from the text; other serializers write a string.
impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = self.as_str();
        if let Ok(n) = text.parse() {
            return serializer.serialize_i64(n);
        }
        if let Ok(n) = text.parse() {
            return serializer.serialize_u64(n);
        }
        if let Ok(n) = text.parse() {
            return serializer.serialize_i128(n);
        }
        if let Ok(n) = text.parse() {
            return serializer.serialize_u128(n);
        }
        match as_exact_f64(self).filter(|_| !self.is_integer()) {
            Some(n) => serializer.serialize_f64(n),
            None => serializer.serialize_newtype_struct(NUMBER, text),
        }
    }
}

/// Returns the double whose shortest text is this number. The binary value may differ, as for 0.1, but the double prints as
/// the same number.
fn as_exact_f64(number: &Number) -> Option<f64> {
    let double = number.as_f64()?;
    let written = Number::from(double);
    let same = || decimal(number.as_str()).is_some_and(|decimal_of_number| decimal(written.as_str()) == Some(decimal_of_number));
    (written == *number || same()).then_some(double)
}

/// A decimal number in canonical form: `digits` times ten to the power of `exponent`, without leading or trailing zeros in
/// `digits`.
#[derive(PartialEq)]
struct Decimal {
    negative: bool,
    digits: String,
    exponent: i64,
}

/// Parses a decimal number. Returns `None` if it is not finite or its exponent is out of range.
fn decimal(text: &str) -> Option<Decimal> {
    let (negative, unsigned) = text.strip_prefix('-').map_or((false, text), |unsigned| (true, unsigned));
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let digits = digits.trim_start_matches('0');
    let significant = digits.trim_end_matches('0');
    if significant.is_empty() {
        return Some(Decimal { negative, digits: String::new(), exponent: 0 });
    }
    let trailing = i64::try_from(digits.len() - significant.len()).ok()?;
    let after_point = i64::try_from(fraction.len()).ok()?;
    let exponent = exponent.parse::<i64>().ok()?.checked_sub(after_point)?.checked_add(trailing)?;
    Some(Decimal { negative, digits: significant.to_owned(), exponent })
}
