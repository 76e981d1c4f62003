//! SIGINT and SIGTERM: the first one stops the run in order, the second one ends the process.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use catchment::CancellationToken;
use tokio::signal::unix::{SignalKind, signal};

/// Cancels a token at the first signal, and remembers which one it was.
#[derive(Debug, Clone, Default)]
pub(crate) struct Signals {
    token: CancellationToken,
    number: Arc<AtomicU8>,
}

impl Signals {
    /// Listens from now on; to be called on a runtime.
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
                    tracing::warn!("stopping; a second signal ends at once");
                }
            });
        }
        Ok(signals)
    }

    pub(crate) fn token(&self) -> &CancellationToken {
        &self.token
    }

    /// The signal that came, if any.
    pub(crate) fn received(&self) -> Option<u8> {
        Some(self.number.load(Ordering::Relaxed)).filter(|number| *number != 0)
    }
}
