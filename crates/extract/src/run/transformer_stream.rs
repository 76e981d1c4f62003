//! The stream of a dependent resource.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::Stream;
use thiserror::Error;

use super::resource_run::{ResourceRun, lock};
use super::tree_stream::{TreeEvent, TreeStream};
use crate::incremental::ParentId;
use crate::page::PageStream;
use crate::resource::PageFactory;
use crate::{DeliveryTurn, ExtractError, Page, PageError, ResumePoint, Row};

/// A stream of the upstream events and of the pages of `child` for each row of `parent`.
///
/// Pages of several parent rows are requested in parallel, at most one page ahead per row, and yielded in the order of
/// the rows. Upstream is not polled while `width` rows are queued, which bounds the memory.
pub(super) struct TransformerStream<'t, 'r> {
    pub(super) upstream: TreeStream<'t>,
    pub(super) upstream_turn: DeliveryTurn,
    /// Whether the run consumes the next event of this stream next.
    pub(super) turn: DeliveryTurn,
    pub(super) parent: usize,
    pub(super) child: usize,
    pub(super) node: &'t Mutex<ResourceRun<'r>>,
    pub(super) start: ResumePoint,
    /// The number of parent rows whose pages are requested in parallel.
    pub(super) width: usize,
    pub(super) queue: VecDeque<QueueEntry>,
    pub(super) is_upstream_done: bool,
}

/// A queued entry.
pub(super) enum QueueEntry {
    /// A parent row whose pages were not requested yet.
    Row(Row),
    /// The pages of a parent row, with at most one prefetched page.
    Pages {
        row: Row,
        parent: Option<ParentId>,
        pages: PageStream,
        turn: DeliveryTurn,
        prefetched: Option<Result<Page, PageError>>,
    },
    /// An upstream event, emitted after all entries before it: a checkpoint of the root, or rows behind one.
    Event(TreeEvent),
}

/// An error of the pages of a parent row.
#[derive(Debug, Error)]
#[error("parent row {row}")]
struct RowFailed {
    /// The beginning of the parent row.
    row: String,
    source: PageError,
}

impl TransformerStream<'_, '_> {
    fn has_ended(&self) -> bool {
        lock(self.node).has_ended()
    }

    /// Returns true if the next page holds the turn. Upstream is not polled then: its next event might lead to pages
    /// downstream whose turn would be earlier.
    fn is_turn_held(&self) -> bool {
        matches!(self.queue.front(), Some(QueueEntry::Pages { turn, .. }) if turn.is_acquired())
    }

    /// Opens the pages of a parent row.
    fn pages(&self, row: Row) -> Result<Option<QueueEntry>, ExtractError> {
        let mut node = lock(self.node);
        let PageFactory::Transformer { pages, .. } = &node.resource.pages else { return Ok(None) };
        let parent = node.parent_id(&row);
        let turn = DeliveryTurn::pending();
        let start = node.start_of_parent(parent, &self.start)?.with_turn(turn.clone());
        Ok(Some(QueueEntry::Pages { pages: pages(row.clone(), &start), row, parent, turn, prefetched: None }))
    }

    /// Polls the front of the queue for the next event.
    fn poll_queue(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<TreeEvent, ExtractError>>> {
        loop {
            match self.queue.pop_front() {
                None => return Poll::Ready(None),
                Some(QueueEntry::Event(event)) => return Poll::Ready(Some(Ok(event))),
                Some(_) if self.has_ended() => {}
                Some(QueueEntry::Row(row)) => match self.pages(row) {
                    Ok(entry) => entry.into_iter().for_each(|entry| self.queue.push_front(entry)),
                    Err(error) => return Poll::Ready(Some(Err(error))),
                },
                Some(QueueEntry::Pages { row, parent, mut pages, turn, prefetched }) => {
                    turn.set_current(self.turn.is_current());
                    let page = match prefetched {
                        Some(page) => Poll::Ready(Some(page)),
                        None => pages.as_mut().poll_next(context),
                    };
                    match page {
                        Poll::Ready(None) => lock(self.node).end_parent(parent),
                        Poll::Ready(Some(mut page)) => {
                            let permit = page.as_mut().ok().and_then(|page| page.permit.take());
                            let page = page.map_err(|source| PageError::from(RowFailed { row: row.node().excerpt(120), source }));
                            let parent_row = Some(Arc::new(row.clone()));
                            self.queue.push_front(QueueEntry::Pages { row, parent, pages, turn, prefetched: None });
                            let (rows, child) = (lock(self.node).accept(page, parent, Duration::ZERO), self.child);
                            return Poll::Ready(Some(rows.map(|rows| TreeEvent::Rows { node: child, rows, parent_row, permit })));
                        }
                        Poll::Pending => {
                            self.queue.push_front(QueueEntry::Pages { row, parent, pages, turn, prefetched: None });
                            return Poll::Pending;
                        }
                    }
                }
            }
        }
    }

    /// Prefetches pages of the rows behind the front of the queue.
    fn poll_prefetch(&mut self, context: &mut Context<'_>) -> Result<(), ExtractError> {
        for index in 1..self.width.min(self.queue.len()) {
            if let Some(QueueEntry::Row(row)) = self.queue.get(index) {
                let pages = self.pages(row.clone())?;
                if let (Some(entry), Some(pages)) = (self.queue.get_mut(index), pages) {
                    *entry = pages;
                }
            }
            if let Some(QueueEntry::Pages { pages, prefetched: prefetched @ None, .. }) = self.queue.get_mut(index)
                && let Poll::Ready(page) = pages.as_mut().poll_next(context)
            {
                match page {
                    Some(page) => *prefetched = Some(page),
                    None => *pages = Box::pin(futures_util::stream::empty()),
                }
            }
        }
        Ok(())
    }

    /// Queues the rows of an upstream event, and the event itself if it must not be emitted yet. Otherwise returns it.
    ///
    /// Rows do not overtake a queued checkpoint: a run that resumes there requests them again.
    fn take_upstream(&mut self, event: TreeEvent) -> Option<TreeEvent> {
        let is_queued = match &event {
            TreeEvent::Rows { .. } => self.queue.iter().any(|entry| matches!(entry, QueueEntry::Event(_))),
            TreeEvent::Checkpoint(_) => !self.queue.is_empty(),
        };
        let parent_rows = match &event {
            TreeEvent::Rows { node, rows, parent_row, .. } if *node == self.parent && !self.has_ended() => {
                Row::from_child_page(rows, parent_row.as_ref())
            }
            TreeEvent::Rows { .. } | TreeEvent::Checkpoint(_) => Vec::new(),
        };
        let emitted = if is_queued {
            self.queue.push_back(QueueEntry::Event(event.without_permit()));
            None
        } else {
            Some(event)
        };
        self.queue.extend(parent_rows.into_iter().map(QueueEntry::Row));
        emitted
    }
}

impl Stream for TransformerStream<'_, '_> {
    type Item = Result<TreeEvent, ExtractError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Poll::Ready(Some(item)) = self.poll_queue(context) {
                return Poll::Ready(Some(item));
            }
            if self.is_turn_held() {
                return Poll::Pending;
            }
            if let Err(error) = self.poll_prefetch(context) {
                return Poll::Ready(Some(Err(error)));
            }
            if self.is_upstream_done {
                return if self.queue.is_empty() { Poll::Ready(None) } else { Poll::Pending };
            }
            if self.queue.len() >= self.width {
                return Poll::Pending;
            }
            self.upstream_turn.set_current(self.turn.is_current() && self.queue.is_empty());
            match self.upstream.as_mut().poll_next(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(None) => self.is_upstream_done = true,
                Poll::Ready(Some(Err(error))) => return Poll::Ready(Some(Err(error))),
                Poll::Ready(Some(Ok(item))) => {
                    if let Some(item) = self.take_upstream(item) {
                        return Poll::Ready(Some(Ok(item)));
                    }
                }
            }
        }
    }
}
