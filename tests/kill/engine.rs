//! The destinations of kill tests, and their SQL.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use catchment::{BigQuery, BigQueryOptions, Destination, DuckDb, Postgres, PostgresOptions, Secret};
use serde_json::Value as Json;

/// The destination of all scenarios of a kill test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Engine {
    Duckdb,
    Postgres,
    Bigquery,
}

/// The name of the DuckDB file in the folder of a scenario.
pub(crate) const DUCKDB_FILE: &str = "data.duckdb";

/// The environment variable with the URL of an emulator of BigQuery.
const BIGQUERY: &str = "CATCHMENT_BIGQUERY";

impl Engine {
    /// Returns the name in arguments.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Engine::Duckdb => "duckdb",
            Engine::Postgres => "postgres",
            Engine::Bigquery => "bigquery",
        }
    }

    /// Returns the destination of a scenario: the DuckDB file in `dir`, the PostgreSQL database `database`, or the project
    /// `database` of the emulator.
    pub(crate) fn destination(self, dir: &Path, database: Option<&str>) -> Result<Arc<dyn Destination>> {
        let name = || database.context("the server has no name of a database").map(str::to_owned);
        Ok(match self {
            Engine::Duckdb => Arc::new(DuckDb::new(dir.join(DUCKDB_FILE))),
            Engine::Postgres => {
                let mut options = PostgresOptions::parse(&Secret::from(std::env::var("CATCHMENT_POSTGRES")?))?;
                options.database = name()?;
                Arc::new(Postgres::new(options))
            }
            Engine::Bigquery => {
                let (endpoint, retry_delay) = (bigquery_emulator()?, Duration::from_millis(10));
                let defaults = BigQueryOptions::new(name()?);
                Arc::new(BigQuery::new(BigQueryOptions { endpoint, retry_delay, is_emulator: true, ..defaults }))
            }
        })
    }

    /// Returns a schema or dataset that can be queried before anything is loaded.
    pub(crate) fn default_schema(self) -> &'static str {
        match self {
            Engine::Duckdb => "main",
            Engine::Postgres => "public",
            Engine::Bigquery => "d",
        }
    }

    /// Returns the query of the columns of all tables of all schemas, without staging tables.
    pub(crate) fn columns_query(self, database: Option<&str>) -> String {
        let (table, filter) = match self {
            Engine::Duckdb | Engine::Postgres => {
                ("information_schema.columns".to_owned(), "table_schema NOT IN ('information_schema', 'pg_catalog')".to_owned())
            }
            Engine::Bigquery => (
                format!("`{}.d`.INFORMATION_SCHEMA.COLUMNS", database.unwrap_or_default()),
                format!("NOT STARTS_WITH(table_name, '{STAGING_PREFIX}')"),
            ),
        };
        format!(
            "SELECT table_schema, table_name, column_name, data_type, is_nullable FROM {table} WHERE {filter} \
             ORDER BY table_schema, table_name, ordinal_position"
        )
    }

    /// Returns the SQL of the columns of `alias` as text, for [`Engine::cell`].
    pub(crate) fn row_text(self, alias: &str) -> String {
        match self {
            Engine::Duckdb => format!("COLUMNS({alias}.* EXCLUDE (_dlt_id, _dlt_load_id))::VARCHAR"),
            Engine::Postgres => format!("(to_jsonb({alias}) - '_dlt_id' - '_dlt_load_id')::text"),
            Engine::Bigquery => format!("TO_JSON_STRING({alias})"),
        }
    }

    /// Returns a cell without random values. For BigQuery, whose columns change before rows do, also without nulls and types
    /// of numbers.
    pub(crate) fn cell(self, text: String) -> Result<String> {
        if self != Engine::Bigquery || !text.starts_with('{') {
            return Ok(text);
        }
        let mut row: serde_json::Map<String, Json> = serde_json::from_str(&text)?;
        row.retain(|name, value| !value.is_null() && name != "_dlt_id" && name != "_dlt_load_id");
        for value in row.values_mut() {
            if let Some(number) = value.as_f64() {
                *value = number.into();
            }
        }
        Ok(serde_json::to_string(&row)?)
    }
}

/// The prefix of the names of staging tables in BigQuery.
pub(crate) const STAGING_PREFIX: &str = "_catchment_staging_";

/// Returns the URL of the emulator of BigQuery.
pub(crate) fn bigquery_emulator() -> Result<String> {
    std::env::var(BIGQUERY).with_context(|| format!("{BIGQUERY} is not set"))
}
