//! SQL as text: pure functions, no connection.

mod cursor_rows;
mod insert;
mod merge;
mod name;
mod replace;
mod tables;
#[cfg(test)]
mod tests;

pub(crate) use cursor_rows::{delete_cursor_rows, select_cursor_rows};
pub(crate) use insert::{Split, insert_from, insert_split, select_beyond_double};
pub(crate) use merge::{HardDelete, Merge, StagedRows, Strategy, Versions, merge};
pub(crate) use name::{DatasetName, QualifiedName, quote, text_literal};
pub(crate) use replace::{drop_table, empty};
pub(crate) use tables::{
    add_column, add_root_id, alter_type, copy_with_columns, create_stage, create_table, fill_root_ids, select_dependents,
    select_one, select_refused, select_rounded,
};
