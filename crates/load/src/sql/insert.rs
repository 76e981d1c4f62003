//! `INSERT … SELECT` statements.

use super::Dialect;
use super::name::quote_list;

/// A column that is inserted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InsertColumn {
    /// The name.
    pub name: String,
    /// The type of the column in the dataset, if values must be converted to it.
    pub cast: Option<String>,
}

impl InsertColumn {
    /// Returns the value as an expression, with the prefix `alias`, such as `s.`.
    pub(crate) fn value(&self, dialect: &dyn Dialect, alias: &str) -> String {
        let name = dialect.quote(&self.name);
        match &self.cast {
            None => format!("{alias}{name}"),
            Some(column_type) => dialect.cast(&format!("{alias}{name}"), column_type),
        }
    }
}

/// Inserts the `columns` of `source`, a table or table function, into `target`.
pub fn insert_from<'c>(
    dialect: &dyn Dialect,
    target: &str,
    columns: impl IntoIterator<Item = &'c InsertColumn> + Clone,
    source: &str,
) -> String {
    let names = quote_list(dialect, columns.clone().into_iter().map(|column| column.name.as_str()));
    let values: Vec<String> = columns.into_iter().map(|column| column.value(dialect, "")).collect();
    format!("INSERT INTO {target} ({names}) SELECT {} FROM {source}", values.join(", "))
}
