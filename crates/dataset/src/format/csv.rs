//! The format `csv`.

use std::io::Write;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow::csv::Writer;
use arrow::datatypes::{DataType, Field, FieldRef, Schema, SchemaRef};
use arrow::error::ArrowError;

use super::batch_conversion::BatchConversion;
use super::batch_writer::BatchWriter;
use super::json_types::{is_supported, json_field, json_texts};
use super::supported_types::ensure_supported;
use super::temporal_range::ensure_in_range;
use super::{FormatError, ResultFormat};

/// A writer of CSV with a header.
pub(super) struct CsvWriter<W: Write> {
    conversion: BatchConversion,
    /// The columns of the file, with nested columns as texts.
    flat: SchemaRef,
    writer: Writer<W>,
}

impl<W: Write> CsvWriter<W> {
    /// Creates a writer and writes the header.
    pub(super) fn new(schema: &Schema, output: W) -> Result<CsvWriter<W>, FormatError> {
        ensure_supported(schema, ResultFormat::Csv, is_supported)?;
        let conversion = BatchConversion::new(schema, json_field);
        let flat = Arc::new(Schema::new(conversion.schema().fields().iter().map(flat_field).collect::<Vec<_>>()));
        let mut writer = CsvWriter { conversion, writer: Writer::new(output), flat };
        let header = RecordBatch::new_empty(Arc::clone(&writer.flat));
        writer.write_flat(&header)?;
        Ok(writer)
    }

    fn flatten(&self, batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
        let columns = batch.columns().iter().zip(self.conversion.schema().fields()).map(|(column, field)| {
            if field.data_type().is_nested() {
                Ok(Arc::new(json_texts(field, column)?) as ArrayRef)
            } else {
                Ok(Arc::clone(column))
            }
        });
        let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        RecordBatch::try_new_with_options(Arc::clone(&self.flat), columns.collect::<Result<_, ArrowError>>()?, &options)
    }

    fn write_flat(&mut self, batch: &RecordBatch) -> Result<(), FormatError> {
        // CSV cannot represent rows without columns: a line without fields would be read as an empty field.
        if self.flat.fields().is_empty() {
            return Ok(());
        }
        self.writer.write(batch).map_err(FormatError::encode(ResultFormat::Csv))
    }
}

/// Returns the field of a column in the file. CSV has no nested types.
fn flat_field(field: &FieldRef) -> FieldRef {
    if field.data_type().is_nested() {
        return Arc::new(Field::new(field.name(), DataType::LargeUtf8, true));
    }
    Arc::clone(field)
}

impl<W: Write> BatchWriter for CsvWriter<W> {
    fn write(&mut self, batch: &RecordBatch) -> Result<(), FormatError> {
        let encode = FormatError::encode(ResultFormat::Csv);
        let batch = self.conversion.convert(batch).map_err(&encode)?;
        ensure_in_range(&batch, ResultFormat::Csv)?;
        self.write_flat(&self.flatten(&batch).map_err(&encode)?)
    }

    fn finish(self) -> Result<(), FormatError> {
        // `Writer::write` flushes its buffer.
        Ok(())
    }
}
