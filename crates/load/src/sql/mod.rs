//! SQL as text: pure functions, no connection.

mod insert;
mod merge;
mod name;
mod replace;
mod tables;
#[cfg(test)]
mod tests;

pub(crate) use insert::{Split, insert_from, insert_split, select_beyond_double};
pub(crate) use merge::{Merge, StagedRows, merge};
pub(crate) use name::{DatasetName, QualifiedName, quote, text_literal};
pub(crate) use replace::empty;
pub(crate) use tables::{add_column, alter_type, create_table};
