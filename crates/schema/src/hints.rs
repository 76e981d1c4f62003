//! Table declarations of a resource.

use catchment_json::{Object, Value};
use thiserror::Error;

use crate::naming;
use crate::{
    Column, ColumnType, DLT_ID_COLUMN, DLT_ROOT_ID_COLUMN, MergeOptions, MergeStrategy, Schema, SchemaContract, Table,
    WriteDisposition, is_system_name, system_column,
};

/// The declared properties of a root table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TableHints {
    /// How a load treats existing rows.
    pub write_disposition: WriteDisposition,
    /// The fields that identify a row, as spelled by the source.
    pub primary_key: Vec<String>,
    /// The fields that identify a group of rows, as spelled by the source. New rows replace all existing rows of the group.
    pub merge_key: Vec<String>,
    /// The merge options, used with [`WriteDisposition::Merge`].
    pub merge: MergeOptions,
    /// The cursor field of an incremental resource, if it is a top-level field.
    pub cursor: Option<String>,
    /// The declared columns, with names as spelled by the source. The rows determine the type of a column without one.
    pub columns: Vec<Column>,
    /// The schema contract of the table. Default: the contract of the schema.
    pub schema_contract: Option<SchemaContract>,
    /// The number of nesting levels to normalize; deeper objects and lists stay JSON, all of them with 0. Default: the limit
    /// of the schema.
    pub max_table_nesting: Option<u32>,
    /// Hints for destinations and other readers of the schema: [`PASSTHROUGH_HINTS`].
    pub passthrough_hints: Object,
    /// The declarations for child tables.
    pub nested: Vec<NestedHints>,
    /// Whether names follow dlt's convention, which drops characters of non-Latin scripts. Default: false, such names are
    /// transliterated.
    pub use_dlt_names: bool,
}

/// Declarations for the table of a list. With a primary or merge key the table becomes a root table of the resource, with
/// its own write disposition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NestedHints {
    /// The field that contains the list, as spelled by the source.
    pub field: String,
    /// The declared properties of the table.
    pub hints: TableHints,
}

/// The hints of tables that are stored for destinations and other readers of the schema, in the names of the reference.
/// Those of BigQuery take effect when a table is created.
pub const PASSTHROUGH_HINTS: [&str; 10] = [
    "references",
    "table_format",
    "file_format",
    "x-bigquery-partition",
    "x-bigquery-cluster-columns",
    "x-bigquery-table-description",
    "x-bigquery-table-expiration",
    "x-bigquery-partition-expiration-days",
    "x-bigquery-require-partition-filter",
    "x-bigquery-labels",
];

/// Invalid table declarations.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvalidHints {
    /// A column is declared with a type that its existing rows do not fit.
    #[error(
        "column `{column}` of table `{table}` is declared as {declared}, but its existing rows are {stored} and cannot all be \
         converted without loss; declare it as {stored} or rename the table"
    )]
    TypeMismatch {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// The declared type.
        declared: String,
        /// The type in the schema.
        stored: String,
    },
    /// The merge strategy requires a primary key.
    #[error("table `{table}` uses merge strategy `{strategy}`, which requires a primary key; set `primary_key`")]
    MissingPrimaryKey {
        /// The table.
        table: String,
        /// The strategy.
        strategy: MergeStrategy,
    },
    /// Several columns have a hint that only one column may have.
    #[error("table `{table}` declares `{hint}` for several columns ({}); declare it for one", .columns.join(", "))]
    DuplicateHint {
        /// The table.
        table: String,
        /// The hint.
        hint: &'static str,
        /// The columns.
        columns: Vec<String>,
    },
}

/// The hint of columns with a declared type, which values do not widen.
pub(crate) const DECLARED: &str = "x-declared";

/// Merge hints that at most one column of a table may have.
const ONE_COLUMN_HINTS: [&str; 2] = ["hard_delete", "dedup_sort"];

/// Writes `hints` into the table, which is created if missing. Stored hints of earlier runs are replaced.
pub(crate) fn declare(schema: &mut Schema, table: &str, resource: &str, hints: &TableHints) -> Result<(), InvalidHints> {
    let entry = schema.tables.entry(table.to_owned()).or_insert_with(|| Table::root(table, resource));
    entry.write_disposition = Some(hints.write_disposition);
    entry.resource = Some(resource.to_owned());
    if let Some(contract) = hints.schema_contract {
        entry.hints.insert("schema_contract".to_owned(), contract.to_value());
    }
    if let Some(levels) = hints.max_table_nesting {
        entry.set_normalizer_hint("max_nesting", Value::from(levels));
    }
    pass_through(entry, &hints.passthrough_hints);
    let transliterate = !hints.use_dlt_names;
    declare_columns(entry, &hints.columns, transliterate)?;
    let declared_key = hints.columns.iter().filter(|column| column.has_hint("primary_key")).map(|column| &column.name);
    let key: Vec<String> =
        hints.primary_key.iter().chain(declared_key).map(|field| entry.column_name_for(field, transliterate)).collect();
    set_key(entry, "primary_key", &key);
    let declared_key = hints.columns.iter().filter(|column| column.has_hint("merge_key")).map(|column| &column.name);
    let merge_key: Vec<String> =
        hints.merge_key.iter().chain(declared_key).map(|field| entry.column_name_for(field, transliterate)).collect();
    set_key(entry, "merge_key", &merge_key);
    let cursor: Vec<String> = hints.cursor.iter().map(|field| entry.column_name_for(field, transliterate)).collect();
    set_exclusive_hint(entry, "incremental", &cursor);
    declare_merge(schema, table, hints)?;
    hints.nested.iter().try_for_each(|nested| declare_nested(schema, table, resource, nested))
}

/// Stores hints for destinations and other readers, and removes those of earlier runs.
fn pass_through(table: &mut Table, hints: &Object) {
    for key in PASSTHROUGH_HINTS {
        match hints.get(key) {
            Some(value) => table.hints.insert(key.to_owned(), value.clone()),
            None => table.hints.shift_remove(key),
        };
    }
}

/// Declares the table of a list in the rows of `table`.
fn declare_nested(schema: &mut Schema, table: &str, resource: &str, nested: &NestedHints) -> Result<(), InvalidHints> {
    let name = nested_table_name(schema, table, &nested.field, !nested.hints.use_dlt_names);
    let hints = &nested.hints;
    let entry = schema.tables.entry(name.clone()).or_insert_with(|| Table::child(&name, table));
    let is_key = |column: &Column| column.has_hint("primary_key") || column.has_hint("merge_key");
    if hints.primary_key.is_empty() && hints.merge_key.is_empty() && !hints.columns.iter().any(is_key) {
        pass_through(entry, &hints.passthrough_hints);
        return declare_columns(entry, &hints.columns, !hints.use_dlt_names);
    }
    entry.parent = None;
    declare(schema, &name, resource, hints)
}

/// Returns the name of the table for the list `field` of `table`. An existing table keeps its name.
fn nested_table_name(schema: &Schema, table: &str, field: &str, transliterate: bool) -> String {
    let name = naming::join(table, &naming::normalize_identifier(field), None);
    let readable = if transliterate { naming::join(table, &naming::transliterate_identifier(field), None) } else { return name };
    let has = |name: &str| schema.tables.contains_key(name);
    if has(&name) && !has(&readable) { name } else { readable }
}

/// Declares the root table `table` with the properties of `like`, except for columns that were inferred from rows. Does
/// nothing if `table` exists.
pub(crate) fn declare_like(schema: &mut Schema, table: &str, like: &str) {
    if schema.tables.contains_key(table) {
        return;
    }
    let Some(mut declared) = schema.tables.get(like).cloned() else { return };
    declared.name = table.to_owned();
    declared.columns.retain(|name, column| {
        let is_declared = column.is_declared();
        if !is_declared {
            column.data_type = None;
        }
        !is_system_name(name) && (is_declared || !column.hints.is_empty())
    });
    declared.forget_seen_data();
    let carries_root_id = schema.propagates_root_id(like);
    schema.tables.insert(table.to_owned(), declared);
    if carries_root_id {
        propagate_root_id(schema, table);
    }
}

/// Writes the merge options, or removes them if the write disposition is not merge.
fn declare_merge(schema: &mut Schema, name: &str, hints: &TableHints) -> Result<(), InvalidHints> {
    let Some(table) = schema.tables.get_mut(name) else { return Ok(()) };
    if hints.write_disposition != WriteDisposition::Merge {
        table.set_merge_options(&MergeOptions::default());
        return Ok(());
    }
    let (strategy, table_name) = (hints.merge.strategy, || name.to_owned());
    if strategy.needs_primary_key() && table.columns_with("primary_key").is_empty() {
        return Err(InvalidHints::MissingPrimaryKey { table: table_name(), strategy });
    }
    for hint in ONE_COLUMN_HINTS {
        let set = |column: &&Column| column.hints.get(hint).is_some_and(|value| *value != Value::Bool(false));
        let columns: Vec<String> = table.columns.values().filter(set).map(|column| column.name.clone()).collect();
        if columns.len() > 1 {
            return Err(InvalidHints::DuplicateHint { table: table_name(), hint, columns });
        }
    }
    let normalized = |field: &String| table.column_name_for(field, !hints.use_dlt_names);
    let merge = MergeOptions {
        validity_column_names: hints.merge.validity_column_names.as_ref().map(|(from, to)| (normalized(from), normalized(to))),
        row_version_column_name: hints.merge.row_version_column_name.as_ref().map(normalized),
        ..hints.merge.clone()
    };
    table.set_merge_options(&merge);
    // scd2 never deletes versions, so it does not look up child rows by root id.
    if strategy != MergeStrategy::Scd2 {
        propagate_root_id(schema, name);
    }
    Ok(())
}

fn declare_columns(table: &mut Table, columns: &[Column], transliterate: bool) -> Result<(), InvalidHints> {
    // Removes hints that the code no longer declares.
    for column in table.columns.values_mut() {
        column.hints.retain(|hint, _| !ONE_COLUMN_HINTS.contains(&hint.as_str()));
    }
    let mut typed = Vec::new();
    for declared in columns {
        let name = match table.column_name_for(&declared.name, transliterate) {
            name if name.is_empty() => naming::EMPTY_KEY.to_owned(),
            name => name,
        };
        let seen_data = table.has_seen_data();
        if declared.data_type.is_some() {
            typed.push(name.clone());
        }
        let Some(stored) = table.columns.get_mut(&name) else {
            table.columns.insert(name.clone(), Column { name, ..declared.clone() });
            continue;
        };
        // Existing rows may contain nulls, so the column stays nullable.
        let may_be_null = seen_data && stored.data_type.is_some() && stored.is_nullable();
        stored.nullable = if may_be_null { stored.nullable } else { declared.nullable.or(stored.nullable) };
        if let Some(wanted) = declared.column_type() {
            match stored.column_type() {
                // The unit of existing timestamps stays.
                Some(ColumnType::Timestamp { timezone, .. })
                    if seen_data && matches!(wanted, ColumnType::Timestamp { timezone: wanted, .. } if wanted == timezone) => {}
                Some(known) if seen_data => match known.common_type(wanted) {
                    Some(joined) if joined.data_type() == wanted.data_type() => stored.set_type(joined),
                    _ => {
                        let (declared, stored) = (described(wanted), described(known));
                        return Err(InvalidHints::TypeMismatch { table: table.name.clone(), column: name, declared, stored });
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
    set_exclusive_hint(table, DECLARED, &typed);
    Ok(())
}

/// Returns the name of a type for an error message.
fn described(column_type: ColumnType) -> String {
    match column_type {
        ColumnType::Timestamp { timezone: false, .. } => "timestamp without time zone".to_owned(),
        other => other.data_type().to_string(),
    }
}

/// Sets the key flag `hint` on exactly the columns `names`. They become NOT NULL unless their nullability is already set.
fn set_key(table: &mut Table, hint: &str, names: &[String]) {
    set_exclusive_hint(table, hint, names);
    for name in names {
        if let Some(column) = table.columns.get_mut(name) {
            column.nullable = column.nullable.or(Some(false));
        }
    }
}

/// Sets the flag `hint` on exactly the columns `names`.
fn set_exclusive_hint(table: &mut Table, hint: &str, names: &[String]) {
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

/// Records that child rows carry the id of their root row, by which merging deletes them. Adds the column to existing
/// tables below `root`.
fn propagate_root_id(schema: &mut Schema, root: &str) {
    let below: Vec<String> = schema.table_tree(root).into_iter().skip(1).map(|table| table.name.clone()).collect();
    for name in below {
        let Some(table) = schema.tables.get_mut(&name) else { continue };
        table.columns.entry(DLT_ROOT_ID_COLUMN.to_owned()).or_insert_with(|| system_column(DLT_ROOT_ID_COLUMN));
    }
    let mut at = &mut schema.normalizers;
    for key in ["json", "config", "propagation", "tables", root] {
        let slot = at.entry(key.to_owned()).or_insert_with(|| Value::Object(Object::new()));
        match slot {
            Value::Object(object) => at = object,
            _ => return,
        }
    }
    at.insert(DLT_ID_COLUMN.to_owned(), Value::from(DLT_ROOT_ID_COLUMN));
}
