//! Declared columns and contracts.

use catchment_json::{Object, Value};
use catchment_schema::{Column, Contract, DataType, Mode};

use super::keys::Keys;
use super::names;
use crate::Mistake;
use crate::shape::{Field, Kind, Shape};

macro_rules! column {
    ($name:literal, $name_field:expr) => {
        Shape {
            name: $name,
            doc: "A column that is declared.",
            has_extensions: true,
            fields: &[
                $name_field,
                Field::new("data_type", Kind::OneOf(&DATA_TYPES), "Its type; the rows say it by default."),
                Field::new("nullable", Kind::Bool, "Whether it may have no value; true by default."),
                Field::new("precision", Kind::Integer(0, 255), "How many digits, characters or bits it has."),
                Field::new("scale", Kind::Integer(0, 255), "How many digits follow the point."),
                Field::new("timezone", Kind::Bool, "Whether its times are instants; true by default."),
                Field::new("unique", Kind::Bool, "Whether each value is there once."),
                Field::new("primary_key", Kind::Bool, "Whether it is part of the primary key."),
                Field::new("merge_key", Kind::Bool, "Whether it is part of the merge key."),
                Field::new("hard_delete", Kind::Bool, "Whether a value in it says that the row is deleted."),
                Field::new("partition", Kind::Bool, "Whether the table is partitioned by it, where the destination can."),
                Field::new("cluster", Kind::Bool, "Whether the table is clustered by it, where the destination can."),
                Field::new("sort", Kind::Bool, "Whether the table is sorted by it, where the destination can."),
                Field::new(
                    "dedup_sort",
                    Kind::OneOf(&["asc", "desc"]),
                    "Which of several rows with one key is kept: by this order.",
                ),
                Field::new("description", Kind::Text, "What it is, for people."),
            ],
        }
    };
}

const DATA_TYPES: [&str; DataType::ALL.len()] = names!(DataType);
static COLUMN: Shape = column!("column", Field::new("name", Kind::Text, "Its name, the same as the key."));
static NAMED_COLUMN: Shape = column!("named_column", Field::required("name", Kind::Text, "Its name."));

pub(super) const COLUMNS: Kind = Kind::Either(
    &[Kind::MapOf(&Kind::Object(&COLUMN)), Kind::ListOf(&Kind::Object(&NAMED_COLUMN))],
    "an object of columns or a list of columns",
);

static MODES: Shape = Shape::new(
    "contract",
    "What rows may change: what is new evolves, is discarded, or fails the run.",
    &[
        Field::new("tables", Kind::OneOf(&MODE_NAMES), "New tables."),
        Field::new("columns", Kind::OneOf(&MODE_NAMES), "New columns."),
        Field::new("data_type", Kind::OneOf(&MODE_NAMES), "Values of another type than their column's."),
    ],
);
const MODE_NAMES: [&str; Mode::ALL.len()] = names!(Mode);

pub(super) const CONTRACT: Kind = Kind::Either(&[Kind::OneOf(&MODE_NAMES), Kind::Object(&MODES)], "a mode or an object of modes");

/// The columns of a resource: an object of names with their hints, or a list of columns.
pub(super) fn columns(keys: &Keys<'_>, mistakes: &mut Vec<Mistake>) -> Vec<Column> {
    let path = keys.path("columns");
    match keys.get("columns") {
        Some(Value::Object(columns)) => {
            for (name, hints) in columns {
                if let Some(other) = hints.get("name").and_then(Value::as_str).filter(|other| other != name) {
                    let problem = format!("found {other:?}, but the key of this column is {name:?}; write the name as the key");
                    mistakes.push(Mistake::new(format!("{path}.{name}.name"), problem));
                }
            }
            columns.iter().map(|(name, hints)| column(name, hints, &format!("{path}.{name}"), mistakes)).collect()
        }
        Some(Value::Array(columns)) => columns
            .iter()
            .enumerate()
            .map(|(index, hints)| {
                let name = hints.get("name").and_then(Value::as_str).unwrap_or_default();
                column(name, hints, &format!("{path}[{index}]"), mistakes)
            })
            .collect(),
        _ => Vec::new(),
    }
}

fn column(name: &str, value: &Value, path: &str, mistakes: &mut Vec<Mistake>) -> Column {
    let keys = Keys::of(value, path);
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
    check_digits(data_type, &hints, path, mistakes);
    Column { name: name.to_owned(), data_type, nullable: keys.bool("nullable"), hints }
}

/// A decimal has at most 38 digits, and no more of them after the point than it has.
fn check_digits(data_type: Option<DataType>, hints: &Object, path: &str, mistakes: &mut Vec<Mistake>) {
    let number = |key: &str, default| hints.get(key).and_then(Value::as_i64).unwrap_or(default);
    let (precision, scale) = (number("precision", 38), number("scale", 9));
    if data_type == Some(DataType::Decimal) && !((1..=38).contains(&precision) && scale <= precision) {
        let problem =
            format!("found precision {precision} and scale {scale}, expected at most 38 digits and a scale within them");
        mistakes.push(Mistake::new(path, problem));
    }
}

/// The contract of a resource.
pub(super) fn contract(keys: &Keys<'_>) -> Option<Contract> {
    Contract::from_value(keys.get("schema_contract")?).ok()
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
