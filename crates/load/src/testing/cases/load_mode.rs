//! Combinations of write disposition and merge strategy.

use catchment_schema::MergeStrategy;

use crate::testing::resource::TestResource;

/// A write disposition and, for `merge`, a strategy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LoadMode {
    Append,
    Replace,
    DeleteInsert,
    Upsert,
    InsertOnly,
    Scd2,
}

impl LoadMode {
    /// Creates a resource with this mode. `primary_key` applies to strategies that merge by primary key.
    pub(super) fn resource(self, table: &str, primary_key: &[&str]) -> TestResource {
        match self {
            LoadMode::Append => TestResource::append(table),
            LoadMode::Replace => TestResource::replace(table),
            LoadMode::DeleteInsert => TestResource::merge(table, MergeStrategy::DeleteInsert, primary_key),
            LoadMode::Upsert => TestResource::merge(table, MergeStrategy::Upsert, primary_key),
            LoadMode::InsertOnly => TestResource::merge(table, MergeStrategy::InsertOnly, primary_key),
            LoadMode::Scd2 => TestResource::merge(table, MergeStrategy::Scd2, &[]),
        }
    }
}
