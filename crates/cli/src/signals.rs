//! SIGINT and SIGTERM: the first signal starts a graceful shutdown, the second one exits immediately.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use catchment::CancellationToken;
use tokio::signal::unix::{SignalKind, signal};

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
        for kind in [SignalKind::interrupt(), SignalKind::terminate()] {
            let mut stream = signal(kind)?;
            let (token, number) = (signals.token.clone(), Arc::clone(&signals.number));
            let raw = u8::try_from(kind.as_raw_value()).unwrap_or(1);
            tokio::spawn(async move {
                while stream.recv().await.is_some() {
                    if token.is_cancelled() {
                        std::process::exit(128 + i32::from(raw));
                    }
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
