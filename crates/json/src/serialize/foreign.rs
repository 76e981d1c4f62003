//! Values on their way through serde, which knows no numbers without bounds.

use serde::{Serialize, Serializer};

use crate::{Number, Value};

/// As what it is; for its numbers see [`Number`].
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

/// The name of the newtype struct that a number serializes as which no type of serde can be. Serializers of other
/// crates see its content, the digits as a string; ours knows the name and makes a number of them.
pub(super) const NUMBER: &str = "$catchment_json::number";

/// Never rounded: an integer of 64 or 128 bits, a double where that is the same number, else the digits: as a number
/// for [`to_value`](crate::to_value), as a string for serializers of other crates.
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

/// The double whose text is the same number. (Its bits are not: 0.1 is no sum of powers of two. But who writes
/// that double gets 0.1 back.)
fn as_exact_f64(number: &Number) -> Option<f64> {
    let double = number.as_f64()?;
    let written = Number::from(double);
    let same = || decimal(number.as_str()).is_some_and(|decimal_of_number| decimal(written.as_str()) == Some(decimal_of_number));
    (written == *number || same()).then_some(double)
}

/// A decimal number that has one form only: no zeros at either end of its digits, which are followed by as
/// many zeros as `exponent` says.
#[derive(PartialEq)]
struct Decimal {
    negative: bool,
    digits: String,
    exponent: i64,
}

/// None for what is not finite or has an exponent beyond all bounds.
fn decimal(text: &str) -> Option<Decimal> {
    let (negative, size) = text.strip_prefix('-').map_or((false, text), |size| (true, size));
    let (mantissa, exponent) = size.split_once(['e', 'E']).unwrap_or((size, "0"));
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
