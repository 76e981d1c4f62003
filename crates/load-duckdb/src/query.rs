//! Streaming queries.

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use catchment_load::{LoadError, RecordBatchStream};
use futures_util::stream;
use tokio::sync::mpsc::{self, Sender};
use tokio_util::sync::CancellationToken;

use crate::DuckDbOptions;
use crate::blocking::{CancelOnDrop, Task, start};
use crate::connector::DuckDbConnector;
use crate::session::DuckDbSession;

/// The number of record batches between the thread of the query and its reader.
const BUFFERED_BATCHES: usize = 2;

enum Message {
    Schema(SchemaRef),
    Batch(RecordBatch),
    End,
}

type Messages = Sender<Result<Message, LoadError>>;

/// Executes a query on a thread and streams its rows.
pub(crate) async fn stream(
    options: DuckDbOptions,
    dataset: String,
    sql: String,
    stop: &CancellationToken,
) -> Result<RecordBatchStream, LoadError> {
    let task = CancelOnDrop::new(stop);
    let (messages, mut rows) = mpsc::channel(BUFFERED_BATCHES);
    start(task.task(), move |task| send_rows(options, task, &dataset, &sql, &messages))?;
    let schema = match task.task().or_interrupt(rows.recv()).await {
        Some(Ok(Message::Schema(schema))) => schema,
        Some(Err(error)) => return Err(error),
        Some(Ok(Message::Batch(_) | Message::End)) | None => return Err(LoadError::Panicked),
    };
    let batches = stream::unfold(Some((task, rows)), |open| async move {
        let (task, mut rows) = open?;
        match task.task().or_interrupt(rows.recv()).await {
            Some(Ok(Message::Batch(batch))) => Some((Ok(batch), Some((task, rows)))),
            Some(Ok(Message::End)) => None,
            Some(Err(error)) => Some((Err(error), None)),
            // The thread ended without the last message.
            Some(Ok(Message::Schema(_))) | None => Some((Err(LoadError::Panicked), None)),
        }
    });
    Ok(RecordBatchStream::new(schema, batches))
}

/// Executes the query and sends its columns, its rows and the error that ends it.
fn send_rows(options: DuckDbOptions, task: Task, dataset: &str, sql: &str, messages: &Messages) {
    let connector = DuckDbConnector::new(options, task);
    let sent = connector.with_session(|session| {
        session.run(&format!("use the dataset `{dataset}`"), &format!("USE {}", session.dataset(dataset)))?;
        execute(session, sql, messages)
    });
    if let Err(error) = sent.flatten() {
        let _ = messages.blocking_send(Err(error));
    }
}

/// Sends the columns and the rows of a query. The outer error occurred before the first row was sent, so the query can be
/// repeated.
fn execute(session: &DuckDbSession, sql: &str, messages: &Messages) -> Result<Result<(), LoadError>, LoadError> {
    session.stop_if_cancelled()?;
    let refused = |error: &duckdb::Error| session.refused("query", error);
    let mut statement = session.connection.prepare(sql).map_err(|error| refused(&error))?;
    let mut rows = statement.stream_arrow([]).map_err(|error| refused(&error))?;
    let schema = rows.get_schema();
    let first = rows.next().transpose().map_err(|error| refused(&error))?;
    let send = |message| messages.blocking_send(Ok(message)).is_ok();
    // The reader has dropped the stream if a message cannot be sent.
    let mut is_read = send(Message::Schema(schema));
    let mut next = first.map(Ok);
    while let Some(batch) = next {
        match batch {
            Ok(batch) => is_read = is_read && send(Message::Batch(batch)),
            Err(error) => return Ok(Err(refused(&error))),
        }
        if !is_read {
            break;
        }
        next = rows.next();
    }
    if is_read {
        send(Message::End);
    }
    Ok(Ok(()))
}
