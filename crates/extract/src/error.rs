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
    /// A row has no value for the cursor.
    #[error("resource `{resource}`: {row} has no value at the cursor `{cursor}`; every row must have one")]
    CursorMissing {
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
    CursorChanged {
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
    KeyMissing {
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
         would be appended twice or never; merge by a primary key instead, or take the limit away"
    )]
    LimitLosesRows {
        /// The resource.
        resource: String,
        /// The path of the cursor.
        cursor: String,
    },
    /// Nobody takes the rows any more.
    #[error("the run was stopped while resource `{resource}` was being extracted")]
    Stopped {
        /// The resource.
        resource: String,
    },
}
