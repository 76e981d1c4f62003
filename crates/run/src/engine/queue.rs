//! The queue of row batches between the source and the shredders.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use catchment_extract::RowBatch;
use catchment_normalize::PageRows;

/// Consecutive rows of one table that are shredded together.
#[derive(Debug)]
pub(crate) struct BatchGroup {
    /// The number of the group, from 0.
    pub(crate) sequence: u64,
    spans: Vec<RowSpan>,
}

/// A range of rows of a batch. The budget permit of the batch is held until all its spans are written.
#[derive(Debug)]
struct RowSpan {
    batch: Arc<RowBatch>,
    range: Range<usize>,
    bytes: usize,
}

impl BatchGroup {
    pub(crate) fn table(&self) -> &str {
        self.spans.first().map_or("", |span| &span.batch.table)
    }

    /// Returns the resource of the first rows.
    pub(crate) fn resource(&self) -> &str {
        self.spans.first().map_or("", |span| &span.batch.resource)
    }

    pub(crate) fn rows(&self) -> Vec<PageRows<'_>> {
        self.spans.iter().map(|span| PageRows::new(&span.batch.rows, span.batch.ordinal).slice(span.range.clone())).collect()
    }
}

/// A queue of batches, bounded by the memory budget of the batches.
///
/// While shredders are busy, batches accumulate and the next free shredder pops several as one group. So groups are large
/// under load, and no shredder waits for a full group. A batch larger than a group is split into several groups.
#[derive(Debug)]
pub(crate) struct BatchQueue {
    inner: Mutex<Inner>,
    changed: Condvar,
    /// The approximate bytes of pages in a group.
    group_bytes: usize,
    /// The maximum number of groups that are not written yet.
    max_groups: u64,
}

#[derive(Debug, Default)]
struct Inner {
    waiting: VecDeque<RowSpan>,
    next_sequence: u64,
    /// The number of written groups.
    written: u64,
    is_closed: bool,
    is_stopped: bool,
}

impl BatchQueue {
    /// Creates a queue for `workers` shredders.
    pub(crate) fn new(group_bytes: usize, workers: usize) -> BatchQueue {
        let max_groups = 2 * workers as u64 + 2;
        BatchQueue { inner: Mutex::default(), changed: Condvar::new(), group_bytes, max_groups }
    }

    /// Adds a batch. Returns false if the queue is closed.
    pub(crate) fn push(&self, batch: RowBatch) -> bool {
        let batch = Arc::new(batch);
        let spans = batch.rows.chunks_by_size(self.group_bytes);
        let bytes = batch.rows.memory_size() / spans.len().max(1);
        let mut inner = self.lock();
        if inner.is_closed {
            return false;
        }
        let wakes_all = spans.len() > 1;
        inner.waiting.extend(spans.into_iter().map(|range| RowSpan { batch: Arc::clone(&batch), range, bytes }));
        drop(inner);
        if wakes_all {
            self.changed.notify_all()
        } else {
            self.changed.notify_one()
        }
        true
    }

    /// Waits for batches and pops a group of one table. Returns `None` when the queue is closed and empty.
    ///
    /// Also waits while `max_groups` groups are unwritten, because shredded rows can need far more memory than their JSON.
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
        let mut spans = vec![first];
        while bytes < self.group_bytes
            && let Some(next) =
                inner.waiting.pop_front_if(|next| spans.first().is_some_and(|first| first.batch.table == next.batch.table))
        {
            bytes += next.bytes;
            spans.push(next);
        }
        let sequence = inner.next_sequence;
        inner.next_sequence += 1;
        Some(BatchGroup { sequence, spans })
    }

    /// Records that a group is written.
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

    /// Returns true if groups in progress should be abandoned.
    pub(crate) fn is_stopped(&self) -> bool {
        self.lock().is_stopped
    }

    /// Rejects further batches. Queued batches can still be popped.
    pub(crate) fn close(&self) {
        self.lock().is_closed = true;
        self.changed.notify_all();
    }

    /// Abandons the queue and the groups in progress.
    pub(crate) fn stop(&self) {
        self.lock().is_stopped = true;
        self.abandon();
    }

    /// Rejects further batches and drops queued ones.
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
