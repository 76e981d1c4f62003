//! Declared columns and contracts.

use catchment_json::{Object, Value};
use catchment_schema::{Column, Contract, DataType};

use super::keys::{Keys, wrong};
use crate::Mistake;

/// The columns of a resource: an object of names with their hints, or a list of columns.
pub(super) fn columns(keys: &mut Keys<'_>, mistakes: &mut Vec<Mistake>) -> Vec<Column> {
    let path = keys.path("columns");
    match keys.get("columns") {
        None => Vec::new(),
        Some(Value::Object(columns)) => {
            columns.iter().map(|(name, hints)| column(name, hints, &format!("{path}.{name}"), mistakes)).collect()
        }
        Some(Value::Array(columns)) => columns
            .iter()
            .enumerate()
            .map(|(index, hints)| {
                let path = format!("{path}[{index}]");
                let name = Keys::of(hints, path.as_str(), mistakes).required_text("name", mistakes).to_owned();
                column(&name, hints, &path, mistakes)
            })
            .collect(),
        Some(other) => {
            mistakes.push(wrong(&path, "an object of columns or a list of columns", other));
            Vec::new()
        }
    }
}

fn column(name: &str, value: &Value, path: &str, mistakes: &mut Vec<Mistake>) -> Column {
    let mut keys = Keys::of(value, path, mistakes);
    // In a list it is said in the column, in an object it may be.
    keys.text("name", mistakes);
    let types = DataType::ALL.map(DataType::name);
    let mut hints = Object::new();
    let data_type = keys.one_of("data_type", &types, mistakes).and_then(DataType::from_name);
    let nullable = keys.bool("nullable", mistakes);
    for number in ["precision", "scale"] {
        if let Some(n) = keys.integer(number, 0..=255, mistakes) {
            hints.insert(number.to_owned(), Value::from(n));
        }
    }
    for flag in ["timezone", "unique", "primary_key", "merge_key", "hard_delete", "partition", "cluster", "sort"] {
        if let Some(set) = keys.bool(flag, mistakes) {
            hints.insert(flag.to_owned(), Value::Bool(set));
        }
    }
    if let Some(order) = keys.one_of("dedup_sort", &["asc", "desc"], mistakes) {
        hints.insert("dedup_sort".to_owned(), Value::from(order));
    }
    if let Some(text) = keys.text("description", mistakes) {
        hints.insert("description".to_owned(), Value::from(text));
    }
    for (key, value) in keys.extensions() {
        hints.insert(key.clone(), value.clone());
    }
    keys.finish(mistakes);
    check_digits(data_type, &hints, path, mistakes);
    Column { name: name.to_owned(), data_type, nullable, hints }
}

/// A decimal has at most 38 digits, and no more of them after the point than it has.
fn check_digits(data_type: Option<DataType>, hints: &Object, path: &str, mistakes: &mut Vec<Mistake>) {
    let number = |key: &str, default| hints.get(key).and_then(Value::as_i64).unwrap_or(default);
    let (precision, scale) = (number("precision", 38), number("scale", 9));
    if data_type == Some(DataType::Decimal) && !((1..=38).contains(&precision) && scale <= precision) {
        let problem =
            format!("found precision {precision} and scale {scale}, expected at most 38 digits and a scale within them");
        mistakes.push(Mistake { path: path.to_owned(), problem });
    }
}

/// The contract of a resource.
pub(super) fn contract(keys: &mut Keys<'_>, mistakes: &mut Vec<Mistake>) -> Option<Contract> {
    let value = keys.get("schema_contract")?;
    let path = keys.path("schema_contract");
    match Contract::from_value(value) {
        Ok(contract) => Some(contract),
        Err(error) => {
            let path = error.key.as_ref().map_or_else(|| path.clone(), |key| format!("{path}.{key}"));
            mistakes.push(Mistake { path, problem: error.problem });
            None
        }
    }
}

/// Columns over their defaults, column by column, where both are objects.
pub(super) fn merge(own: &Value, default: &Value) -> Option<Value> {
    let (own, default) = (own.as_object()?, default.as_object()?);
    let mut merged = default.clone();
    for (name, hints) in own {
        let hints = match (hints, default.get(name)) {
            (Value::Object(hints), Some(Value::Object(default))) => Value::Object(super::resource::over(hints, default)),
            _ => hints.clone(),
        };
        merged.insert(name.clone(), hints);
    }
    Some(Value::Object(merged))
}
