//! What holds of every dataset, whatever was loaded.

use catchment_schema::{DLT_ID, DLT_LOAD_ID, DLT_PARENT_ID, DLT_ROOT_ID, LOADS_TABLE, MergeStrategy, Table, WriteDisposition};

use super::failure::Mismatch;
use super::trial::Trial;

impl Trial<'_> {
    /// Each table has the columns of the stored schema and no others of the system, each root row belongs to a load, each
    /// child row to a row above it and to a root row, no id is there twice, and no load.
    pub(super) fn check_whole(&self) -> Result<(), Mismatch> {
        let Some(schema) = self.restored()?.schema else { return Ok(()) };
        let loads = Trial::name(LOADS_TABLE);
        self.none(&format!("SELECT load_id FROM {loads} GROUP BY load_id HAVING count(*) > 1"))?;
        for table in schema.data_tables().filter(|table| table.has_seen_data()) {
            self.check_columns(table)?;
            let name = Trial::name(&table.name);
            let within = |column: &str, of: &str, referred: &str| {
                self.none(&format!(
                    "SELECT {column} FROM {name} WHERE {column} IS NULL OR {column} NOT IN (SELECT {referred} FROM {of})"
                ))
            };
            match &table.parent {
                None => within(DLT_LOAD_ID, &loads, "load_id")?,
                Some(parent) => within(DLT_PARENT_ID, &Trial::name(parent), DLT_ID)?,
            }
            let root = schema.root_of(&table.name);
            if table.parent.is_some() && table.columns.contains_key(DLT_ROOT_ID) {
                within(DLT_ROOT_ID, &Trial::name(root), DLT_ID)?;
            }
            let is_versioned = schema.write_disposition(root) == WriteDisposition::Merge
                && schema.tables.get(root).is_some_and(|root| root.merge_strategy() == Ok(MergeStrategy::Scd2));
            // a version that comes back has the id that it had
            if table.parent.is_some() || !is_versioned {
                self.none(&format!("SELECT {DLT_ID} FROM {name} GROUP BY {DLT_ID} HAVING count(*) > 1"))?;
            }
        }
        Ok(())
    }

    fn check_columns(&self, table: &Table) -> Result<(), Mismatch> {
        let sql = format!("SELECT * FROM {} WHERE 1 = 0", Trial::name(&table.name));
        let result = self.destination.query(self.dataset, &sql, &|| false);
        let result = result.map_err(|error| self.mismatch(&sql, "columns", error))?;
        let found: Vec<&str> = result.schema.fields().iter().map(|field| field.name().as_str()).collect();
        for column in table.complete_columns() {
            if !found.iter().any(|name| name.eq_ignore_ascii_case(&column.name)) {
                return Err(self.mismatch(&sql, format!("column `{}`", column.name), found.join(", ")));
            }
        }
        let is_unknown = |name: &&&str| name.starts_with("_dlt") && !table.columns.contains_key(**name);
        match found.iter().find(is_unknown) {
            Some(name) => Err(self.mismatch(&sql, "no column of the system but those of the schema", name)),
            None => Ok(()),
        }
    }

    /// A query that has to find nothing.
    fn none(&self, sql: &str) -> Result<(), Mismatch> {
        self.expect(sql, "")
    }
}
