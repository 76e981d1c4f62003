//! The existing tables of a dataset.

use std::collections::HashMap;

use arrow::array::{Array as _, AsArray as _};

use super::connect::Session;
use crate::LoadError;
use crate::sql::{DatasetName, text_literal};

/// The tables of a dataset and the DuckDB types of their columns. Names are in lower case, because DuckDB ignores case.
pub(super) struct ExistingTables(HashMap<String, HashMap<String, String>>);

impl ExistingTables {
    pub(super) fn read(session: &Session, dataset: DatasetName<'_>) -> Result<ExistingTables, LoadError> {
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
        Ok(ExistingTables(tables))
    }

    pub(super) fn has(&self, table: &str) -> bool {
        self.0.contains_key(&table.to_lowercase())
    }

    /// Returns the DuckDB type of a column, or `None` if it does not exist.
    pub(super) fn data_type(&self, table: &str, column: &str) -> Option<&str> {
        self.0.get(&table.to_lowercase())?.get(&column.to_lowercase()).map(String::as_str)
    }
}
