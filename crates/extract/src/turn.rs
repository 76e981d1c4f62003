//! Which pages a run wants next.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::watch;

/// Whether the next page of a resource is the next one that its run hands out. Pages of resources that feed each other are
/// requested ahead of their turn.
///
/// A source that has to choose which page gets its memory waits for the turn of a page: nothing that has its turn later
/// is needed before.
#[derive(Debug, Clone)]
pub struct DeliveryTurn(Arc<TurnState>);

#[derive(Debug)]
struct TurnState {
    has_come: watch::Sender<bool>,
    holders: AtomicUsize,
}

/// The turn of a page, which stays until this is dropped. Drop it when the page is there: the run waits for that page alone.
#[derive(Debug)]
pub struct TurnGuard(Arc<TurnState>);

impl DeliveryTurn {
    fn new(has_come: bool) -> DeliveryTurn {
        DeliveryTurn(Arc::new(TurnState { has_come: watch::Sender::new(has_come), holders: AtomicUsize::new(0) }))
    }

    /// The turn of pages that are requested ahead.
    pub(crate) fn pending() -> DeliveryTurn {
        DeliveryTurn::new(false)
    }

    /// Waits for the turn.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// let start = catchment_extract::ResumePoint::default();
    /// // nothing is before the pages of a resource that runs by itself
    /// let held = start.turn.acquire().await;
    /// // request the page, then:
    /// drop(held);
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub async fn acquire(&self) -> TurnGuard {
        // an error means that it was closed, which it is not while this has it
        let _ = self.0.has_come.subscribe().wait_for(|has_come| *has_come).await;
        self.0.holders.fetch_add(1, Ordering::SeqCst);
        TurnGuard(Arc::clone(&self.0))
    }

    /// Sets whether the turn has come.
    pub(crate) fn set_current(&self, has_come: bool) {
        self.0.has_come.send_if_modified(|was| std::mem::replace(was, has_come) != has_come);
    }

    /// Whether the turn has come.
    pub(crate) fn is_current(&self) -> bool {
        *self.0.has_come.borrow()
    }

    /// Whether a page that has its turn is waited for.
    pub(crate) fn is_acquired(&self) -> bool {
        self.0.holders.load(Ordering::SeqCst) > 0
    }
}

impl Default for DeliveryTurn {
    /// The turn of pages that nothing is before.
    fn default() -> DeliveryTurn {
        DeliveryTurn::new(true)
    }
}

impl Drop for TurnGuard {
    fn drop(&mut self) {
        self.0.holders.fetch_sub(1, Ordering::SeqCst);
    }
}
