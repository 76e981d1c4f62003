//! Write dispositions.

use catchment_json::Value;
use catchment_schema::{MergeOptions, MergeStrategy, WriteDisposition, parse_timestamp};

use super::names;
use super::object_reader::ObjectReader;
use crate::SpecDiagnostic;
use crate::spec_schema::{FieldSchema, ObjectSchema, ValueType};

const DISPOSITIONS: [&str; 4] = ["append", "replace", "merge", "skip"];
const STRATEGIES: [&str; MergeStrategy::ALL.len()] = names!(MergeStrategy);

pub(super) const DISPOSITION: ValueType = ValueType::Either(
    &[ValueType::OneOf(&DISPOSITIONS), ValueType::Object(&OPTIONS)],
    "a write disposition or an object with options",
);

const LATER: &str = "remove it";

static OPTIONS: ObjectSchema = ObjectSchema::new(
    "write_disposition",
    "The write disposition of a table, with options for merging.",
    &[
        FieldSchema::required("disposition", ValueType::OneOf(&DISPOSITIONS), "The write disposition."),
        FieldSchema::new("strategy", ValueType::OneOf(&STRATEGIES), "The merge strategy; delete-insert by default."),
        FieldSchema::new(
            "deduplicated",
            ValueType::Bool,
            "Whether the new rows of each load have unique keys; false by default. With true, they are not deduplicated.",
        ),
        FieldSchema::new(
            "validity_column_names",
            ValueType::Names,
            "For scd2: the names of the two columns with the start and the end of validity; _dlt_valid_from and _dlt_valid_to by default.",
        ),
        FieldSchema::new(
            "row_version_column_name",
            ValueType::Text,
            "For scd2: the column whose value differs between versions of a row; a hash of the row by default.",
        ),
        FieldSchema::new(
            "active_record_timestamp",
            ValueType::Text,
            "For scd2: the end of validity of current versions, as a timestamp; null by default.",
        ),
        FieldSchema::new(
            "boundary_timestamp",
            ValueType::Text,
            "For scd2: the start of validity of new versions, as a timestamp; the load time by default.",
        ),
        FieldSchema::new("source_filter", ValueType::Unsupported(LATER), ""),
        FieldSchema::new("destination_scope", ValueType::Unsupported(LATER), ""),
        FieldSchema::new("skip_unchanged_rows", ValueType::Unsupported(LATER), ""),
    ],
);

/// Reads the write disposition of a resource: a name, or an object with merge options.
pub(super) fn read(keys: &ObjectReader<'_>, diagnostics: &mut Vec<SpecDiagnostic>) -> (WriteDisposition, MergeOptions) {
    let value = keys.get("write_disposition");
    if let Some(name) = value.and_then(Value::as_str) {
        return (WriteDisposition::from_name(name).unwrap_or_default(), MergeOptions::default());
    }
    let Some(value) = value else { return Default::default() };
    let keys = ObjectReader::of(value, keys.path("write_disposition"));
    let options = MergeOptions {
        strategy: keys.text("strategy").and_then(MergeStrategy::from_name).unwrap_or_default(),
        deduplicated: keys.bool("deduplicated").unwrap_or(false),
        validity_column_names: validity_columns(&keys, diagnostics),
        row_version_column_name: keys.owned_text("row_version_column_name"),
        active_record_timestamp: timestamp(&keys, "active_record_timestamp", diagnostics),
        boundary_timestamp: timestamp(&keys, "boundary_timestamp", diagnostics),
    };
    (keys.text("disposition").and_then(WriteDisposition::from_name).unwrap_or_default(), options)
}

fn validity_columns(keys: &ObjectReader<'_>, diagnostics: &mut Vec<SpecDiagnostic>) -> Option<(String, String)> {
    keys.get("validity_column_names")?;
    match keys.names("validity_column_names").as_slice() {
        [from, to] => Some((from.clone(), to.clone())),
        _ => {
            diagnostics.push(keys.diagnostic("validity_column_names", "expected a list of two names"));
            None
        }
    }
}

fn timestamp(keys: &ObjectReader<'_>, key: &str, diagnostics: &mut Vec<SpecDiagnostic>) -> Option<i64> {
    let text = keys.text(key)?;
    // a date means midnight UTC
    let micros = parse_timestamp(text).or_else(|| parse_timestamp(&format!("{text}T00:00:00Z")));
    if micros.is_none() {
        diagnostics.push(keys.diagnostic(key, format!("found {text:?}, expected a timestamp such as 2024-01-31T00:00:00Z")));
    }
    micros
}
