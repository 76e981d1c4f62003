//! Names that a dataset does not have.

use catchment_schema::naming;
use thiserror::Error;

/// A table or a column that a dataset does not have.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum UnknownName {
    /// There is no such table.
    #[error("dataset `{dataset}` has no table `{table}`; {hint}")]
    Table {
        /// The dataset.
        dataset: String,
        /// What was asked for.
        table: String,
        /// The name that was meant, or those that are there.
        hint: String,
    },
    /// There is no such column.
    #[error("table `{table}` of dataset `{dataset}` has no column `{column}`; {hint}")]
    Column {
        /// The dataset.
        dataset: String,
        /// The table.
        table: String,
        /// What was asked for.
        column: String,
        /// The name that was meant, or those that are there.
        hint: String,
    },
}

/// More names are not listed.
const MAX_LISTED: usize = 20;

/// What to ask for in place of `found`: the name that is like it, else those that are there.
pub(super) fn hint<'n>(found: &str, names: impl Iterator<Item = &'n str>) -> String {
    let names: Vec<&str> = names.collect();
    if let Some(name) = naming::nearest(found, names.iter().copied(), 600) {
        return format!("did you mean `{name}`?");
    }
    let listed = names.iter().take(MAX_LISTED).copied().collect::<Vec<_>>().join(", ");
    match names.len() {
        0 => "nothing was loaded into it yet".to_owned(),
        n if n > MAX_LISTED => format!("it has {listed} and {} more", n - MAX_LISTED),
        _ => format!("it has {listed}"),
    }
}
