//! Names in SQL.

pub(crate) use crate::quote::{quote, quote_list, text_literal};

/// A dataset: a schema of a database; displays quoted.
///
/// With the database in front, as a schema may have the name of its database, and a name of two parts could
/// begin with either then.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DatasetName<'n> {
    pub(crate) database: &'n str,
    pub(crate) schema: &'n str,
}

impl<'n> DatasetName<'n> {
    /// A table in it.
    pub(crate) fn table(self, table: &'n str) -> QualifiedName<'n> {
        QualifiedName { dataset: self, table }
    }
}

impl std::fmt::Display for DatasetName<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", quote(self.database), quote(self.schema))
    }
}

/// A table in a dataset; displays quoted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct QualifiedName<'n> {
    dataset: DatasetName<'n>,
    table: &'n str,
}

impl std::fmt::Display for QualifiedName<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.dataset, quote(self.table))
    }
}
