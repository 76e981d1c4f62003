//! Making the dataset's tables those of the schema.

use std::collections::{HashMap, HashSet};

use arrow::array::{Array as _, AsArray as _};
use catchment_schema::{LOADS_TABLE, STATE_TABLE, Schema, Table, VERSION_TABLE, loads_table, state_table, version_table};

use super::column_type::column_type;
use super::connect::Session;
use crate::LoadError;
use crate::sql::{DatasetName, QualifiedName, add_column, create_table, text_literal};

/// The names of a dataset's tables and columns, in lower case: DuckDB does not tell case apart.
pub(super) struct Existing(HashMap<String, HashSet<String>>);

impl Existing {
    pub(super) fn read(session: &Session, dataset: DatasetName<'_>) -> Result<Existing, LoadError> {
        let sql = format!(
            "SELECT lower(table_name), lower(column_name) FROM information_schema.columns \
             WHERE table_catalog = current_database() AND lower(table_schema) = lower({})",
            text_literal(dataset.schema)
        );
        let mut tables: HashMap<String, HashSet<String>> = HashMap::new();
        for batch in session.query("read the columns", &sql)?.batches {
            let (Some(names), Some(columns)) = (batch.columns().first(), batch.columns().get(1)) else { continue };
            let (Some(names), Some(columns)) = (names.as_string_opt::<i32>(), columns.as_string_opt::<i32>()) else { continue };
            for row in 0..names.len() {
                tables.entry(names.value(row).to_owned()).or_default().insert(columns.value(row).to_owned());
            }
        }
        Ok(Existing(tables))
    }

    pub(super) fn has(&self, table: &str) -> bool {
        self.0.contains_key(&table.to_lowercase())
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

fn add_columns(session: &Session, name: QualifiedName<'_>, table: &Table, known: &HashSet<String>) -> Result<(), LoadError> {
    for column in table.complete_columns().filter(|column| !known.contains(&column.name.to_lowercase())) {
        let step = format!("add column `{}` to table `{}`", column.name, table.name);
        session.run(&step, &add_column(name, column, column_type))?;
    }
    Ok(())
}
