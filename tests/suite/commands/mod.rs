//! The commands that operate a pipeline, on DuckDB and PostgreSQL.

mod backfill;
mod check;
mod drop;
mod query;
mod replay;
mod run_url;
mod session;
mod sync;
