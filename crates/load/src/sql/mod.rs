//! SQL statements as text, built by pure functions.

mod cursor_entries;
mod insert;
mod merge;
mod name;
mod replace;
mod tables;
#[cfg(test)]
mod tests;

pub(crate) use cursor_entries::{delete_cursor_rows, select_cursor_rows};
pub(crate) use insert::{VariantSplit, insert_from, insert_split, select_beyond_double};
pub(crate) use merge::{HardDelete, MergePlan, StagedRows, Strategy, Versions, merge_statements};
pub(crate) use name::{DatasetName, QualifiedName, quote, text_literal};
pub(crate) use replace::{delete_all, drop_table};
pub(crate) use tables::{
    add_column, add_root_id, alter_type, copy_with_columns, create_staging_table, create_table, fill_root_ids, select_any_row,
    select_dependents, select_rounded, select_unconvertible,
};
