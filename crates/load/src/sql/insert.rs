//! Putting rows of one relation into another.

use super::name::list;

/// Inserts the `columns` of `source`, a table or table function, into `target`.
pub(crate) fn insert_from<'n>(target: &str, columns: impl IntoIterator<Item = &'n str>, source: &str) -> String {
    let columns = list(columns);
    format!("INSERT INTO {target} ({columns}) SELECT {columns} FROM {source}")
}
