//! Qualified names in SQL.

pub(crate) use crate::quote::{quote, quote_list, text_literal};

/// The qualified name of a dataset, which is a schema of a database. Displays quoted.
///
/// It includes the database, because a name of two parts is ambiguous if schema and database have the same name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DatasetName<'n> {
    pub(crate) database: &'n str,
    pub(crate) schema: &'n str,
}

impl<'n> DatasetName<'n> {
    /// Returns the name of a table in the dataset.
    pub(crate) fn table(self, table: &'n str) -> QualifiedName<'n> {
        QualifiedName { dataset: self, table }
    }
}

impl std::fmt::Display for DatasetName<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", quote(self.database), quote(self.schema))
    }
}

/// The qualified name of a table. Displays quoted.
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
