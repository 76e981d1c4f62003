//! Replacing.

use super::name::QualifiedName;

/// Takes all rows out of a table.
pub(crate) fn delete_all(name: QualifiedName<'_>) -> String {
    format!("DELETE FROM {name}")
}

/// Removes a table, where it is there.
pub(crate) fn drop_table(name: QualifiedName<'_>) -> String {
    format!("DROP TABLE IF EXISTS {name}")
}
