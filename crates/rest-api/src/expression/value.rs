//! Conversion between JSON values and minijinja values. Nothing is rounded: a number that minijinja cannot represent is an
//! error.

use catchment_json::{Document, Object, Value};
use minijinja::value::{Kwargs, ValueKind};
use minijinja::{Error, ErrorKind};

use super::{JsonNode, OutputBudget};

/// Returns a number as a minijinja value, or an invalid value if it cannot be represented exactly.
pub(super) fn number(source: &str) -> minijinja::Value {
    let is_integer = source.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    if is_integer {
        if let Ok(number) = source.parse::<i64>() {
            return minijinja::Value::from(number);
        }
        if let Ok(number) = source.parse::<i128>() {
            return minijinja::Value::from(number);
        }
    } else if let Ok(number) = source.parse::<f64>()
        && (is_not_finite(source) || digits(source) == digits(&format!("{number:e}")))
    {
        return minijinja::Value::from(number);
    }
    let problem = format!("expressions cannot represent the number {source} exactly");
    minijinja::Value::from(Error::new(ErrorKind::InvalidOperation, problem))
}

/// Returns whether the text is `NaN` or an infinity, as opposed to a number beyond the range of a double.
fn is_not_finite(source: &str) -> bool {
    !source.bytes().any(|byte| byte.is_ascii_digit())
}

/// Returns the digits of a number without leading and trailing zeros, and the power of ten of the last digit.
fn digits(source: &str) -> (String, i64) {
    let (mantissa, exponent) = source.split_once(['e', 'E']).unwrap_or((source, "0"));
    let (whole, fraction) = mantissa.trim_start_matches('-').split_once('.').unwrap_or((mantissa.trim_start_matches('-'), ""));
    let all = format!("{whole}{fraction}");
    let stripped = all.trim_end_matches('0');
    let exponent = exponent.parse::<i64>().unwrap_or(0) - fraction.len() as i64 + (all.len() - stripped.len()) as i64;
    let digits = stripped.trim_start_matches('0');
    if digits.is_empty() { (String::new(), 0) } else { (digits.to_owned(), exponent) }
}

/// Converts a value to a minijinja value.
pub(super) fn to_jinja(value: &Value) -> minijinja::Value {
    match value {
        Value::Null => minijinja::Value::from(()),
        Value::Bool(value) => minijinja::Value::from(*value),
        Value::Number(value) => number(value.as_str()),
        Value::String(text) => minijinja::Value::from(text.as_str()),
        Value::Array(elements) => elements.iter().map(to_jinja).collect(),
        Value::Object(entries) => map(entries.iter().map(|(key, value)| (key.as_str(), to_jinja(value)))),
    }
}

/// Creates a map that keeps the order of `entries`.
pub(crate) fn map<'k>(entries: impl IntoIterator<Item = (&'k str, minijinja::Value)>) -> minijinja::Value {
    // collecting the entries would create a list of pairs
    minijinja::Value::from(Kwargs::from_iter(entries))
}

/// Converts a minijinja value to a value within a memory budget. Undefined becomes null.
pub(super) fn from_jinja(value: &minijinja::Value, budget: &mut OutputBudget) -> Result<Value, String> {
    if let Some(node) = value.downcast_object_ref::<JsonNode>() {
        let (document, id) = node.document();
        let node = document.node(id);
        // `memory_size` includes the text, so each 16 bytes of text count as one value
        budget.take(node.memory_size() / Document::VALUE_BYTES, 0)?;
        return Ok(node.to_value());
    }
    budget.take(1, value.as_str().map_or(0, str::len))?;
    Ok(match value.kind() {
        ValueKind::Undefined | ValueKind::None => Value::Null,
        ValueKind::Bool => Value::from(value.is_true()),
        ValueKind::String => Value::from(value.as_str().unwrap_or_default()),
        ValueKind::Number => {
            let text = value.to_string();
            if value.is_integer() {
                Value::parse(&text).map_err(|error| error.to_string())?
            } else {
                Value::from(f64::try_from(value.clone()).map_err(|error| error.to_string())?)
            }
        }
        ValueKind::Seq | ValueKind::Iterable => {
            let elements = value.try_iter().map_err(|error| super::problem(&error))?;
            Value::Array(elements.map(|element| from_jinja(&element, budget)).collect::<Result<_, _>>()?)
        }
        ValueKind::Map => {
            let mut object = Object::new();
            for key in value.try_iter().map_err(|error| super::problem(&error))? {
                let field = value.get_item(&key).map_err(|error| super::problem(&error))?;
                let key = key.to_string();
                budget.take(0, key.len())?;
                object.insert(key, from_jinja(&field, budget)?);
            }
            Value::Object(object)
        }
        other => {
            // an invalid value returns its error when it is iterated
            let error = value.try_iter().err().filter(|_| other == ValueKind::Invalid);
            return Err(error.map_or_else(
                || format!("the result is of type {other}, which JSON does not support"),
                |error| super::problem(&error),
            ));
        }
    })
}
