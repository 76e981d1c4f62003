//! The ways to load a package.

use catchment_schema::MergeStrategy;

use crate::testing::resource::Resource;

/// A disposition, and for merging a strategy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Append,
    Replace,
    DeleteInsert,
    Upsert,
    InsertOnly,
    Scd2,
}

impl Way {
    /// A table that is loaded so; by its primary key, where the way knows rows by one.
    pub(super) fn resource(self, table: &str, primary_key: &[&str]) -> Resource {
        match self {
            Way::Append => Resource::append(table),
            Way::Replace => Resource::replace(table),
            Way::DeleteInsert => Resource::merge(table, MergeStrategy::DeleteInsert, primary_key),
            Way::Upsert => Resource::merge(table, MergeStrategy::Upsert, primary_key),
            Way::InsertOnly => Resource::merge(table, MergeStrategy::InsertOnly, primary_key),
            Way::Scd2 => Resource::merge(table, MergeStrategy::Scd2, &[]),
        }
    }
}
