//! The existing tables of a dataset.

use std::collections::{BTreeMap, HashMap};

use crate::IdentifierCase;
use crate::sql::TextRows;

/// The tables of a dataset and the types of their columns, as the engine names them.
#[derive(Debug, Clone)]
pub(crate) struct ExistingTables {
    /// The columns, by folded names of table and column.
    tables: BTreeMap<String, HashMap<String, ExistingColumn>>,
    case: IdentifierCase,
}

/// A column of a dataset.
#[derive(Debug, Clone)]
struct ExistingColumn {
    data_type: String,
    /// Whether the column is known to accept nulls.
    is_nullable: bool,
}

impl Default for ExistingTables {
    fn default() -> ExistingTables {
        ExistingTables { tables: BTreeMap::new(), case: IdentifierCase::Sensitive }
    }
}

impl ExistingTables {
    /// Creates the tables from rows of table, column, type and, if the engine reports it, whether the column accepts nulls
    /// (`YES`).
    pub(crate) fn from_rows(rows: TextRows, case: IdentifierCase) -> ExistingTables {
        let mut tables: BTreeMap<String, HashMap<String, ExistingColumn>> = BTreeMap::new();
        for row in rows {
            let mut cells = row.into_iter().flatten();
            let (Some(table), Some(column), Some(data_type)) = (cells.next(), cells.next(), cells.next()) else { continue };
            let existing = ExistingColumn { data_type, is_nullable: cells.next().as_deref() == Some("YES") };
            tables.entry(case.fold(&table)).or_default().insert(case.fold(&column), existing);
        }
        ExistingTables { tables, case }
    }

    pub(crate) fn has(&self, table: &str) -> bool {
        self.tables.contains_key(&self.case.fold(table))
    }

    /// Returns the type of a column, or `None` if it does not exist.
    pub(crate) fn data_type(&self, table: &str, column: &str) -> Option<&str> {
        self.column(table, column).map(|column| column.data_type.as_str())
    }

    /// Returns true if a column is known to accept nulls.
    pub(super) fn is_nullable(&self, table: &str, column: &str) -> bool {
        self.column(table, column).is_some_and(|column| column.is_nullable)
    }

    fn column(&self, table: &str, column: &str) -> Option<&ExistingColumn> {
        self.tables.get(&self.case.fold(table))?.get(&self.case.fold(column))
    }

    /// Returns the tables without `dropped`.
    pub(super) fn without<'t>(mut self, dropped: impl IntoIterator<Item = &'t String>) -> ExistingTables {
        for table in dropped {
            self.tables.remove(&self.case.fold(table));
        }
        self
    }
}
