//! Sessions of a database.

use std::sync::Arc;

use catchment_load::sql::{DatasetName, Definitions, Dialect as _, SqlReader, SqlSession, Statement, TextRows};
use catchment_load::{LoadError, RowTarget, TableBatches};
use futures_util::future::join_all;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Connection, SimpleQueryMessage, Socket};
use tokio_util::sync::CancellationToken;

use crate::dialect::PostgresDialect;
use crate::{Failure, PostgresOptions, TlsConnector, TlsStream, classify, describe, write};

/// The settings of each transaction: rows are exchanged independently of the defaults of the role.
const SETTINGS: &str = "SET LOCAL TIME ZONE 'UTC'; SET LOCAL datestyle = 'ISO'; SET LOCAL bytea_output = 'hex'; \
                        SET LOCAL intervalstyle = 'postgres'; SET LOCAL standard_conforming_strings = on; \
                        SET LOCAL client_min_messages = warning";

/// The setting of loads, whose merges must see all rows: policies that would hide some are errors. Queries show the rows that
/// the role may see.
const ALL_ROWS: &str = "SET LOCAL row_security = off";

/// A connection to a database.
pub(crate) struct PostgresSession {
    pub(crate) client: Client,
    options: Arc<PostgresOptions>,
    location: String,
    /// The token whose cancellation aborts statements.
    stop: CancellationToken,
}

impl PostgresSession {
    pub(crate) fn new(
        client: Client,
        connection: Connection<Socket, TlsStream<Socket>>,
        options: &Arc<PostgresOptions>,
        stop: Option<&CancellationToken>,
    ) -> PostgresSession {
        // Ends when the client is dropped. Its errors are those of the requests.
        tokio::spawn(async move { drop(connection.await) });
        let (location, stop) = (options.location(), stop.cloned().unwrap_or_default());
        PostgresSession { client, options: Arc::clone(options), location, stop }
    }

    /// Returns the statements that set the settings of a transaction. Those of a session would stay in the connections of a
    /// pooler, where other programs use them.
    pub(crate) fn settings(&self) -> String {
        format!("{SETTINGS}; {}", self.options.transaction_statements())
    }

    /// Awaits a request. If the load is cancelled, aborts the statement on the server.
    pub(crate) async fn guard<T>(
        &self,
        step: &str,
        request: impl Future<Output = Result<T, tokio_postgres::Error>>,
    ) -> Result<T, LoadError> {
        tokio::select! {
            result = request => result.map_err(|error| self.refused(step, &error)),
            () = self.stop.cancelled() => {
                self.cancel_statement().await;
                Err(LoadError::Cancelled)
            }
        }
    }

    async fn cancel_statement(&self) {
        let Ok(connector) = TlsConnector::new(&self.options.tls) else { return };
        // If this fails, the server ends the statement when it notices the closed connection.
        if let Err(error) = self.client.cancel_token().cancel_query(connector).await {
            tracing::debug!("failed to cancel a statement in {}: {}", self.location, describe(&error));
        }
    }

    pub(crate) fn location(&self) -> &str {
        &self.location
    }

    /// Returns the error of a statement that the server rejects or does not complete.
    pub(crate) fn refused(&self, step: &str, error: &tokio_postgres::Error) -> LoadError {
        let (step, location, reason) = (step.to_owned(), self.location.clone(), describe(error));
        match classify(error) {
            Failure::Transient => LoadError::Unavailable { step, location, reason },
            failure => LoadError::Statement { step, location, reason, terminal: failure == Failure::Terminal },
        }
    }
}

impl SqlReader for PostgresSession {
    fn location(&self) -> &str {
        &self.location
    }

    fn database(&self) -> Option<&str> {
        None
    }

    async fn definitions(&mut self, dataset: &DatasetName) -> Result<Definitions, LoadError> {
        let queries = [PostgresDialect.dataset_query(dataset), PostgresDialect.columns_query(dataset)];
        let mut found = self.read("read the columns", &queries).await?.into_iter();
        let has_dataset = found.next().is_some_and(|rows| !rows.is_empty());
        Ok(Definitions { has_dataset, columns: found.next().unwrap_or_default() })
    }

    async fn read(&mut self, step: &str, queries: &[String]) -> Result<Vec<TextRows>, LoadError> {
        let messages = self.guard(step, self.client.simple_query(&queries.join(";\n"))).await?;
        Ok(results(messages))
    }

    async fn read_existing(&mut self, step: &str, queries: &[String]) -> Result<Vec<Option<TextRows>>, LoadError> {
        // Several statements in one request are a transaction.
        let settings = format!("{}; {ALL_ROWS}", self.settings());
        let queries: Vec<String> = queries.iter().map(|sql| format!("{settings}; {sql}")).collect();
        let requests = queries.iter().map(|sql| self.client.simple_query(sql));
        let all = self.guard(step, async { Ok(join_all(requests).await) }).await?;
        let rows = |result: Result<Vec<SimpleQueryMessage>, tokio_postgres::Error>| match result {
            Ok(messages) => Ok(results(messages).pop()),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(self.refused(step, &error)),
        };
        all.into_iter().map(rows).collect()
    }
}

impl SqlSession for PostgresSession {
    async fn begin(&mut self) -> Result<(), LoadError> {
        let sql = format!("BEGIN; {}; {ALL_ROWS}", self.settings());
        self.guard("begin a transaction", self.client.batch_execute(&sql)).await
    }

    async fn execute(&mut self, statement: &Statement) -> Result<(), LoadError> {
        self.guard(&statement.step, self.client.batch_execute(&statement.sql)).await
    }

    async fn commit(&mut self) -> Result<(), LoadError> {
        // The server may complete a commit that the client no longer waits for, so a cancellation neither ends it nor the
        // lookup of its outcome.
        self.stop = CancellationToken::new();
        self.guard("commit", self.client.batch_execute("COMMIT")).await
    }

    async fn write(&mut self, target: &RowTarget, rows: TableBatches) -> Result<(), LoadError> {
        write::copy(self, target, rows).await
    }
}

/// Returns true for the error of a query of a table or schema that does not exist.
fn is_missing(error: &tokio_postgres::Error) -> bool {
    error.code().is_some_and(|code| [SqlState::UNDEFINED_TABLE, SqlState::INVALID_SCHEMA_NAME].contains(code))
}

/// Returns the rows of each query.
fn results(messages: Vec<SimpleQueryMessage>) -> Vec<TextRows> {
    let (mut results, mut rows) = (Vec::new(), TextRows::new());
    for message in messages {
        match message {
            SimpleQueryMessage::Row(row) => {
                rows.push((0..row.len()).map(|column| row.try_get(column).ok().flatten().map(str::to_owned)).collect());
            }
            SimpleQueryMessage::CommandComplete(_) => results.push(std::mem::take(&mut rows)),
            _ => {}
        }
    }
    results
}
