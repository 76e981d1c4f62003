//! The format `json`.

use std::io::Write;

use arrow::error::ArrowError;
use arrow::json::writer::JsonFormat;

use super::json_rows::JsonRows;

/// A writer of a JSON array with a row per line.
pub(super) type JsonWriter<W> = JsonRows<W, ArrayOfLines>;

/// A JSON array whose rows are on separate lines, so that line-based tools can show parts of it.
#[derive(Debug, Default)]
pub(super) struct ArrayOfLines;

impl JsonFormat for ArrayOfLines {
    fn start_stream<W: Write>(&self, writer: &mut W) -> Result<(), ArrowError> {
        Ok(writer.write_all(b"[")?)
    }

    fn start_row<W: Write>(&self, writer: &mut W, is_first_row: bool) -> Result<(), ArrowError> {
        if is_first_row { Ok(()) } else { Ok(writer.write_all(b",\n")?) }
    }

    fn end_stream<W: Write>(&self, writer: &mut W) -> Result<(), ArrowError> {
        Ok(writer.write_all(b"]\n")?)
    }
}
