//! The existing tables of a dataset.

use std::collections::{BTreeMap, HashMap};

use catchment_schema::Table;

use crate::sql::{DatasetName, PartitionColumn, TargetTable, TextRows};
use crate::{Dialect, IdentifierCase};

/// The tables of a dataset and the types of their columns, as the engine names them.
#[derive(Debug, Clone)]
pub(crate) struct ExistingTables {
    /// The columns, by folded names of table and column.
    tables: BTreeMap<String, HashMap<String, ExistingColumn>>,
    /// The partition columns, by folded names of tables.
    partitions: BTreeMap<String, PartitionColumn>,
    case: IdentifierCase,
}

/// A column of a dataset.
#[derive(Debug, Clone)]
struct ExistingColumn {
    data_type: String,
    /// Whether the column accepts nulls, if the engine reports it.
    is_nullable: Option<bool>,
    /// Whether the table is clustered by the column.
    is_clustered: bool,
}

impl ExistingColumn {
    fn is_nullable(&self) -> bool {
        self.is_nullable == Some(true)
    }
}

impl Default for ExistingTables {
    fn default() -> ExistingTables {
        ExistingTables { tables: BTreeMap::new(), partitions: BTreeMap::new(), case: IdentifierCase::Sensitive }
    }
}

impl ExistingTables {
    /// Creates the tables from rows of table, column, type and, if the engine reports them, whether the column accepts nulls,
    /// and whether the table is partitioned and clustered by it (`YES`).
    pub(crate) fn from_rows(rows: TextRows, case: IdentifierCase) -> ExistingTables {
        let mut tables: BTreeMap<String, HashMap<String, ExistingColumn>> = BTreeMap::new();
        let mut partitions = BTreeMap::new();
        for row in rows {
            let mut cells = row.into_iter();
            let mut next = || cells.next().flatten();
            let (Some(table), Some(column), Some(data_type)) = (next(), next(), next()) else { continue };
            let mut next_is_yes = || next().map(|cell| cell == "YES");
            let (is_nullable, is_partition, is_clustered) = (next_is_yes(), next_is_yes(), next_is_yes() == Some(true));
            if is_partition == Some(true) {
                partitions.insert(case.fold(&table), PartitionColumn { name: column.clone(), data_type: data_type.clone() });
            }
            let existing = ExistingColumn { data_type, is_nullable, is_clustered };
            tables.entry(case.fold(&table)).or_default().insert(case.fold(&column), existing);
        }
        ExistingTables { tables, partitions, case }
    }

    pub(crate) fn has(&self, table: &str) -> bool {
        self.tables.contains_key(&self.case.fold(table))
    }

    /// Returns an existing table as the target of statements.
    pub(crate) fn target(&self, dialect: &dyn Dialect, dataset: &DatasetName, table: &str) -> TargetTable {
        TargetTable { name: dataset.table(dialect, table), partition: self.partition(table).cloned() }
    }

    /// Returns the column by which a table is partitioned.
    pub(super) fn partition(&self, table: &str) -> Option<&PartitionColumn> {
        self.partitions.get(&self.case.fold(table))
    }

    /// Returns the type of a column, or `None` if it does not exist.
    pub(crate) fn data_type(&self, table: &str, column: &str) -> Option<&str> {
        self.column(table, column).map(|column| column.data_type.as_str())
    }

    /// Returns true if a column is known to accept nulls.
    pub(super) fn is_nullable(&self, table: &str, column: &str) -> bool {
        self.column(table, column).is_some_and(ExistingColumn::is_nullable)
    }

    /// Returns true if the table is partitioned or clustered by a column.
    pub(super) fn is_of_layout(&self, table: &str, column: &str) -> bool {
        let is_partition =
            self.partition(table).is_some_and(|partition| self.case.fold(&partition.name) == self.case.fold(column));
        is_partition || self.column(table, column).is_some_and(|column| column.is_clustered)
    }

    /// Returns true if a column is known to reject nulls.
    pub(super) fn is_required(&self, table: &str, column: &str) -> bool {
        self.column(table, column).is_some_and(|column| column.is_nullable == Some(false))
    }

    /// Returns true if the rows of `table`, which has this definition, can be written into the existing table.
    pub(super) fn takes_rows_of(&self, dialect: &dyn Dialect, table: &Table) -> bool {
        let Some(existing) = self.tables.get(&self.case.fold(&table.name)) else { return true };
        let column_of = |name: &str| table.complete_columns().find(|column| self.case.fold(&column.name) == name);
        existing.iter().all(|(name, existing)| match column_of(name) {
            Some(column) => {
                existing.data_type == dialect.column_type(column) && (existing.is_nullable() || !column.is_nullable())
            }
            None => existing.is_nullable(),
        })
    }

    fn column(&self, table: &str, column: &str) -> Option<&ExistingColumn> {
        self.tables.get(&self.case.fold(table))?.get(&self.case.fold(column))
    }

    /// Returns the tables without `dropped`.
    pub(super) fn without<'t>(mut self, dropped: impl IntoIterator<Item = &'t String>) -> ExistingTables {
        for table in dropped {
            self.tables.remove(&self.case.fold(table));
            self.partitions.remove(&self.case.fold(table));
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use catchment_schema::{Column, DataType, Table};

    use super::ExistingTables;
    use crate::IdentifierCase;
    use crate::testing::StandardSql;

    /// Checks whether a table with the columns `existing`, `name type nullable`, takes rows with a nullable `a` and a
    /// required `b`.
    #[track_caller]
    fn check(existing: &[&str], expected: bool) {
        let mut table = Table::root("t", "t");
        for column in [Column::new("a", DataType::Text), Column::new("b", DataType::Bigint).not_null()] {
            table.columns.insert(column.name.clone(), column);
        }
        let cells = |column: &&str| std::iter::once("t").chain(column.split(' ')).map(|cell| Some(cell.to_owned())).collect();
        let tables = ExistingTables::from_rows(existing.iter().map(cells).collect(), IdentifierCase::Sensitive);
        assert_eq!(tables.takes_rows_of(&StandardSql, &table), expected, "{existing:?}");
    }

    #[test]
    fn tables_take_rows_of_their_types() {
        check(&[], true);
        check(&["a TEXT YES", "b BIGINT NO"], true);
        check(&["a TEXT YES", "b BIGINT YES", "other BOOL YES"], true);
        check(&["a BIGINT YES"], false);
        check(&["a TEXT NO"], false);
        check(&["other BOOL NO"], false);
    }
}
