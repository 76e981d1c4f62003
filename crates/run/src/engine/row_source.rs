//! Sources of the rows of a package.

use catchment_extract::{ExtractError, ExtractEvent, ExtractOutcome, Extraction, MemoryBudget, RowBatch, Sink};
use catchment_load_package::{ExtractedPackage, ExtractedPage, ExtractedRecord};

use super::spool::Spool;
use crate::error::RunError;
use crate::report::Diagnostics;

/// A source of rows and of the state after them.
pub(crate) enum RowSource<'f> {
    /// A running extraction, with notes for the report.
    Extraction(Extraction<'f>, Vec<String>),
    /// A running extraction whose resumable trees are written to a spool first, and read from it after the last page.
    Spooled { extraction: Extraction<'f>, notes: Vec<String>, spool: &'f Spool },
    /// An extract on disk.
    ExtractedPackage(&'f mut ExtractedPackage),
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
            RowSource::Extraction(extraction, notes) => Ok(outcome(extraction.run(budget, sink).await?, notes)),
            RowSource::Spooled { extraction, notes, spool } => {
                let sink_or_spool = |event| {
                    let (ExtractEvent::Rows { tree, .. } | ExtractEvent::Checkpoint { tree, .. }) = &event;
                    if spool.has_tree(tree) { spool.record(event) } else { sink(event) }
                };
                let after = spool.or_write_error(extraction.run(budget, &sink_or_spool).await.map_err(RunError::from))?;
                let mut pages = spool.read_pages()?;
                while let Some(page) = pages.next_page()? {
                    send(page, budget, sink).await?;
                }
                Ok(outcome(after, notes))
            }
            RowSource::ExtractedPackage(extracted) => loop {
                match extracted.next_record()? {
                    ExtractedRecord::Page(page) => send(page, budget, sink).await?,
                    ExtractedRecord::Checkpoint { .. } => {}
                    ExtractedRecord::End { state, boundaries, diagnostics } => {
                        let after = ExtractOutcome { state: *state, boundaries, warnings: Vec::new() };
                        let diagnostics = Diagnostics::from_stored(&diagnostics);
                        return Ok(RowSourceOutcome { after, diagnostics });
                    }
                }
            },
        }
    }
}

/// Sends a page from disk.
async fn send(page: ExtractedPage, budget: &MemoryBudget, sink: Sink<'_>) -> Result<(), RunError> {
    let ExtractedPage { tree, resource, table, ordinal, rows } = page;
    let permit = budget.acquire(rows.memory_size()).await;
    let batch = RowBatch { resource: resource.as_str().into(), table, rows, ordinal, permit };
    if sink(ExtractEvent::Rows { tree: tree.into(), batch }).is_break() {
        return Err(ExtractError::SinkClosed { resource }.into());
    }
    Ok(())
}

fn outcome(after: ExtractOutcome, notes: Vec<String>) -> RowSourceOutcome {
    RowSourceOutcome { diagnostics: Diagnostics::of_extraction(notes, &after), after }
}
