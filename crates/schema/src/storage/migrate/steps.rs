//! Small migrations.

use catchment_json::{Object, Value};

use super::{object_mut, object_or_new, tables_mut};
use crate::storage::write;
use crate::{DLT_ID_COLUMN, Table, loads_table, version_table};

/// Migrates version 1 to 2: adds the filter lists `includes` and `excludes`.
pub(super) fn add_filter_lists(schema: &mut Object) {
    for list in ["includes", "excludes"] {
        schema.insert(list.to_owned(), Value::Array(Vec::new()));
    }
}

/// Migrates version 3 to 4: adds `version_hash`, which may be empty.
pub(super) fn add_version_hash(schema: &mut Object) {
    schema.entry("version_hash".to_owned()).or_insert_with(|| Value::from(""));
}

/// Migrates version 4 to 5: replaces the system tables by their current definitions.
pub(super) fn replace_system_tables(schema: &mut Object) {
    put_table(schema, &version_table());
    put_table(schema, &loads_table());
}

/// Migrates version 5 to 6: adds the schema hash to the table of loads.
pub(super) fn replace_loads_table(schema: &mut Object) {
    put_table(schema, &loads_table());
}

fn put_table(schema: &mut Object, table: &Table) {
    if let Some(tables) = object_or_new(schema, "tables") {
        tables.insert(table.name.clone(), write::table(table));
    }
}

/// Migrates version 6 to 7: removes seals, which contracts replaced.
pub(super) fn remove_seals(schema: &mut Object) {
    if let Some(settings) = object_mut(schema, "settings") {
        settings.shift_remove("schema_sealed");
    }
    for table in tables_mut(schema) {
        table.shift_remove("table_sealed");
    }
}

/// Migrates version 7 to 8: adds `previous_hashes`.
pub(super) fn add_previous_hashes(schema: &mut Object) {
    schema.insert("previous_hashes".to_owned(), Value::Array(Vec::new()));
}

/// Migrates version 8 to 9: marks tables with row ids as having seen data.
pub(super) fn mark_seen_data(schema: &mut Object) {
    for table in tables_mut(schema) {
        let has_ids = table.get("columns").is_some_and(|columns| columns.get(DLT_ID_COLUMN).is_some());
        if has_ids && let Some(normalizer) = object_or_new(table, "x-normalizer") {
            normalizer.insert("seen-data".to_owned(), Value::Bool(true));
        }
    }
}

/// Migrates version 10 to 11: keeps treating keys of the data as single identifiers, not as paths.
pub(super) fn disable_path_splitting(schema: &mut Object) {
    if let Some(normalizers) = object_or_new(schema, "normalizers") {
        normalizers.insert("use_break_path_on_normalize".to_owned(), Value::Bool(false));
    }
}
