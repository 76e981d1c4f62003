//! Where the rows of a package come from.

use catchment_extract::{After, Budget, ExtractError, Extracted, Extraction, RowBatch, Sink};
use catchment_load_package as load_package;
use load_package::{ExtractedPage, ExtractedRecord};

use crate::error::RunError;

/// Rows, and the state after them.
pub(crate) enum Feed<'f> {
    /// A run of a source.
    Source(Extraction<'f>),
    /// What was extracted before.
    Extracted(&'f mut load_package::Extracted),
}

impl Feed<'_> {
    /// Sends all rows to `sink`, each batch with its share of `budget`.
    pub(crate) async fn send(self, budget: &Budget, sink: Sink<'_>) -> Result<After, RunError> {
        match self {
            Feed::Source(run) => Ok(run.run(budget, sink).await?),
            Feed::Extracted(extracted) => send_again(extracted, budget, sink).await,
        }
    }
}

async fn send_again(extracted: &mut load_package::Extracted, budget: &Budget, sink: Sink<'_>) -> Result<After, RunError> {
    loop {
        match extracted.next_record()? {
            ExtractedRecord::Page(ExtractedPage { tree, resource, table, ordinal, rows }) => {
                let share = budget.take(rows.document.memory()).await;
                let batch = RowBatch { resource: resource.as_str().into(), table, rows, ordinal, share };
                if sink(Extracted::Rows { tree: tree.into(), batch }).is_break() {
                    return Err(ExtractError::Stopped { resource }.into());
                }
            }
            ExtractedRecord::Checkpoint { .. } => {}
            ExtractedRecord::End { state, boundaries } => return Ok(After { state: *state, boundaries }),
        }
    }
}
