//! The neutral core of destinations: databases that load a sealed package completely or not at all.
//!
//! A [`Destination`] restores the state and schema of earlier runs, loads packages and executes queries. Each engine has an
//! adapter crate, such as `catchment-load-duckdb`. An adapter connects, declares its [`Capabilities`] and its [`Dialect`],
//! sends rows, and executes statements in a [`SqlSession`]. Everything else is here: [`sql::load`] takes a snapshot of the
//! dataset, plans the load as a pure function, and executes the [`LoadPlan`] in one transaction.
//!
//! ```
//! use catchment_load::{Destination, LoadError, QueryResult};
//! use tokio_util::sync::CancellationToken;
//!
//! async fn count(destination: &dyn Destination) -> Result<Option<i64>, LoadError> {
//!     let stop = CancellationToken::new();
//!     let rows = destination.query("github", "SELECT count(*) FROM issues", &stop).await?;
//!     Ok(rows.collect().await?.first_i64())
//! }
//! ```
//!
//! - [`Destination`]: the trait that adapters implement.
//! - [`LoadError`]: the error of a load, with [`is_terminal`](LoadError::is_terminal) for packages that can never be loaded.
//! - [`RecordBatchStream`], [`QueryResult`]: the rows of a query as Arrow record batches.
//! - [`TableBatches`]: the rows of a table of a package, for the encoder of an adapter.
//!
//! | feature | effect |
//! |---|---|
//! | `testing` | Adds the module `testing`, the conformance suite for adapters. |
//! | `failpoints` | Compiles in fail points, at which tests end the process. |

mod attempt;
mod capabilities;
mod check;
mod conform;
mod destination;
mod error;
mod plan;
mod query_result;
mod record_batch_stream;
pub mod sql;
#[cfg(any(test, feature = "testing"))]
pub mod testing;

/// The version of arrow whose record batches this crate takes and returns.
pub use arrow;
pub use attempt::LoadAttempt;
pub use capabilities::{Capabilities, CommitScope, IdentifierCase, IdentifierCharacters, IdentifierRules, LengthUnit, RowFormat};
pub use conform::TableBatches;
pub use destination::{Destination, DestinationFuture, LoadOutcome, LoadResult, LoadUsage, RestoreRequest, Restored};
pub use error::{LoadError, RejectedValue};
pub use plan::{ApplyStep, LoadPlan, RowColumn, RowTarget, StagedTable, TreeChange};
pub use query_result::{ColumnError, QueryResult, field_in_utc};
pub use record_batch_stream::RecordBatchStream;
pub use sql::{Dialect, SqlReader, SqlSession};
