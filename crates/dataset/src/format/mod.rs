//! Formats of query results: tables, CSV, JSON, Parquet and Arrow.
//!
//! [`write_result`] streams record batches to a writer, one batch at a time. Each format is a [`BatchWriter`] in a separate
//! module; this module chooses it.

mod batch_conversion;
mod batch_writer;
mod csv;
mod error;
mod ipc;
mod json;
mod json_lines;
mod json_rows;
mod json_types;
mod options;
mod output;
mod parquet;
mod parquet_types;
mod result_format;
mod supported_types;
mod table;
mod temporal_range;
#[cfg(test)]
mod tests;
mod unique_names;

use std::io::Write;
use std::sync::Arc;

use catchment_load::RecordBatchStream;
use futures_util::TryStreamExt as _;

use batch_writer::BatchWriter;
pub use error::FormatError;
pub use options::ResultOptions;
use output::Output;
pub use result_format::ResultFormat;

/// Writes the rows of a query in a format, batch by batch, and returns the number of rows.
///
/// The memory is bounded by a batch. [`Table`](ResultFormat::Table) also holds the first 1,000 rows, and
/// [`Parquet`](ResultFormat::Parquet) one row group of about 64 MiB. A result without rows is a valid file with the columns of
/// the query. Writes block the calling thread; the writer needs no buffer and is flushed at the end.
///
/// ```
/// use std::sync::Arc;
///
/// use arrow::array::{ArrayRef, Int64Array, RecordBatch};
/// use catchment_dataset::{ResultFormat, ResultOptions, write_result};
/// use catchment_load::RecordBatchStream;
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let counts: ArrayRef = Arc::new(Int64Array::from(vec![7]));
/// let batch = RecordBatch::try_from_iter([("count", counts)])?;
/// let stream = RecordBatchStream::new(batch.schema(), futures_util::stream::iter([Ok(batch)]));
///
/// let mut output = Vec::new();
/// let rows = write_result(stream, ResultFormat::Csv, &ResultOptions::default(), &mut output).await?;
/// assert_eq!((rows, output.as_slice()), (1, b"count\n7\n".as_slice()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
///
/// # Errors
///
/// Returns an error if the query fails, if the format does not support the type or a value of a column, or if the writer
/// fails. The output is then incomplete.
pub async fn write_result<W: Write + Send>(
    stream: RecordBatchStream,
    format: ResultFormat,
    options: &ResultOptions,
    writer: W,
) -> Result<u64, FormatError> {
    let mut output = Output::new(writer);
    let written = write_format(stream, format, options, &mut output).await;
    output.finish(written)
}

/// Chooses the writer of a format.
async fn write_format(
    stream: RecordBatchStream,
    format: ResultFormat,
    options: &ResultOptions,
    output: impl Write + Send,
) -> Result<u64, FormatError> {
    let schema = Arc::clone(stream.schema());
    match format {
        ResultFormat::Table => write_batches(stream, table::TableWriter::new(&schema, options, output)).await,
        ResultFormat::Csv => write_batches(stream, csv::CsvWriter::new(&schema, output)?).await,
        ResultFormat::Json => write_batches(stream, json::JsonWriter::new(&schema, format, output)?).await,
        ResultFormat::JsonLines => write_batches(stream, json_lines::JsonLinesWriter::new(&schema, format, output)?).await,
        ResultFormat::Parquet => write_batches(stream, parquet::ParquetWriter::new(&schema, output)?).await,
        ResultFormat::Arrow => write_batches(stream, ipc::IpcWriter::new(&schema, output)?).await,
    }
}

async fn write_batches(mut stream: RecordBatchStream, mut writer: impl BatchWriter) -> Result<u64, FormatError> {
    let mut rows = 0;
    while let Some(batch) = stream.try_next().await? {
        writer.write(&batch)?;
        rows += batch.num_rows() as u64;
    }
    writer.finish()?;
    Ok(rows)
}
