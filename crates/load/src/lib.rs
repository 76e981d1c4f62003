//! Destinations: each takes in a package whole, or not at all.
//!
//! [`Destination`] is what the rest of the system knows of a database: restore what an earlier run stored,
//! load a sealed package, answer a query. The SQL that they run is made by pure functions; the adapters,
//! each behind a feature, only connect and execute. [`DuckDb`] is the first one. [`Relation`] is a query of one table,
//! put together step by step.
//!
//! The feature `testing` adds the conformance suite that adapters are tested by, the module `testing`.

mod destination;
#[cfg(feature = "duckdb")]
mod duckdb;
mod error;
mod query_result;
mod quote;
mod relation;
#[cfg(feature = "duckdb")]
mod sql;
#[cfg(feature = "duckdb")]
mod system_rows;
#[cfg(any(test, feature = "testing"))]
pub mod testing;

pub use destination::{CancelCheck, Destination, LoadOutcome, LoadResult, Restored};
#[cfg(feature = "duckdb")]
pub use duckdb::{DuckDb, DuckDbOptions, DuckDbSettings, InvalidMemoryLimit, MemoryLimit};
pub use error::{LoadError, RejectedValue};
pub use query_result::QueryResult;
pub use relation::{Catalog, Operator, Relation, SortDirection, UnknownName};
