//! The BigQuery destination: load jobs, transactions as scripts, and the REST client.
//!
//! A load writes rows as Parquet files into staging tables, which load jobs fill, and then changes the dataset in one
//! transaction, which is a script. All jobs have ids that derive from the package, so a repeated load continues where an
//! earlier one ended, and never loads a package twice.
//!
//! ```
//! use catchment_load::Destination as _;
//! use catchment_load_bigquery::{BigQuery, BigQueryOptions};
//!
//! let bigquery = BigQuery::new(BigQueryOptions::new("my-project"));
//! assert_eq!(bigquery.location(), "bigquery://my-project");
//! ```
//!
//! | feature | effect |
//! |---|---|
//! | `failpoints` | Compiles in fail points, at which tests end the process. |

mod applied_trees;
mod client;
mod definition;
mod destination;
mod dialect;
mod file_upload;
mod layout;
mod load;
mod options;
mod parquet_file;
mod partitions;
mod query;
mod query_job;
mod reader;
mod results;
mod script;
mod script_jobs;
mod settings;
mod stage;
mod staging_bucket;
mod staging_table;
mod transaction;
mod types;

pub use client::{ApiError, CredentialsError, ErrorProto, GoogleCredentials};
pub use destination::BigQuery;
pub use options::BigQueryOptions;
pub use settings::{BigQuerySettings, OptionsError};
pub use staging_bucket::StagingBucket;
