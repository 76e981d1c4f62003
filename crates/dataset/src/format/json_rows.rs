//! Rows as JSON objects, for the formats `json` and `jsonl`.

use std::io::Write;

use arrow::array::RecordBatch;
use arrow::datatypes::Schema;
use arrow::json::WriterBuilder;
use arrow::json::writer::{JsonFormat, Writer};

use super::batch_conversion::BatchConversion;
use super::batch_writer::BatchWriter;
use super::json_types::{is_supported, json_field};
use super::supported_types::ensure_supported;
use super::temporal_range::ensure_in_range;
use super::unique_names::with_unique_names;
use super::{FormatError, ResultFormat};

/// A writer of rows as JSON objects, which `F` separates.
pub(super) struct JsonRows<W: Write, F: JsonFormat> {
    conversion: BatchConversion,
    writer: Writer<W, F>,
    format: ResultFormat,
}

impl<W: Write, F: JsonFormat> JsonRows<W, F> {
    /// Creates a writer; errors name `format`.
    pub(super) fn new(schema: &Schema, format: ResultFormat, output: W) -> Result<JsonRows<W, F>, FormatError> {
        ensure_supported(schema, format, is_supported)?;
        let conversion = BatchConversion::new(&with_unique_names(schema), json_field);
        let writer = WriterBuilder::new().with_explicit_nulls(true).build(output);
        Ok(JsonRows { conversion, writer, format })
    }
}

impl<W: Write, F: JsonFormat> BatchWriter for JsonRows<W, F> {
    fn write(&mut self, batch: &RecordBatch) -> Result<(), FormatError> {
        let batch = self.conversion.convert(batch).map_err(FormatError::encode(self.format))?;
        ensure_in_range(&batch, self.format)?;
        self.writer.write(&batch).map_err(FormatError::encode(self.format))
    }

    fn finish(mut self) -> Result<(), FormatError> {
        self.writer.finish().map_err(FormatError::encode(self.format))
    }
}
