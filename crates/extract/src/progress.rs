//! What a run tells of itself while it goes on.

use std::time::Duration;

use tokio::sync::broadcast;

/// Events that a listener may be behind by; the oldest ones are lost then, which no count is wrong for.
const CAPACITY: usize = 1024;

/// What a resource has done so far in this run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProgressEvent {
    /// The resource.
    pub resource: String,
    /// The pages that have come, empty ones included.
    pub pages: u64,
    /// The rows of them that are new.
    pub rows: u64,
    /// The bytes that they came in.
    pub bytes: u64,
    /// How long the resource has waited for its source.
    pub waited_for_pages: Duration,
    /// How long its rows have waited for their share of the budget, as what comes after was busy.
    pub waited_for_budget: Duration,
    /// Whether it has ended.
    pub is_done: bool,
}

/// Where events go: a channel. While nobody listens they are not even made.
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
    /// The events from now on. Who does not keep up loses the oldest ones, and no counts: each event has all of them.
    pub fn subscribe(&self) -> broadcast::Receiver<ProgressEvent> {
        self.sender.subscribe()
    }

    /// Whether anybody listens.
    pub fn has_subscribers(&self) -> bool {
        self.sender.receiver_count() > 0
    }

    pub(crate) fn send(&self, event: &ProgressEvent) {
        if self.has_subscribers() {
            // whoever listened may have gone in the meantime
            let _ = self.sender.send(event.clone());
        }
    }
}
