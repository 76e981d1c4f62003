//! The contents of a dataset that a plan depends on.

use catchment_schema::Schema;
use catchment_state::State;

use super::existing_tables::ExistingTables;

/// The tables of a dataset, and what its system tables store about a package.
#[derive(Debug, Clone, Default)]
pub(crate) struct DatasetSnapshot {
    /// The existing tables with their columns.
    pub(crate) tables: ExistingTables,
    /// Whether the dataset exists.
    pub(crate) has_dataset: bool,
    /// The most recently stored schema with the name of the package's schema.
    pub(crate) schema: Option<Schema>,
    /// The hash that is stored with `schema`.
    pub(crate) schema_hash: Option<String>,
    /// The time of the most recently stored schema in microseconds since 1970.
    pub(crate) last_schema_at: Option<i64>,
    /// The stored state of the package's pipeline.
    pub(crate) state: Option<State>,
    /// Whether the package is loaded already.
    pub(crate) is_loaded: bool,
}
