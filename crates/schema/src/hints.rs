//! What a resource declares of its table.

use catchment_json::{Object, Value};
use thiserror::Error;

use crate::naming;
use crate::{Column, Contract, DLT_ID, DLT_ROOT_ID, Schema, Table, WriteDisposition};

/// What is known of a root table before any row has come.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TableHints {
    /// What a load does with the rows that the table has.
    pub write_disposition: WriteDisposition,
    /// The fields that tell rows apart, as the source spells them.
    pub primary_key: Vec<String>,
    /// The field that the resource is loaded incrementally by, where it is a plain one.
    pub cursor: Option<String>,
    /// Columns that are declared; their names are spelt as in the source. One without a type is typed by the rows.
    pub columns: Vec<Column>,
    /// What rows may change; nothing said means that the schema says it.
    pub schema_contract: Option<Contract>,
    /// How deep objects and lists are taken apart, from 0, at which they all stay JSON; what the schema says by default.
    pub max_table_nesting: Option<u32>,
}

/// A declared column that the rows which are there do not fit.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "column `{column}` of table `{table}` is declared as {declared}, and has rows of type {stored}, which not all can be \
     converted without loss; declare it as {stored}, or give the table another name"
)]
pub struct DeclareError {
    /// The table.
    pub table: String,
    /// The column.
    pub column: String,
    /// The type that is declared.
    pub declared: String,
    /// The type that it has.
    pub stored: String,
}

/// Notes that the type of a column was declared: other values do not widen it.
pub(crate) const DECLARED: &str = "x-declared";

/// Writes `hints` into the table, which is made where it is missing. Hints that code changed between runs
/// take the place of the stored ones.
pub(crate) fn declare(schema: &mut Schema, table: &str, resource: &str, hints: &TableHints) -> Result<(), DeclareError> {
    let entry = schema.tables.entry(table.to_owned()).or_insert_with(|| Table::root(table, resource));
    entry.write_disposition = Some(hints.write_disposition);
    entry.resource = Some(resource.to_owned());
    if let Some(contract) = hints.schema_contract {
        entry.hints.insert("schema_contract".to_owned(), contract.to_value());
    }
    if let Some(levels) = hints.max_table_nesting {
        entry.set_normalizer_hint("max_nesting", Value::from(levels));
    }
    declare_columns(entry, &hints.columns)?;
    let declared_key = hints.columns.iter().filter(|column| column.has("primary_key")).map(|column| &column.name);
    let key: Vec<String> = hints.primary_key.iter().chain(declared_key).map(|field| naming::normalize_path(field)).collect();
    set_flag(entry, "primary_key", &key);
    for name in &key {
        if let Some(column) = entry.columns.get_mut(name) {
            column.nullable = column.nullable.or(Some(false));
        }
    }
    let cursor: Vec<String> = hints.cursor.iter().map(|field| naming::normalize_path(field)).collect();
    set_flag(entry, "incremental", &cursor);
    if hints.write_disposition == WriteDisposition::Merge {
        propagate_root_id(schema, table);
    }
    Ok(())
}

fn declare_columns(table: &mut Table, columns: &[Column]) -> Result<(), DeclareError> {
    let mut typed = Vec::new();
    for declared in columns {
        let name = naming::normalize_key(&declared.name);
        let seen_data = table.has_seen_data();
        if declared.data_type.is_some() {
            typed.push(name.clone());
        }
        let Some(stored) = table.columns.get_mut(&name) else {
            table.columns.insert(name.clone(), Column { name, ..declared.clone() });
            continue;
        };
        // Rows that are there are not made to lack what they may lack.
        let may_be_null = seen_data && stored.data_type.is_some() && stored.is_nullable();
        stored.nullable = if may_be_null { stored.nullable } else { declared.nullable.or(stored.nullable) };
        if let Some(wanted) = declared.column_type() {
            match stored.column_type() {
                Some(known) if seen_data => match known.join(wanted) {
                    Some(joined) if joined.data_type() == wanted.data_type() => stored.set_type(joined),
                    _ => {
                        let (declared, stored) = (wanted.data_type().to_string(), known.data_type().to_string());
                        return Err(DeclareError { table: table.name.clone(), column: name, declared, stored });
                    }
                },
                _ => stored.set_type(wanted),
            }
        }
        for (hint, value) in &declared.hints {
            if !["precision", "scale", "timezone"].contains(&hint.as_str()) {
                stored.hints.insert(hint.clone(), value.clone());
            }
        }
    }
    set_flag(table, DECLARED, &typed);
    Ok(())
}

/// Gives exactly the columns `names` the flag `hint`.
fn set_flag(table: &mut Table, hint: &str, names: &[String]) {
    for column in table.columns.values_mut() {
        if !names.contains(&column.name) {
            column.hints.shift_remove(hint);
        }
    }
    for name in names {
        let column = table.columns.entry(name.clone()).or_insert_with(|| Column::incomplete(name, hint));
        column.hints.insert(hint.to_owned(), Value::Bool(true));
    }
}

/// Notes that child rows carry the id of their root row: merging deletes by it.
fn propagate_root_id(schema: &mut Schema, root: &str) {
    let mut at = &mut schema.normalizers;
    for key in ["json", "config", "propagation", "tables", root] {
        let slot = at.entry(key.to_owned()).or_insert_with(|| Value::Object(Object::new()));
        match slot {
            Value::Object(object) => at = object,
            _ => return,
        }
    }
    at.insert(DLT_ID.to_owned(), Value::from(DLT_ROOT_ID));
}
