//! Loads REST APIs, files and serde values into DuckDB, PostgreSQL and BigQuery as related tables with typed columns.
//!
//! A [`Pipeline`] loads a [`Resource`], or a [`Source`] of several resources, into a dataset of a [`Destination`]. It stores
//! cursors between runs, infers and evolves the schema, and commits each load in one transaction.
//!
//! ```no_run
//! use catchment::rest_client::paginate;
//! use catchment::{DuckDb, Incremental, Pipeline, Resource, WriteDisposition};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let issues = Resource::stream("issues", |start| {
//!     let since = start.last_value_text();
//!     paginate("https://api.github.com/repos/dlt-hub/dlt/issues", &[("since", &since)])
//! })
//! .write_disposition(WriteDisposition::Merge)
//! .primary_key(["id"])
//! .incremental(Incremental::new("updated_at").initial_value("1970-01-01T00:00:00Z"));
//!
//! let pipeline = Pipeline::new("github_issues", DuckDb::new("github_issues.duckdb"), "github_data");
//! println!("{}", pipeline.run(issues).await?);
//! println!("{}", pipeline.sql_client().query("SELECT count(*) FROM issues").await?);
//! # Ok(())
//! # }
//! ```
//!
//! # Main types
//!
//! | task | types |
//! |---|---|
//! | define a resource in code | [`Resource`], [`Page`], [`rest_client::RestClient`] |
//! | define a source in a JSON, YAML or TOML spec | [`rest_api::Spec`], [`rest_api::RestApi`] |
//! | load only new rows | [`Incremental`] |
//! | run, resume and backfill | [`Pipeline`], [`Windows`], [`RunOptions`] |
//! | inspect a run | [`LoadInfo`], [`ProgressSink`], [`WorkingDir`] |
//! | query the loaded tables | [`Dataset`], [`SqlClient`] |
//! | read settings and secrets | [`Settings`], [`Secret`] |
//!
//! Each layer is also a separate crate, which this one re-exports as a module.
//!
//! # Cargo features
//!
//! | feature | default | effect |
//! |---|---|---|
//! | `duckdb` | yes | compiles DuckDB; adds the destination `DuckDb` |
//! | `postgres` | no | adds the destination `Postgres` |
//! | `bigquery` | no | adds the destination `BigQuery` |
//! | `aws`, `google`, `hashicorp` | no | add AWS Secrets Manager, Google Secret Manager and HashiCorp Vault to [`Settings`] |
//! | `failpoints` | no | compiles in fail points, at which tests end the process |

mod pipeline;
mod project_settings;

pub use catchment_config as config;
pub use catchment_dataset as dataset;
pub use catchment_dataset::{Dataset, DatasetError, Operator, RowCounts, SortDirection, SqlClient, TableQuery, UnknownName};
pub use catchment_extract as extract;
pub use catchment_extract::{
    Incremental, LastValueFunc, OnCursorValueMissing, Page, ProgressEvent, RangeBound, Resource, ResumePoint, Row, RowOrder,
    Source, Windows,
};
pub use catchment_json as json;
pub use catchment_json::{Node, Selection, Value};
pub use catchment_load as load;
pub use catchment_load::{ColumnError, Destination, LoadError, QueryResult, RecordBatchStream, arrow};
#[cfg(feature = "bigquery")]
pub use catchment_load_bigquery as load_bigquery;
#[cfg(feature = "bigquery")]
pub use catchment_load_bigquery::{BigQuery, BigQueryOptions, BigQuerySettings, GoogleCredentials, StagingBucket};
#[cfg(feature = "duckdb")]
pub use catchment_load_duckdb as load_duckdb;
#[cfg(feature = "duckdb")]
pub use catchment_load_duckdb::{DuckDb, DuckDbOptions, DuckDbSettings};
pub use catchment_load_package as load_package;
#[cfg(feature = "postgres")]
pub use catchment_load_postgres as load_postgres;
#[cfg(feature = "postgres")]
pub use catchment_load_postgres::{Postgres, PostgresOptions, PostgresSettings};
pub use catchment_normalize as normalize;
pub use catchment_normalize::{NormalizeOptions, NullColumnPolicy};
pub use catchment_rest_api as rest_api;
pub use catchment_rest_client as rest_client;
pub use catchment_run::{
    CancellationToken, CursorAssignment, Diagnostics, DropError, DropPlan, DropRequest, ExtractInfo, ExtractSettings, LoadInfo,
    LoadSettings, NormalizeInfo, NormalizeSettings, NormalizedPackage, PackageInfo, PackageOutcome, PipelineNameError,
    ProgressSink, Redactor, RefreshMode, ResourcePattern, RunEnvironment, RunError, RunFailure, RunOptions, SchemaFiles,
    StateEdit, SyncInfo, SystemEnvironment, Trace, Warning, WorkingDir, error_chain, validate_pipeline_name,
};
pub use catchment_schema as schema;
pub use catchment_schema::{MergeOptions, MergeStrategy, WriteDisposition};
pub use catchment_settings as settings;
pub use catchment_settings::{Secret, SettingsError};
pub use catchment_state as state;
pub use catchment_state::State;
pub use pipeline::Pipeline;
pub use project_settings::{LogSettings, PipelineSettings, ProgressMode, ProjectError, Settings};
