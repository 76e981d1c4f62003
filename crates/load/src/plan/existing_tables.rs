//! The existing tables of a dataset.

use std::collections::{BTreeMap, HashMap};

use crate::IdentifierCase;
use crate::sql::TextRows;

/// The tables of a dataset and the types of their columns, as the engine names them.
#[derive(Debug, Clone)]
pub(crate) struct ExistingTables {
    /// The types of columns, by folded names of table and column.
    tables: BTreeMap<String, HashMap<String, String>>,
    case: IdentifierCase,
}

impl Default for ExistingTables {
    fn default() -> ExistingTables {
        ExistingTables { tables: BTreeMap::new(), case: IdentifierCase::Sensitive }
    }
}

impl ExistingTables {
    /// Creates the tables from rows of table, column and type.
    pub(crate) fn from_rows(rows: TextRows, case: IdentifierCase) -> ExistingTables {
        let mut tables: BTreeMap<String, HashMap<String, String>> = BTreeMap::new();
        for row in rows {
            let mut cells = row.into_iter().flatten();
            let (Some(table), Some(column), Some(kind)) = (cells.next(), cells.next(), cells.next()) else { continue };
            tables.entry(case.fold(&table)).or_default().insert(case.fold(&column), kind);
        }
        ExistingTables { tables, case }
    }

    pub(crate) fn has(&self, table: &str) -> bool {
        self.tables.contains_key(&self.case.fold(table))
    }

    /// Returns the type of a column, or `None` if it does not exist.
    pub(crate) fn data_type(&self, table: &str, column: &str) -> Option<&str> {
        self.tables.get(&self.case.fold(table))?.get(&self.case.fold(column)).map(String::as_str)
    }

    /// Returns the tables without `dropped`.
    pub(super) fn without<'t>(mut self, dropped: impl IntoIterator<Item = &'t String>) -> ExistingTables {
        for table in dropped {
            self.tables.remove(&self.case.fold(table));
        }
        self
    }
}
