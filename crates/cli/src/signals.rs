//! SIGINT and SIGTERM: the first signal starts a graceful shutdown, the second one exits immediately.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use catchment::CancellationToken;
use tokio::signal::unix::{SignalKind, signal};

/// A signal this soon after the first one is a duplicate: GNU `timeout`, for one, signals the process and its process group.
const DUPLICATE_WITHIN: Duration = Duration::from_millis(250);

/// Cancels a token at the first signal and stores the signal number.
#[derive(Debug, Clone, Default)]
pub(crate) struct Signals {
    token: CancellationToken,
    number: Arc<AtomicU8>,
}

impl Signals {
    /// Installs the handlers. Must be called within a tokio runtime.
    pub(crate) fn listen() -> std::io::Result<Signals> {
        let signals = Signals::default();
        let first = Arc::new(OnceLock::new());
        for kind in [SignalKind::interrupt(), SignalKind::terminate()] {
            let mut stream = signal(kind)?;
            let (token, number, first) = (signals.token.clone(), Arc::clone(&signals.number), Arc::clone(&first));
            let raw = u8::try_from(kind.as_raw_value()).unwrap_or(1);
            tokio::spawn(async move {
                while stream.recv().await.is_some() {
                    if token.is_cancelled() {
                        let since = first.get_or_init(Instant::now).elapsed();
                        if since < DUPLICATE_WITHIN {
                            continue;
                        }
                        std::process::exit(128 + i32::from(raw));
                    }
                    first.get_or_init(Instant::now);
                    number.store(raw, Ordering::Relaxed);
                    token.cancel();
                    tracing::warn!("shutting down; send the signal again to exit immediately");
                }
            });
        }
        Ok(signals)
    }

    pub(crate) fn token(&self) -> &CancellationToken {
        &self.token
    }

    /// Returns the number of the received signal.
    pub(crate) fn received(&self) -> Option<u8> {
        Some(self.number.load(Ordering::Relaxed)).filter(|number| *number != 0)
    }
}
