//! The type [`FormatError`].

use std::io;

use arrow::error::ArrowError;
use catchment_load::LoadError;
use thiserror::Error;

use super::ResultFormat;

/// An error of [`write_result`](crate::write_result).
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FormatError {
    /// The query failed while its rows were read.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The format does not support the type of a column.
    #[error(
        "column `{column}` has values of type {data_type}, which the format `{format}` does not support; cast the column to \
         text in the query, or choose the format `arrow`"
    )]
    UnsupportedType {
        /// The column.
        column: String,
        /// The unsupported Arrow type: the type of the column, or a type within it.
        data_type: String,
        /// The format.
        format: ResultFormat,
    },
    /// A column has a date or time that the format cannot represent.
    #[error(
        "column `{column}` of type {data_type} has a value that the format `{format}` cannot represent, such as infinity or \
         24:00:00; cast the column to text in the query, or choose the format `parquet` or `arrow`"
    )]
    OutOfRange {
        /// The column.
        column: String,
        /// The Arrow type of the column.
        data_type: String,
        /// The format.
        format: ResultFormat,
    },
    /// The rows cannot be encoded.
    #[error("failed to encode the rows in the format `{format}`: {reason}")]
    Encode {
        /// The format.
        format: ResultFormat,
        /// The message of Arrow.
        reason: String,
    },
    /// The output cannot be written.
    #[error("failed to write the rows")]
    Io(#[source] io::Error),
}

impl FormatError {
    /// Returns whether the reader of the output closed it, such as `head` at the end of a pipe. Commands exit without a message
    /// in this case.
    ///
    /// ```
    /// use std::io::{Error, ErrorKind};
    ///
    /// use catchment_dataset::FormatError;
    ///
    /// assert!(FormatError::Io(Error::from(ErrorKind::BrokenPipe)).is_broken_pipe());
    /// assert!(!FormatError::Io(Error::from(ErrorKind::StorageFull)).is_broken_pipe());
    /// ```
    pub fn is_broken_pipe(&self) -> bool {
        matches!(self, FormatError::Io(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }

    /// Returns a conversion of errors of Arrow and Parquet.
    pub(super) fn encode<E: Into<ArrowError>>(format: ResultFormat) -> impl Fn(E) -> FormatError {
        move |error| FormatError::Encode { format, reason: error.into().to_string() }
    }
}
