//! The engine of a package: rows are extracted, on disk if a later run can resume them, queued, shredded by several threads,
//! and written in order.

mod ingest;
mod queue;
mod row_source;
mod spool;

pub(crate) use ingest::{Ingested, ingest};
pub(crate) use row_source::RowSource;
pub(crate) use spool::{Spool, discard_resumable};
