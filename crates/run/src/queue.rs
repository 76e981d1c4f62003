//! Row batches between the source and the shredders.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use catchment_extract::RowBatch;

/// Consecutive batches of one table, shredded together.
#[derive(Debug)]
pub(crate) struct Group {
    /// Counts the groups from 0.
    pub(crate) sequence: u64,
    pub(crate) batches: Vec<RowBatch>,
}

impl Group {
    pub(crate) fn table(&self) -> &str {
        self.batches.first().map_or("", |batch| &batch.table)
    }
}

/// A queue that the budget of the batches bounds. While shredders are busy batches gather, and the next one to
/// be free takes several at once; so groups are large when that helps, and nobody waits for one to be full.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    inner: Mutex<Inner>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Inner {
    waiting: VecDeque<RowBatch>,
    next_sequence: u64,
    is_closed: bool,
}

impl Queue {
    /// Adds a batch; false where the queue is closed.
    pub(crate) fn push(&self, batch: RowBatch) -> bool {
        let mut inner = self.lock();
        if inner.is_closed {
            return false;
        }
        inner.waiting.push_back(batch);
        drop(inner);
        self.changed.notify_one();
        true
    }

    /// Waits for batches and takes those of one table from the front, up to about `bytes` of them. None when
    /// the queue is closed and empty.
    pub(crate) fn take(&self, bytes: usize) -> Option<Group> {
        let mut inner = self.lock();
        let first = loop {
            if let Some(first) = inner.waiting.pop_front() {
                break first;
            }
            if inner.is_closed {
                return None;
            }
            inner = self.changed.wait(inner).unwrap_or_else(PoisonError::into_inner);
        };
        let mut taken = first.rows.document.memory();
        let mut batches = vec![first];
        while taken < bytes
            && let Some(next) = inner.waiting.pop_front_if(|next| batches.first().is_some_and(|first| first.table == next.table))
        {
            taken += next.rows.document.memory();
            batches.push(next);
        }
        let sequence = inner.next_sequence;
        inner.next_sequence += 1;
        Some(Group { sequence, batches })
    }

    /// Takes no more batches; those that wait can still be taken.
    pub(crate) fn close(&self) {
        self.lock().is_closed = true;
        self.changed.notify_all();
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
