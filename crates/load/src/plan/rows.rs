//! Rows of a package: where they are written, and the statements that insert or merge them.

use std::collections::HashMap;

use arrow::datatypes::DataType as ArrowType;
use catchment_schema::{Column, Table, arrow_type};

use super::existing_tables::ExistingTables;
use super::row_target::{RowColumn, RowTarget, TypeCheck};
use super::widen::{VariantSplits, other_type};
use super::{ApplyStep, StagedTable};
use crate::Dialect;
use crate::sql::{DatasetName, InsertColumn, StagedRows, Statement, insert_from};

/// Creates the targets of rows.
pub(super) struct RowPlanner<'r> {
    pub(super) dialect: &'r dyn Dialect,
    pub(super) dataset: &'r DatasetName,
    pub(super) load_id: &'r str,
    pub(super) existing: &'r ExistingTables,
    pub(super) splits: &'r VariantSplits,
    pub(super) stage: StagingTables,
}

/// The planned staging tables.
#[derive(Default)]
pub(super) struct StagingTables {
    pub(super) tables: Vec<StagedTable>,
    /// The columns to insert from each staging table, by table of the package.
    columns: HashMap<String, (String, Vec<InsertColumn>)>,
}

impl StagingTables {
    /// Returns the staged rows of a table.
    pub(super) fn rows(&self, table: &str) -> Option<StagedRows<'_>> {
        self.columns.get(table).map(|(relation, columns)| StagedRows { relation, columns })
    }

    /// Returns the statements that drop the staging tables.
    pub(super) fn drop_all(&self) -> impl Iterator<Item = Statement> {
        let drop = |staged: &StagedTable| Statement::new("drop staged rows", format!("DROP TABLE {}", staged.rows.relation));
        self.tables.iter().map(drop)
    }
}

impl RowPlanner<'_> {
    /// Plans to append the rows of a table: directly if the engine can insert record batches, else from a staging table.
    pub(super) fn append(&mut self, table: &Table) -> ApplyStep {
        let relation = self.dataset.table(self.dialect, &table.name).to_string();
        if self.dialect.inserts_batches() {
            let columns = table.complete_columns().map(|column| self.direct_column(table, column)).collect();
            return ApplyStep::Write(self.target(table, relation, columns));
        }
        self.stage(table, false);
        let sql = self.stage.rows(&table.name).map(|rows| insert_from(self.dialect, &relation, rows.columns, rows.relation));
        ApplyStep::Execute(Statement::new(format!("insert rows into table `{}`", table.name), sql.unwrap_or_default()))
    }

    /// Plans to write the rows of a table into a staging table, for a merge with the number of the root row.
    pub(super) fn stage(&mut self, table: &Table, is_merged: bool) {
        let relation = self.dialect.staging_table(self.dataset, self.load_id, self.stage.tables.len());
        let columns = table.complete_columns().map(|column| self.staged_column(table, column));
        let columns: Vec<RowColumn> = columns.chain(is_merged.then(|| RowColumn::root_row(self.dialect))).collect();
        let insert = table.complete_columns().map(|column| self.insert_column(table, column)).collect();
        let definitions: Vec<_> = columns.iter().map(|c| (c.insert.name.as_str(), c.column_type.clone())).collect();
        let sql = self.dialect.create_staging_table(&relation, &definitions);
        let create = Statement::new(format!("stage rows of table `{}`", table.name), sql);
        self.stage.columns.insert(table.name.clone(), (relation.clone(), insert));
        let rows = self.target(table, relation, columns);
        self.stage.tables.push(StagedTable { create, rows });
    }

    fn target(&self, table: &Table, relation: String, columns: Vec<RowColumn>) -> RowTarget {
        let splits = self.splits.get(&table.name).cloned().unwrap_or_default();
        RowTarget { dataset: self.dataset.name.clone(), table: table.name.clone(), relation, columns, splits }
    }

    /// Returns a column that record batches are inserted into.
    fn direct_column(&self, table: &Table, column: &Column) -> RowColumn {
        RowColumn { insert: self.insert_column(table, column), ..self.staged_column(table, column) }
    }

    /// Returns a column of a staging table, which has the type of the schema.
    fn staged_column(&self, table: &Table, column: &Column) -> RowColumn {
        let check = self.other_type(table, column).and_then(|(found, expected)| {
            let arrow_type = self.dialect.arrow_type(found)?;
            Some(TypeCheck { arrow_type, found: found.to_owned(), expected })
        });
        RowColumn {
            insert: InsertColumn { name: column.name.clone(), cast: None },
            column_type: self.dialect.staging_type(column),
            arrow_type: column.column_type().map_or(ArrowType::Utf8, arrow_type),
            check,
        }
    }

    /// Returns a column that is inserted from a staging table.
    fn insert_column(&self, table: &Table, column: &Column) -> InsertColumn {
        let other = self.other_type(table, column).map(|(found, _)| found.to_owned());
        let of_schema = self.dialect.column_type(column);
        let cast = match other {
            Some(found) => Some(found).filter(|found| self.dialect.casts_to(found)),
            None => Some(of_schema).filter(|of_schema| *of_schema != self.dialect.staging_type(column)),
        };
        InsertColumn { name: column.name.clone(), cast }
    }

    fn other_type(&self, table: &Table, column: &Column) -> Option<(&str, String)> {
        other_type(self.dialect, self.existing.data_type(&table.name, &column.name), column)
    }
}
