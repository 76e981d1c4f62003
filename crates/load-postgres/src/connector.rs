//! Connections with retries.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use catchment_load::sql::{Connector, Dialect};
use catchment_load::{Capabilities, LoadError};
use tokio_util::sync::CancellationToken;

use crate::destination::CAPABILITIES;
use crate::dialect::PostgresDialect;
use crate::session::PostgresSession;
use crate::{ConnectError, Failure, PostgresOptions, connect};

/// The number of retries after transient errors.
const RETRIES: u32 = 6;

/// The delay before the first retry, which doubles with each further one: about 30 s in total.
const FIRST_DELAY: Duration = Duration::from_millis(500);

/// Opens sessions of a database.
pub(crate) struct PostgresConnector {
    options: Arc<PostgresOptions>,
    /// The number of repeated loads.
    retries: AtomicU32,
}

impl PostgresConnector {
    pub(crate) fn new(options: &Arc<PostgresOptions>) -> PostgresConnector {
        PostgresConnector { options: Arc::clone(options), retries: AtomicU32::new(0) }
    }

    async fn try_connect(&self, stop: Option<&CancellationToken>) -> Result<PostgresSession, (LoadError, Failure)> {
        let connected = connect(&self.options).await;
        let (client, connection) = connected.map_err(|error| {
            let failure = error.failure();
            let (location, reason) = match error {
                ConnectError::Failed { location, reason, .. } => (location, reason.trim_start().to_owned()),
                ConnectError::Tls(error) => (self.options.location(), error.to_string()),
            };
            (LoadError::Open { location, reason }, failure)
        })?;
        Ok(PostgresSession::new(client, connection, &self.options, stop))
    }
}

impl Connector for PostgresConnector {
    type Session = PostgresSession;

    fn dialect(&self) -> &'static dyn Dialect {
        &PostgresDialect
    }

    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    async fn connect(&self, stop: Option<&CancellationToken>) -> Result<PostgresSession, LoadError> {
        let never = CancellationToken::new();
        let cancelled = stop.unwrap_or(&never);
        let mut attempt = 0;
        loop {
            let connected = tokio::select! {
                connected = self.try_connect(stop) => connected,
                () = cancelled.cancelled() => return Err(LoadError::Cancelled),
            };
            match connected {
                Ok(session) => return Ok(session),
                Err((error, Failure::Transient)) if attempt < RETRIES => {
                    tracing::warn!("{error}; retrying");
                    if !wait(attempt, cancelled).await {
                        return Err(LoadError::Cancelled);
                    }
                    attempt += 1;
                }
                Err((error, _)) => return Err(error),
            }
        }
    }

    async fn prepare_retry(&self, error: &LoadError, stop: &CancellationToken) -> bool {
        if !matches!(error, LoadError::Unavailable { .. } | LoadError::DatasetChanged { .. }) {
            return false;
        }
        let attempt = self.retries.fetch_add(1, Ordering::Relaxed);
        if attempt >= RETRIES {
            return false;
        }
        tracing::warn!("{error}; retrying the load");
        wait(attempt, stop).await
    }
}

/// Waits before a retry. Returns false if it was cancelled.
async fn wait(attempt: u32, stop: &CancellationToken) -> bool {
    let delay = FIRST_DELAY * 2_u32.saturating_pow(attempt);
    tokio::select! {
        () = tokio::time::sleep(delay) => true,
        () = stop.cancelled() => false,
    }
}
