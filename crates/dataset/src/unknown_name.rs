//! Errors of unknown table and column names.

use catchment_schema::naming;
use thiserror::Error;

/// A table or column that does not exist.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum UnknownName {
    /// The table does not exist.
    #[error("dataset `{dataset}` has no table `{table}`; {hint}")]
    Table {
        /// The dataset.
        dataset: String,
        /// The requested table.
        table: String,
        /// A similar name, or the existing names.
        hint: String,
    },
    /// The column does not exist.
    #[error("table `{table}` of dataset `{dataset}` has no column `{column}`; {hint}")]
    Column {
        /// The dataset.
        dataset: String,
        /// The table.
        table: String,
        /// The requested column.
        column: String,
        /// A similar name, or the existing names.
        hint: String,
    },
}

/// The maximum number of names in a message.
const MAX_LISTED: usize = 20;

/// Returns a suggestion for the unknown name `found`: a similar name, or the existing names.
pub(super) fn hint<'n>(found: &str, names: impl Iterator<Item = &'n str>) -> String {
    let names: Vec<&str> = names.collect();
    if let Some(name) = naming::nearest(found, names.iter().copied(), 600) {
        return format!("did you mean `{name}`?");
    }
    let listed = names.iter().take(MAX_LISTED).copied().collect::<Vec<_>>().join(", ");
    match names.len() {
        0 => "nothing has been loaded yet".to_owned(),
        n if n > MAX_LISTED => format!("it has {listed} and {} more", n - MAX_LISTED),
        _ => format!("it has {listed}"),
    }
}
