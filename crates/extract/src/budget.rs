//! The memory budget of pages in flight.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::PageGuard;

/// The unit of the semaphore in bytes: on 32-bit platforms it cannot count gigabytes of single bytes.
const UNIT: usize = 1024;

/// A limit on the bytes of pages that were fetched and not written yet.
///
/// Callers wait in first-in, first-out order while the budget is used up, which applies backpressure to the source.
#[derive(Debug, Clone)]
pub struct MemoryBudget {
    units: Arc<Semaphore>,
    all: u32,
}

/// A share of a [`MemoryBudget`], which is returned on drop.
#[derive(Debug)]
pub struct BudgetPermit {
    _permit: Option<OwnedSemaphorePermit>,
    _page: Option<PageGuard>,
}

impl BudgetPermit {
    /// Returns a permit of no bytes.
    pub(crate) fn empty() -> BudgetPermit {
        BudgetPermit { _permit: None, _page: None }
    }
}

impl MemoryBudget {
    /// Creates a budget of about `bytes` bytes.
    pub fn new(bytes: usize) -> MemoryBudget {
        let all = u32::try_from(bytes.div_ceil(UNIT)).unwrap_or(u32::MAX >> 4).clamp(1, u32::MAX >> 4);
        MemoryBudget { units: Arc::new(Semaphore::new(all as usize)), all }
    }

    /// Waits for `bytes` bytes. A request larger than the budget is granted once nothing else is in flight.
    pub async fn acquire(&self, bytes: usize) -> BudgetPermit {
        let units = u32::try_from(bytes.div_ceil(UNIT)).unwrap_or(u32::MAX).clamp(1, self.all);
        BudgetPermit { _permit: Arc::clone(&self.units).acquire_many_owned(units).await.ok(), _page: None }
    }

    /// Waits for the bytes of a page. The permit of a page larger than the budget also holds the page's guard.
    pub(crate) async fn acquire_for_page(&self, bytes: usize, permit: Option<&PageGuard>) -> BudgetPermit {
        let is_larger = bytes.div_ceil(UNIT) > self.all as usize;
        BudgetPermit { _page: permit.filter(|_| is_larger).cloned(), ..self.acquire(bytes).await }
    }
}
