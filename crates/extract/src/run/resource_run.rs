//! One resource in a run.

mod finish;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use catchment_json::{Object, Selection};
use catchment_schema::WriteDisposition;
use tokio::time::Instant;

use super::cursor_entry_tables::{CursorEntryTables, parents};
use super::table_names::TableNames;
use crate::checkpoint::{Checkpoint, PageEnd, load_resume_state};
use crate::incremental::{CursorTracker, ParentCursors, ParentId, parent_id};
use crate::progress::{ProgressChannel, ProgressEvent};
use crate::warnings::Warnings;
use crate::{ExtractError, Page, PageError, RangeBound, Resource, ResumePoint, Row, Source, StopSignal};

/// The number of ordinals per resource. Ordinals start at its index times this number. With thousands of resources they
/// stay below 2^40, the limit of merges.
const PAGES: u64 = 1 << 28;

/// A resource and its progress.
#[derive(Debug)]
pub(super) struct ResourceRun<'r> {
    pub(super) resource: &'r Resource,
    /// Whether rows are loaded. Otherwise they are only parent rows.
    pub(super) is_loaded: bool,
    is_resumable: bool,
    /// The stored state before the run; empty if all rows are replaced.
    resource_state: Object,
    tracker: Option<CursorTracker<'r>>,
    /// The cursors of its parent rows, if each has one.
    parents: Option<ParentCursors<'r>>,
    /// The remaining limits.
    rows_left: Option<u64>,
    pages_left: Option<u64>,
    until: Option<Instant>,
    /// The ordinal of the next batch.
    next_ordinal: u64,
    checkpoint: Checkpoint,
    table_names: TableNames,
    /// The totals for progress events.
    event: ProgressEvent,
    progress: ProgressChannel,
    warnings: Warnings,
    stop: StopSignal,
}

pub(super) fn lock<'l, 'r>(node: &'l Mutex<ResourceRun<'r>>) -> MutexGuard<'l, ResourceRun<'r>> {
    node.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The role of a resource in a run.
pub(super) struct ResourceRole<'r, 'k> {
    pub(super) resource: &'r Resource,
    /// The stored state.
    pub(super) resource_state: Option<&'k Object>,
    /// Whether rows are loaded. Otherwise they are only parent rows.
    pub(super) is_loaded: bool,
    /// Whether it starts from a stored position of a dependent resource instead of the cursor of the resource.
    pub(super) has_own_resume_point: bool,
}

impl<'r> ResourceRun<'r> {
    pub(super) fn new(
        source: &'r Source,
        index: usize,
        role: ResourceRole<'r, '_>,
        in_tables: CursorEntryTables<'_>,
        (progress, warnings): (&ProgressChannel, &Warnings),
    ) -> Result<ResourceRun<'r>, ExtractError> {
        let ResourceRole { resource, resource_state, is_loaded, has_own_resume_point } = role;
        // A replaced resource ignores the state of earlier runs.
        let is_replaced = resource.write_disposition == WriteDisposition::Replace;
        let resource_state = resource_state.filter(|_| !is_replaced);
        let rows = (resource.boundary_rows(), resource.primary_key.as_slice());
        let tracker =
            |incremental| CursorTracker::new((&source.name, &resource.name), incremental, rows, resource_state, in_tables.rows);
        let mut tracker = resource.incremental.as_ref().map(tracker).transpose()?;
        let is_resumable = resource.resumable && !has_own_resume_point;
        let resumed = resource_state.filter(|_| is_resumable).and_then(load_resume_state);
        let (checkpoint, paused) = resumed.unwrap_or_default();
        if let (Some(tracker), Some(paused)) = (&mut tracker, paused) {
            tracker.resume(&paused);
        }
        let (parents, problem) = parents(source, resource, resource_state, in_tables);
        problem.into_iter().filter(|_| is_loaded).for_each(|problem| warnings.add(&resource.name, problem));
        let mut node = ResourceRun {
            resource,
            is_loaded,
            is_resumable,
            resource_state: resource_state.cloned().unwrap_or_default(),
            tracker,
            parents,
            rows_left: resource.limit.rows,
            pages_left: resource.limit.pages,
            until: None,
            next_ordinal: index as u64 * PAGES,
            checkpoint,
            table_names: TableNames::default(),
            event: ProgressEvent { resource: resource.name.clone(), ..ProgressEvent::default() },
            progress: progress.clone(),
            warnings: warnings.clone(),
            stop: StopSignal::default(),
        };
        if !node.checkpoint.is_beginning() {
            node.freeze_cursor();
        }
        Ok(node)
    }

    /// Groups the rows of a page by table.
    pub(super) fn by_table(&mut self, rows: Selection) -> Result<Vec<(String, Selection)>, ExtractError> {
        self.table_names.by_table(self.resource, rows)
    }

    /// Freezes the cursor of merged rows, which may be loaded again. Appended rows must not, and do not change either.
    fn freeze_cursor(&mut self) {
        if let (Some(tracker), WriteDisposition::Merge) = (&mut self.tracker, self.resource.write_disposition) {
            tracker.freeze();
        }
    }

    /// Returns an error if a limit of the resource or an ancestor would keep the next run from resuming.
    pub(super) fn check_limit(&self, is_below_limit: bool) -> Result<(), ExtractError> {
        let is_limited = is_below_limit || !self.resource.limit.is_none();
        let can_resume = self.is_resumable_by_cursor() || (self.resource.resumable && self.resource.parent().is_none());
        if is_limited && !can_resume { self.check_partial_append() } else { Ok(()) }
    }

    fn check_partial_append(&self) -> Result<(), ExtractError> {
        match &self.resource.incremental {
            Some(incremental)
                if self.resource.write_disposition == WriteDisposition::Append && incremental.end_value.is_none() =>
            {
                Err(ExtractError::LimitLosesRows {
                    resource: self.resource.name.clone(),
                    cursor: incremental.cursor_path.to_string(),
                })
            }
            _ => Ok(()),
        }
    }

    /// Returns true if a run can resume at the cursor after any part of the rows. With an open start, further rows at
    /// the last value would be skipped.
    fn is_resumable_by_cursor(&self) -> bool {
        let is_in_order = |i: &crate::Incremental| i.is_forward() && i.range_start == RangeBound::Closed;
        self.resource.parent().is_none() && self.resource.incremental.as_ref().is_some_and(is_in_order)
    }

    /// Starts the limits and returns the resume point.
    pub(super) fn start(&mut self) -> ResumePoint {
        if let Some(time) = self.resource.limit.time {
            self.until = Some(Instant::now() + time);
        }
        if self.rows_left == Some(0) || self.pages_left == Some(0) {
            self.checkpoint.end = Some(PageEnd::Limited);
        }
        self.resume_point()
    }

    /// Returns the resume point.
    pub(super) fn resume_point(&self) -> ResumePoint {
        let start = self.tracker.as_ref().map(CursorTracker::start).unwrap_or_default();
        start.with_position(self.checkpoint.position.clone())
    }

    /// Returns the id of a parent row, if each has a cursor.
    pub(super) fn parent_id(&self, row: &Row) -> Option<ParentId> {
        let key = self.resource.parent_key.as_ref().filter(|_| self.parents.is_some())?;
        Some(parent_id(&(key.key)(row)))
    }

    /// Returns the resume point of a parent row: its own, or `start` if parent rows have no cursors.
    pub(super) fn start_of_parent(&mut self, parent: Option<ParentId>, start: &ResumePoint) -> Result<ResumePoint, ExtractError> {
        match self.parents.as_mut().zip(parent) {
            Some((parents, parent)) => parents.start(parent),
            None => Ok(start.clone()),
        }
    }

    /// Ends the pages of a parent row.
    pub(super) fn end_parent(&mut self, parent: Option<ParentId>) {
        if let Some((parents, parent)) = self.parents.as_mut().zip(parent) {
            parents.finish_parent(parent);
        }
    }

    /// Returns true if no further page is read.
    pub(super) fn has_ended(&self) -> bool {
        self.checkpoint.end.is_some()
    }

    /// Sets the reason why the pages ended.
    pub(super) fn set_end(&mut self, end: PageEnd) {
        self.checkpoint.end = Some(end);
    }

    /// Ends the resource, as complete unless another reason was set.
    pub(super) fn end(&mut self) {
        self.checkpoint.end.get_or_insert(PageEnd::Complete);
        self.event.is_done = true;
        self.progress.send(&self.event);
    }

    /// Returns whether the resource has checkpoints.
    pub(super) fn is_resumable(&self) -> bool {
        self.is_resumable
    }

    /// Returns the checkpoint, if a run can resume from it.
    pub(super) fn checkpoint(&self) -> Option<Checkpoint> {
        let is_known = self.has_ended() || !self.checkpoint.is_beginning();
        (self.is_resumable && is_known).then(|| self.checkpoint.clone())
    }

    /// Returns true if the position is unknown, so that only the next page can tell whether the pages have ended.
    pub(super) fn has_unknown_position(&self) -> bool {
        self.is_resumable && self.checkpoint.is_beginning()
    }

    /// Returns the new rows of the next page, up to the limit.
    pub(super) fn accept(
        &mut self,
        page: Result<Page, PageError>,
        parent: Option<ParentId>,
        waited: Duration,
    ) -> Result<Selection, ExtractError> {
        let failed = |source| ExtractError::Pages { resource: self.resource.name.clone(), source };
        let Page { rows, position, bytes, warnings, permit: _ } = page.map_err(failed)?;
        warnings.into_iter().for_each(|warning| self.warnings.add(&self.resource.name, warning));
        // If the run was cancelled, an error of a step is its reaction to the stop signal.
        let ended = |source| if self.stop.is_set() { self.cancelled() } else { failed(source) };
        let mut rows = self.resource.apply_steps(rows, &self.stop).map_err(ended)?;
        let taken = std::mem::take(&mut self.checkpoint.rows_taken);
        let room = self.rows_left.map_or(usize::MAX, |left| usize::try_from(left.saturating_add(taken)).unwrap_or(usize::MAX));
        let is_cut = match &mut self.tracker {
            Some(tracker) => match self.parents.as_mut().zip(parent) {
                Some((parents, parent)) => {
                    // The cursor of the resource covers the rows of all parent rows.
                    tracker.filter(&mut rows.clone(), usize::MAX, &self.stop)?;
                    parents.filter(parent, &mut rows, room, &self.stop)?
                }
                None => tracker.filter(&mut rows, room, &self.stop)?,
            },
            None => {
                let is_cut = rows.ids.len() > room;
                rows.ids.truncate(room);
                is_cut
            }
        };
        let before = usize::try_from(taken).unwrap_or(usize::MAX).min(rows.ids.len());
        if is_cut {
            self.checkpoint.rows_taken = rows.ids.len() as u64;
        } else {
            self.checkpoint.position = position;
        }
        rows.ids.drain(..before);
        self.count(rows.ids.len() as u64, is_cut);
        self.event.bytes += bytes as u64;
        self.event.waited_for_pages += waited;
        self.progress.send(&self.event);
        Ok(rows)
    }

    fn cancelled(&self) -> ExtractError {
        ExtractError::Cancelled { resource: self.resource.name.clone() }
    }

    /// Sets the stop signal, which ends work on many rows early.
    pub(super) fn set_stop(&mut self, stop: &StopSignal) {
        self.stop = stop.clone();
    }

    fn count(&mut self, rows: u64, is_cut: bool) {
        self.event.pages += 1;
        self.event.rows += rows;
        self.rows_left = self.rows_left.map(|left| left.saturating_sub(rows));
        self.pages_left = self.pages_left.map(|left| left.saturating_sub(1));
        let is_late = self.until.is_some_and(|until| Instant::now() >= until);
        if is_cut || self.rows_left == Some(0) || self.pages_left == Some(0) || is_late {
            self.checkpoint.end = Some(PageEnd::Limited);
        } else if self.resource.parent().is_none() && self.tracker.as_ref().is_some_and(CursorTracker::is_done) {
            self.checkpoint.end = Some(PageEnd::Complete);
        }
    }

    /// Returns the ordinal of the next batch.
    pub(super) fn next_ordinal(&mut self) -> u64 {
        let ordinal = self.next_ordinal;
        self.next_ordinal += 1;
        ordinal
    }

    pub(super) fn note_budget_wait(&mut self, waited: Duration) {
        self.event.waited_for_budget += waited;
    }

    /// Returns true if waiting times must be measured.
    pub(super) fn is_heard(&self) -> bool {
        self.progress.has_subscribers()
    }

    /// Counts rows that an interrupted run has already extracted.
    pub(super) fn replay(&mut self, mut rows: Selection, ordinal: u64) -> Result<(), ExtractError> {
        let count = rows.ids.len() as u64;
        self.parents.iter_mut().for_each(ParentCursors::mark_incomplete);
        if let Some(tracker) = &mut self.tracker {
            tracker.filter(&mut rows, usize::MAX, &self.stop)?;
        }
        self.next_ordinal = self.next_ordinal.max(ordinal + 1);
        self.rows_left = self.rows_left.map(|left| left.saturating_sub(count));
        self.event.rows += count;
        Ok(())
    }

    /// Resumes at a checkpoint that an interrupted run reached after `pages` pages.
    pub(super) fn resume_at(&mut self, checkpoint: Checkpoint, pages: u64) {
        self.pages_left = self.pages_left.map(|left| left.saturating_sub(pages));
        self.event.pages += pages;
        self.checkpoint = checkpoint;
        if !self.has_ended() {
            self.freeze_cursor();
        }
    }
}
