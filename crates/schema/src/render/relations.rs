//! Relations between the tables of a schema.

use catchment_json::Value;

use super::tables;
use crate::{
    DLT_ID_COLUMN, DLT_LOAD_ID_COLUMN, DLT_PARENT_ID_COLUMN, DLT_ROOT_ID_COLUMN, LOADS_TABLE, Schema, Table, VERSION_TABLE,
};

/// A reference from columns of one table to columns of another.
pub(super) struct Relation<'s> {
    pub(super) table: &'s str,
    pub(super) columns: Vec<&'s str>,
    pub(super) referenced_table: &'s str,
    pub(super) referenced_columns: Vec<&'s str>,
    pub(super) label: String,
    /// The cardinality of the table and of the referenced table.
    pub(super) ends: (Cardinality, Cardinality),
}

/// The number of rows at one end of a relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cardinality {
    ZeroOrOne,
    One,
    Many,
}

/// Returns the relations between the tables of a destination: child rows to parent and root rows, root rows to loads, loads
/// to schema versions, and the declared references.
pub(super) fn relations<'s>(schema: &'s Schema) -> Vec<Relation<'s>> {
    let mut found = Vec::new();
    for table in tables(schema) {
        let mut to = |column: &'s str, referenced_table: &'s str, referenced: &'s str| {
            found.push(Relation {
                table: &table.name,
                columns: vec![column],
                referenced_table,
                referenced_columns: vec![referenced],
                label: column.to_owned(),
                ends: (Cardinality::Many, Cardinality::One),
            });
        };
        if let Some(parent) = &table.parent {
            let row_key =
                |table: &str| schema.tables.get(table).map_or(DLT_ID_COLUMN, |table| key(table, "row_key", DLT_ID_COLUMN));
            to(key(table, "parent_key", DLT_PARENT_ID_COLUMN), parent, row_key(parent));
            let root = schema.root_of(&table.name);
            to(key(table, "root_key", DLT_ROOT_ID_COLUMN), root, row_key(root));
        }
        to(DLT_LOAD_ID_COLUMN, LOADS_TABLE, "load_id");
        if table.name == LOADS_TABLE {
            to("schema_version_hash", VERSION_TABLE, "version_hash");
        }
        let declared = table.hints.get("references").and_then(Value::as_array).unwrap_or_default();
        found.extend(declared.iter().filter_map(|reference| self::declared(table, reference)));
    }
    found.retain(|relation| {
        // DBML does not support references of columns to themselves, in any order.
        let is_same = relation.columns.iter().all(|column| relation.referenced_columns.contains(column));
        let is_loop = relation.table == relation.referenced_table && is_same;
        !is_loop
            && has(schema, relation.table, &relation.columns)
            && has(schema, relation.referenced_table, &relation.referenced_columns)
    });
    found
}

/// Returns the first column with the flag `hint`, or `usual`.
fn key<'s>(table: &'s Table, hint: &str, usual: &'s str) -> &'s str {
    table.columns_with(hint).first().copied().unwrap_or(usual)
}

fn has(schema: &Schema, table: &str, columns: &[&str]) -> bool {
    let has_column = |table: &Table, name: &str| table.columns.get(name).is_some_and(|column| column.data_type.is_some());
    !columns.is_empty() && schema.tables.get(table).is_some_and(|table| columns.iter().all(|column| has_column(table, column)))
}

/// Parses an entry of the hint `references`.
fn declared<'s>(table: &'s Table, reference: &'s Value) -> Option<Relation<'s>> {
    let names = |key: &str| {
        let names = reference.get(key).and_then(Value::as_array).unwrap_or_default();
        names.iter().map(Value::as_str).collect::<Option<Vec<_>>>()
    };
    let (columns, referenced_columns) = (names("columns")?, names("referenced_columns")?);
    if columns.len() != referenced_columns.len() {
        return None;
    }
    let text = |key: &str| reference.get(key).and_then(Value::as_str);
    Some(Relation {
        table: &table.name,
        label: text("label").map_or_else(|| columns.join(", "), str::to_owned),
        ends: text("cardinality").and_then(ends).unwrap_or((Cardinality::Many, Cardinality::One)),
        referenced_table: text("referenced_table")?,
        columns,
        referenced_columns,
    })
}

/// Parses a cardinality such as `many_to_one`.
fn ends(cardinality: &str) -> Option<(Cardinality, Cardinality)> {
    let end = |name: &str| match name {
        "zero" => Some(Cardinality::ZeroOrOne),
        "one" => Some(Cardinality::One),
        "many" => Some(Cardinality::Many),
        _ => None,
    };
    let (left, right) = cardinality.split_once("_to_")?;
    Some((end(left)?, end(right)?))
}
