//! What a resource declares of its table.

use catchment_json::{Object, Value};

use crate::naming;
use crate::{Column, DLT_ID, DLT_ROOT_ID, Schema, Table, WriteDisposition};

/// What is known of a root table before any row has come.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TableHints {
    /// What a load does with the rows that the table has.
    pub write_disposition: WriteDisposition,
    /// The fields that tell rows apart, as the source spells them.
    pub primary_key: Vec<String>,
    /// The field that the resource is loaded incrementally by, where it is a plain one.
    pub cursor: Option<String>,
}

/// Writes `hints` into the table, which is made where it is missing. Hints that code changed between runs
/// take the place of the stored ones.
pub(crate) fn declare(schema: &mut Schema, table: &str, resource: &str, hints: &TableHints) {
    let entry = schema.tables.entry(table.to_owned()).or_insert_with(|| Table::root(table, resource));
    entry.write_disposition = Some(hints.write_disposition);
    entry.resource = Some(resource.to_owned());
    let key: Vec<String> = hints.primary_key.iter().map(|field| naming::normalize_path(field)).collect();
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
