//! Where the rows of a package come from.

use std::ops::ControlFlow;

use catchment_extract::{Budget, ExtractError, RowBatch, Sink, Source, extract};
use catchment_load_package::{Extracted, ExtractedRecord};
use catchment_state::State;

use crate::error::RunError;

/// Rows, and the state after them.
pub(crate) enum Feed<'f> {
    /// A source, which goes on from the state.
    Source(&'f Source, &'f State),
    /// What was extracted before.
    Extracted(&'f mut Extracted),
}

impl Feed<'_> {
    /// Sends all rows to `sink`, each batch with its share of `budget`.
    pub(crate) async fn send(self, budget: &Budget, sink: Sink<'_>) -> Result<State, RunError> {
        match self {
            Feed::Source(source, state) => Ok(extract(source, state, budget, sink).await?),
            Feed::Extracted(extracted) => send_again(extracted, budget, sink).await,
        }
    }
}

async fn send_again(extracted: &mut Extracted, budget: &Budget, sink: Sink<'_>) -> Result<State, RunError> {
    loop {
        let (table, ordinal, rows) = match extracted.next_record()? {
            ExtractedRecord::Page { table, ordinal, rows } => (table, ordinal, rows),
            ExtractedRecord::End(state) => return Ok(*state),
        };
        let share = budget.take(rows.document.memory()).await;
        let resource = table.clone();
        if let ControlFlow::Break(()) = sink(RowBatch { table, rows, ordinal, share }) {
            return Err(ExtractError::Stopped { resource }.into());
        }
    }
}
