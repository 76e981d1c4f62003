//! Migration of tables to the schema.

use catchment_schema::{Column, DLT_ROOT_ID_COLUMN, Schema, Table};

use super::column_type::column_type;
use super::connect::Session;
use super::existing_tables::ExistingTables;
use super::transaction::LoadWarnings;
use crate::LoadError;
use crate::sql::{
    DatasetName, add_column, add_root_id, copy_with_columns, create_table, fill_root_ids, select_any_row, select_dependents,
};

/// Creates missing `tables` and adds missing columns. Never drops anything.
pub(super) fn migrate<'t>(
    session: &Session,
    dataset: DatasetName<'_>,
    schema: &Schema,
    tables: impl IntoIterator<Item = &'t str>,
    existing: &ExistingTables,
    warnings: &LoadWarnings,
) -> Result<(), LoadError> {
    let migration = Migration { session, dataset, schema, existing, warnings };
    let mut without_root_ids = Vec::new();
    for table in tables.into_iter().filter_map(|name| schema.tables.get(name)) {
        if !existing.has(&table.name) {
            let sql = create_table(dataset.table(&table.name), table, column_type);
            session.execute(&format!("create table `{}`", table.name), &sql)?;
        } else if migration.add_columns(table)? {
            without_root_ids.push(table.name.as_str());
        }
    }
    migration.fill_root_ids(&without_root_ids)
}

/// The maximum product of added columns and resulting columns of a table up to which columns are added one by one. Each such
/// pair needs about 500 bytes of memory.
const ALTERS_MAX: usize = 50_000;

struct Migration<'m> {
    session: &'m Session,
    dataset: DatasetName<'m>,
    schema: &'m Schema,
    existing: &'m ExistingTables,
    warnings: &'m LoadWarnings,
}

impl Migration<'_> {
    /// Adds the missing columns of a table. Returns true if existing rows need root ids.
    fn add_columns(&self, table: &Table) -> Result<bool, LoadError> {
        let is_missing = |column: &&Column| self.existing.data_type(&table.name, &column.name).is_none();
        let missing: Vec<&Column> = table.complete_columns().filter(is_missing).collect();
        let mut lacks_root_ids = false;
        if missing.len() * table.columns.len() > ALTERS_MAX
            && missing.iter().all(|column| column.is_nullable())
            && self.can_copy(table)?
        {
            return self.copy_with_columns(table, &missing).map(|()| false);
        }
        for column in missing {
            let step = format!("add column `{}` to table `{}`", column.name, table.name);
            let name = self.dataset.table(&table.name);
            if column.is_nullable() || !self.has_rows(table)? {
                self.session.execute(&step, &add_column(name, column, column_type))?;
            } else if column.name == DLT_ROOT_ID_COLUMN {
                add_root_id(name, column, column_type).iter().try_for_each(|sql| self.session.execute(&step, sql))?;
                lacks_root_ids = true;
            } else {
                self.warnings.add(format!(
                    "column `{}` of table `{}` is NOT NULL but existing rows have no value; added as nullable",
                    column.name, table.name
                ));
                let column = Column { nullable: Some(true), ..column.clone() };
                self.session.execute(&step, &add_column(name, &column, column_type))?;
            }
        }
        Ok(lacks_root_ids)
    }

    /// Returns true if a copy of the table would lose nothing.
    fn can_copy(&self, table: &Table) -> Result<bool, LoadError> {
        let step = format!("list indexes and constraints of table `{}`", table.name);
        Ok(self.session.texts(&step, &select_dependents(self.dataset, &table.name))?.is_empty())
    }

    /// Adds many columns at once by copying the table. Adding them one by one copies the definition of the table each time
    /// and keeps all copies until the transaction ends: gigabytes for some thousands of columns.
    fn copy_with_columns(&self, table: &Table, columns: &[&Column]) -> Result<(), LoadError> {
        let step = format!("add {} columns to table `{}`", columns.len(), table.name);
        copy_with_columns(self.dataset, &table.name, columns, column_type)
            .iter()
            .try_for_each(|sql| self.session.execute(&step, sql))
    }

    fn has_rows(&self, table: &Table) -> Result<bool, LoadError> {
        let sql = select_any_row(self.dataset.table(&table.name));
        Ok(!self.session.texts(&format!("check for rows in table `{}`", table.name), &sql)?.is_empty())
    }

    /// Sets the root ids of rows in `tables` from their parent rows, from the outermost tables inwards.
    fn fill_root_ids(&self, tables: &[&str]) -> Result<(), LoadError> {
        let depth = |name: &str| {
            let parent = |name: &&str| self.schema.tables.get(*name).and_then(|table| table.parent.as_deref());
            std::iter::successors(Some(name), parent).take(self.schema.tables.len()).count()
        };
        let mut tables = tables.to_vec();
        tables.sort_by_key(|name| depth(name));
        for name in tables {
            let Some(parent) = self.schema.tables.get(name).and_then(|table| table.parent.as_deref()) else { continue };
            let parent_is_root = self.schema.tables.get(parent).is_none_or(|parent| parent.parent.is_none());
            let step = format!("set the root ids of table `{name}`");
            self.session.execute(&step, &fill_root_ids(self.dataset.table(name), self.dataset.table(parent), parent_is_root))?;
        }
        Ok(())
    }
}
