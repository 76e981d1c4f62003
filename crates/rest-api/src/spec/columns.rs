//! Declared columns and schema contracts.

use catchment_json::{Object, Value};
use catchment_schema::{Column, ContractMode, DataType, SchemaContract};

use super::names;
use super::object_reader::ObjectReader;
use crate::SpecDiagnostic;
use crate::spec_schema::{FieldSchema, ObjectSchema, ValueType};

macro_rules! column {
    ($name:literal, $name_field:expr) => {
        ObjectSchema {
            name: $name,
            doc: "A declared column.",
            has_extensions: true,
            fields: &[
                $name_field,
                FieldSchema::new("data_type", ValueType::OneOf(&DATA_TYPES), "The data type; inferred from the rows by default."),
                FieldSchema::new("nullable", ValueType::Bool, "Whether the column may be null; true by default."),
                FieldSchema::new(
                    "precision",
                    ValueType::Integer(0, 255),
                    "For decimal the number of digits, for bigint the number of bits, for timestamp without time zone the digits of the fraction of a second. Has no effect on other types.",
                ),
                FieldSchema::new("scale", ValueType::Integer(0, 255), "For decimal: the number of digits after the decimal point."),
                FieldSchema::new("timezone", ValueType::Bool, "Whether timestamps have a time zone; true by default."),
                FieldSchema::new("unique", ValueType::Bool, "Whether values are unique; stored in the schema, not enforced."),
                FieldSchema::new("primary_key", ValueType::Bool, "Whether the column is part of the primary key."),
                FieldSchema::new("merge_key", ValueType::Bool, "Whether the column is part of the merge key."),
                FieldSchema::new("hard_delete", ValueType::Bool, "Whether a value in the column (true, if it is a boolean) deletes the row when merged."),
                FieldSchema::new(
                    "partition",
                    ValueType::Bool,
                    "Whether a new table is partitioned by the column; has an effect in BigQuery only.",
                ),
                FieldSchema::new(
                    "cluster",
                    ValueType::Bool,
                    "Whether a new table is clustered by the column; has an effect in BigQuery only.",
                ),
                FieldSchema::new(
                    "sort",
                    ValueType::Bool,
                    "Whether the table is sorted by the column; stored in the schema only.",
                ),
                FieldSchema::new(
                    "dedup_sort",
                    ValueType::OneOf(&["asc", "desc"]),
                    "Whether the row with the lowest (asc) or highest (desc) value is kept of several new rows with the same key.",
                ),
                FieldSchema::new("description", ValueType::Text, "A description of the column."),
                FieldSchema::new("row_key", ValueType::Unsupported("set for system columns only"), ""),
                FieldSchema::new("parent_key", ValueType::Unsupported("set for system columns only"), ""),
                FieldSchema::new("root_key", ValueType::Unsupported("set for system columns only"), ""),
                FieldSchema::new("variant", ValueType::Unsupported("variant columns are created by values of other types"), ""),
                FieldSchema::new("incremental", ValueType::Unsupported("set `incremental` of the endpoint"), ""),
            ],
        }
    };
}

const DATA_TYPES: [&str; DataType::ALL.len()] = names!(DataType);
static COLUMN: ObjectSchema = column!("column", FieldSchema::new("name", ValueType::Text, "The name; must be equal to the key."));
static NAMED_COLUMN: ObjectSchema = column!("named_column", FieldSchema::required("name", ValueType::Text, "The name."));

pub(super) const COLUMNS: ValueType = ValueType::Either(
    &[ValueType::MapOf(&ValueType::Object(&COLUMN)), ValueType::ListOf(&ValueType::Object(&NAMED_COLUMN))],
    "an object of columns or a list of columns",
);

static MODES: ObjectSchema = ObjectSchema::new(
    "contract",
    "The schema contract: whether changes of the schema evolve it, are discarded, or fail the run.",
    &[
        FieldSchema::new("tables", ValueType::OneOf(&MODE_NAMES), "The mode for new tables; evolve by default."),
        FieldSchema::new("columns", ValueType::OneOf(&MODE_NAMES), "The mode for new columns; evolve by default."),
        FieldSchema::new(
            "data_type",
            ValueType::OneOf(&MODE_NAMES),
            "The mode for values that do not fit the type of their column; evolve by default.",
        ),
    ],
);
const MODE_NAMES: [&str; ContractMode::ALL.len()] = names!(ContractMode);

pub(super) const CONTRACT: ValueType =
    ValueType::Either(&[ValueType::OneOf(&MODE_NAMES), ValueType::Object(&MODES)], "a mode or an object of modes");

/// Reads the columns of a resource: an object of column hints by name, or a list of columns.
pub(super) fn columns(keys: &ObjectReader<'_>, diagnostics: &mut Vec<SpecDiagnostic>) -> Vec<Column> {
    let path = keys.path("columns");
    match keys.get("columns") {
        Some(Value::Object(columns)) => {
            for (name, hints) in columns {
                if let Some(other) = hints.get("name").and_then(Value::as_str).filter(|other| other != name) {
                    let problem = format!("found {other:?}, but the key of this column is {name:?}; use the name as the key");
                    diagnostics.push(SpecDiagnostic::new(format!("{path}.{name}.name"), problem));
                }
            }
            columns.iter().map(|(name, hints)| column(name, hints, &format!("{path}.{name}"), diagnostics)).collect()
        }
        Some(Value::Array(columns)) => columns
            .iter()
            .enumerate()
            .map(|(index, hints)| {
                let name = hints.get("name").and_then(Value::as_str).unwrap_or_default();
                column(name, hints, &format!("{path}[{index}]"), diagnostics)
            })
            .collect(),
        _ => Vec::new(),
    }
}

fn column(name: &str, value: &Value, path: &str, diagnostics: &mut Vec<SpecDiagnostic>) -> Column {
    let keys = ObjectReader::of(value, path);
    let data_type = keys.text("data_type").and_then(DataType::from_name);
    let mut hints = Object::new();
    for key in [
        "precision",
        "scale",
        "timezone",
        "unique",
        "primary_key",
        "merge_key",
        "hard_delete",
        "partition",
        "cluster",
        "sort",
        "dedup_sort",
        "description",
    ] {
        if let Some(value) = keys.get(key) {
            hints.insert(key.to_owned(), value.clone());
        }
    }
    hints.extend(keys.extensions().map(|(key, value)| (key.clone(), value.clone())));
    check_digits(data_type, &hints, path, diagnostics);
    Column { name: name.to_owned(), data_type, nullable: keys.bool("nullable"), hints }
}

/// Checks that a decimal has at most 38 digits, and a scale within its precision.
fn check_digits(data_type: Option<DataType>, hints: &Object, path: &str, diagnostics: &mut Vec<SpecDiagnostic>) {
    let number = |key: &str, default| hints.get(key).and_then(Value::as_i64).unwrap_or(default);
    let (precision, scale) = (number("precision", 38), number("scale", 9));
    if data_type == Some(DataType::Decimal) && !((1..=38).contains(&precision) && scale <= precision) {
        let problem = format!(
            "found precision {precision} and scale {scale}, expected a precision from 1 to 38 and a scale no greater than the precision"
        );
        diagnostics.push(SpecDiagnostic::new(path, problem));
    }
}

/// Reads the schema contract of a resource.
pub(super) fn contract(keys: &ObjectReader<'_>) -> Option<SchemaContract> {
    SchemaContract::from_value(keys.get("schema_contract")?).ok()
}

/// Merges columns with their defaults, column by column, if both are objects.
pub(super) fn merge(own: &Value, default: &Value) -> Option<Value> {
    let (own, default) = (own.as_object()?, default.as_object()?);
    let mut merged = default.clone();
    for (name, hints) in own {
        let hints = match (hints, default.get(name)) {
            (Value::Object(hints), Some(Value::Object(default))) => Value::Object(super::resource::merge_objects(hints, default)),
            _ => hints.clone(),
        };
        merged.insert(name.clone(), hints);
    }
    Some(Value::Object(merged))
}
