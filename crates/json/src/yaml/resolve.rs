//! Types of scalars without quotes.

use crate::{Number, Value};

/// Returns the value of a scalar without quotes and tag.
pub(super) fn resolve(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ => number(text).map_or_else(|| Value::from(text), Value::Number),
    }
}

/// Returns the value of a scalar with a tag of the core schema, or `None` if they do not match.
pub(super) fn resolve_tagged(kind: &str, text: &str) -> Option<Value> {
    let value = resolve(text);
    match (kind, value) {
        ("str", _) => Some(Value::from(text)),
        ("null", Value::Null) => Some(Value::Null),
        ("bool", Value::Bool(b)) => Some(Value::Bool(b)),
        ("int", Value::Number(n)) if n.is_integer() => Some(Value::Number(n)),
        ("float", Value::Number(n)) if n.is_integer() => Some(Value::Number(Number::from_source(format!("{}.0", n.as_str())))),
        ("float", Value::Number(n)) => Some(Value::Number(n)),
        _ => None,
    }
}

/// Parses a number and returns it in JSON syntax. Hexadecimal and octal numbers may have up to 128 bits.
fn number(text: &str) -> Option<Number> {
    let radix = |prefix, radix| {
        let digits: &str = text.strip_prefix(prefix)?;
        let is_digits = digits.bytes().all(|b| b.is_ascii_alphanumeric());
        is_digits.then(|| u128::from_str_radix(digits, radix).ok()).flatten()
    };
    if let Some(integer) = radix("0x", 16).or_else(|| radix("0o", 8)) {
        return Some(Number::from_source(integer.to_string()));
    }
    let (sign, unsigned) = match text.strip_prefix('-') {
        Some(unsigned) => ("-", unsigned),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    match unsigned {
        ".inf" | ".Inf" | ".INF" => return Some(Number::from_source(format!("{sign}Infinity"))),
        ".nan" | ".NaN" | ".NAN" if text == unsigned => return Some(Number::from_source("NaN")),
        _ => {}
    }
    let (mantissa, exponent) = unsigned.split_at(unsigned.find(['e', 'E']).unwrap_or(unsigned.len()));
    let (whole, fraction) = mantissa.split_once('.').map_or((mantissa, None), |(whole, fraction)| (whole, Some(fraction)));
    let is_number = is_digits(whole)
        && fraction.is_none_or(is_digits)
        && !(whole.is_empty() && fraction.is_none_or(str::is_empty))
        && (exponent.is_empty() || is_exponent(exponent));
    is_number.then(|| {
        let whole = whole.trim_start_matches('0');
        let whole = if whole.is_empty() { "0" } else { whole };
        let fraction = fraction.map(|digits| format!(".{}", if digits.is_empty() { "0" } else { digits }));
        Number::from_source(format!("{sign}{whole}{}{exponent}", fraction.unwrap_or_default()))
    })
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

/// Returns whether the text is an `e`, an optional sign, and digits.
fn is_exponent(text: &str) -> bool {
    let digits = text.get(1..).unwrap_or_default();
    let digits = digits.strip_prefix(['+', '-']).unwrap_or(digits);
    !digits.is_empty() && is_digits(digits)
}
