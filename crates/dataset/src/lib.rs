//! Queries of loaded datasets: tables, loads and row counts, of any destination.
//!
//! - [`Dataset`]: the tables and loads of a dataset.
//! - [`TableQuery`]: a query of one table without SQL.
//! - [`SqlClient`]: SQL queries, with rows as Arrow record batches.
//! - [`Relation`] and [`Catalog`]: the same queries as SQL text, without a connection.
//! - [`write_result`]: the rows of a query as a table, CSV, JSON, Parquet or Arrow.

mod builder;
mod catalog;
mod condition;
mod counts;
mod dataset;
mod error;
mod format;
#[cfg(test)]
mod relation_tests;
mod sql_client;
mod table_query;
mod unknown_name;

pub use builder::{Relation, SortDirection};
pub use catalog::Catalog;
pub use condition::Operator;
pub use dataset::{Dataset, RowCounts};
pub use error::DatasetError;
pub use format::{FormatError, ResultFormat, ResultOptions, write_result};
pub use sql_client::SqlClient;
pub use table_query::TableQuery;
pub use unknown_name::UnknownName;
