//! Writing of rows through binary COPY.

use std::thread;

use arrow::record_batch::RecordBatch;
use bytes::{Bytes, BytesMut};
use catchment_load::sql::quote_list;
use catchment_load::{LoadError, RejectedValue, RowTarget, TableBatches};
use catchment_load_package::fail_point;
use futures_util::SinkExt as _;
use tokio::sync::mpsc::{self, Sender};
use tokio_postgres::CopyInSink;

use crate::dialect::PostgresDialect;
use crate::session::PostgresSession;
use crate::{EncodeError, Encoder, PgType};

/// The number of encoded batches between the encoder and the connection.
const BUFFERED_BATCHES: usize = 2;

/// The size in bytes of the messages of a COPY.
const CHUNK: usize = 1 << 20;

/// Copies the rows of a table. A thread reads and encodes batches while earlier ones are sent.
pub(crate) async fn copy(session: &PostgresSession, target: &RowTarget, rows: TableBatches) -> Result<(), LoadError> {
    let step = format!("stage rows of table `{}`", target.table);
    let types = target.columns.iter().map(|column| (column.insert.name.clone(), pg_type(&column.column_type)));
    let encoder = Encoder::new(types).map_err(|error| rejected(target, session.location(), error))?;
    let names = quote_list(&PostgresDialect, target.columns.iter().map(|column| column.insert.name.as_str()));
    let sql = format!("COPY {} ({names}) FROM STDIN (FORMAT binary)", target.relation);
    let sink: CopyInSink<Bytes> = session.guard(&step, session.client.copy_in(&sql)).await?;
    let mut sink = std::pin::pin!(sink);
    let (sender, mut batches) = mpsc::channel(BUFFERED_BATCHES);
    let (of_thread, location) = (target.clone(), session.location().to_owned());
    let encoding = move || encode(rows, &encoder, &of_thread, &location, &sender);
    thread::Builder::new().name("postgres".to_owned()).spawn(encoding).map_err(LoadError::SpawnThread)?;
    while let Some(batch) = batches.recv().await {
        let mut batch: Bytes = batch?;
        while !batch.is_empty() {
            let chunk = batch.split_to(CHUNK.min(batch.len()));
            session.guard(&step, sink.send(chunk)).await?;
        }
        fail_point!("load::batch_inserted");
    }
    session.guard(&step, sink.finish()).await.map(drop)
}

/// Encodes all batches and sends them. A dropped receiver ends it.
fn encode(rows: TableBatches, encoder: &Encoder, target: &RowTarget, location: &str, batches: &Sender<Result<Bytes, LoadError>>) {
    let mut buffer = BytesMut::new();
    Encoder::write_header(&mut buffer);
    let mut written = 0;
    for batch in rows {
        let encode = |batch: RecordBatch| {
            encoder.encode(&batch, &mut buffer).map_err(|error| rejected(target, location, error.after(written)))?;
            written += batch.num_rows();
            Ok(buffer.split().freeze())
        };
        let encoded = batch.and_then(encode);
        let is_last = encoded.is_err();
        if batches.blocking_send(encoded).is_err() || is_last {
            return;
        }
    }
    Encoder::write_trailer(&mut buffer);
    // The receiver has failed if it is dropped.
    let _ = batches.blocking_send(Ok(buffer.freeze()));
}

/// Returns the type of a column of a staging table.
fn pg_type(column_type: &str) -> PgType {
    match column_type {
        "boolean" => PgType::Bool,
        "smallint" => PgType::Int2,
        "integer" => PgType::Int4,
        "bigint" => PgType::Int8,
        "double precision" => PgType::Float8,
        "bytea" => PgType::Bytea,
        "jsonb" => PgType::Jsonb,
        "date" => PgType::Date,
        name if name.starts_with("numeric") => PgType::Numeric,
        name if name.starts_with("timestamp") && name.ends_with("with time zone") => PgType::TimestampTz,
        name if name.starts_with("timestamp") => PgType::Timestamp,
        name if name.starts_with("time") => PgType::Time,
        _ => PgType::Text,
    }
}

fn rejected(target: &RowTarget, location: &str, error: EncodeError) -> LoadError {
    let reason = error.to_string();
    let (column, value) = match error {
        EncodeError::OutOfRange { column, value, .. } | EncodeError::Nul { column, value, .. } => (column, value),
        EncodeError::TooLarge { column, bytes, .. } => (column, format!("{bytes} bytes")),
        EncodeError::TooManyColumns { .. } | EncodeError::UnsupportedType { .. } => {
            let (step, location) = (target.step(), location.to_owned());
            return LoadError::Statement { step, location, reason, terminal: true };
        }
    };
    let column_type = target.columns.iter().find(|known| known.insert.name == column);
    LoadError::ValueRejected(Box::new(RejectedValue {
        table: target.table.clone(),
        column_type: column_type.map(|known| known.column_type.clone()).unwrap_or_default(),
        column,
        value,
        location: location.to_owned(),
        reason,
    }))
}
