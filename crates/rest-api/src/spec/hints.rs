//! Table hints.

use catchment_schema::{NestedHints, PASSTHROUGH_HINTS, TableHints};

use super::bigquery;
use super::columns::{self, COLUMNS, CONTRACT};
use super::disposition::{self, DISPOSITION};
use super::object_reader::ObjectReader;
use crate::SpecDiagnostic;
use crate::spec_schema::{FieldSchema, ObjectSchema, ValueType};

pub(super) const NESTED_HINTS: ValueType = ValueType::MapOf(&ValueType::Object(&NESTED));

static NESTED: ObjectSchema = ObjectSchema::new(
    "nested_hints",
    "Hints for the table of a nested list. A table with a key is loaded independently of the rows that contain the list.",
    &[
        FieldSchema::new("columns", COLUMNS, "Declared columns."),
        FieldSchema::new("primary_key", ValueType::Names, "The fields that identify a row."),
        FieldSchema::new(
            "merge_key",
            ValueType::Names,
            "Fields by which a merge deletes existing rows: all rows that have the same values as a new row. They need not be unique.",
        ),
        FieldSchema::new(
            "write_disposition",
            DISPOSITION,
            "The write disposition of the table, if it has a primary key or merge key; append by default.",
        ),
        FieldSchema::new("schema_contract", CONTRACT, "The schema contract; that of the parent table by default."),
        FieldSchema::new(
            "max_table_nesting",
            ValueType::Integer(0, 1000),
            "The number of nested levels that become columns and child tables. Deeper values are stored as JSON.",
        ),
        FieldSchema::new(
            "references",
            ValueType::ListOf(&ValueType::Object(&REFERENCE)),
            "References to columns of other tables; stored in the schema only.",
        ),
        bigquery::PARTITION,
        bigquery::CLUSTER_COLUMNS,
        bigquery::DESCRIPTION,
        bigquery::EXPIRATION,
        bigquery::PARTITION_EXPIRATION,
        bigquery::REQUIRE_PARTITION_FILTER,
        bigquery::LABELS,
    ],
);

pub(super) static REFERENCE: ObjectSchema = ObjectSchema::new(
    "reference",
    "A reference to columns of another table.",
    &[
        FieldSchema::required("columns", ValueType::ListOf(&ValueType::Text), "The columns of this table."),
        FieldSchema::required("referenced_table", ValueType::Text, "The referenced table."),
        FieldSchema::required("referenced_columns", ValueType::ListOf(&ValueType::Text), "The columns of the referenced table."),
        FieldSchema::new("label", ValueType::Text, "A label of the reference."),
        FieldSchema::new("cardinality", ValueType::Text, "The cardinality, such as one_to_many."),
    ],
);

/// Reads the hints of a table.
pub(super) fn read(keys: &ObjectReader<'_>, diagnostics: &mut Vec<SpecDiagnostic>) -> TableHints {
    let (write_disposition, merge) = disposition::read(keys, diagnostics);
    TableHints {
        write_disposition,
        merge,
        primary_key: keys.names("primary_key"),
        merge_key: keys.names("merge_key"),
        cursor: None,
        columns: columns::columns(keys, diagnostics),
        schema_contract: columns::contract(keys),
        max_table_nesting: keys.integer("max_table_nesting"),
        passthrough_hints: PASSTHROUGH_HINTS
            .into_iter()
            .filter_map(|key| Some((key.to_owned(), keys.get(key)?.clone())))
            .collect(),
        nested: nested(keys, diagnostics),
        use_dlt_names: false,
    }
}

fn nested(keys: &ObjectReader<'_>, diagnostics: &mut Vec<SpecDiagnostic>) -> Vec<NestedHints> {
    let path = keys.path("nested_hints");
    let hints = |(field, value): (&String, &_)| {
        let hints = read(&ObjectReader::of(value, format!("{path}.{field}")), diagnostics);
        NestedHints { field: field.clone(), hints }
    };
    keys.object("nested_hints").map(hints).collect()
}
