//! The ways to load a package.

use catchment_schema::MergeStrategy;

use crate::testing::resource::TestResource;

/// A disposition, and for merging a strategy.
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
    /// A table that is loaded so; by its primary key, where the way knows rows by one.
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
