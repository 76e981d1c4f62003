//! Resources that cannot be extracted.

use thiserror::Error;

use crate::PageError;

/// Why a run stopped before all rows had come.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ExtractError {
    /// The pages of the resource ended with an error.
    #[error("resource `{resource}` failed")]
    Pages {
        /// The resource.
        resource: String,
        /// What its pages said.
        source: PageError,
    },
    /// The options of the cursor make no sense together, or for the values that it has.
    #[error("resource `{resource}`: {problem}")]
    Incremental {
        /// The resource.
        resource: String,
        /// What is wrong with them.
        problem: String,
    },
    /// A row has no value for the cursor.
    #[error(
        "resource `{resource}`: {row} has no value at the cursor `{cursor}`; every row must have one, or \
         `on_cursor_value_missing` say what becomes of those that have none"
    )]
    MissingCursorValue {
        /// The resource.
        resource: String,
        /// The path of the cursor.
        cursor: String,
        /// The beginning of the row.
        row: String,
    },
    /// Two values of the cursor cannot be compared.
    #[error(
        "resource `{resource}`: the cursor `{cursor}` was {before} and is {now} now, which cannot be compared; it must keep its type"
    )]
    CursorTypeChanged {
        /// The resource.
        resource: String,
        /// The path of the cursor.
        cursor: String,
        /// A value that it had.
        before: String,
        /// A value that it has now.
        now: String,
    },
    /// A row that stands at the cursor lacks a field of the primary key.
    #[error("resource `{resource}`: {row} has no field `{field}`, which is part of the primary key")]
    MissingKeyField {
        /// The resource.
        resource: String,
        /// The field.
        field: String,
        /// The beginning of the row.
        row: String,
    },
    /// A limit would make rows be skipped for ever.
    #[error(
        "resource `{resource}` appends rows, loads incrementally by `{cursor}`, and has a limit: rows that the limit cuts off \
         would be appended twice or never; merge by a primary key instead, declare the `row_order` of rows that come in the \
         order of the cursor, let it go on from its pages (`resumable`), or take the limit away"
    )]
    LimitLosesRows {
        /// The resource.
        resource: String,
        /// The path of the cursor.
        cursor: String,
    },
    /// A limit cut off rows of a resource whose parent goes on without them.
    #[error(
        "resource `{resource}` appends rows, and a limit cut some off, while `{parent}`, which feeds it, goes on by its cursor \
         `{cursor}`: they would be appended twice or never; merge by a primary key instead, or take the limit away"
    )]
    LimitLosesDependentRows {
        /// The resource.
        resource: String,
        /// The one that feeds it.
        parent: String,
        /// The path of the cursor.
        cursor: String,
    },
    /// A limited run was to go on from its last row, and the rows have another order than was said.
    #[error(
        "resource `{resource}`: its rows are not in the order of the cursor `{cursor}` that `row_order` declares, so those \
         that the limit cuts off could be skipped for ever; take `row_order` or the limit away"
    )]
    RowsOutOfOrder {
        /// The resource.
        resource: String,
        /// The path of the cursor.
        cursor: String,
    },
    /// A resource is fed with the rows of one that the source does not have.
    #[error("resource `{resource}` is fed with the rows of `{parent}`, which source `{source_name}` does not have; {hint}")]
    UnknownParent {
        /// The resource.
        resource: String,
        /// The other one.
        parent: String,
        /// The source.
        source_name: String,
        /// What there is.
        hint: String,
    },
    /// A resource is fed with its own rows, by way of others or not.
    #[error("resource `{resource}` is fed with its own rows: {path}")]
    Cycle {
        /// The resource.
        resource: String,
        /// The way from it to itself.
        path: String,
    },
    /// Two resources have one name.
    #[error("source `{source_name}` has two resources of the name `{resource}`; their cursors would be mixed up")]
    DuplicateResource {
        /// The source.
        source_name: String,
        /// The name.
        resource: String,
    },
    /// Rows say two tables whose names differ only in what names of tables cannot have.
    #[error(
        "resource `{resource}`: rows for the tables {first:?} and {second:?} would both go to table `{table}`; give the tables names \
         that differ in letters or digits"
    )]
    TableNameCollision {
        /// The resource.
        resource: String,
        /// The table.
        table: String,
        /// A name.
        first: String,
        /// The other one.
        second: String,
    },
    /// A row says a table that it cannot go to.
    #[error("resource `{resource}`: a row says {name:?} is its table, {problem}")]
    TableName {
        /// The resource.
        resource: String,
        /// The name of the table.
        name: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// Nobody takes the rows any more.
    #[error("the run was stopped while resource `{resource}` was being extracted")]
    SinkClosed {
        /// The resource.
        resource: String,
    },
    /// The run was told to stop while rows of the resource were worked on.
    #[error("the run was told to stop while rows of resource `{resource}` were worked on")]
    Cancelled {
        /// The resource.
        resource: String,
    },
}
