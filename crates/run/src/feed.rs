//! Where the rows of a package come from.

use catchment_extract::{After, Budget, ExtractError, Extracted, Extraction, RowBatch, Sink};
use catchment_load_package as load_package;
use load_package::{ExtractedPage, ExtractedRecord};

use crate::error::RunError;
use crate::report::{Remarks, Warning};

/// Rows, and the state after them.
pub(crate) enum Feed<'f> {
    /// A run of a source, and what is to be said of how it began.
    Source(Extraction<'f>, Vec<String>),
    /// What was extracted before.
    Extracted(&'f mut load_package::Extracted),
}

/// What is known once all rows were sent.
pub(crate) struct Sent {
    pub(crate) after: After,
    /// What was noticed while the rows were extracted.
    pub(crate) remarks: Remarks,
}

impl Feed<'_> {
    /// Sends all rows to `sink`, each batch with its share of `budget`.
    pub(crate) async fn send(self, budget: &Budget, sink: Sink<'_>) -> Result<Sent, RunError> {
        match self {
            Feed::Source(run, notes) => {
                let after = run.run(budget, sink).await?;
                let remarks = Remarks { notes, warnings: warnings(&after), ..Remarks::default() };
                Ok(Sent { after, remarks })
            }
            Feed::Extracted(extracted) => send_again(extracted, budget, sink).await,
        }
    }
}

async fn send_again(extracted: &mut load_package::Extracted, budget: &Budget, sink: Sink<'_>) -> Result<Sent, RunError> {
    loop {
        match extracted.next_record()? {
            ExtractedRecord::Page(ExtractedPage { tree, resource, table, ordinal, rows }) => {
                let share = budget.take(rows.memory()).await;
                let batch = RowBatch { resource: resource.as_str().into(), table, rows, ordinal, share };
                if sink(Extracted::Rows { tree: tree.into(), batch }).is_break() {
                    return Err(ExtractError::Stopped { resource }.into());
                }
            }
            ExtractedRecord::Checkpoint { .. } => {}
            ExtractedRecord::End { state, boundaries, remarks } => {
                let after = After { state: *state, boundaries, warnings: Vec::new() };
                return Ok(Sent { after, remarks: Remarks::from_stored(&remarks) });
            }
        }
    }
}

/// The warnings of an extraction, as reports have them.
pub(crate) fn warnings(after: &After) -> Vec<Warning> {
    let warning = |warning: &catchment_extract::Warning| Warning {
        resource: Some(warning.resource.clone()).filter(|resource| !resource.is_empty()),
        message: warning.message.clone(),
        count: warning.count,
    };
    after.warnings.iter().map(warning).collect()
}
