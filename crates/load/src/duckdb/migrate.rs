//! Making the dataset's tables those of the schema.

use std::collections::HashMap;

use arrow::array::{Array as _, AsArray as _};
use catchment_schema::{LOADS_TABLE, STATE_TABLE, Schema, Table, VERSION_TABLE, loads_table, state_table, version_table};

use super::column_type::column_type;
use super::connect::Session;
use crate::LoadError;
use crate::sql::{DatasetName, QualifiedName, add_column, create_table, text_literal};

/// A dataset's tables and their columns with what DuckDB calls their types; names in lower case, as DuckDB does not tell
/// case apart.
pub(super) struct Existing(HashMap<String, HashMap<String, String>>);

impl Existing {
    pub(super) fn read(session: &Session, dataset: DatasetName<'_>) -> Result<Existing, LoadError> {
        let sql = format!(
            "SELECT lower(table_name), lower(column_name), data_type FROM information_schema.columns \
             WHERE table_catalog = current_database() AND lower(table_schema) = lower({})",
            text_literal(dataset.schema)
        );
        let mut tables: HashMap<String, HashMap<String, String>> = HashMap::new();
        for batch in session.query("read the columns", &sql)?.batches {
            let texts = |index: usize| batch.columns().get(index).and_then(|column| column.as_string_opt::<i32>());
            let (Some(names), Some(columns), Some(types)) = (texts(0), texts(1), texts(2)) else { continue };
            for row in 0..names.len() {
                let table = tables.entry(names.value(row).to_owned()).or_default();
                table.insert(columns.value(row).to_owned(), types.value(row).to_owned());
            }
        }
        Ok(Existing(tables))
    }

    pub(super) fn has(&self, table: &str) -> bool {
        self.0.contains_key(&table.to_lowercase())
    }

    /// What DuckDB calls the type of a column, where it is there.
    pub(super) fn data_type(&self, table: &str, column: &str) -> Option<&str> {
        self.0.get(&table.to_lowercase())?.get(&column.to_lowercase()).map(String::as_str)
    }
}

/// Makes the dataset and the system's tables where they are missing.
pub(super) fn make_system_tables(session: &Session, dataset: DatasetName<'_>) -> Result<(), LoadError> {
    session.run("create the dataset", &format!("CREATE SCHEMA IF NOT EXISTS {dataset}"))?;
    for (name, table) in [(VERSION_TABLE, version_table()), (LOADS_TABLE, loads_table()), (STATE_TABLE, state_table())] {
        session.run(&format!("create table `{name}`"), &create_table(dataset.table(name), &table, column_type))?;
    }
    Ok(())
}

/// Makes the tables of the package, and adds the columns that they lack. Nothing is ever dropped.
pub(super) fn migrate<'t>(
    session: &Session,
    dataset: DatasetName<'_>,
    schema: &Schema,
    tables: impl IntoIterator<Item = &'t str>,
    existing: &Existing,
) -> Result<(), LoadError> {
    for table in tables.into_iter().filter_map(|name| schema.tables.get(name)) {
        let name = dataset.table(&table.name);
        match existing.0.get(&table.name.to_lowercase()) {
            None => session.run(&format!("create table `{}`", table.name), &create_table(name, table, column_type))?,
            Some(known) => add_columns(session, name, table, known)?,
        }
    }
    Ok(())
}

fn add_columns(
    session: &Session,
    name: QualifiedName<'_>,
    table: &Table,
    known: &HashMap<String, String>,
) -> Result<(), LoadError> {
    for column in table.complete_columns().filter(|column| !known.contains_key(&column.name.to_lowercase())) {
        let step = format!("add column `{}` to table `{}`", column.name, table.name);
        session.run(&step, &add_column(name, column, column_type))?;
    }
    Ok(())
}
