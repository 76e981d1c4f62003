//! What is said of tables.

use catchment_schema::{NestedHints, TableHints};

use super::columns::{self, COLUMNS, CONTRACT};
use super::disposition::{self, DISPOSITION};
use super::keys::Keys;
use crate::Mistake;
use crate::shape::{Field, Kind, Shape};

pub(super) const NESTED_HINTS: Kind = Kind::MapOf(&Kind::Object(&NESTED));

static NESTED: Shape = Shape::new(
    "nested_hints",
    "What is said of the table of a list. One with a key is loaded by itself, and is no part of the rows that have the list.",
    &[
        Field::new("columns", COLUMNS, "Columns that are declared."),
        Field::new("primary_key", Kind::Names, "The fields that tell its rows apart."),
        Field::new("merge_key", Kind::Names, "The fields by which new rows replace old ones when they are merged."),
        Field::new(
            "write_disposition",
            DISPOSITION,
            "What a load does with the rows that it has, if it has a key; append by default.",
        ),
        Field::new("schema_contract", CONTRACT, "What rows may change of it."),
        Field::new("max_table_nesting", Kind::Integer(0, 1000), "How deep its objects and lists are taken apart."),
        Field::new(
            "references",
            Kind::ListOf(&Kind::Object(&REFERENCE)),
            "Which columns refer to those of other tables; kept in the schema.",
        ),
    ],
);

pub(super) static REFERENCE: Shape = Shape::new(
    "reference",
    "Columns that refer to those of another table.",
    &[
        Field::required("columns", Kind::ListOf(&Kind::Text), "The columns."),
        Field::required("referenced_table", Kind::Text, "The other table."),
        Field::required("referenced_columns", Kind::ListOf(&Kind::Text), "Its columns."),
        Field::new("label", Kind::Text, "What the reference says."),
        Field::new("cardinality", Kind::Text, "How many rows there are on both sides: one_to_many."),
    ],
);

/// What is said of a table.
pub(super) fn read(keys: &Keys<'_>, mistakes: &mut Vec<Mistake>) -> TableHints {
    let (write_disposition, merge) = disposition::read(keys, mistakes);
    let kept = ["references", "table_format", "file_format"];
    TableHints {
        write_disposition,
        merge,
        primary_key: keys.names("primary_key"),
        merge_key: keys.names("merge_key"),
        cursor: None,
        columns: columns::columns(keys, mistakes),
        schema_contract: columns::contract(keys),
        max_table_nesting: keys.integer("max_table_nesting"),
        kept: kept.into_iter().filter_map(|key| Some((key.to_owned(), keys.get(key)?.clone()))).collect(),
        nested: nested(keys, mistakes),
        reference_names: false,
    }
}

fn nested(keys: &Keys<'_>, mistakes: &mut Vec<Mistake>) -> Vec<NestedHints> {
    let path = keys.path("nested_hints");
    let hints = |(field, value): (&String, &_)| {
        let hints = read(&Keys::of(value, format!("{path}.{field}")), mistakes);
        NestedHints { field: field.clone(), hints }
    };
    keys.object("nested_hints").map(hints).collect()
}
