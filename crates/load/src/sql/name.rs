//! Qualified names in SQL.

use super::Dialect;

/// The qualified name of a dataset, which is a schema of a database. Displays quoted.
#[derive(Debug, Clone)]
pub struct DatasetName {
    /// The name of the dataset, not quoted.
    pub name: String,
    quoted: String,
}

impl DatasetName {
    /// Creates the name of a dataset. `database` qualifies it if the engine needs that: in DuckDB, a name of two parts is
    /// ambiguous if schema and database have the same name.
    pub fn new(dialect: &dyn Dialect, database: Option<&str>, name: &str) -> DatasetName {
        let parts = database.into_iter().chain([name]);
        let quoted = parts.map(|part| dialect.quote(part)).collect::<Vec<_>>().join(".");
        DatasetName { name: name.to_owned(), quoted }
    }

    /// Returns the name of a table in the dataset.
    pub fn table(&self, dialect: &dyn Dialect, table: &str) -> QualifiedName {
        QualifiedName(format!("{}.{}", self.quoted, dialect.quote(table)))
    }
}

impl std::fmt::Display for DatasetName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.quoted)
    }
}

/// The qualified name of a table. Displays quoted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QualifiedName(String);

impl std::fmt::Display for QualifiedName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Quotes names and joins them with commas.
pub fn quote_list<'n>(dialect: &dyn Dialect, names: impl IntoIterator<Item = &'n str>) -> String {
    names.into_iter().map(|name| dialect.quote(name)).collect::<Vec<_>>().join(", ")
}
