//! Delivery of extracted rows to the sink.

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use catchment_json::Selection;
use tokio::time::Instant;

use super::outcome::{ExtractEvent, RowBatch, Sink};
use super::resource_run::{ResourceRun, lock};
use crate::{ExtractError, MemoryBudget, PageGuard};

/// Sends the rows of a page to the sink, one batch per table, each with a permit of the budget.
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
        let requested_at = lock(node).is_heard().then(Instant::now);
        let budget_permit = budget.acquire_for_page(rows.memory_size(), permit.as_ref()).await;
        lock(node).note_budget_wait(requested_at.map_or(Duration::ZERO, |requested_at| requested_at.elapsed()));
        let ordinal = lock(node).next_ordinal();
        let batch = RowBatch { resource: Arc::clone(&name), table, rows, ordinal, permit: budget_permit };
        emit(ExtractEvent::Rows { tree: Arc::clone(tree), batch }, &name, sink)?;
    }
    Ok(())
}

/// Sends an event to the sink. Returns an error if the sink accepts no more.
pub(super) fn emit(extracted: ExtractEvent, resource: &str, sink: Sink<'_>) -> Result<(), ExtractError> {
    match sink(extracted) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(ExtractError::SinkClosed { resource: resource.to_owned() }),
    }
}
