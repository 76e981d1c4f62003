//! The format `parquet`.

use std::io::Write;
use std::sync::Arc;

use ::parquet::arrow::ArrowWriter;
use ::parquet::basic::{Compression, ZstdLevel};
use ::parquet::file::properties::WriterProperties;
use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, IntervalUnit, Schema};

use super::batch_conversion::BatchConversion;
use super::batch_writer::BatchWriter;
use super::parquet_types::parquet_field;
use super::supported_types::ensure_supported;
use super::unique_names::with_unique_names;
use super::{FormatError, ResultFormat};

/// The maximum size of a row group, which is in memory until it is complete.
const ROW_GROUP_ROWS: usize = 1 << 20;
const ROW_GROUP_BYTES: usize = 64 << 20;

/// A writer of a Parquet file.
pub(super) struct ParquetWriter<W: Write + Send> {
    conversion: BatchConversion,
    writer: ArrowWriter<W>,
}

impl<W: Write + Send> ParquetWriter<W> {
    /// Creates a writer.
    pub(super) fn new(schema: &Schema, output: W) -> Result<ParquetWriter<W>, FormatError> {
        ensure_supported(schema, ResultFormat::Parquet, is_supported)?;
        let conversion = BatchConversion::new(&with_unique_names(schema), parquet_field);
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
            .set_max_row_group_bytes(Some(ROW_GROUP_BYTES))
            .build();
        let writer = ArrowWriter::try_new(output, Arc::clone(conversion.schema()), Some(properties));
        Ok(ParquetWriter { conversion, writer: writer.map_err(FormatError::encode(ResultFormat::Parquet))? })
    }
}

/// Returns whether the writer supports a type, apart from the types within it.
fn is_supported(data_type: &DataType) -> bool {
    match data_type {
        DataType::Union(..) | DataType::Interval(IntervalUnit::MonthDayNano) => false,
        DataType::Struct(fields) => !fields.is_empty(),
        _ => true,
    }
}

impl<W: Write + Send> BatchWriter for ParquetWriter<W> {
    fn write(&mut self, batch: &RecordBatch) -> Result<(), FormatError> {
        let batch = self.conversion.convert(batch).map_err(FormatError::encode(ResultFormat::Parquet))?;
        self.writer.write(&batch).map_err(FormatError::encode(ResultFormat::Parquet))
    }

    fn finish(self) -> Result<(), FormatError> {
        self.writer.close().map(drop).map_err(FormatError::encode(ResultFormat::Parquet))
    }
}
