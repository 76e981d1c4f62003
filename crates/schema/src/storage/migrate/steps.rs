//! The small steps.

use catchment_json::{Object, Value};

use super::{object_mut, object_or_new, tables_mut};
use crate::storage::write;
use crate::{DLT_ID_COLUMN, Table, loads_table, version_table};

/// 1 to 2: lists of names that are kept and left out.
pub(super) fn add_filter_lists(schema: &mut Object) {
    for list in ["includes", "excludes"] {
        schema.insert(list.to_owned(), Value::Array(Vec::new()));
    }
}

/// 3 to 4: every schema has a hash, be it an empty one.
pub(super) fn add_version_hash(schema: &mut Object) {
    schema.entry("version_hash".to_owned()).or_insert_with(|| Value::from(""));
}

/// 4 to 5: the system's tables of today.
pub(super) fn replace_system_tables(schema: &mut Object) {
    put_table(schema, &version_table());
    put_table(schema, &loads_table());
}

/// 5 to 6: the table of loads has the hash of the schema.
pub(super) fn replace_loads_table(schema: &mut Object) {
    put_table(schema, &loads_table());
}

fn put_table(schema: &mut Object, table: &Table) {
    if let Some(tables) = object_or_new(schema, "tables") {
        tables.insert(table.name.clone(), write::table(table));
    }
}

/// 6 to 7: contracts took the place of seals.
pub(super) fn remove_seals(schema: &mut Object) {
    if let Some(settings) = object_mut(schema, "settings") {
        settings.shift_remove("schema_sealed");
    }
    for table in tables_mut(schema) {
        table.shift_remove("table_sealed");
    }
}

/// 7 to 8: a schema knows its earlier hashes.
pub(super) fn add_previous_hashes(schema: &mut Object) {
    schema.insert("previous_hashes".to_owned(), Value::Array(Vec::new()));
}

/// 8 to 9: a table notes that it has had rows; one with row ids counts as such.
pub(super) fn mark_seen_data(schema: &mut Object) {
    for table in tables_mut(schema) {
        let has_ids = table.get("columns").is_some_and(|columns| columns.get(DLT_ID_COLUMN).is_some());
        if has_ids && let Some(normalizer) = object_or_new(table, "x-normalizer") {
            normalizer.insert("seen-data".to_owned(), Value::Bool(true));
        }
    }
}

/// 10 to 11: keys of the data were no paths before, and are not for tables that have rows.
pub(super) fn disable_path_splitting(schema: &mut Object) {
    if let Some(normalizers) = object_or_new(schema, "normalizers") {
        normalizers.insert("use_break_path_on_normalize".to_owned(), Value::Bool(false));
    }
}
