//! Row batches between the source and the shredders.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use catchment_extract::RowBatch;
use catchment_normalize::PageRows;

/// Rows that follow each other in one table, shredded together.
#[derive(Debug)]
pub(crate) struct BatchGroup {
    /// Counts the groups from 0.
    pub(crate) sequence: u64,
    runs: Vec<RowSpan>,
}

/// Some rows of a batch, whose share of the budget is held until all of them are written.
#[derive(Debug)]
struct RowSpan {
    batch: Arc<RowBatch>,
    places: Range<usize>,
    bytes: usize,
}

impl BatchGroup {
    pub(crate) fn table(&self) -> &str {
        self.runs.first().map_or("", |run| &run.batch.table)
    }

    /// The resource that the first rows are of.
    pub(crate) fn resource(&self) -> &str {
        self.runs.first().map_or("", |run| &run.batch.resource)
    }

    pub(crate) fn rows(&self) -> Vec<PageRows<'_>> {
        self.runs.iter().map(|run| PageRows::new(&run.batch.rows, run.batch.ordinal).slice(run.places.clone())).collect()
    }
}

/// A queue that the budget of the batches bounds. While shredders are busy batches gather, and the next one to
/// be free takes several at once; so groups are large when that helps, and nobody waits for one to be full. Of a batch
/// that is larger than a group, several take parts.
#[derive(Debug)]
pub(crate) struct BatchQueue {
    inner: Mutex<Inner>,
    changed: Condvar,
    /// About how many bytes of pages make a group.
    group_bytes: usize,
    /// How many groups may be at work at the same time.
    max_groups: u64,
}

#[derive(Debug, Default)]
struct Inner {
    waiting: VecDeque<RowSpan>,
    next_sequence: u64,
    /// How many groups are done with.
    written: u64,
    is_closed: bool,
    is_stopped: bool,
}

impl BatchQueue {
    /// A queue for `workers` shredders.
    pub(crate) fn new(group_bytes: usize, workers: usize) -> BatchQueue {
        let max_groups = 2 * workers as u64 + 2;
        BatchQueue { inner: Mutex::default(), changed: Condvar::new(), group_bytes, max_groups }
    }

    /// Adds a batch; false where the queue is closed.
    pub(crate) fn push(&self, batch: RowBatch) -> bool {
        let batch = Arc::new(batch);
        let runs = batch.rows.chunks_by_size(self.group_bytes);
        let bytes = batch.rows.memory_size() / runs.len().max(1);
        let mut inner = self.lock();
        if inner.is_closed {
            return false;
        }
        let wakes_all = runs.len() > 1;
        inner.waiting.extend(runs.into_iter().map(|places| RowSpan { batch: Arc::clone(&batch), places, bytes }));
        drop(inner);
        if wakes_all {
            self.changed.notify_all()
        } else {
            self.changed.notify_one()
        }
        true
    }

    /// Waits for batches and takes those of one table from the front. None when the queue is closed and empty. What becomes
    /// of rows can take much more memory than they do: it waits too while too many groups are not written.
    pub(crate) fn take(&self) -> Option<BatchGroup> {
        let mut inner = self.lock();
        let first = loop {
            if let Some(first) = self.has_room(&inner).then(|| inner.waiting.pop_front()).flatten() {
                break first;
            }
            if inner.is_closed && inner.waiting.is_empty() {
                return None;
            }
            inner = self.changed.wait(inner).unwrap_or_else(PoisonError::into_inner);
        };
        let mut bytes = first.bytes;
        let mut runs = vec![first];
        while bytes < self.group_bytes
            && let Some(next) =
                inner.waiting.pop_front_if(|next| runs.first().is_some_and(|first| first.batch.table == next.batch.table))
        {
            bytes += next.bytes;
            runs.push(next);
        }
        let sequence = inner.next_sequence;
        inner.next_sequence += 1;
        Some(BatchGroup { sequence, runs })
    }

    /// Notes that one more group is done with.
    pub(crate) fn mark_written(&self) {
        let mut inner = self.lock();
        let was_full = !self.has_room(&inner);
        inner.written += 1;
        drop(inner);
        if was_full {
            self.changed.notify_all();
        }
    }

    fn has_room(&self, inner: &Inner) -> bool {
        inner.next_sequence < inner.written + self.max_groups
    }

    /// Whether nobody wants any more what is at work.
    pub(crate) fn is_stopped(&self) -> bool {
        self.lock().is_stopped
    }

    /// Takes no more batches; those that wait can still be taken.
    pub(crate) fn close(&self) {
        self.lock().is_closed = true;
        self.changed.notify_all();
    }

    /// Abandons it, and what is at work too.
    pub(crate) fn stop(&self) {
        self.lock().is_stopped = true;
        self.abandon();
    }

    /// Takes no more batches, and drops those that wait.
    pub(crate) fn abandon(&self) {
        let mut inner = self.lock();
        inner.is_closed = true;
        inner.waiting.clear();
        drop(inner);
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
