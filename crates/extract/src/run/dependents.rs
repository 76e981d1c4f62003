//! The resources that are fed with the rows of another.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::Stream;
use thiserror::Error;

use super::item::{Item, ItemStream};
use super::node::{Node, lock};
use crate::incremental::ParentId;
use crate::page::PageStream;
use crate::resource::Pages;
use crate::{ExtractError, Page, PageError, Row, Start, Turn};

/// Passes on what comes, and adds the pages that `child` has for each row of `parent`.
///
/// Pages of several rows are asked for at the same time, each row one page ahead at most, and come in the order of
/// the rows. Nothing more is taken from upstream while rows wait, so what is held is bounded.
pub(super) struct Dependents<'t, 'r> {
    pub(super) upstream: ItemStream<'t>,
    pub(super) upstream_turn: Turn,
    /// Whether its next item is the next one that the run hands out.
    pub(super) turn: Turn,
    pub(super) parent: usize,
    pub(super) child: usize,
    pub(super) node: &'t Mutex<Node<'r>>,
    pub(super) start: Start,
    /// How many rows' pages are asked for at the same time.
    pub(super) width: usize,
    pub(super) queue: VecDeque<Entry>,
    pub(super) is_upstream_done: bool,
}

/// What waits for its turn.
pub(super) enum Entry {
    /// A row whose pages are not asked for yet.
    Row(Row),
    /// The pages of a row, and the one that has come early.
    Pages { row: Row, parent: Option<ParentId>, pages: PageStream, turn: Turn, early: Option<Result<Page, PageError>> },
    /// A place in the pages of the root, which is reached when all before it is through.
    Mark(Item),
}

/// The pages of a row that ended with an error.
#[derive(Debug, Error)]
#[error("for {row}")]
struct RowFailed {
    /// The beginning of the row.
    row: String,
    source: PageError,
}

impl Dependents<'_, '_> {
    fn has_ended(&self) -> bool {
        lock(self.node).has_ended()
    }

    /// Whether all waits for the page that is next. Nothing more is taken from upstream then: it might be for others
    /// downstream, whose pages would have their turn before that one.
    fn is_turn_held(&self) -> bool {
        matches!(self.queue.front(), Some(Entry::Pages { turn, .. }) if turn.is_held())
    }

    /// The pages of a row.
    fn pages(&self, row: Row) -> Result<Option<Entry>, ExtractError> {
        let mut node = lock(self.node);
        let Pages::OfRows { pages, .. } = &node.resource.pages else { return Ok(None) };
        let parent = node.parent_id(&row);
        let turn = Turn::later();
        let start = node.start_of_parent(parent, &self.start)?.in_turn(turn.clone());
        Ok(Some(Entry::Pages { pages: pages(row.clone(), &start), row, parent, turn, early: None }))
    }

    /// The next item of those that wait, where it is there.
    fn poll_queue(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Item, ExtractError>>> {
        loop {
            match self.queue.pop_front() {
                None => return Poll::Ready(None),
                Some(Entry::Mark(mark)) => return Poll::Ready(Some(Ok(mark))),
                Some(_) if self.has_ended() => {}
                Some(Entry::Row(row)) => match self.pages(row) {
                    Ok(entry) => entry.into_iter().for_each(|entry| self.queue.push_front(entry)),
                    Err(error) => return Poll::Ready(Some(Err(error))),
                },
                Some(Entry::Pages { row, parent, mut pages, turn, early }) => {
                    turn.set(self.turn.has_come());
                    let page = match early {
                        Some(page) => Poll::Ready(Some(page)),
                        None => pages.as_mut().poll_next(context),
                    };
                    match page {
                        Poll::Ready(None) => lock(self.node).end_parent(parent),
                        Poll::Ready(Some(mut page)) => {
                            let permit = page.as_mut().ok().and_then(|page| page.permit.take());
                            let page = page.map_err(|source| PageError::from(RowFailed { row: row.node().excerpt(120), source }));
                            let of = Some(Arc::new(row.clone()));
                            self.queue.push_front(Entry::Pages { row, parent, pages, turn, early: None });
                            let (rows, child) = (lock(self.node).accept(page, parent, Duration::ZERO), self.child);
                            return Poll::Ready(Some(rows.map(|rows| Item::Rows { node: child, rows, of, permit })));
                        }
                        Poll::Pending => {
                            self.queue.push_front(Entry::Pages { row, parent, pages, turn, early: None });
                            return Poll::Pending;
                        }
                    }
                }
            }
        }
    }

    /// Asks for pages of the rows that are next, so that they come while others have their turn.
    fn poll_ahead(&mut self, context: &mut Context<'_>) -> Result<(), ExtractError> {
        for index in 1..self.width.min(self.queue.len()) {
            if let Some(Entry::Row(row)) = self.queue.get(index) {
                let pages = self.pages(row.clone())?;
                if let (Some(entry), Some(pages)) = (self.queue.get_mut(index), pages) {
                    *entry = pages;
                }
            }
            if let Some(Entry::Pages { pages, early: early @ None, .. }) = self.queue.get_mut(index)
                && let Poll::Ready(page) = pages.as_mut().poll_next(context)
            {
                match page {
                    Some(page) => *early = Some(page),
                    None => *pages = Box::pin(futures_util::stream::empty()),
                }
            }
        }
        Ok(())
    }

    fn take_upstream(&mut self, item: Item) -> Option<Item> {
        match item {
            Item::Rows { node, rows, of, permit } if node == self.parent => {
                if !self.has_ended() {
                    self.queue.extend(Row::all_of(&rows, of.as_ref()).into_iter().map(Entry::Row));
                }
                Some(Item::Rows { node, rows, of, permit })
            }
            mark @ Item::Mark(_) if !self.queue.is_empty() => {
                self.queue.push_back(Entry::Mark(mark));
                None
            }
            other => Some(other),
        }
    }
}

impl Stream for Dependents<'_, '_> {
    type Item = Result<Item, ExtractError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Poll::Ready(Some(item)) = self.poll_queue(context) {
                return Poll::Ready(Some(item));
            }
            if self.is_turn_held() {
                return Poll::Pending;
            }
            if let Err(error) = self.poll_ahead(context) {
                return Poll::Ready(Some(Err(error)));
            }
            if self.is_upstream_done {
                return if self.queue.is_empty() { Poll::Ready(None) } else { Poll::Pending };
            }
            if self.queue.len() >= self.width {
                return Poll::Pending;
            }
            self.upstream_turn.set(self.turn.has_come() && self.queue.is_empty());
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
