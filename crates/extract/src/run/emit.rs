//! Handing out what a run extracts.

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use catchment_json::Selection;
use tokio::time::Instant;

use super::outcome::{ExtractEvent, RowBatch, Sink};
use super::resource_run::{ResourceRun, lock};
use crate::{ExtractError, MemoryBudget, PageGuard};

/// Hands out the rows of a page by their tables, each batch with its share of the budget.
pub(super) async fn emit_rows(
    tree: &Arc<str>,
    node: Option<&Mutex<ResourceRun<'_>>>,
    rows: Selection,
    permit: Option<PageGuard>,
    budget: &MemoryBudget,
    sink: Sink<'_>,
) -> Result<(), ExtractError> {
    let Some(node) = node.filter(|node| lock(node).is_loaded && !rows.ids.is_empty()) else { return Ok(()) };
    let resource = lock(node).resource;
    let name: Arc<str> = resource.name.as_str().into();
    let by_table = lock(node).by_table(rows)?;
    for (table, rows) in by_table {
        let asked = lock(node).is_heard().then(Instant::now);
        let share = budget.acquire_for_page(rows.memory_size(), permit.as_ref()).await;
        lock(node).note_budget_wait(asked.map_or(Duration::ZERO, |asked| asked.elapsed()));
        let ordinal = lock(node).next_ordinal();
        let batch = RowBatch { resource: Arc::clone(&name), table, rows, ordinal, permit: share };
        emit(ExtractEvent::Rows { root: Arc::clone(tree), batch }, &name, sink)?;
    }
    Ok(())
}

/// Hands out, and ends the run where nobody wants more.
pub(super) fn emit(extracted: ExtractEvent, resource: &str, sink: Sink<'_>) -> Result<(), ExtractError> {
    match sink(extracted) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(ExtractError::SinkClosed { resource: resource.to_owned() }),
    }
}
