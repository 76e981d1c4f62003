//! Sources of the rows of a package.

use catchment_extract::{ExtractError, ExtractEvent, ExtractOutcome, Extraction, MemoryBudget, RowBatch, Sink};
use catchment_load_package as load_package;
use load_package::{ExtractedPage, ExtractedRecord};

use crate::error::RunError;
use crate::report::{Diagnostics, Warning};

/// A source of rows and of the state after them.
pub(crate) enum RowSource<'f> {
    /// A running extraction, with notes for the report.
    Extraction(Extraction<'f>, Vec<String>),
    /// An extract on disk.
    ExtractedPackage(&'f mut load_package::ExtractedPackage),
}

/// The result of sending all rows.
pub(crate) struct RowSourceOutcome {
    pub(crate) after: ExtractOutcome,
    /// The diagnostics of the extraction.
    pub(crate) diagnostics: Diagnostics,
}

impl RowSource<'_> {
    /// Sends all rows to `sink`. Each batch holds its permit of `budget`.
    pub(crate) async fn stream_to(self, budget: &MemoryBudget, sink: Sink<'_>) -> Result<RowSourceOutcome, RunError> {
        match self {
            RowSource::Extraction(run, notes) => {
                let after = run.run(budget, sink).await?;
                let diagnostics = Diagnostics { notes, warnings: warnings(&after), ..Diagnostics::default() };
                Ok(RowSourceOutcome { after, diagnostics })
            }
            RowSource::ExtractedPackage(extracted) => replay_package(extracted, budget, sink).await,
        }
    }
}

async fn replay_package(
    extracted: &mut load_package::ExtractedPackage,
    budget: &MemoryBudget,
    sink: Sink<'_>,
) -> Result<RowSourceOutcome, RunError> {
    loop {
        match extracted.next_record()? {
            ExtractedRecord::Page(ExtractedPage { root: tree, resource, table, ordinal, rows }) => {
                let permit = budget.acquire(rows.memory_size()).await;
                let batch = RowBatch { resource: resource.as_str().into(), table, rows, ordinal, permit };
                if sink(ExtractEvent::Rows { root: tree.into(), batch }).is_break() {
                    return Err(ExtractError::SinkClosed { resource }.into());
                }
            }
            ExtractedRecord::Checkpoint { .. } => {}
            ExtractedRecord::End { state, boundaries, diagnostics } => {
                let after = ExtractOutcome { state: *state, boundaries, warnings: Vec::new() };
                return Ok(RowSourceOutcome { after, diagnostics: Diagnostics::from_stored(&diagnostics) });
            }
        }
    }
}

/// Converts the warnings of an extraction for the report.
pub(crate) fn warnings(after: &ExtractOutcome) -> Vec<Warning> {
    let warning = |warning: &catchment_extract::ExtractWarning| Warning {
        resource: Some(warning.resource.clone()).filter(|resource| !resource.is_empty()),
        message: warning.message.clone(),
        count: warning.count,
    };
    after.warnings.iter().map(warning).collect()
}
