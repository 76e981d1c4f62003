//! Errors of extractions.

use thiserror::Error;

use crate::PageError;

/// The reason why an extraction failed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ExtractError {
    /// The pages of the resource ended with an error.
    #[error("resource `{resource}` failed")]
    Pages {
        /// The name of the resource.
        resource: String,
        /// The error of its pages.
        source: PageError,
    },
    /// The options of the cursor contradict each other, or do not apply to its values.
    #[error("resource `{resource}`: {problem}")]
    Incremental {
        /// The name of the resource.
        resource: String,
        /// The problem.
        problem: String,
    },
    /// A row has no cursor value.
    #[error(
        "resource `{resource}`: row {row} has no value for the cursor `{cursor}`; set `on_cursor_value_missing` to include \
         or exclude such rows"
    )]
    MissingCursorValue {
        /// The name of the resource.
        resource: String,
        /// The path of the cursor.
        cursor: String,
        /// The beginning of the row.
        row: String,
    },
    /// Two cursor values cannot be compared.
    #[error(
        "resource `{resource}`: cursor `{cursor}` has the values {before} and {now}, which cannot be compared; \
         convert them to one type in a processing step, or use another cursor"
    )]
    CursorTypeChanged {
        /// The name of the resource.
        resource: String,
        /// The path of the cursor.
        cursor: String,
        /// The earlier value.
        before: String,
        /// The later value.
        now: String,
    },
    /// A row lacks a field of the primary key, which is required to deduplicate it.
    #[error(
        "resource `{resource}`: row {row} has no field `{field}`, which is part of the primary key; set `primary_key` to \
         fields that all rows have"
    )]
    MissingKeyField {
        /// The name of the resource.
        resource: String,
        /// The missing field.
        field: String,
        /// The beginning of the row.
        row: String,
    },
    /// A limit would skip rows forever or append them twice.
    #[error(
        "resource `{resource}` appends rows incrementally by `{cursor}` and has a limit, so rows beyond the limit would be \
         appended twice or never; merge by a primary key, declare `row_order` if rows are sorted by the cursor, set \
         `resumable`, or remove the limit"
    )]
    LimitLosesRows {
        /// The name of the resource.
        resource: String,
        /// The path of the cursor.
        cursor: String,
    },
    /// A limit truncated the rows of a dependent resource while the cursor of its parent resource advances.
    #[error(
        "resource `{resource}` appends rows and a limit truncated them, while its parent resource `{parent}` advances its \
         cursor `{cursor}`, so the truncated rows would be appended twice or never; merge by a primary key, or remove the \
         limit"
    )]
    LimitLosesDependentRows {
        /// The name of the resource.
        resource: String,
        /// The name of its parent resource.
        parent: String,
        /// The path of the parent's cursor.
        cursor: String,
    },
    /// A limited run relies on the declared row order, but the rows have another order.
    #[error(
        "resource `{resource}`: rows are not sorted by the cursor `{cursor}` as `row_order` declares, so rows beyond the \
         limit could be skipped forever; remove `row_order` or the limit"
    )]
    RowsOutOfOrder {
        /// The name of the resource.
        resource: String,
        /// The path of the cursor.
        cursor: String,
    },
    /// The parent resource of a dependent resource is not in the source.
    #[error("parent resource `{parent}` of resource `{resource}` does not exist in source `{source_name}`; {hint}")]
    UnknownParent {
        /// The name of the resource.
        resource: String,
        /// The name of the missing parent resource.
        parent: String,
        /// The name of the source.
        source_name: String,
        /// A similar name, or all names.
        hint: String,
    },
    /// A resource is its own ancestor.
    #[error("resource `{resource}` depends on its own rows: {path}; remove one of these dependencies")]
    Cycle {
        /// The name of the resource.
        resource: String,
        /// The names on the cycle.
        path: String,
    },
    /// Two resources have the same name.
    #[error("source `{source_name}` has two resources named `{resource}`, which would share a cursor; rename one of them")]
    DuplicateResource {
        /// The name of the source.
        source_name: String,
        /// The name of both resources.
        resource: String,
    },
    /// Rows name two tables whose normalized names are equal.
    #[error(
        "resource `{resource}`: rows for the tables {first:?} and {second:?} would both be loaded into table `{table}`; use \
         names that differ in letters or digits"
    )]
    TableNameCollision {
        /// The name of the resource.
        resource: String,
        /// The normalized table name.
        table: String,
        /// The first name.
        first: String,
        /// The second name.
        second: String,
    },
    /// A row has an invalid table name.
    #[error("resource `{resource}`: a row has the invalid table name {name:?}: {problem}")]
    TableName {
        /// The name of the resource.
        resource: String,
        /// The table name.
        name: String,
        /// The problem.
        problem: &'static str,
    },
    /// The sink accepts no more rows.
    #[error("extraction of resource `{resource}` ended early because its rows are no longer consumed")]
    SinkClosed {
        /// The name of the resource.
        resource: String,
    },
    /// The run was cancelled while rows of the resource were processed.
    #[error("the run was cancelled while rows of resource `{resource}` were processed")]
    Cancelled {
        /// The name of the resource.
        resource: String,
    },
}
