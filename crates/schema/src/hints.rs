//! What a resource declares of its table.

use catchment_json::{Object, Value};
use thiserror::Error;

use crate::naming;
use crate::{
    Column, DLT_ID_COLUMN, DLT_ROOT_ID_COLUMN, MergeOptions, MergeStrategy, Schema, SchemaContract, Table, WriteDisposition,
    is_system_name, system_column,
};

/// What is known of a root table before any row has come.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TableHints {
    /// What a load does with the rows that the table has.
    pub write_disposition: WriteDisposition,
    /// The fields that tell rows apart, as the source spells them.
    pub primary_key: Vec<String>,
    /// The fields by which new rows replace old ones, several at once where they share them.
    pub merge_key: Vec<String>,
    /// How rows are merged, where they are.
    pub merge: MergeOptions,
    /// The field that the resource is loaded incrementally by, where it is a plain one.
    pub cursor: Option<String>,
    /// Columns that are declared; their names are spelt as in the source. One without a type is typed by the rows.
    pub columns: Vec<Column>,
    /// What rows may change; nothing said means that the schema says it.
    pub schema_contract: Option<SchemaContract>,
    /// How deep objects and lists are taken apart, from 0, at which they all stay JSON; what the schema says by default.
    pub max_table_nesting: Option<u32>,
    /// What the schema keeps of the table for others who read it: `references`, `table_format`, `file_format`.
    pub passthrough_hints: Object,
    /// What is said of the tables of its lists.
    pub nested: Vec<NestedHints>,
    /// Whether names in other scripts are those of dlt, which leaves nothing of them; else they are written in Latin letters.
    pub use_dlt_names: bool,
}

/// What is said of the table of a list. One with a key is a root table of the resource: it is appended to, replaced or
/// merged by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NestedHints {
    /// The field that has the list, as the source spells it.
    pub field: String,
    /// What is said of its table.
    pub hints: TableHints,
}

/// The hints that are kept for others.
const PASSTHROUGH_HINTS: [&str; 3] = ["references", "table_format", "file_format"];

/// What a resource says of its table, and cannot be.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvalidHints {
    /// A declared column that the rows which are there do not fit.
    #[error(
        "column `{column}` of table `{table}` is declared as {declared}, and has rows of type {stored}, which not all can be \
         converted without loss; declare it as {stored}, or give the table another name"
    )]
    TypeMismatch {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// The type that is declared.
        declared: String,
        /// The type that it has.
        stored: String,
    },
    /// A merge strategy without the key that it knows rows by.
    #[error("table `{table}` is merged by {strategy}, which knows rows by their primary key, and has none: say `primary_key`")]
    MissingPrimaryKey {
        /// The table.
        table: String,
        /// The strategy.
        strategy: MergeStrategy,
    },
    /// Several columns with a hint that one can have.
    #[error("columns {} of table `{table}` are declared with `{hint}`, which only one can have", .columns.join(", "))]
    DuplicateHint {
        /// The table.
        table: String,
        /// The hint.
        hint: &'static str,
        /// The columns.
        columns: Vec<String>,
    },
}

/// Notes that the type of a column was declared: other values do not widen it.
pub(crate) const DECLARED: &str = "x-declared";

/// Hints of merging that one column of a table can have.
const ONE_COLUMN_HINTS: [&str; 2] = ["hard_delete", "dedup_sort"];

/// Writes `hints` into the table, which is made where it is missing. Hints that code changed between runs
/// take the place of the stored ones.
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
    for key in PASSTHROUGH_HINTS {
        match hints.passthrough_hints.get(key) {
            Some(value) => entry.hints.insert(key.to_owned(), value.clone()),
            None => entry.hints.shift_remove(key),
        };
    }
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

/// Writes what is said of the table of a list in the rows of `table`.
fn declare_nested(schema: &mut Schema, table: &str, resource: &str, nested: &NestedHints) -> Result<(), InvalidHints> {
    let name = nested_table_name(schema, table, &nested.field, !nested.hints.use_dlt_names);
    let hints = &nested.hints;
    let entry = schema.tables.entry(name.clone()).or_insert_with(|| Table::child(&name, table));
    let is_key = |column: &Column| column.has_hint("primary_key") || column.has_hint("merge_key");
    if hints.primary_key.is_empty() && hints.merge_key.is_empty() && !hints.columns.iter().any(is_key) {
        return declare_columns(entry, &hints.columns, !hints.use_dlt_names);
    }
    entry.parent = None;
    declare(schema, &name, resource, hints)
}

/// The table of the list `field` in the rows of `table`, which keeps the name that it has.
fn nested_table_name(schema: &Schema, table: &str, field: &str, transliterate: bool) -> String {
    let name = naming::join(table, &naming::normalize_identifier(field), None);
    let readable = if transliterate { naming::join(table, &naming::transliterate_identifier(field), None) } else { return name };
    let has = |name: &str| schema.tables.contains_key(name);
    if has(&name) && !has(&readable) { name } else { readable }
}

/// Declares a root table with all that is known of another one, but for the columns that only rows have shown.
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

/// Writes how rows are merged, where they are; else that they are not.
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
    // Versions are never deleted, so their child rows need not be found by the root row.
    if strategy != MergeStrategy::Scd2 {
        propagate_root_id(schema, name);
    }
    Ok(())
}

fn declare_columns(table: &mut Table, columns: &[Column], transliterate: bool) -> Result<(), InvalidHints> {
    // Hints that code does not say any more do not count any more.
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
        // Rows that are there are not made to lack what they may lack.
        let may_be_null = seen_data && stored.data_type.is_some() && stored.is_nullable();
        stored.nullable = if may_be_null { stored.nullable } else { declared.nullable.or(stored.nullable) };
        if let Some(wanted) = declared.column_type() {
            match stored.column_type() {
                Some(known) if seen_data => match known.common_type(wanted) {
                    Some(joined) if joined.data_type() == wanted.data_type() => stored.set_type(joined),
                    _ => {
                        let (declared, stored) = (wanted.data_type().to_string(), known.data_type().to_string());
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

/// Gives exactly the columns `names` the flag of a key; they are not null where nothing else was said.
fn set_key(table: &mut Table, hint: &str, names: &[String]) {
    set_exclusive_hint(table, hint, names);
    for name in names {
        if let Some(column) = table.columns.get_mut(name) {
            column.nullable = column.nullable.or(Some(false));
        }
    }
}

/// Gives exactly the columns `names` the flag `hint`.
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

/// Notes that child rows carry the id of their root row: merging deletes by it. Tables below `root` that have rows
/// without it get the column.
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
