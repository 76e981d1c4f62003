//! Progress events of an extraction.

use std::time::Duration;

use tokio::sync::broadcast;

/// The number of events that are buffered for a slow subscriber. Older events are lost, which affects no totals.
const CAPACITY: usize = 1024;

/// Totals of one resource in this run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProgressEvent {
    /// The name of the resource.
    pub resource: String,
    /// The number of pages read, including empty ones.
    pub pages: u64,
    /// The number of new rows.
    pub rows: u64,
    /// The size of the pages in bytes.
    pub bytes: u64,
    /// The time that the resource waited for its source.
    pub waited_for_pages: Duration,
    /// The time that its rows waited for the memory budget because later stages were busy.
    pub waited_for_budget: Duration,
    /// Whether the resource has finished.
    pub is_done: bool,
}

/// A broadcast channel of progress events. Without subscribers no events are created.
///
/// ```
/// use catchment_extract::ProgressChannel;
///
/// let progress = ProgressChannel::default();
/// assert!(!progress.has_subscribers());
/// let mut events = progress.subscribe();
/// assert!(progress.has_subscribers());
/// # let _ = events.try_recv();
/// ```
#[derive(Debug, Clone)]
pub struct ProgressChannel {
    sender: broadcast::Sender<ProgressEvent>,
}

impl Default for ProgressChannel {
    fn default() -> Self {
        ProgressChannel { sender: broadcast::Sender::new(CAPACITY) }
    }
}

impl ProgressChannel {
    /// Subscribes to future events. A slow receiver misses the oldest events; totals stay correct, because each event
    /// has all of them.
    pub fn subscribe(&self) -> broadcast::Receiver<ProgressEvent> {
        self.sender.subscribe()
    }

    /// Returns true if the channel has subscribers.
    pub fn has_subscribers(&self) -> bool {
        self.sender.receiver_count() > 0
    }

    pub(crate) fn send(&self, event: &ProgressEvent) {
        if self.has_subscribers() {
            // All receivers may have been dropped in the meantime.
            let _ = self.sender.send(event.clone());
        }
    }
}
