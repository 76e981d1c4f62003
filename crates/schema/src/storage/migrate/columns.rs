//! Migrations of columns.

use catchment_json::{Object, Value};

use super::{object_mut, tables_mut};
use crate::{DLT_ID_COLUMN, DLT_PARENT_ID_COLUMN};

/// The name of the JSON type before version 10.
const COMPLEX: &str = "complex";

/// Migrates version 9 to 10: `row_key` and `parent_key` replace `foreign_key`, and `json` replaces `complex`.
pub(super) fn replace_foreign_keys(schema: &mut Object) {
    for table in tables_mut(schema) {
        let Some(columns) = object_mut(table, "columns") else { continue };
        set_from(columns, DLT_ID_COLUMN, "row_key", "unique");
        set_from(columns, DLT_PARENT_ID_COLUMN, "parent_key", "foreign_key");
        for column in columns.values_mut().filter_map(Value::as_object_mut) {
            column.shift_remove("foreign_key");
            if let Some(data_type) = column.get_mut("data_type") {
                complex_to_json(data_type);
            }
        }
    }
    if let Some(settings) = object_mut(schema, "settings") {
        if let Some(preferred) = object_mut(settings, "preferred_types") {
            preferred.values_mut().for_each(complex_to_json);
        }
        if let Some(hints) = object_mut(settings, "default_hints").filter(|hints| !hints.is_empty()) {
            hints.shift_remove("foreign_key");
            for (hint, column) in [("row_key", DLT_ID_COLUMN), ("parent_key", DLT_PARENT_ID_COLUMN)] {
                hints.insert(hint.to_owned(), Value::Array(vec![Value::from(column)]));
            }
        }
    }
    let json = object_mut(schema, "normalizers").and_then(|normalizers| object_mut(normalizers, "json"));
    if let Some(config) = json.and_then(|json| object_mut(json, "config")) {
        config.shift_remove("generate_dlt_id");
    }
}

/// Copies the flag `from` of an existing column to the flag `to`.
fn set_from(columns: &mut Object, column: &str, to: &str, from: &str) {
    if let Some(column) = object_mut(columns, column).filter(|column| !column.is_empty()) {
        let flag = column.get(from).cloned().unwrap_or(Value::Bool(false));
        column.insert(to.to_owned(), flag);
    }
}

fn complex_to_json(data_type: &mut Value) {
    if data_type.as_str() == Some(COMPLEX) {
        *data_type = Value::from("json");
    }
}

/// Removes `seen-null-first` marks, which some versions set on columns with only nulls. Marked columns without a type are
/// removed.
pub(super) fn remove_null_marks(schema: &mut Object) {
    for table in tables_mut(schema) {
        let Some(columns) = object_mut(table, "columns") else { continue };
        columns.retain(|_, column| !is_marked(column) || column.get("data_type").is_some());
        for column in columns.values_mut().filter(|column| is_marked(column)).filter_map(Value::as_object_mut) {
            if let Some(normalizer) = object_mut(column, "x-normalizer") {
                normalizer.shift_remove("seen-null-first");
                if normalizer.is_empty() {
                    column.shift_remove("x-normalizer");
                }
            }
        }
    }
}

fn is_marked(column: &Value) -> bool {
    let mark = column.get("x-normalizer").and_then(|normalizer| normalizer.get("seen-null-first"));
    mark.and_then(Value::as_bool).unwrap_or(false)
}
