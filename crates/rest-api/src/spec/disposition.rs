//! What a load does with the rows that a table has.

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
    "a disposition or an object with its options",
);

const LATER: &str = "leave it out";

static OPTIONS: ObjectSchema = ObjectSchema::new(
    "write_disposition",
    "What a load does with the rows that the table has, and how rows are merged.",
    &[
        FieldSchema::required(
            "disposition",
            ValueType::OneOf(&DISPOSITIONS),
            "What a load does with the rows that the table has.",
        ),
        FieldSchema::new("strategy", ValueType::OneOf(&STRATEGIES), "How rows are merged; delete-insert by default."),
        FieldSchema::new(
            "deduplicated",
            ValueType::Bool,
            "Whether no two new rows have one key, so that none has to be looked for.",
        ),
        FieldSchema::new(
            "validity_column_names",
            ValueType::Names,
            "For scd2: the two columns that say from when to when a row was valid.",
        ),
        FieldSchema::new("row_version_column_name", ValueType::Text, "For scd2: the column that tells versions of a row apart."),
        FieldSchema::new(
            "active_record_timestamp",
            ValueType::Text,
            "For scd2: until when rows are valid that are valid now; null by default.",
        ),
        FieldSchema::new(
            "boundary_timestamp",
            ValueType::Text,
            "For scd2: when new versions become valid; the time of the load by default.",
        ),
        FieldSchema::new("source_filter", ValueType::Unsupported(LATER), ""),
        FieldSchema::new("destination_scope", ValueType::Unsupported(LATER), ""),
        FieldSchema::new("skip_unchanged_rows", ValueType::Unsupported(LATER), ""),
    ],
);

/// The disposition of a resource, by its name or as an object that says how rows are merged.
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
    // a date is its beginning
    let micros = parse_timestamp(text).or_else(|| parse_timestamp(&format!("{text}T00:00:00Z")));
    if micros.is_none() {
        diagnostics.push(keys.diagnostic(key, format!("found {text:?}, expected a time stamp such as 2024-01-31T00:00:00Z")));
    }
    micros
}
