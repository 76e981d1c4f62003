//! The order in which a run consumes pages.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::watch;

/// Whether the next page of a resource is the next one that its run consumes.
///
/// Dependent resources prefetch pages for several parent rows. A source that cannot hold all these pages in memory
/// waits for the turn of a page before it requests it: no page with a later turn is needed first.
#[derive(Debug, Clone)]
pub struct DeliveryTurn(Arc<TurnState>);

#[derive(Debug)]
struct TurnState {
    has_come: watch::Sender<bool>,
    holders: AtomicUsize,
}

/// A guard that holds the turn of a page. Drop it as soon as the page is read: until then the run waits for that page.
#[derive(Debug)]
pub struct TurnGuard(Arc<TurnState>);

impl DeliveryTurn {
    fn new(has_come: bool) -> DeliveryTurn {
        DeliveryTurn(Arc::new(TurnState { has_come: watch::Sender::new(has_come), holders: AtomicUsize::new(0) }))
    }

    /// Creates the turn of prefetched pages, which are not next yet.
    pub(crate) fn pending() -> DeliveryTurn {
        DeliveryTurn::new(false)
    }

    /// Waits until the page is next, and holds its turn.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// let start = catchment_extract::ResumePoint::default();
    /// // a root resource always has its turn
    /// let held = start.turn.acquire().await;
    /// // request the page, then:
    /// drop(held);
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub async fn acquire(&self) -> TurnGuard {
        // Cannot fail: the sender lives as long as `self`.
        let _ = self.0.has_come.subscribe().wait_for(|has_come| *has_come).await;
        self.0.holders.fetch_add(1, Ordering::SeqCst);
        TurnGuard(Arc::clone(&self.0))
    }

    /// Sets whether the page is next.
    pub(crate) fn set_current(&self, has_come: bool) {
        self.0.has_come.send_if_modified(|was| std::mem::replace(was, has_come) != has_come);
    }

    /// Returns true if the page is next.
    pub(crate) fn is_current(&self) -> bool {
        *self.0.has_come.borrow()
    }

    /// Returns true if a page holds the turn.
    pub(crate) fn is_acquired(&self) -> bool {
        self.0.holders.load(Ordering::SeqCst) > 0
    }
}

impl Default for DeliveryTurn {
    /// Creates the turn of a root resource, whose page is always next.
    fn default() -> DeliveryTurn {
        DeliveryTurn::new(true)
    }
}

impl Drop for TurnGuard {
    fn drop(&mut self) {
        self.0.holders.fetch_sub(1, Ordering::SeqCst);
    }
}
