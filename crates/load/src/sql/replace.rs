//! Replacing.

use super::name::QualifiedName;

/// Takes all rows out of a table.
pub(crate) fn empty(name: QualifiedName<'_>) -> String {
    format!("DELETE FROM {name}")
}
