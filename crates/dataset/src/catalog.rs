//! The tables and columns of a dataset.

use catchment_load::sql::DatasetName;
use catchment_load::{Dialect, QueryResult};
use catchment_schema::{Schema, StoredSchemaError, VERSION_TABLE, is_system_name, naming};

use crate::Relation;
use crate::unknown_name::{UnknownName, hint};

/// The tables of a dataset with their columns, as found in the destination, including those of other tools.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalog {
    dataset: String,
    tables: Vec<TableEntry>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TableEntry {
    pub(super) name: String,
    pub(super) columns: Vec<String>,
    /// The parent table according to a stored schema.
    pub(super) parent: Option<String>,
}

/// Returns the strings of a column of a query of this module, which selects it as a string.
pub(super) fn texts<'r>(result: &'r QueryResult, column: &str) -> impl Iterator<Item = Option<&'r str>> {
    result.str_column(column).into_iter().flatten()
}

impl Catalog {
    /// Returns the query of the tables and columns of `dataset`.
    pub fn columns_sql(dialect: &dyn Dialect, dataset: &str) -> String {
        dialect.columns_query(&DatasetName::new(dialect, None, dataset))
    }

    /// Creates the catalog of `dataset` from the result of [`Catalog::columns_sql`].
    pub fn new(dataset: impl Into<String>, columns: &QueryResult) -> Catalog {
        let mut tables: Vec<TableEntry> = Vec::new();
        for (table, column) in texts(columns, "table_name").zip(texts(columns, "column_name")) {
            let (Some(table), Some(column)) = (table, column) else { continue };
            match tables.last_mut() {
                Some(entry) if entry.name == table => entry.columns.push(column.to_owned()),
                _ => tables.push(TableEntry { name: table.to_owned(), columns: vec![column.to_owned()], parent: None }),
            }
        }
        Catalog { dataset: dataset.into(), tables }
    }

    /// Returns the query of the latest version of each stored schema, or `None` if the dataset has no schema table.
    pub fn schemas_sql(&self, dialect: &dyn Dialect) -> Option<String> {
        self.has_columns(VERSION_TABLE, &["schema_name", "inserted_at", "schema"]).then(|| {
            let (table, schema) = (dialect.quote(VERSION_TABLE), dialect.quote("schema"));
            format!(
                "SELECT v.{schema} FROM {table} AS v JOIN (SELECT schema_name, max(inserted_at) AS last_at FROM {table} GROUP BY schema_name) AS l \
                 ON v.schema_name = l.schema_name AND v.inserted_at = l.last_at"
            )
        })
    }

    /// Sets the parent tables from the result of [`Catalog::schemas_sql`].
    ///
    /// # Errors
    ///
    /// Returns an error if a schema cannot be read.
    pub fn with_parents(mut self, schemas: &QueryResult) -> Result<Catalog, StoredSchemaError> {
        for text in texts(schemas, "schema").flatten() {
            let schema = Schema::from_stored_text(text)?;
            for entry in &mut self.tables {
                let parent = schema.tables.get(&entry.name).and_then(|table| table.parent.clone());
                entry.parent = entry.parent.take().or(parent);
            }
        }
        Ok(self)
    }

    /// Returns the names of the data tables, without system tables, in catalog order.
    pub fn data_tables(&self) -> impl Iterator<Item = &str> {
        self.tables.iter().map(|entry| entry.name.as_str()).filter(|name| !is_system_name(name))
    }

    /// Replaces the names in `relation` with those of the table and columns in the dataset.
    ///
    /// A name matches exactly, then without regard to case, as in databases, then as a normalized key: `userID` matches the
    /// column `user_id`.
    ///
    /// # Errors
    ///
    /// Returns an error if the table or a column does not exist.
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use arrow::array::{ArrayRef, RecordBatch, StringArray};
    /// use catchment_dataset::{Catalog, Relation};
    /// use catchment_load::QueryResult;
    /// use catchment_load::testing::StandardSql;
    ///
    /// let texts = |texts: Vec<&'static str>| -> ArrayRef { Arc::new(StringArray::from(texts)) };
    /// let columns = [("table_name", texts(vec!["issues", "issues"])), ("column_name", texts(vec!["id", "user_id"]))];
    /// let batch = RecordBatch::try_from_iter(columns)?;
    /// let catalog = Catalog::new("github", &QueryResult { schema: batch.schema(), batches: vec![batch] });
    ///
    /// let relation = catalog.resolve(Relation::table("issues").select(["userID"]))?;
    /// assert_eq!(relation.to_sql(&StandardSql), r#"SELECT "user_id" FROM "issues""#);
    /// let error = catalog.resolve(Relation::table("isues")).unwrap_err();
    /// assert_eq!(error.to_string(), "dataset `github` has no table `isues`; did you mean `issues`?");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn resolve(&self, mut relation: Relation) -> Result<Relation, UnknownName> {
        let names = || self.tables.iter().map(|entry| entry.name.as_str());
        let Some(entry) = find(&relation.table, names).and_then(|name| self.entry(name)) else {
            let hint = hint(&relation.table, self.data_tables());
            return Err(UnknownName::Table { dataset: self.dataset.clone(), table: relation.table, hint });
        };
        relation.table.clone_from(&entry.name);
        let names = || entry.columns.iter().map(String::as_str);
        for column in relation.columns_mut() {
            let Some(name) = find(column, names) else {
                let (dataset, table) = (self.dataset.clone(), entry.name.clone());
                return Err(UnknownName::Column { dataset, table, column: column.clone(), hint: hint(column, names()) });
            };
            name.clone_into(column);
        }
        Ok(relation)
    }

    pub(super) fn entry(&self, table: &str) -> Option<&TableEntry> {
        self.tables.iter().find(|entry| entry.name == table)
    }

    /// Returns true if `table` exists and has all `columns`.
    pub(super) fn has_columns(&self, table: &str, columns: &[&str]) -> bool {
        self.entry(table).is_some_and(|entry| columns.iter().all(|column| entry.columns.iter().any(|name| name == column)))
    }
}

/// Finds the best match for `name` in `names`.
fn find<'n, N: Iterator<Item = &'n str>>(name: &str, names: impl Fn() -> N) -> Option<&'n str> {
    let exact = || names().find(|known| *known == name);
    let in_another_case = || names().find(|known| known.eq_ignore_ascii_case(name));
    let of_a_key = || {
        let (readable, normalized) = (naming::transliterate_key(name), naming::normalize_key(name));
        names().find(|known| *known == readable).or_else(|| names().find(|known| *known == normalized))
    };
    exact().or_else(in_another_case).or_else(of_a_key)
}
