//! Rows that cannot become records.

use catchment_schema::DataType;
use thiserror::Error;

/// Why rows cannot be normalised. None of these goes away by trying again.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum NormalizeError {
    /// A column that must not be null has no value in a row.
    #[error("table `{table}`, row {row} of its page: column `{column}` must not be null, and the row has no value for it{hint}")]
    Null {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// The row, counted from 1.
        row: usize,
        /// What may be the reason.
        hint: &'static str,
    },
    /// A value fits neither its column nor the variant column beside it.
    #[error("table `{table}`, row {row} of its page: {value} fits neither column `{column}` nor `{variant}`")]
    Misfit {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// The variant column, which has another type than its name says.
        variant: String,
        /// The row, counted from 1.
        row: usize,
        /// The beginning of the value.
        value: String,
    },
    /// The stored schema has a column of a type that JSON rows cannot be written to yet.
    #[error("table `{table}`: column `{column}` has the type {data_type}, which this version cannot write")]
    Unsupported {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// Its type.
        data_type: DataType,
    },
    /// A batch that is too large for its arrays.
    #[error("table `{table}`: the rows cannot be put into a record batch")]
    Arrow {
        /// The table.
        table: String,
        /// What Arrow says.
        source: arrow::error::ArrowError,
    },
}
