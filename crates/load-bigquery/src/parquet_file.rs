//! Rows as Parquet files: <https://cloud.google.com/bigquery/docs/loading-data-cloud-storage-parquet>.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, RecordBatch, RecordBatchOptions, make_array, new_null_array};
use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use arrow::error::ArrowError;
use arrow::util::display::FormatOptions;
use bytes::Bytes;
use catchment_load::{LoadError, RejectedValue, RowColumn, RowTarget, TableBatches};
use catchment_load_package::PackageError;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use tokio::sync::mpsc::Sender;

/// The encoded size in bytes at which a row group ends. BigQuery advises at least 16 MiB.
const ROW_GROUP_BYTES: usize = 16 << 20;

/// The maximum size of a row in a Parquet file, in bytes.
const MAX_ROW_BYTES: usize = 50_000_000;

/// Casts that never turn a value into null.
const CHECKED: CastOptions<'static> = CastOptions { safe: false, format_options: FormatOptions::new() };

/// A piece of a file; `None` ends it. Without the end, the encoder has panicked.
pub(crate) type Piece = Option<Bytes>;

/// Encodes all rows as one file and sends it in pieces. A dropped receiver ends it.
pub(crate) fn encode(rows: TableBatches, target: &RowTarget, location: &str, pieces: &Sender<Result<Piece, LoadError>>) {
    let encoder = Encoder { target, location, schema: schema(target) };
    if let Err(error) = encoder.encode(rows, pieces) {
        // The receiver has failed if it is dropped.
        let _ = pieces.blocking_send(Err(error));
    }
}

struct Encoder<'e> {
    target: &'e RowTarget,
    location: &'e str,
    schema: SchemaRef,
}

/// Returns the columns of the file: those of the staging table, all nullable.
fn schema(target: &RowTarget) -> SchemaRef {
    let field = |column: &RowColumn| Field::new(&column.insert.name, file_type(&column.arrow_type), true);
    Arc::new(Schema::new(target.columns.iter().map(field).collect::<Vec<_>>()))
}

/// Returns the type of a column in the file. BigQuery stores microseconds, with time zone, and Parquet has no seconds.
fn file_type(arrow_type: &DataType) -> DataType {
    match arrow_type {
        DataType::Timestamp(..) => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        other => other.clone(),
    }
}

impl Encoder<'_> {
    fn encode(&self, rows: TableBatches, pieces: &Sender<Result<Piece, LoadError>>) -> Result<(), LoadError> {
        let mut writer = writer(&self.schema).map_err(|error| self.failed(&error))?;
        let mut number = 0;
        for batch in rows {
            let batch = batch?;
            self.check_size(&batch, number)?;
            number += batch.num_rows();
            writer.write(&self.with_all_columns(&batch)?).map_err(|error| self.failed(&error))?;
            if writer.in_progress_size() >= ROW_GROUP_BYTES {
                writer.flush().map_err(|error| self.failed(&error))?;
                let piece = std::mem::take(writer.inner_mut());
                if pieces.blocking_send(Ok(Some(piece.into()))).is_err() {
                    return Ok(());
                }
            }
        }
        let last = writer.into_inner().map_err(|error| self.failed(&error))?;
        let _ = pieces.blocking_send(Ok(Some(last.into())));
        let _ = pieces.blocking_send(Ok(None));
        Ok(())
    }

    /// Adds null columns for those that the batch lacks.
    fn with_all_columns(&self, batch: &RecordBatch) -> Result<RecordBatch, LoadError> {
        let rows = batch.num_rows();
        let column = |field: &Arc<Field>| match batch.column_by_name(field.name()) {
            Some(values) if values.data_type() == field.data_type() => Ok(Arc::clone(values)),
            Some(values) => micros(values, field.data_type()),
            None => Ok(new_null_array(field.data_type(), rows)),
        };
        let columns = self.schema.fields().iter().map(column).collect::<Result<Vec<_>, _>>();
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        columns
            .and_then(|columns| RecordBatch::try_new_with_options(Arc::clone(&self.schema), columns, &options))
            .map_err(|source| LoadError::Package(PackageError::Arrow { table: self.target.table.clone(), source }))
    }

    /// Checks the size of large rows, each of which is a separate batch. `before` is the number of rows before it.
    fn check_size(&self, batch: &RecordBatch, before: usize) -> Result<(), LoadError> {
        let size = |column: &ArrayRef| column.to_data().get_slice_memory_size().unwrap_or_default();
        if batch.num_rows() != 1 || batch.columns().iter().map(size).sum::<usize>() <= MAX_ROW_BYTES {
            return Ok(());
        }
        let largest = batch.columns().iter().enumerate().max_by_key(|(_, column)| size(column));
        let (index, bytes) = largest.map(|(index, column)| (index, size(column))).unwrap_or_default();
        let column = batch.schema_ref().fields().get(index).map(|field| field.name().clone()).unwrap_or_default();
        let column_type = self.target.columns.iter().find(|known| known.insert.name == column);
        Err(LoadError::ValueRejected(Box::new(RejectedValue {
            table: self.target.table.clone(),
            column_type: column_type.map(|known| known.column_type.clone()).unwrap_or_default(),
            column,
            value: format!("{bytes} bytes in row {}", before + 1),
            location: self.location.to_owned(),
            reason: "BigQuery loads rows of up to 50 MB".to_owned(),
        })))
    }

    fn failed(&self, error: &ParquetError) -> LoadError {
        let (step, location, reason) = (self.target.step(), self.location.to_owned(), error.to_string());
        LoadError::Statement { step, location, reason, terminal: false }
    }
}

/// Converts timestamps to `data_type`, microseconds in UTC. Arrow converts named time zones only with a time zone database.
fn micros(values: &ArrayRef, data_type: &DataType) -> Result<ArrayRef, ArrowError> {
    let with_type = |values: &ArrayRef, data_type: DataType| values.to_data().into_builder().data_type(data_type).build();
    let values = match values.data_type() {
        DataType::Timestamp(unit, Some(_)) => make_array(with_type(values, DataType::Timestamp(*unit, None))?),
        _ => Arc::clone(values),
    };
    let micros = cast_with_options(&values, &DataType::Timestamp(TimeUnit::Microsecond, None), &CHECKED)?;
    with_type(&micros, data_type.clone()).map(make_array)
}

fn writer(schema: &SchemaRef) -> Result<ArrowWriter<Vec<u8>>, ParquetError> {
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(1)?))
        .set_statistics_enabled(EnabledStatistics::None)
        .set_created_by("catchment".to_owned())
        .build();
    let options = ArrowWriterOptions::new().with_properties(properties).with_skip_arrow_metadata(true);
    ArrowWriter::try_new_with_options(Vec::new(), Arc::clone(schema), options)
}
