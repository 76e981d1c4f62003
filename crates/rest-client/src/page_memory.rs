//! Shared memory budget of the pages of a client.

use std::any::Any;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError};

/// Granularity of the budget in bytes. A page takes at least one unit.
const UNIT: usize = 64 << 10;

/// Waits until the consumer has reached a page. Its output is dropped when the page is yielded.
type RefetchGate = dyn Fn() -> Pin<Box<dyn Future<Output = Box<dyn Any + Send>> + Send>> + Send + Sync;

/// The memory budget of all pages of a client and its clones; unlimited by default.
///
/// A page that does not fit is discarded and requested again when the consumer reaches it, one such page at a time, with the
/// full memory limit of a response. No task of the client waits while it holds a page, so
/// pages cannot deadlock.
#[derive(Clone, Default)]
pub(crate) struct PageMemoryBudget {
    limit: Option<SharedBudget>,
    turn: Option<Arc<RefetchGate>>,
}

#[derive(Clone)]
struct SharedBudget {
    shared: Arc<Semaphore>,
    /// One permit, for a page that did not fit into the shared budget.
    alone: Arc<Semaphore>,
    /// The size of the last page in bytes. A page is requested only if one of this size fits.
    last: Arc<AtomicUsize>,
}

/// The memory reserved for a page, released on drop.
///
/// Drop it, and all clones of its `Arc`, before you await a page of another pagination; otherwise the two can deadlock.
#[derive(Debug, Default)]
pub struct MemoryPermit {
    /// `None` without a limit.
    shared: Option<Arc<Semaphore>>,
    taken: Option<OwnedSemaphorePermit>,
    _alone: Option<OwnedSemaphorePermit>,
    is_refused: bool,
}

impl PageMemoryBudget {
    /// Creates a budget of `bytes` bytes, plus one page that does not fit.
    pub(crate) fn new(bytes: usize) -> PageMemoryBudget {
        let units = (bytes / UNIT).clamp(1, Semaphore::MAX_PERMITS);
        let (shared, alone) = (Arc::new(Semaphore::new(units)), Arc::new(Semaphore::new(1)));
        let limit = SharedBudget { shared, alone, last: Arc::default() };
        PageMemoryBudget { limit: Some(limit), turn: None }
    }

    /// Sets the gate that is awaited before a page that did not fit is requested again.
    pub(crate) fn gated_by<F, T>(mut self, gate: impl Fn() -> F + Send + Sync + 'static) -> PageMemoryBudget
    where
        F: Future<Output = T> + Send + 'static,
        T: Send + 'static,
    {
        self.turn = Some(Arc::new(move || {
            let turn = gate();
            Box::pin(async move { Box::new(turn.await) as Box<dyn Any + Send> })
        }));
        self
    }

    /// Resets the size estimate, for pages of another size. The budget is still shared.
    pub(crate) fn with_new_estimate(mut self) -> PageMemoryBudget {
        self.limit.iter_mut().for_each(|limit| limit.last = Arc::default());
        self
    }

    /// Reserves memory for a page of the size of the last one, or returns `None` if it does not fit.
    pub(crate) fn try_reserve(&self) -> Option<MemoryPermit> {
        let Some(limit) = &self.limit else { return Some(MemoryPermit::default()) };
        let mut permit = MemoryPermit { shared: Some(Arc::clone(&limit.shared)), ..MemoryPermit::default() };
        permit.try_grow_to(limit.last.load(Ordering::Relaxed)).then_some(permit)
    }

    /// Records the size of a page as the estimate for the next ones.
    pub(crate) fn record_page_size(&self, bytes: usize) {
        self.limit.iter().for_each(|limit| limit.last.store(bytes, Ordering::Relaxed));
    }

    /// Waits for the gate and for the exclusive permit, which is not limited by the budget. The second value is the
    /// output of the gate; the caller drops it after it has yielded the page.
    pub(crate) async fn reserve_exclusive(&self) -> (MemoryPermit, Option<Box<dyn Any + Send>>) {
        let turn = match &self.turn {
            Some(turn) => Some(turn().await),
            None => None,
        };
        let alone = match &self.limit {
            // fails only if the semaphore is closed, which never happens
            Some(limit) => Arc::clone(&limit.alone).acquire_owned().await.ok(),
            None => None,
        };
        (MemoryPermit { _alone: alone, ..MemoryPermit::default() }, turn)
    }
}

impl MemoryPermit {
    /// Grows to `bytes` bytes, or returns false if they do not fit.
    pub(crate) fn try_grow_to(&mut self, bytes: usize) -> bool {
        let Some(shared) = &self.shared else { return true };
        let has = self.taken.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let Some(more) = bytes.div_ceil(UNIT).max(1).checked_sub(has).filter(|more| *more > 0) else { return !self.is_refused };
        let more = u32::try_from(more).map_err(|_| TryAcquireError::NoPermits);
        match more.and_then(|more| Arc::clone(shared).try_acquire_many_owned(more)) {
            Ok(more) => match &mut self.taken {
                Some(taken) => taken.merge(more),
                None => self.taken = Some(more),
            },
            Err(_) => self.is_refused = true,
        }
        !self.is_refused
    }

    /// Releases the memory above `bytes` bytes.
    pub(crate) fn shrink_to(&mut self, bytes: usize) {
        if let Some(taken) = &mut self.taken {
            let surplus = taken.num_permits().saturating_sub(bytes.div_ceil(UNIT).max(1));
            drop(taken.split(surplus));
        }
    }

    /// Returns true if the page did not fit.
    pub(crate) fn is_over_budget(&self) -> bool {
        self.is_refused
    }

    /// Returns true if the page counts against a budget.
    pub(crate) fn is_limited(&self) -> bool {
        self.shared.is_some()
    }
}

impl fmt::Debug for PageMemoryBudget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PageMemoryBudget").field("is_limited", &self.limit.is_some()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::{PageMemoryBudget, UNIT};

    /// Grows permits in the steps `(permit, units)`, and checks which succeed.
    #[track_caller]
    fn check(units: usize, steps: &[(usize, usize)], expected: &[bool]) {
        let memory = PageMemoryBudget::new(units * UNIT);
        let mut permits = [memory.try_reserve().unwrap(), memory.try_reserve().unwrap()];
        let found: Vec<_> = steps.iter().map(|(permit, units)| permits[*permit].try_grow_to(units * UNIT)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn pages_share_memory() {
        check(4, &[(0, 3), (1, 1), (1, 2)], &[true, true, false]);
        check(4, &[(0, 1), (0, 2), (1, 2), (0, 2), (0, 3)], &[true, true, true, true, false]);
        check(4, &[(0, 5), (0, 1)], &[false, false]);
        check(4, &[(0, usize::MAX / UNIT)], &[false]);
        check(2, &[(0, 1), (1, 1)], &[true, true]);
    }

    #[test]
    fn memory_is_released() {
        let memory = PageMemoryBudget::new(4 * UNIT);
        let (mut one, mut other) = (memory.try_reserve().unwrap(), memory.try_reserve().unwrap());
        assert!(one.try_grow_to(3 * UNIT));
        one.shrink_to(2 * UNIT);
        assert!(other.try_grow_to(2 * UNIT));
        drop(one);
        assert!(other.try_grow_to(4 * UNIT));
        other.shrink_to(0);
        assert!(memory.try_reserve().unwrap().try_grow_to(3 * UNIT));
    }

    #[test]
    fn the_size_of_the_last_page_is_reserved() {
        let memory = PageMemoryBudget::new(4 * UNIT);
        memory.record_page_size(3 * UNIT);
        let one = memory.try_reserve();
        assert!(one.is_some() && memory.try_reserve().is_none());
        assert!(memory.clone().with_new_estimate().try_reserve().is_some());
        memory.record_page_size(5 * UNIT);
        drop(one);
        assert!(memory.try_reserve().is_none());
    }

    #[tokio::test]
    async fn one_exclusive_permit_at_a_time() {
        let memory = PageMemoryBudget::new(UNIT).gated_by(async || "its turn");
        let (mut permit, turn) = memory.reserve_exclusive().await;
        assert_eq!(turn.unwrap().downcast_ref::<&str>(), Some(&"its turn"));
        assert!(permit.try_grow_to(usize::MAX));
        let alone = memory.limit.unwrap().alone;
        assert!(alone.try_acquire().is_err());
        drop(permit);
        assert!(alone.try_acquire().is_ok());
    }
}
