//! The end of the run of a resource.

use catchment_json::{Object, Value};
use catchment_schema::WriteDisposition;
use catchment_state::CursorEntryChange;

use super::ResourceRun;
use crate::ExtractError;
use crate::checkpoint::{Checkpoint, PageEnd, store_resume_state};
use crate::incremental::{CursorTracker, ParentCursorsOutcome};

/// The result of a resource.
pub(in crate::run) struct ResourceOutcome {
    pub(in crate::run) resource_state: Option<Object>,
    pub(in crate::run) boundaries: Vec<CursorEntryChange>,
}

impl ResourceRun<'_> {
    /// Returns true if all possible new rows were read.
    pub(in crate::run) fn is_complete(&self) -> bool {
        self.checkpoint.end == Some(PageEnd::Complete)
    }

    /// Returns true if any new row was read.
    pub(in crate::run) fn has_rows(&self) -> bool {
        self.event.rows > 0
    }

    /// Returns the final cursor as a resource state; `None` if rows are missing.
    pub(in crate::run) fn into_position(self) -> Option<Object> {
        let is_complete = self.is_complete();
        self.tracker.filter(|_| is_complete).map(|tracker| tracker.finish(Object::new()).0)
    }

    /// Returns the checkpoint and cursor from which the next run resumes after an incomplete run, if possible.
    fn resume_position(&self) -> Option<(Checkpoint, Option<Value>)> {
        let ResourceRun { resource, is_resumable, checkpoint, tracker, .. } = self;
        let is_replaced = resource.write_disposition == WriteDisposition::Replace;
        if !is_resumable || resource.parent().is_some() || is_replaced || checkpoint.is_beginning() {
            return None;
        }
        let cursor = match tracker {
            Some(tracker) => Some(tracker.checkpoint()?),
            None => None,
        };
        Some((checkpoint.clone(), cursor))
    }

    /// Returns the final state. The resource is incomplete if one of its ancestors is.
    pub(in crate::run) fn finish(self, has_complete_ancestors: bool) -> Result<ResourceOutcome, ExtractError> {
        let resource = self.resource;
        let is_complete = self.is_complete() && has_complete_ancestors;
        let in_order = !is_complete && self.is_resumable_by_cursor();
        let is_disordered = self.tracker.as_ref().is_some_and(CursorTracker::is_disordered);
        if let (true, true, Some(incremental)) = (in_order, is_disordered, &resource.incremental) {
            let (resource, cursor) = (resource.name.clone(), incremental.cursor_path.to_string());
            return Err(ExtractError::RowsOutOfOrder { resource, cursor });
        }
        let advances = is_complete || in_order;
        let resume = if advances { None } else { self.resume_position() };
        if !advances && resume.is_none() {
            self.check_partial_append()?;
        }
        if let Some(warning) = self.tracker.as_ref().and_then(CursorTracker::warning) {
            self.warnings.add(&resource.name, warning);
        }
        let mut resource_state = self.resource_state;
        store_resume_state(&mut resource_state, resume);
        let mut boundaries = Vec::new();
        match self.tracker {
            Some(tracker) if advances => {
                let (after, change) = tracker.finish(resource_state);
                resource_state = after;
                boundaries.extend(change);
                if let Some(ParentCursorsOutcome { change, warning }) =
                    self.parents.map(|parents| parents.finish(&mut resource_state))
                {
                    boundaries.extend(change);
                    warning.into_iter().for_each(|warning| self.warnings.add(&resource.name, warning));
                }
            }
            Some(_) => tracing::info!(resource = resource.name, "limit reached; the cursor does not advance"),
            None => {}
        }
        Ok(ResourceOutcome { resource_state: (!resource_state.is_empty()).then_some(resource_state), boundaries })
    }
}
