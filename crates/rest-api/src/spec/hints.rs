//! What is said of tables.

use catchment_schema::{NestedHints, TableHints};

use super::columns::{self, COLUMNS, CONTRACT};
use super::disposition::{self, DISPOSITION};
use super::object_reader::ObjectReader;
use crate::SpecDiagnostic;
use crate::spec_schema::{FieldSchema, ObjectSchema, ValueType};

pub(super) const NESTED_HINTS: ValueType = ValueType::MapOf(&ValueType::Object(&NESTED));

static NESTED: ObjectSchema = ObjectSchema::new(
    "nested_hints",
    "What is said of the table of a list. One with a key is loaded by itself, and is no part of the rows that have the list.",
    &[
        FieldSchema::new("columns", COLUMNS, "Columns that are declared."),
        FieldSchema::new("primary_key", ValueType::Names, "The fields that tell its rows apart."),
        FieldSchema::new("merge_key", ValueType::Names, "The fields by which new rows replace old ones when they are merged."),
        FieldSchema::new(
            "write_disposition",
            DISPOSITION,
            "What a load does with the rows that it has, if it has a key; append by default.",
        ),
        FieldSchema::new("schema_contract", CONTRACT, "What rows may change of it."),
        FieldSchema::new("max_table_nesting", ValueType::Integer(0, 1000), "How deep its objects and lists are taken apart."),
        FieldSchema::new(
            "references",
            ValueType::ListOf(&ValueType::Object(&REFERENCE)),
            "Which columns refer to those of other tables; kept in the schema.",
        ),
    ],
);

pub(super) static REFERENCE: ObjectSchema = ObjectSchema::new(
    "reference",
    "Columns that refer to those of another table.",
    &[
        FieldSchema::required("columns", ValueType::ListOf(&ValueType::Text), "The columns."),
        FieldSchema::required("referenced_table", ValueType::Text, "The other table."),
        FieldSchema::required("referenced_columns", ValueType::ListOf(&ValueType::Text), "Its columns."),
        FieldSchema::new("label", ValueType::Text, "What the reference says."),
        FieldSchema::new("cardinality", ValueType::Text, "How many rows there are on both sides: one_to_many."),
    ],
);

/// What is said of a table.
pub(super) fn read(keys: &ObjectReader<'_>, diagnostics: &mut Vec<SpecDiagnostic>) -> TableHints {
    let (write_disposition, merge) = disposition::read(keys, diagnostics);
    let kept = ["references", "table_format", "file_format"];
    TableHints {
        write_disposition,
        merge,
        primary_key: keys.names("primary_key"),
        merge_key: keys.names("merge_key"),
        cursor: None,
        columns: columns::columns(keys, diagnostics),
        schema_contract: columns::contract(keys),
        max_table_nesting: keys.integer("max_table_nesting"),
        passthrough_hints: kept.into_iter().filter_map(|key| Some((key.to_owned(), keys.get(key)?.clone()))).collect(),
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
