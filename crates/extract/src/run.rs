//! Running a source.

use std::ops::ControlFlow;

use catchment_json::Selection;
use catchment_schema::WriteDisposition;
use catchment_state::State;
use futures_util::StreamExt as _;

use crate::incremental::Tracker;
use crate::{Budget, ExtractError, Resource, Share, Source, Start};

/// New rows of one page, on their way to be normalised.
#[derive(Debug)]
pub struct RowBatch {
    /// The root table, by its normalised name.
    pub table: String,
    /// The rows.
    pub rows: Selection,
    /// Counts the batches of a run from 0; rows are loaded in this order.
    pub ordinal: u64,
    /// The share of the budget that the page takes while it is in memory.
    pub share: Share,
}

/// Takes batches of rows; `Break` where it wants no more.
pub type Sink<'s> = &'s (dyn Fn(RowBatch) -> ControlFlow<()> + Send + Sync);

/// Extracts the resources of `source`, one after the other, and returns the state after them. Those of the disposition
/// *skip* are left out.
///
/// Rows go to `sink`, which must not wait; each batch waits for its share of `budget` before, so that a source
/// is not asked for more than the rest of the system can take.
///
/// # Errors
///
/// The first one of any resource; the state of the run is lost with it.
pub async fn extract(source: &Source, state: &State, budget: &Budget, sink: Sink<'_>) -> Result<State, ExtractError> {
    let mut state = state.clone();
    let mut ordinal = 0;
    for resource in source.loaded() {
        let mut run = ResourceRun { source, resource, budget, sink, ordinal: &mut ordinal };
        run.extract(&mut state).await?;
    }
    Ok(state)
}

struct ResourceRun<'r> {
    source: &'r Source,
    resource: &'r Resource,
    budget: &'r Budget,
    sink: Sink<'r>,
    ordinal: &'r mut u64,
}

impl ResourceRun<'_> {
    async fn extract(&mut self, state: &mut State) -> Result<(), ExtractError> {
        let resource = self.resource;
        if resource.write_disposition == WriteDisposition::Replace {
            // All rows are loaded anew, so nothing that was kept of earlier runs counts.
            state.set_resource(&self.source.name, &resource.name, None);
        }
        let kept = state.resource(&self.source.name, &resource.name);
        let tracker = resource.incremental.as_ref().map(|i| Tracker::new(&resource.name, i, &resource.primary_key, kept));
        self.refuse_limit_that_loses_rows()?;
        let start = tracker.as_ref().map(Tracker::start).unwrap_or_default();
        let (tracker, complete) = self.pages(&start, tracker).await?;
        match tracker {
            Some(tracker) if complete => {
                let kept = tracker.finish(kept);
                state.set_resource(&self.source.name, &resource.name, Some(kept));
            }
            Some(_) => tracing::info!("resource `{}`: the limit was reached, its cursor stays where it was", resource.name),
            None => {}
        }
        Ok(())
    }

    /// Sends the rows of all pages; false where the limit ended them.
    async fn pages<'t>(
        &mut self,
        start: &Start,
        mut tracker: Option<Tracker<'t>>,
    ) -> Result<(Option<Tracker<'t>>, bool), ExtractError> {
        let mut pages = self.resource.pages(start);
        let mut left = self.resource.limit;
        let table = self.resource.root_table();
        while left != Some(0) {
            let Some(page) = pages.next().await else { return Ok((tracker, true)) };
            // A source that never waits would keep others from running, a cancellation among them.
            tokio::task::yield_now().await;
            let failed = |source| ExtractError::Pages { resource: self.resource.name.clone(), source };
            let mut rows = page.map_err(failed)?;
            if let Some(tracker) = &mut tracker {
                tracker.filter(&mut rows)?;
            }
            if let Some(left) = &mut left {
                rows.ids.truncate(usize::try_from(*left).unwrap_or(usize::MAX));
                *left -= rows.ids.len() as u64;
            }
            self.send(&table, rows).await?;
        }
        Ok((tracker, false))
    }

    async fn send(&mut self, table: &str, rows: Selection) -> Result<(), ExtractError> {
        if rows.ids.is_empty() {
            return Ok(());
        }
        let share = self.budget.take(rows.document.memory()).await;
        let batch = RowBatch { table: table.to_owned(), rows, ordinal: *self.ordinal, share };
        *self.ordinal += 1;
        match (self.sink)(batch) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(ExtractError::Stopped { resource: self.resource.name.clone() }),
        }
    }

    fn refuse_limit_that_loses_rows(&self) -> Result<(), ExtractError> {
        match (&self.resource.incremental, self.resource.limit, self.resource.write_disposition) {
            (Some(incremental), Some(_), WriteDisposition::Append) => Err(ExtractError::LimitLosesRows {
                resource: self.resource.name.clone(),
                cursor: incremental.cursor_path.to_string(),
            }),
            _ => Ok(()),
        }
    }
}
