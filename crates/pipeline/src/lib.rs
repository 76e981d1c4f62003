//! Loads REST APIs and rows into a warehouse: related, typed tables, run after run.
//!
//! A [`Pipeline`] has a name, a destination and a dataset; [`Pipeline::run`] loads a source into it. This
//! crate is a facade: each layer is a crate of its own and can be used without the others.
//!
//! ```no_run
//! use catchment::{DuckDb, DuckDbOptions, Pipeline};
//! use catchment::rest_api::{Format, Spec, rest_api_source};
//! use catchment::rest_client::RestClient;
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let spec = Spec::parse(r#"{"client": {"base_url": "https://api.example.com"}, "resources": ["rivers"]}"#, Format::Json)?;
//! let source = rest_api_source(&spec, RestClient::builder())?;
//! let destination = DuckDb::new(DuckDbOptions::new("rivers.duckdb"), "rivers_dataset");
//! let info = Pipeline::new("rivers", destination, "pipelines").run(&source).await?;
//! println!("{info}");
//! # Ok(())
//! # }
//! ```

mod pipeline;

pub use catchment_extract as extract;
pub use catchment_extract::{Incremental, Resource, Source};
pub use catchment_load::{Destination, LoadError};
#[cfg(feature = "duckdb")]
pub use catchment_load::{DuckDb, DuckDbOptions};
pub use catchment_rest_api as rest_api;
pub use catchment_rest_client as rest_client;
pub use catchment_run::{
    CancellationToken, Host, LoadInfo, PackageInfo, PackageOutcome, RunError, RunOptions, SystemHost, WorkingDir,
};
pub use catchment_schema::WriteDisposition;
pub use catchment_state::State;
pub use pipeline::Pipeline;
