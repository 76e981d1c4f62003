//! Streaming queries.

use std::sync::Arc;

use arrow::array::{ArrayRef, BinaryBuilder, BooleanBuilder, RecordBatch, RecordBatchOptions, StringBuilder};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::error::ArrowError;
use catchment_load::sql::SqlReader as _;
use catchment_load::{LoadError, RecordBatchStream};
use catchment_load_package::PackageError;
use futures_util::{StreamExt as _, stream};
use tokio_postgres::{Column, SimpleQueryMessage, SimpleQueryRow, SimpleQueryStream};

use crate::dialect::{PostgresDialect, arrow_type};
use crate::session::PostgresSession;

/// The maximum number of rows, and of bytes of text, in a record batch.
const BATCH_ROWS: usize = 8192;
const BATCH_BYTES: usize = 8 << 20;

const STEP: &str = "query";

/// Executes a query in a dataset and streams its rows.
pub(crate) async fn stream(mut session: PostgresSession, dataset: &str, sql: &str) -> Result<RecordBatchStream, LoadError> {
    let name = catchment_load::sql::DatasetName::new(&PostgresDialect, None, dataset);
    let found = session.read(STEP, &[PostgresDialect.dataset_query(&name)]).await?;
    if found.first().is_none_or(Vec::is_empty) {
        let reason = format!("dataset `{dataset}` does not exist; nothing has been loaded yet");
        return Err(LoadError::Open { location: session.location().to_owned(), reason });
    }
    let settings = format!("{}; SET LOCAL search_path TO {name}", session.settings());
    // The description of the columns; the rows are read as text, which all types have.
    session.guard(STEP, session.client.batch_execute(&format!("BEGIN; {settings}"))).await?;
    let statement = session.guard(STEP, session.client.prepare(sql)).await?;
    let fields = statement.columns().iter().map(field).collect::<Vec<_>>();
    let schema = Arc::new(Schema::new(fields));
    drop(statement);
    session.guard(STEP, session.client.batch_execute("ROLLBACK")).await?;
    // Several statements in one request are a transaction.
    let rows = session.guard(STEP, session.client.simple_query_raw(&format!("{settings}; {sql}"))).await?;
    let reader = Reader { session, rows: Box::pin(rows), schema: Arc::clone(&schema), is_done: false };
    let batches = stream::unfold(Some(reader), |reader| async {
        let mut reader = reader?;
        match reader.next_batch().await {
            Ok(Some(batch)) => Some((Ok(batch), Some(reader))),
            Ok(None) => None,
            Err(error) => Some((Err(error), None)),
        }
    });
    Ok(RecordBatchStream::new(schema, batches))
}

/// Returns the Arrow field of a column. Types that Arrow does not have become strings.
fn field(column: &Column) -> Field {
    let name = column.type_().name();
    let modifier = column.type_modifier();
    let data_type = match name {
        "bool" => DataType::Boolean,
        "int2" => DataType::Int16,
        "int4" => DataType::Int32,
        "int8" => DataType::Int64,
        "float4" => DataType::Float32,
        "float8" => DataType::Float64,
        "bytea" => DataType::Binary,
        "date" => DataType::Date32,
        "time" => arrow_type("time without time zone").unwrap_or(DataType::Utf8),
        "timestamp" => arrow_type("timestamp without time zone").unwrap_or(DataType::Utf8),
        "timestamptz" => arrow_type("timestamp with time zone").unwrap_or(DataType::Utf8),
        // The modifier holds precision and scale after a header of four bytes.
        "numeric" if modifier >= 4 => {
            let (precision, scale) = ((modifier - 4) >> 16, (modifier - 4) & 0x7ff);
            arrow_type(&format!("numeric({precision},{scale})")).unwrap_or(DataType::Utf8)
        }
        _ => DataType::Utf8,
    };
    Field::new(column.name(), data_type, true)
}

/// Reads the rows of a query.
struct Reader {
    session: PostgresSession,
    rows: std::pin::Pin<Box<SimpleQueryStream>>,
    schema: SchemaRef,
    /// Whether all rows are read.
    is_done: bool,
}

impl Reader {
    async fn next_batch(&mut self) -> Result<Option<RecordBatch>, LoadError> {
        let (mut rows, mut bytes) = (Vec::new(), 0);
        while !self.is_done && rows.len() < BATCH_ROWS && bytes < BATCH_BYTES {
            let session = &self.session;
            let next = session.guard(STEP, async { self.rows.next().await.transpose() }).await?;
            match next {
                Some(SimpleQueryMessage::Row(row)) => {
                    bytes += (0..row.len()).filter_map(|column| row.try_get(column).ok()?).map(str::len).sum::<usize>();
                    rows.push(row);
                }
                Some(_) => {}
                None => self.is_done = true,
            }
        }
        if rows.is_empty() {
            return Ok(None);
        }
        let columns = self.schema.fields().iter().enumerate().map(|(index, field)| column(&rows, index, field.data_type()));
        let columns = columns.collect::<Result<Vec<_>, _>>();
        let options = RecordBatchOptions::new().with_row_count(Some(rows.len()));
        let batch = columns.and_then(|columns| RecordBatch::try_new_with_options(Arc::clone(&self.schema), columns, &options));
        batch.map(Some).map_err(|source| LoadError::Package(PackageError::Arrow { table: STEP.to_owned(), source }))
    }
}

/// Returns a column of rows.
fn column(rows: &[SimpleQueryRow], index: usize, data_type: &DataType) -> Result<ArrayRef, ArrowError> {
    let cells = rows.iter().map(|row| row.try_get(index).ok().flatten());
    match data_type {
        DataType::Boolean => {
            let mut values = BooleanBuilder::new();
            cells.for_each(|cell: Option<&str>| values.append_option(cell.map(|cell| cell == "t")));
            Ok(Arc::new(values.finish()))
        }
        DataType::Binary => {
            let mut values = BinaryBuilder::new();
            cells.for_each(|cell: Option<&str>| values.append_option(cell.map(decode_hex)));
            Ok(Arc::new(values.finish()))
        }
        data_type => {
            let mut values = StringBuilder::new();
            cells.for_each(|cell: Option<&str>| values.append_option(cell));
            let texts: ArrayRef = Arc::new(values.finish());
            let zone = match data_type {
                // Arrow parses named time zones only with a time zone database.
                DataType::Timestamp(unit, Some(_)) => Some(DataType::Timestamp(*unit, None)),
                _ => None,
            };
            match zone {
                None => cast(&texts, data_type),
                Some(local) => {
                    let data = cast(&texts, &local)?.to_data().into_builder().data_type(data_type.clone()).build()?;
                    Ok(arrow::array::make_array(data))
                }
            }
        }
    }
}

/// Decodes the hexadecimal form of `bytea`: `\x00ff`.
fn decode_hex(text: &str) -> Vec<u8> {
    let digits = text.strip_prefix("\\x").unwrap_or(text).as_bytes();
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok()).unwrap_or_default();
    digits.chunks_exact(2).map(|pair| pair.iter().fold(0, |byte, next| byte << 4 | digit(*next))).collect()
}
