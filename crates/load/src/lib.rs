//! Destinations: each takes in a package whole, or not at all.
//!
//! [`Destination`] is what the rest of the system knows of a database: restore what an earlier run stored,
//! load a sealed package, answer a query. The SQL that they run is made by pure functions; the adapters,
//! each behind a feature, only connect and execute. [`DuckDb`] is the first one.

mod destination;
#[cfg(feature = "duckdb")]
mod duckdb;
mod error;
mod query_result;
#[cfg(feature = "duckdb")]
mod sql;
#[cfg(feature = "duckdb")]
mod system_rows;

pub use destination::{Cancelled, Destination, Loaded, Restored};
#[cfg(feature = "duckdb")]
pub use duckdb::{DuckDb, DuckDbOptions};
pub use error::LoadError;
pub use query_result::QueryResult;
