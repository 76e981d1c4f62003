//! Errors of the encoder.

use arrow::datatypes::DataType;
use thiserror::Error;

use super::PgType;
use crate::error::shorten;

/// The maximum number of characters of a value in an error.
const SHOWN: usize = 60;

/// A column or value that the binary COPY format or PostgreSQL cannot hold.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// A COPY has more columns than a PostgreSQL table can have.
    #[error("a COPY of {columns} columns exceeds the maximum of {}: remove columns from the table", i16::MAX)]
    TooManyColumns {
        /// The number of columns.
        columns: usize,
    },
    /// The type of an Arrow column has no encoding as the PostgreSQL type.
    #[error("column `{column}` of type {arrow_type} cannot be written as {pg_type}")]
    UnsupportedType {
        /// The name of the column.
        column: String,
        /// The Arrow type in the batch.
        arrow_type: Box<DataType>,
        /// The PostgreSQL type.
        pg_type: PgType,
    },
    /// A value is out of the range of the PostgreSQL type.
    #[error("column `{column}`, row {row}: {value} is out of the range of {pg_type}")]
    OutOfRange {
        /// The name of the column.
        column: String,
        /// The row in the batch, from 1.
        row: usize,
        /// The value, shortened.
        value: String,
        /// The PostgreSQL type.
        pg_type: PgType,
    },
    /// A text contains the character U+0000, or a JSON text its escape `\u0000`.
    #[error(
        "column `{column}`, row {row}: {value:?} contains the character U+0000, which PostgreSQL cannot store; remove it in \
         a processing step, in a spec with `replace(\"\\u0000\", \"\")`"
    )]
    Nul {
        /// The name of the column.
        column: String,
        /// The row in the batch, from 1.
        row: usize,
        /// The text, shortened.
        value: String,
    },
    /// A value exceeds the maximum size of a field.
    #[error("column `{column}`, row {row}: a value of {bytes} bytes exceeds PostgreSQL's maximum of 1 GB")]
    TooLarge {
        /// The name of the column.
        column: String,
        /// The row in the batch, from 1.
        row: usize,
        /// The size of the value in bytes.
        bytes: usize,
    },
}

impl EncodeError {
    /// Adds the number of rows in earlier batches to the row.
    pub(crate) fn after(mut self, rows: usize) -> EncodeError {
        match &mut self {
            EncodeError::OutOfRange { row, .. } | EncodeError::Nul { row, .. } | EncodeError::TooLarge { row, .. } => {
                *row += rows
            }
            EncodeError::TooManyColumns { .. } | EncodeError::UnsupportedType { .. } => {}
        }
        self
    }
}

/// A value that cannot be written. [`ValueError::at`] adds the column and the row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ValueError {
    /// The value, as shown in errors, and the PostgreSQL type.
    OutOfRange(String, PgType),
    /// The text with U+0000.
    Nul(String),
    /// The size in bytes.
    TooLarge(usize),
}

impl ValueError {
    pub(super) fn out_of_range(value: impl ToString, pg_type: PgType) -> ValueError {
        ValueError::OutOfRange(shorten(&value.to_string(), SHOWN), pg_type)
    }

    pub(super) fn nul(text: &[u8]) -> ValueError {
        // Enough bytes for the shown characters, so that a large text is not copied.
        let start = text.get(..text.len().min(4 * SHOWN + 4)).unwrap_or_default();
        ValueError::Nul(shorten(&String::from_utf8_lossy(start), SHOWN))
    }

    /// `index` is the index of the row in the batch.
    pub(super) fn at(self, column: &str, index: usize) -> EncodeError {
        let (column, row) = (column.to_owned(), index + 1);
        match self {
            ValueError::OutOfRange(value, pg_type) => EncodeError::OutOfRange { column, row, value, pg_type },
            ValueError::Nul(value) => EncodeError::Nul { column, row, value },
            ValueError::TooLarge(bytes) => EncodeError::TooLarge { column, row, bytes },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_name_column_row_and_value() {
        fn check(error: ValueError, expected: &str) {
            assert_eq!(error.at("price", 1).after(1).to_string(), expected);
        }
        check(ValueError::out_of_range(40_000, PgType::Int2), "column `price`, row 3: 40000 is out of the range of smallint");
        check(
            ValueError::nul(b"a\0b"),
            "column `price`, row 3: \"a\\0b\" contains the character U+0000, which PostgreSQL cannot store; remove it in a \
             processing step, in a spec with `replace(\"\\u0000\", \"\")`",
        );
        check(
            ValueError::TooLarge(1 << 30),
            "column `price`, row 3: a value of 1073741824 bytes exceeds PostgreSQL's maximum of 1 GB",
        );
    }

    #[test]
    fn values_are_shortened() {
        fn check(text: &str, expected: &str) {
            assert_eq!(shorten(text, SHOWN), expected);
        }
        check("", "");
        check(&"é".repeat(60), &"é".repeat(60));
        check(&"é".repeat(61), &format!("{}…", "é".repeat(60)));
    }
}
