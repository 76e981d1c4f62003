//! Loads REST APIs and rows into a warehouse: related, typed tables, run after run.
//!
//! A [`Pipeline`] has a name, a destination and a dataset; [`Pipeline::run`] loads a [`Resource`] or a [`Source`] of
//! several into it. Rows are anything that serde can serialise, or pages of an API:
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
//! Pages that keep their rows from one run to the next can be gone on with, where a run ended early:
//!
//! ```no_run
//! use catchment::rest_client::RestClient;
//! use catchment::{Page, Resource};
//! use futures_util::StreamExt as _;
//!
//! # fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let client = RestClient::builder().base_url("https://api.example.com/").build()?;
//! let request = client.request("events")?;
//! let events = Resource::pages("events", move |start| {
//!     let pages = match &start.position {
//!         Some(position) => client.paginate_from(request.clone(), position),
//!         None => client.paginate(request.clone()),
//!     };
//!     pages.map(|page| page.map(|page| Page::from(page.rows).with_next_position(page.position)).map_err(Into::into))
//! })
//! .resumable(true);
//! # let _ = events;
//! # Ok(())
//! # }
//! ```
//!
//! [`rest_api`] makes a source of a description of an API. This crate is a facade: each layer is a crate of its own
//! and can be used without the others.

mod dataset;
mod pipeline;
mod sql_client;
mod table_query;

pub use catchment_extract as extract;
pub use catchment_extract::{
    Incremental, LastValueFunc, OnCursorValueMissing, Page, ProgressEvent, RangeBound, Resource, ResumePoint, Row, RowOrder,
    Source, Windows,
};
pub use catchment_json as json;
pub use catchment_load as load;
pub use catchment_load::{Destination, LoadError, Operator, QueryResult, SortDirection};
#[cfg(feature = "duckdb")]
pub use catchment_load::{DuckDb, DuckDbOptions, DuckDbSettings};
pub use catchment_load_package as load_package;
pub use catchment_normalize as normalize;
pub use catchment_normalize::{NormalizeOptions, NullColumnPolicy};
pub use catchment_rest_api as rest_api;
pub use catchment_rest_client as rest_client;
pub use catchment_run::{
    CancellationToken, Diagnostics, ExtractInfo, ExtractSettings, LoadInfo, LoadSettings, NormalizeInfo, NormalizeSettings,
    NormalizedPackage, PackageInfo, PackageOutcome, PipelineNameError, ProgressSink, RefreshMode, RowCounts, RunEnvironment,
    RunError, RunOptions, SchemaFiles, StateEdit, SystemEnvironment, Trace, Warning, WorkingDir, validate_pipeline_name,
};
pub use catchment_schema as schema;
pub use catchment_schema::{MergeOptions, MergeStrategy, WriteDisposition};
pub use catchment_state::State;
pub use dataset::Dataset;
pub use pipeline::Pipeline;
pub use sql_client::SqlClient;
pub use table_query::TableQuery;
