//! Tests of [`write_result`] with the types of query results.

mod columns;
mod csv;
mod errors;
mod files;
mod json;
mod round_trip;
mod table;

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow::datatypes::{Field, Schema};
use catchment_load::{LoadError, RecordBatchStream};
use futures_util::stream;

use super::{FormatError, ResultFormat, ResultOptions, write_result};

/// Returns a batch of nullable columns.
fn batch(columns: &[(&str, ArrayRef)]) -> RecordBatch {
    let fields: Vec<_> = columns.iter().map(|(name, values)| Field::new(*name, values.data_type().clone(), true)).collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns.iter().map(|(_, values)| Arc::clone(values)).collect()).unwrap()
}

/// Returns a batch without columns.
fn rows_without_columns(rows: usize) -> RecordBatch {
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    RecordBatch::try_new_with_options(Arc::new(Schema::empty()), Vec::new(), &options).unwrap()
}

/// Writes a stream of batches. The schema is that of the first batch.
fn write_stream(
    format: ResultFormat,
    max_width: Option<usize>,
    schema: &Schema,
    batches: Vec<Result<RecordBatch, LoadError>>,
    writer: impl std::io::Write + Send,
) -> Result<u64, FormatError> {
    let rows = RecordBatchStream::new(Arc::new(schema.clone()), stream::iter(batches));
    let options = ResultOptions::default().max_width(max_width);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(write_result(rows, format, &options, writer))
}

/// Returns batches in a format, and checks the number of rows.
fn write_batches(format: ResultFormat, max_width: Option<usize>, batches: &[RecordBatch]) -> Result<Vec<u8>, FormatError> {
    let mut output = Vec::new();
    let schema = batches[0].schema();
    let rows = write_stream(format, max_width, &schema, batches.iter().cloned().map(Ok).collect(), &mut output)?;
    assert_eq!(rows, batches.iter().map(|batch| batch.num_rows() as u64).sum::<u64>());
    Ok(output)
}

/// Returns a batch in a text format.
fn text(format: ResultFormat, batch: RecordBatch) -> String {
    String::from_utf8(write_batches(format, None, &[batch]).unwrap()).unwrap()
}

#[test]
fn futures_can_be_sent_to_other_threads() {
    fn check(_: &impl Send) {}
    for format in ResultFormat::ALL {
        let rows = RecordBatchStream::new(Arc::new(Schema::empty()), stream::empty());
        check(&write_result(rows, format, &ResultOptions::default(), Vec::new()));
    }
}

#[test]
fn formats_have_names_and_extensions() {
    for format in ResultFormat::ALL {
        assert_eq!(ResultFormat::from_name(format.name()), Some(format));
        assert_eq!(format.to_string(), format.name());
    }
    assert_eq!(ResultFormat::from_name("xml"), None);
    let check = |path: &str, expected| assert_eq!(ResultFormat::from_path(path.as_ref()), expected, "{path}");
    check("a.txt", Some(ResultFormat::Table));
    check("a.csv", Some(ResultFormat::Csv));
    check("a.b.CSV", Some(ResultFormat::Csv));
    check("a.json", Some(ResultFormat::Json));
    check("a.jsonl", Some(ResultFormat::JsonLines));
    check("folder.csv/a.ndjson", Some(ResultFormat::JsonLines));
    check("a.parquet", Some(ResultFormat::Parquet));
    check("a.arrow", Some(ResultFormat::Arrow));
    check("a.arrows", Some(ResultFormat::Arrow));
    check("a.csv.gz", None);
    check("csv", None);
    check(".csv", None);
    check("", None);
}
