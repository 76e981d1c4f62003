//! Bytes that may be on their way at once.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::PageGuard;

/// The unit that is counted: a semaphore has no room for gigabytes of single bytes on all machines.
const UNIT: usize = 1024;

/// A bound on the bytes of pages that were fetched and are not written yet.
///
/// Who wants more waits, and with it the source; the first to ask is the first to get.
#[derive(Debug, Clone)]
pub struct MemoryBudget {
    units: Arc<Semaphore>,
    all: u32,
}

/// Bytes that were granted; given back when it is dropped.
#[derive(Debug)]
pub struct BudgetPermit {
    _permit: Option<OwnedSemaphorePermit>,
    _page: Option<PageGuard>,
}

impl MemoryBudget {
    /// A budget of about `bytes`.
    pub fn new(bytes: usize) -> MemoryBudget {
        let all = u32::try_from(bytes.div_ceil(UNIT)).unwrap_or(u32::MAX >> 4).clamp(1, u32::MAX >> 4);
        MemoryBudget { units: Arc::new(Semaphore::new(all as usize)), all }
    }

    /// Waits for `bytes`. More than the whole budget is granted when nothing else is on its way.
    pub async fn acquire(&self, bytes: usize) -> BudgetPermit {
        let units = u32::try_from(bytes.div_ceil(UNIT)).unwrap_or(u32::MAX).clamp(1, self.all);
        BudgetPermit { _permit: Arc::clone(&self.units).acquire_many_owned(units).await.ok(), _page: None }
    }

    /// Waits for the bytes of a page. One that is larger than the whole budget keeps its permit as long as its share.
    pub(crate) async fn acquire_for_page(&self, bytes: usize, permit: Option<&PageGuard>) -> BudgetPermit {
        let is_larger = bytes.div_ceil(UNIT) > self.all as usize;
        BudgetPermit { _page: permit.filter(|_| is_larger).cloned(), ..self.acquire(bytes).await }
    }
}
