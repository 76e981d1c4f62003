//! Statements that empty and drop tables.

use super::name::QualifiedName;

/// Deletes all rows of a table.
pub(crate) fn delete_all(name: QualifiedName<'_>) -> String {
    format!("DELETE FROM {name}")
}

/// Drops a table if it exists.
pub(crate) fn drop_table(name: QualifiedName<'_>) -> String {
    format!("DROP TABLE IF EXISTS {name}")
}
